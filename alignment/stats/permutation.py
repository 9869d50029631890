"""Permutation tests of a family of questions over the same permutations.

Each test permutes values that are exchangeable under the null hypothesis, and takes the maximum
over all questions of the family in every permutation (Westfall & Young 1993, step-down): a
corrected p is the share of permutations whose largest statistic is at least as large. No p is
multiplied by the number of questions, so large families keep their power.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

from alignment.stats.estimates import ALPHA, CONFIDENCE, POWER

PERMUTATIONS = 2000
NORMAL = NormalDist()
Z = NORMAL.inv_cdf((1 + CONFIDENCE) / 2)
_POWER = NORMAL.inv_cdf(POWER)
_BLOCK = 1 << 22  # numbers of a statistic held at once

Array = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Family:
    """The answers to a family of M questions."""

    p: Array  # (M,), two-sided p of each question alone
    p_adjusted: Array  # (M,), p corrected for the whole family
    reach: float  # the value that the largest statistic exceeds in 5 % of the permutations
    # (M,), smallest differences found with 80 % power (normal approximation) in this family on
    # these concepts; NaN where nothing varies, and before a test fills it in
    detectable: Array


def sign_flip_test(
    differences: Array, *, seed: int = 0, permutations: int = PERMUTATIONS
) -> Family:
    """Test that differences (C, M) between paired values have mean 0; NaN is missing.

    Under the null hypothesis a difference may change its sign (Smucker et al. 2007). All questions
    share the signs. The statistic is |Σ d| / √Σ d², which increases with t.
    """
    share = np.isfinite(differences).mean(axis=0)
    differences = np.nan_to_num(differences)
    scale = _divided(1.0, np.sqrt((differences**2).sum(axis=0)))
    signs = random_signs(permutations, len(differences), seed)
    drawn = (
        np.abs(signs[rows].astype(float) @ differences) * scale
        for rows in blocks(permutations, max(differences.shape))
    )
    answers = max_family(np.abs(differences.sum(axis=0)) * scale, drawn)
    # |Σ d| / √Σ d² is at most √C, however large t: T² = C t² / (C − 1 + t²)
    C, reach = len(differences), answers.reach
    t = reach * np.sqrt((C - 1) / (C - reach**2)) if reach**2 < C - 1e-9 else np.inf
    error = np.sqrt(_divided(differences.var(axis=0), np.array(C - 1.0)))
    # a missing value counts as 0 here, where the mean of the differences leaves it out
    detectable = _detectable(t, error) / np.where(share > 0, share, np.nan)
    return replace(answers, detectable=detectable)


def label_test(values: Array, *, seed: int = 0, permutations: int = PERMUTATIONS) -> Family:
    """Test that no column of values (C, M) differs from the others; NaN is missing.

    Under the null hypothesis the values of a row may be in any of its cells: each row is rotated by
    a random number of places. The statistic is the sum of a column's deviations from the row means,
    divided by its standard deviation under rotation.
    """
    rng = np.random.default_rng(seed)
    present = np.isfinite(values)
    centred = np.where(present, values - _row_means(values, present)[:, None], 0.0)
    variance = _row_means(centred**2, present)
    deviation = np.sqrt((variance[:, None] * present).sum(axis=0))
    scale = _divided(1.0, deviation)
    drawn = np.zeros((permutations, values.shape[1]))
    for row, in_row, spread in zip(centred, present, variance, strict=True):
        if spread > 0:  # rotations of equal values change nothing
            cells = np.flatnonzero(in_row)
            turns = np.lib.stride_tricks.sliding_window_view(np.tile(row[cells], 2), len(cells))
            drawn[:, cells] += turns[rng.integers(0, len(cells), permutations)]
    observed = np.abs(centred.sum(axis=0)) * scale
    error = _divided(deviation, present.sum(axis=0).astype(float))
    answers = max_family(observed, [np.abs(drawn) * scale])
    return replace(answers, detectable=_detectable(answers.reach, error))


def group_test(
    values: Array, members: npt.NDArray[np.bool_], *, seed: int = 0
) -> tuple[Family, Array, Array]:
    """Compare each group's mean with that of all others, by shuffling the values among them.

    The statistic is Welch's t, converted to a z of equal probability, so that groups of unequal
    sizes and spreads keep their level (Chung & Romano 2013). No p is smaller than that of Welch's
    test.

    Args:
        values: (C,), a value for each concept.
        members: (C, K) of bool, two or more True and two or more False in each column.

    Returns:
        The answers, the differences (K,), inside minus outside, and their 95 % intervals (2, K).
    """
    rng = np.random.default_rng(seed)
    difference, error, freedom = (row[0] for row in _welch(values[None], members))
    observed = _normal_scale(_divided(np.abs(difference), error), freedom)
    drawn = []
    for rows in blocks(PERMUTATIONS, len(values)):
        shuffled = rng.permuted(np.tile(values, (rows.stop - rows.start, 1)), axis=1)
        moved, errors, freedoms = _welch(shuffled, members)
        drawn.append(_normal_scale(_divided(np.abs(moved), errors), freedoms))
    answers = max_family(observed, drawn)
    least = 2 - 2 * np.array([NORMAL.cdf(z) for z in observed])
    alone = np.maximum(np.quantile(np.concatenate(drawn), CONFIDENCE, axis=0), Z)
    reach = _t_scale(alone, freedom) * error
    shown = _t_scale(np.maximum(answers.reach, Z), freedom)
    family = replace(
        answers,
        p=np.maximum(answers.p, least),
        p_adjusted=np.maximum(answers.p_adjusted, least),
        detectable=_detectable(shown, error),
    )
    return family, difference, np.stack([difference - reach, difference + reach])


def _welch(values: Array, members: npt.NDArray[np.bool_]) -> tuple[Array, Array, Array]:
    """Return differences, standard errors and degrees of freedom (R, K) of groups in (R, C)."""
    C, inside = len(members), members.sum(axis=0)
    centred = values - values.mean(axis=1, keepdims=True)
    sums, squares = centred @ members, centred**2 @ members
    total = (centred**2).sum(axis=1)[:, None]
    group, others = (
        np.maximum(q - sums**2 / n, 0) / (n - 1) / n
        for n, q in ((inside, squares), (C - inside, total - squares))
    )
    within = group**2 / (inside - 1) + others**2 / (C - inside - 1)
    freedom = _divided((group + others) ** 2, within)
    return sums / inside + sums / (C - inside), np.sqrt(group + others), np.maximum(freedom, 1)


def _normal_scale(t: Array, freedom: Array) -> Array:
    """Return the z of equal probability as t ≥ 0 with these degrees of freedom (Wallace 1959)."""
    z: Array = (8 * freedom + 1) / (8 * freedom + 3) * np.sqrt(freedom * np.log1p(t**2 / freedom))
    return z


def _t_scale(z: Array, freedom: Array) -> Array:
    """Return the t of equal probability as z: the inverse of `_normal_scale`."""
    t: Array = np.sqrt(
        freedom * np.expm1((z * (8 * freedom + 3) / (8 * freedom + 1)) ** 2 / freedom)
    )
    return t


def max_family(observed: Array, drawn: Iterable[Array]) -> Family:
    """Compare each statistic with the maximum over those that are no larger (step-down).

    ``observed`` (M,) are statistics on one scale, ``drawn`` blocks (m, M) of them under
    permutation.
    """
    order = np.argsort(observed)
    sorted_observed = observed[order] - 1e-9 * np.maximum(1, observed[order])  # room for rounding
    alone, among = np.zeros((2, len(observed)))
    largest_of_all = []
    for block in drawn:
        block = block[:, order]
        alone += (block >= sorted_observed).sum(axis=0)
        np.maximum.accumulate(block, axis=1, out=block)
        among += (block >= sorted_observed).sum(axis=0)
        largest_of_all.append(block[:, -1].copy())
    largest = np.concatenate(largest_of_all)
    p, p_adjusted = np.empty((2, len(observed)))
    p[order] = (alone + 1) / (len(largest) + 1)  # never 0: Phipson & Smyth 2010
    stepwise = (among + 1) / (len(largest) + 1)
    p_adjusted[order] = np.maximum.accumulate(stepwise[::-1])[::-1]
    reach = float(np.quantile(largest, 1 - ALPHA))
    return Family(p, p_adjusted, reach, np.full(len(observed), np.nan))


def _detectable(errors: Array | float, error: Array) -> Array:
    """Return the differences found with 80 % power, from the reach of a test and its error."""
    detectable: Array = np.full(error.shape, np.nan)
    return np.multiply(errors + _POWER, error, out=detectable, where=error > 1e-12)


def detectable_beyond(margin: float, detectable: Array) -> Array:
    """Return the differences found with 80 % power to be significant and larger than a margin.

    Significance takes Z + ``_POWER`` standard errors; exceeding the margin takes ``_POWER``.
    """
    larger: Array = np.maximum(detectable, margin + detectable * _POWER / (Z + _POWER))
    return larger


def random_signs(rows: int, columns: int, seed: int) -> npt.NDArray[np.int8]:
    """Return (rows, columns) of −1 and 1, a byte each."""
    rng = np.random.default_rng(seed)
    signs = np.empty((rows, columns), dtype=np.int8)
    for part in blocks(rows, columns):
        signs[part] = 2 * rng.integers(0, 2, signs[part].shape) - 1
    return signs


def blocks(rows: int, columns: int) -> list[slice]:
    """Cut ``rows`` of ``columns`` numbers, so that a block of them stays small."""
    step = -(-rows // max(1, rows * columns // _BLOCK))
    return [slice(start, min(start + step, rows)) for start in range(0, rows, step)]


def _row_means(values: Array, present: npt.NDArray[np.bool_]) -> Array:
    return _divided(np.where(present, values, 0.0).sum(axis=1), present.sum(axis=1))


def _divided(value: Array | float, by: Array) -> Array:
    """Return value / by; 0 where the divisor is 0."""
    shape = np.broadcast_shapes(np.shape(value), by.shape)
    return np.divide(value, by, out=np.zeros(shape), where=by > 1e-12)
