"""Intervals and tests: values per concept in, how sure their means are out.

One scheme serves everything: the concepts are the sample. Each concept's values are computed once,
on the whole pool, and then resampled by concept; the pool itself is never resampled, which would
put duplicates among the candidates. An interval so made says how far a mean would move had other
concepts of the same kind been chosen; it says nothing of other languages, or of other forms of
the same words. (Agarwal et al. 2021, rliable, resample in the same way by task.)
"""

from collections.abc import Callable
from functools import lru_cache
from statistics import NormalDist

import numpy as np

RESAMPLES = 2000
PERMUTATIONS = 2000
CONFIDENCE = 0.95
POWER = 0.8
FEWEST = 5  # concepts that may have an interval: of fewer it holds the truth far too rarely
_BLOCK = 1 << 22  # numbers of a statistic held at once


def weighted_mean(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the (R, M) means of values (C, M) under R rows of weights (R, C); NaN is missing."""
    present = np.isfinite(values)
    total = weights @ np.where(present, values, 0)
    count = weights @ present
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)


def bootstrap_interval(
    values: np.ndarray,
    statistic: Callable[[np.ndarray, np.ndarray], np.ndarray] = weighted_mean,
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> np.ndarray:
    """Return the percentile intervals (2, M), low and high, of a statistic of values (C, M).

    Args:
        values: a row a concept; all M columns are resampled together, so that differences
            between columns keep their pairing. NaN where a concept has no value.
        statistic: of (values (C, M), weights (R, C)), gives (R, M). A row of weights says how
            often each concept was drawn.
        seed: of the draws.
        resamples: how many; fewer than 2 000 make the ends of the interval unsteady.

    Returns:
        95 % intervals; NaN where fewer than ``FEWEST`` concepts have a value.
    """
    drawn = resampled(values, statistic, seed=seed, resamples=resamples)
    if statistic is weighted_mean:
        low, high = (np.where(np.isfinite(values), values, end) for end in (np.inf, -np.inf))
        low, high = low.min(axis=0), high.max(axis=0)
        # Means of one constant differ in their last bit; their interval has no width.
        drawn[:, low == high] = low[low == high]
        drawn[:, np.isfinite(values).sum(axis=0) < FEWEST] = np.nan
    return percentile_interval(drawn)


def resampled(
    values: np.ndarray,
    statistic: Callable[[np.ndarray, np.ndarray], np.ndarray] = weighted_mean,
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> np.ndarray:
    """Return the statistic (R, M) of each resample; NaN of fewer than ``FEWEST`` concepts."""
    weights = _draws(len(values), resamples, seed)
    # in blocks, so that a statistic that passes through (R, L·D) holds little of it
    blocks = _blocks(resamples, max(values.shape))
    drawn = np.concatenate([statistic(values, weights[rows].astype(float)) for rows in blocks])
    return drawn if len(values) >= FEWEST else np.full_like(drawn, np.nan)


def percentile_interval(drawn: np.ndarray) -> np.ndarray:
    """Return the central 95 % (2, M) of what was drawn, (R, M); NaN where it is mostly that.

    A draw may miss all of the few concepts that have a value; what they tell is in the others.
    """
    tails = 100 * np.array([(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    ends = np.percentile(drawn, tails, axis=0)
    missed = np.isnan(drawn)
    partly = missed.any(axis=0) & (missed.mean(axis=0) < 0.5)
    if partly.any():
        ends[:, partly] = np.nanpercentile(drawn[:, partly], tails, axis=0)
    return ends


@lru_cache(maxsize=1)  # one analysis asks several times for the same
def _draws(C: int, resamples: int, seed: int) -> np.ndarray:
    """Count (R, C) how often each concept is drawn when C are drawn with replacement, R times."""
    rng = np.random.default_rng(seed)
    counts = np.empty((resamples, C), dtype=np.uint16)
    for rows in _blocks(resamples, C):
        n = rows.stop - rows.start
        places = rng.integers(0, C, (n, C)) + np.arange(n)[:, None] * C
        counts[rows] = np.bincount(places.ravel(), minlength=n * C).reshape(n, C)
    return counts


def _blocks(rows: int, columns: int) -> list[slice]:
    """Cut ``rows`` of ``columns`` numbers, so that a block of them stays small."""
    step = -(-rows // max(1, rows * columns // _BLOCK))
    return [slice(start, min(start + step, rows)) for start in range(0, rows, step)]


def standard_error(values: np.ndarray) -> np.ndarray:
    """Return the standard errors (M,) of the means of values (C, M); NaN is missing."""
    there = np.isfinite(values)
    count = there.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(there, values, 0).sum(axis=0) / count
        square = np.where(there, values - mean, 0) ** 2
        return np.sqrt(square.sum(axis=0) / (count - 1) / count)


def wilson_interval(share: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Return the Wilson intervals (2, …) of shares of ``count`` trials: 14/15 has [.70, .99]."""
    share = np.asarray(share, dtype=np.float64)
    count = np.where(count > 0, count, np.nan)
    z = normal_quantile(1 - (1 - CONFIDENCE) / 2)
    z2 = z**2 / count
    middle = (share + z2 / 2) / (1 + z2)
    half = z / (1 + z2) * np.sqrt(share * (1 - share) / count + z2 / (4 * count))
    return np.clip([middle - half, middle + half], 0, 1)


def sign_flip_test(
    differences: np.ndarray, *, seed: int = 0, permutations: int = PERMUTATIONS
) -> np.ndarray:
    """Return the two-sided p (M,) that differences (C, M) between paired values have mean 0.

    Where the two sides of a pair may be exchanged, a difference may change its sign. Up to 2^C
    signs are tried by chance, p = (b + 1) / (m + 1), so never 0 (Smucker et al. 2007; Phipson &
    Smyth 2010). All columns share the signs.
    """
    signs = random_signs(permutations, len(differences), seed)
    observed = np.abs(differences.sum(axis=0))
    blocks = _blocks(permutations, len(differences))
    drawn = np.concatenate([np.abs(signs[rows].astype(float) @ differences) for rows in blocks])
    return permutation_p(drawn, observed)


def permutation_p(drawn: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """Return p = (b + 1) / (m + 1), b how many of the m rows reach what was observed.

    With room for rounding: an equal value reaches it.
    """
    reached = drawn >= observed - 1e-9 * np.maximum(1, np.abs(observed))
    return (reached.sum(axis=0) + 1) / (len(drawn) + 1)


def random_signs(rows: int, columns: int, seed: int) -> np.ndarray:
    """Return (rows, columns) of −1 and 1, a byte each."""
    rng = np.random.default_rng(seed)
    signs = np.empty((rows, columns), dtype=np.int8)
    for part in _blocks(rows, columns):
        signs[part] = 2 * rng.integers(0, 2, signs[part].shape) - 1
    return signs


def holm(p: np.ndarray) -> np.ndarray:
    """Return the p values adjusted for their number (Holm 1979)."""
    order = np.argsort(p)
    steps = np.maximum.accumulate(np.asarray(p)[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(steps, 1)
    return adjusted


def group_test(
    values: np.ndarray, members: np.ndarray, *, seed: int = 0, permutations: int = PERMUTATIONS
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Compare each group's mean with that of all others, by shuffling the values among them.

    Args:
        values: (C,).
        members: (C, K) of bool, no column all True or all False.

    Returns:
        difference (K,), inside minus outside; p (K,), two-sided; drawn (m, K), the differences
        when groups mean nothing.
    """
    rng = np.random.default_rng(seed)
    centred = values - values.mean()
    C, inside = len(values), members.sum(axis=0)
    # The others' mean follows from the group's, the total being 0.
    scale = 1 / inside + 1 / (C - inside)
    difference = centred @ members * scale
    drawn = np.concatenate(
        [
            rng.permuted(np.tile(centred, (rows.stop - rows.start, 1)), axis=1) @ members * scale
            for rows in _blocks(permutations, C)
        ]
    )
    return difference, permutation_p(np.abs(drawn), np.abs(difference)), drawn


def normal_quantile(share: float) -> float:
    """Return the value below which this share of a standard normal distribution lies."""
    return NormalDist().inv_cdf(share)


def concepts_needed(difference: float, error: float, C: int, questions: int = 1) -> int | None:
    """Return how many such concepts would show this mean difference at 80 % power and p ≤ .05.

    By the normal approximation.

    Args:
        difference: the mean difference over C concepts.
        error: its standard error with C concepts.
        questions: asked at once, of which Holm's correction takes account.

    Returns:
        The number; None for a difference of 0, which no number shows.
    """
    if abs(difference) < 1e-9 or not np.isfinite(error):
        return None
    z = _detectable_in_errors(questions)
    return max(2, int(np.ceil(C * (z * error / difference) ** 2)))


def smallest_difference(deviation: float, C: int, questions: int = 1) -> float:
    """Return the mean difference that C concepts show at 80 % power and p ≤ .05.

    Args:
        deviation: standard deviation of the differences over the concepts.
        C: concepts.
        questions: asked at once, of which Holm's correction takes account.
    """
    return float(_detectable_in_errors(questions) * deviation / np.sqrt(C))


def _detectable_in_errors(questions: int) -> float:
    """Return the mean difference, in standard errors, that a test shows with power ``POWER``."""
    return normal_quantile(1 - (1 - CONFIDENCE) / 2 / questions) + normal_quantile(POWER)
