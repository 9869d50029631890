"""Intervals of means over concepts.

The concepts are the sample. Each concept's values are computed once, on the whole pool, and then
weighted at random (the Bayesian bootstrap, Rubin 1981). The pool is never resampled, which would
put duplicates among the candidates. The interval shows how far a mean would move with other
concepts of the same kind; it does not cover other languages or other forms of the texts.

A resample of perfect concepts is perfect, so its interval would have no width, however small the
sample. Each end is therefore computed with a pseudo-concept at the bound on its side: the lower end
allows for a concept that fails, the upper end for a perfect one. With the weight of a whole concept
this is Gaffke's bound (Gaffke 2005; Learned-Miller & Thomas 2020), which is wider than necessary;
with a weight of 0.75 the interval covers the truth in 93 % of samples, however often concepts fail
(``benchmarks/coverage.py``).
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from alignment.stats.estimates import CONFIDENCE, MIN_CONCEPTS
from alignment.stats.permutation import Array, Z, blocks

RESAMPLES = 2000
PSEUDO_CONCEPT = 0.75  # its weight relative to a concept
_TAIL = 100 * (1 - CONFIDENCE) / 2

Statistic = Callable[[Array, Array], Array]


def mean_interval(values: Array, low: Array | float, high: Array | float, seed: int = 0) -> Array:
    """Return the 95 % intervals (2, M), low and high, of the means of values (C, M).

    They are NaN where fewer than ``MIN_CONCEPTS`` concepts have a value that is not NaN. ``low``
    and ``high`` (M,) are the values of a concept that fails, and of a perfect one.
    """
    present = np.isfinite(values)
    filled, ones = np.where(present, values, 0), present.astype(float)
    bounds = np.stack([np.broadcast_to(end, values.shape[1]) for end in (low, high)])[:, None]
    weights, pseudo = _weights(len(values), seed), pseudo_weights(seed)
    drawn = np.empty((2, RESAMPLES, values.shape[1]))
    for rows in blocks(RESAMPLES, max(values.shape)):
        W = weights[rows].astype(float)
        total, count = W @ filled, W @ ones
        drawn[:, rows] = (total + pseudo[rows] * bounds) / (count + pseudo[rows])
    drawn[:, :, present.sum(axis=0) < MIN_CONCEPTS] = np.nan
    mean = weighted_mean(values, np.ones((1, len(values))))[0]
    low_end = np.minimum(np.percentile(drawn[0], _TAIL, axis=0), mean)
    high_end = np.maximum(np.percentile(drawn[1], 100 - _TAIL, axis=0), mean)
    return np.stack([low_end, high_end])


def difference_interval(values: Array, seed: int = 0) -> Array:
    """Return the 95 % intervals (2, M) of the means of differences (C, M) in [−1, 1].

    If all concepts differ by about as much, an unseen one will not differ by 1. The pseudo-concept
    is therefore placed between the mean and −1 or 1 in proportion to the spread of the sizes of the
    differences: their standard deviation over their root mean square, with two more zeros.
    """
    count, size = np.isfinite(values).sum(axis=0), np.abs(np.nan_to_num(values))
    mean = weighted_mean(values, np.ones((1, len(values))))[0]
    square = (count + 2) * (size**2).sum(axis=0)
    equal = np.divide(size.sum(axis=0) ** 2, square, out=np.zeros_like(square), where=square > 0)
    reach = np.sqrt(1 - equal)
    return mean_interval(values, mean - reach * (1 + mean), mean + reach * (1 - mean), seed)


def statistic_interval(values: Array, statistic: Statistic, seed: int = 0) -> Array:
    """Return the 95 % intervals (2, K) of a statistic of values (C, M), without pseudo-concepts.

    The statistic maps values (C, M) and weights (R, C) to (R, K). The interval is NaN where most
    resamples give NaN.
    """
    if len(values) < MIN_CONCEPTS:
        return np.full_like(statistic(values, np.ones((2, len(values)))), np.nan)
    weights = _weights(len(values), seed)
    # in blocks, so that a statistic that passes through (R, M) holds little of it
    parts = blocks(RESAMPLES, max(values.shape))
    drawn = np.concatenate([statistic(values, weights[rows].astype(float)) for rows in parts])
    ends: Array = np.percentile(drawn, [_TAIL, 100 - _TAIL], axis=0)
    missing = np.isnan(drawn)
    some = missing.any(axis=0) & (missing.mean(axis=0) < 0.5)
    if some.any():
        ends[:, some] = np.nanpercentile(drawn[:, some], [_TAIL, 100 - _TAIL], axis=0)
    return ends


def weighted_mean(values: Array, weights: Array) -> Array:
    """Return the (R, M) means of values (C, M) under R rows of weights (R, C); NaN is missing."""
    present = np.isfinite(values)
    total = weights @ np.where(present, values, 0)
    count = weights @ present.astype(float)
    means: Array = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    return means


@lru_cache(maxsize=2)  # one analysis asks many times for the same
def _weights(C: int, seed: int) -> npt.NDArray[np.float32]:
    """Return random weights (R, C) of concepts, of mean 1."""
    return np.random.default_rng(seed).standard_exponential((RESAMPLES, C), dtype=np.float32)


@lru_cache(maxsize=2)
def pseudo_weights(seed: int) -> Array:
    """Return random weights (R, 1) of a pseudo-concept, evenly spread over their distribution.

    They are spread because the interval of perfect concepts depends on these weights alone.
    """
    rng = np.random.default_rng([seed, 1])
    drawn = np.sort(rng.standard_gamma(PSEUDO_CONCEPT, (RESAMPLES, 100)), axis=None)
    return rng.permutation(drawn[50::100])[:, None]


def wilson_interval(share: Array, count: npt.NDArray[np.int64]) -> Array:
    """Return the Wilson intervals (2, …) of shares of ``count`` trials: 14/15 has [.70, .99]."""
    trials = np.where(count > 0, count, np.nan)
    z2 = Z**2 / trials
    middle = (share + z2 / 2) / (1 + z2)
    half = Z / (1 + z2) * np.sqrt(share * (1 - share) / trials + z2 / (4 * trials))
    ends: Array = np.clip([middle - half, middle + half], 0, 1)
    return ends
