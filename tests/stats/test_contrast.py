"""Contrasts: the rule of verdicts by hand, and which columns are tested."""

from typing import get_args

import numpy as np
import pytest

from alignment.stats.contrast import UNCHANGED, Contrast, Verdict, contrasts, judge_shifts, verdict
from alignment.stats.estimates import NO_INTERVAL, Interval
from alignment.stats.permutation import label_test, sign_flip_test

DEFAULT_MARGIN = 0.01
CASES = [  # (difference, interval, p, verdict)
    (0.005, (-0.003, 0.01), 0.001, "level"),  # the interval may reach the margin, and p be small
    (0.005, (-0.003, 0.0101), 0.2, "inconclusive"),
    (0.02, (0.001, 0.04), 0.05, "better"),
    (0.02, (0.001, 0.04), 0.0501, "inconclusive"),
    (-0.02, (-0.04, -0.001), 0.01, "worse"),
    (0.02, (0.0, 0.04), 0.01, "better on these concepts"),
    (-0.02, (-0.04, 0.0), 0.01, "worse on these concepts"),
    (0.02, NO_INTERVAL, 0.01, "better on these concepts"),
    (-0.02, NO_INTERVAL, 0.01, "worse on these concepts"),
    (0.01, (0.001, 0.02), 0.01, "slightly better"),
    (-0.01, (-0.02, 0.001), 0.05, "slightly worse"),
    (0.02, NO_INTERVAL, None, "inconclusive"),
    (None, NO_INTERVAL, None, "inconclusive"),
]


@pytest.mark.parametrize(("difference", "ends", "p", "word"), CASES)
def test_the_verdict_by_hand(difference, ends, p, word):
    ends = Interval(*ends)
    assert verdict(difference, ends, p, DEFAULT_MARGIN) == word
    contrast = Contrast(difference, ends, p, None, word)
    is_better, is_worse = word.startswith("better"), word.startswith("worse")
    assert (contrast.is_better, contrast.is_worse) == (is_better, is_worse)
    assert contrast.significant == (p is not None and p <= 0.05)


def test_every_word_is_in_the_table():
    assert {word for *_, word in CASES} | {UNCHANGED.verdict} == set(get_args(Verdict))


def test_columns_that_are_unchanged_are_not_tested_and_do_not_count():
    values = np.random.default_rng(0).normal(0.05, 0.2, (30, 3))
    values[:, 1] = 0
    unchanged = np.array([False, True, False])
    judged = contrasts(values, margin=DEFAULT_MARGIN, seed=3, unchanged=unchanged)
    assert judged[1] == UNCHANGED
    assert judged[::2] == contrasts(values[:, ::2], margin=DEFAULT_MARGIN, seed=3)
    assert contrasts(values[:, :1], margin=0.01, unchanged=np.array([True])) == [UNCHANGED]


@pytest.mark.parametrize("test", [sign_flip_test, label_test])
def test_missing_concepts_do_not_change_the_detectable_difference(test):
    values = np.random.default_rng(1).normal(0, 0.2, (200, 4))
    values[::2, 0] = np.nan
    among_all, alone = (contrasts(V, test=test)[0] for V in (values, values[1::2]))
    assert among_all.difference == alone.difference
    assert among_all.detectable == pytest.approx(alone.detectable, rel=0.1)


def test_a_change_is_detectable_beyond_the_margin_and_rounding_is_none():
    rng = np.random.default_rng(2)
    before = rng.random((200, 4))
    after = before + rng.normal(0, [0.001, 0.1, 0, 0], (200, 4))
    after[:, 2], after[:, 3] = before[:, 2] + 1e-4, np.nan
    still = np.array([False, False, True, True])
    small, large, rounded, missing = judge_shifts(before, after, still, margin=0.02, seed=0)
    for shift in (small, large):
        assert shift.contrast.detectable > 0.02
        moved = pytest.approx(shift.after - shift.before, abs=3e-4)  # less rounding of digits
        assert shift.contrast.difference == moved
    assert small.contrast.verdict == "level" and rounded.contrast == UNCHANGED
    assert missing == (None, None, Contrast(None, NO_INTERVAL, None, None, "inconclusive"))
