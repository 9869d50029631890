"""Intervals: values of concepts in, how sure their means are out.

The concepts are the sample. Each concept's values are computed once, on the whole pool, and then
weighted at random (the Bayesian bootstrap, Rubin 1981); the pool itself is never resampled, which
would put duplicates among the candidates. An interval so made says how far a mean would move had
other concepts of the same kind been chosen; it says nothing of other languages, or of other forms
of the same texts.

Near the ceiling a resample of perfect concepts is perfect, and its interval has no width, however
few they are. So a mean gets a pseudo-concept at each of its bounds, of half the weight of a concept
(with full weight this is Gaffke's bound: Learned-Miller & Thomas 2020). A difference of two such
means has a quarter at −1 and at 1, since the two pseudo-concepts differ in half of the cases.
``benchmarks/coverage.py`` measures how often these intervals hold the truth.
"""

from collections.abc import Callable
from functools import lru_cache
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

from alignment.stats.estimates import CONFIDENCE, MIN_CONCEPTS
from alignment.stats.permutation import blocks

RESAMPLES = 2000
PSEUDO_CONCEPT, PSEUDO_DIFFERENCE = 0.5, 0.25

Array = npt.NDArray[np.floating[Any]]
Statistic = Callable[[Array, Array], Array]


def mean_interval(values: Array, low: Array | float, high: Array | float, seed: int = 0) -> Array:
    """Return the 95 % intervals (2, M), low and high, of the means of values (C, M).

    Args:
        values: a row for each concept, NaN where it has no value.
        low: (M,), the value of a concept that fails.
        high: (M,), that of a perfect one.
        seed: of the weights.

    Returns:
        NaN where fewer than ``MIN_CONCEPTS`` concepts have a value.
    """
    return _with_pseudo_concepts(values, low, high, PSEUDO_CONCEPT, seed)


def difference_interval(values: Array, seed: int = 0) -> Array:
    """Return the 95 % intervals (2, M) of the means of differences (C, M) in [−1, 1]."""
    return _with_pseudo_concepts(values, -1.0, 1.0, PSEUDO_DIFFERENCE, seed)


def _with_pseudo_concepts(
    values: Array, low: Array | float, high: Array | float, weight: float, seed: int
) -> Array:
    M = values.shape[1]
    bounds = np.stack([np.broadcast_to(end, M) for end in (low, high)])
    drawn = _drawn(np.concatenate([values, bounds]), weighted_mean, weight, seed)
    drawn[:, np.isfinite(values).sum(axis=0) < MIN_CONCEPTS] = np.nan
    ends = _percentiles(drawn)
    mean = weighted_mean(values, np.ones((1, len(values))))[0]
    return np.stack([np.minimum(ends[0], mean), np.maximum(ends[1], mean)])


def statistic_interval(values: Array, statistic: Statistic, seed: int = 0) -> Array:
    """Return the 95 % intervals (2, K) of a statistic of values (C, M), without pseudo-concepts.

    Args:
        statistic: of (values (C, M), weights (R, C)), gives (R, K).
    """
    if len(values) < MIN_CONCEPTS:
        return np.full_like(statistic(values, np.ones((2, len(values)))), np.nan)
    return _percentiles(_drawn(values, statistic, 0.0, seed))


def weighted_mean(values: Array, weights: Array) -> Array:
    """Return the (R, M) means of values (C, M) under R rows of weights (R, C); NaN is missing."""
    present = np.isfinite(values)
    total = weights @ np.where(present, values, 0)
    count = weights @ present.astype(float)
    means: Array = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    return means


def _drawn(values: Array, statistic: Statistic, pseudo: float, seed: int) -> Array:
    weights = _weights(len(values), pseudo, seed)
    # in blocks, so that a statistic that passes through (R, M) holds little of it
    parts = blocks(RESAMPLES, max(values.shape))
    return np.concatenate([statistic(values, weights[rows].astype(float)) for rows in parts])


@lru_cache(maxsize=3)  # one analysis asks many times for the same three
def _weights(C: int, pseudo: float, seed: int) -> npt.NDArray[np.float32]:
    """Return random weights (R, C); with ``pseudo``, the last two columns have this many each."""
    rng = np.random.default_rng(seed)
    weights = np.empty((RESAMPLES, C), dtype=np.float32)
    for rows in blocks(RESAMPLES, C):
        weights[rows] = rng.standard_exponential(weights[rows].shape, dtype=np.float32)
        if pseudo:
            weights[rows, -2:] = rng.standard_gamma(pseudo, (rows.stop - rows.start, 2))
    return weights


def _percentiles(drawn: Array) -> Array:
    """Return the central 95 % (2, M) of what was drawn, (R, M); NaN where it is mostly that."""
    tails = 100 * np.array([(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    ends: Array = np.percentile(drawn, tails, axis=0)
    missed = np.isnan(drawn)
    partly = missed.any(axis=0) & (missed.mean(axis=0) < 0.5)
    if partly.any():
        ends[:, partly] = np.nanpercentile(drawn[:, partly], tails, axis=0)
    return ends


def wilson_interval(share: Array, count: npt.NDArray[np.int64]) -> Array:
    """Return the Wilson intervals (2, …) of shares of ``count`` trials: 14/15 has [.70, .99]."""
    trials = np.where(count > 0, count, np.nan)
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    z2 = z**2 / trials
    middle = (share + z2 / 2) / (1 + z2)
    half = z / (1 + z2) * np.sqrt(share * (1 - share) / trials + z2 / (4 * trials))
    ends: Array = np.clip([middle - half, middle + half], 0, 1)
    return ends
