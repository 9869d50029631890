"""Contrasts: the rule of verdicts by hand, and what is asked of which column."""

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
    own = Contrast(difference, ends, p, None, word)
    assert (own.is_better, own.is_worse) == (word.startswith("better"), word.startswith("worse"))
    assert own.significant == (p is not None and p <= 0.05)


def test_every_word_is_in_the_table():
    assert {word for *_, word in CASES} | {UNCHANGED.verdict} == set(get_args(Verdict))


def test_nothing_is_asked_of_what_is_unchanged_and_the_others_do_not_notice():
    values = np.random.default_rng(0).normal(0.05, 0.2, (30, 3))
    values[:, 1] = 0
    found = contrasts(
        values, margin=DEFAULT_MARGIN, seed=3, unchanged=np.array([False, True, False])
    )
    assert found[1] == UNCHANGED
    assert found[::2] == contrasts(values[:, ::2], margin=DEFAULT_MARGIN, seed=3)
    assert (
        contrasts(values, margin=DEFAULT_MARGIN, unchanged=np.ones(3, dtype=bool))
        == [UNCHANGED] * 3
    )


@pytest.mark.parametrize("test", [sign_flip_test, label_test])
def test_what_half_of_the_concepts_detect_does_not_hang_on_the_others(test):
    values = np.random.default_rng(1).normal(0, 0.2, (200, 4))
    values[::2, 0] = np.nan
    among_all, alone = (contrasts(own, test=test)[0] for own in (values, values[1::2]))
    assert among_all.difference == alone.difference
    assert among_all.detectable == pytest.approx(alone.detectable, rel=0.1)


def test_a_change_is_detectable_beyond_the_margin_and_rounding_is_none():
    rng = np.random.default_rng(2)
    before = rng.random((200, 4))
    after = before + rng.normal(0, [0.001, 0.1, 0, 0], (200, 4))
    after[:, 2], after[:, 3] = before[:, 2] + 1e-4, np.nan
    still = np.array([False, False, True, True])
    small, large, rounded, missing = judge_shifts(before, after, still, margin=0.02, seed=0)
    for own in (small, large):
        assert own.contrast.detectable > 0.02
        moved = own.after - own.before
        assert own.contrast.difference == pytest.approx(moved, abs=3e-4)  # less rounding of digits
    assert small.contrast.verdict == "level" and rounded.contrast == UNCHANGED
    assert missing == (None, None, Contrast(None, NO_INTERVAL, None, None, "inconclusive"))
