"""Contrasts: the difference of two means with its interval and p, and the one rule of verdicts.

Models, versions, languages, forms of the text, remedies of a search and cheaper vectors are all
compared here, so that equal numbers have equal verdicts.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from alignment import DEFAULT_MARGIN
from alignment.stats import estimates
from alignment.stats.estimates import ALPHA, DIGITS, Interval, Number, interval, numbers
from alignment.stats.intervals import difference_interval, weighted_mean
from alignment.stats.permutation import Array, Family, detectable_beyond, sign_flip_test

Verdict = Literal[
    "unchanged",
    "level",
    "better",
    "worse",
    "better on these concepts",
    "worse on these concepts",
    "slightly better",
    "slightly worse",
    "inconclusive",
]


class Contrast(Struct, frozen=True):
    """The difference of two means over the same concepts.

    Attributes:
        difference: difference of the means; positive where the first is higher.
        interval: 95 % interval, which allows for concepts of a kind that was not seen.
        p: two-sided, corrected for all questions of its family.
        detectable: smallest difference that these concepts show with 80 % power.
        verdict: verdict by the rule of ``verdict``.
    """

    difference: Number
    interval: Interval
    p: Number
    detectable: Number
    verdict: Verdict

    @property
    def significant(self) -> bool:
        """Whether p is at most 0.05."""
        return self.p is not None and self.p <= ALPHA

    @property
    def is_better(self) -> bool:
        """Whether the first mean is significantly higher, by more than the margin."""
        return self.verdict in ("better", "better on these concepts")

    @property
    def is_worse(self) -> bool:
        """Whether the first mean is significantly lower, by more than the margin."""
        return self.verdict in ("worse", "worse on these concepts")


# Two values that differ by no more than this are equal: rounding may have moved each by a step.
STEP = 1.5 * 10**-estimates.COSINE_DIGITS
UNCHANGED = Contrast(0.0, Interval(0.0, 0.0), 1.0, None, "unchanged")


def verdict(difference: Number, ends: Interval, p: Number, margin: float) -> Verdict:
    """Return the first verdict that holds.

    level: the whole interval lies within ± the margin. better, worse: p ≤ .05, the difference is
    larger than the margin, and the interval excludes 0; "on these concepts" where it includes 0, as
    other concepts might show no difference. slightly better, slightly worse: p ≤ .05, but not
    larger than the margin. inconclusive: all other cases.
    """
    if ends.within(margin):
        return "level"
    if difference is None or p is None or p > ALPHA:
        return "inconclusive"
    if abs(difference) <= margin:
        return "slightly better" if difference > 0 else "slightly worse"
    if ends.leaves_out_zero():
        return "better" if difference > 0 else "worse"
    return "better on these concepts" if difference > 0 else "worse on these concepts"


def contrasts(
    differences: Array,
    *,
    margin: float = DEFAULT_MARGIN,
    seed: int = 0,
    test: Callable[..., Family] = sign_flip_test,
    unchanged: npt.NDArray[np.bool_] | None = None,
    beyond: float = 0.0,
) -> list[Contrast]:
    """Judge the means of differences (C, M): one family of M questions on the same C concepts.

    Args:
        differences: a row for each concept, NaN where it has none.
        margin: differences within ± margin do not matter.
        seed: for resampling and the permutations.
        test: a test of `alignment.stats.permutation` on differences (C, M).
        unchanged: (M,) of bool, columns in which no value of any text has moved; not tested.
        beyond: bound that a detectable difference must exceed, besides being significant.
    """
    tested = np.ones(differences.shape[1], dtype=bool) if unchanged is None else ~unchanged
    judged = [UNCHANGED] * len(tested)
    if tested.any():
        values = differences[:, tested]
        family = test(values, seed=seed)
        family = replace(family, detectable=detectable_beyond(beyond, family.detectable))
        means = weighted_mean(values, np.ones((1, len(values))))[0]
        results = assemble(means, difference_interval(values, seed), family, margin)
        for place, contrast in zip(np.flatnonzero(tested), results, strict=True):
            judged[place] = contrast
    return judged


class Shift(NamedTuple):
    """A mean before and after a change, and the contrast of the two, after minus before."""

    before: Number
    after: Number
    contrast: Contrast


def moved(before: Array, after: Array) -> Array:
    """Return after − before; 0 within a step of the rounding, NaN where either is missing."""
    difference = after - before
    return np.where(np.abs(difference) <= STEP, 0 * difference, difference)


def judge_shifts(
    before: Array, after: Array, unchanged: npt.NDArray[np.bool_], margin: float, seed: int
) -> list[Shift]:
    """Judge M means before and after a change: one family, on values (C, M) of the same concepts.

    Args:
        before, after: NaN where a concept has no value.
        unchanged: (M,) of bool, columns in which no value of any text has moved.
        margin: differences within ± margin do not matter; detectable ones exceed it.
        seed: for resampling and the permutations.
    """
    difference = moved(before, after)
    present = np.isfinite(difference)
    unchanged = unchanged & present.any(axis=0)
    judged = contrasts(difference, margin=margin, seed=seed, unchanged=unchanged, beyond=margin)
    weights = np.ones((1, len(difference)))
    means = (
        numbers(weighted_mean(np.where(present, values, np.nan), weights)[0])
        for values in (before, after)
    )
    return [Shift(*row) for row in zip(*means, judged, strict=True)]


def assemble(
    means: Array, ends: Array, family: Family, margin: float, digits: int = DIGITS
) -> list[Contrast]:
    """Return the contrasts of means (M,), their intervals (2, M) and the answers of a test."""
    undefined = Contrast(None, estimates.NO_INTERVAL, None, None, "inconclusive")
    columns = zip(
        *(numbers(column, digits) for column in (means, family.p_adjusted, family.detectable)),
        (interval(pair, digits) for pair in ends.T),
        strict=True,
    )
    return [  # the verdict is that of the rounded numbers, which a reader sees
        undefined
        if difference is None
        else Contrast(difference, rounded, p, detectable, verdict(difference, rounded, p, margin))
        for difference, p, detectable, rounded in columns
    ]
