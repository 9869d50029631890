"""Intervals and tests: values per concept in, how sure their means are out.

One scheme serves everything: the concepts are the sample. Each concept's values are computed once,
on the whole pool, and then resampled by concept; the pool itself is never resampled, which would
put duplicates among the candidates. An interval so made says how far a mean would move had other
concepts of the same kind been chosen; it says nothing of other languages, or of other forms of
the same words. (Agarwal et al. 2021, rliable, resample in the same way by task.)
"""

from collections.abc import Callable

import numpy as np

RESAMPLES = 2000
PERMUTATIONS = 2000
CONFIDENCE = 0.95
_Z = 1.959963984540054  # of CONFIDENCE, two-sided
_Z_POWER = 0.8416212335729143  # of a power of 80 %


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
        95 % intervals; NaN where there are fewer than two concepts, or no value.
    """
    drawn = resampled(values, statistic, seed=seed, resamples=resamples)
    # Means of one constant differ in their last bit; their interval has no width.
    constant = np.ptp(values, axis=0) == 0
    if len(values) > 1 and drawn.shape[1] == values.shape[1]:
        drawn[:, constant] = values[0, constant]
    return percentile_interval(drawn)


def resampled(
    values: np.ndarray,
    statistic: Callable[[np.ndarray, np.ndarray], np.ndarray] = weighted_mean,
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> np.ndarray:
    """Return the statistic (R, M) of each resample; NaN where there are fewer than two concepts."""
    drawn = statistic(values, _draws(len(values), resamples, seed))
    return drawn if len(values) > 1 else np.full_like(drawn, np.nan)


def percentile_interval(drawn: np.ndarray) -> np.ndarray:
    """Return the central 95 % (2, M) of what was drawn, (R, M)."""
    tail = 100 * (1 - CONFIDENCE) / 2
    return np.percentile(drawn, [tail, 100 - tail], axis=0)


def _draws(C: int, resamples: int, seed: int) -> np.ndarray:
    """Count (R, C) how often each concept is drawn when C are drawn with replacement, R times."""
    drawn = np.random.default_rng(seed).integers(0, C, (resamples, C))
    rows = np.arange(resamples)[:, None] * C
    return np.bincount((drawn + rows).ravel(), minlength=resamples * C).reshape(resamples, C) * 1.0


def wilson_interval(share: np.ndarray, count: int) -> np.ndarray:
    """Return the Wilson intervals (2, …) of shares of ``count`` trials: 14/15 has [.70, .99]."""
    share = np.asarray(share, dtype=np.float64)
    z2 = _Z**2 / count
    middle = (share + z2 / 2) / (1 + z2)
    half = _Z / (1 + z2) * np.sqrt(share * (1 - share) / count + z2 / (4 * count))
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
    reached = np.abs(signs @ differences) >= observed * (1 - 1e-12) - 1e-12
    return (reached.sum(axis=0) + 1) / (permutations + 1)


def random_signs(rows: int, columns: int, seed: int) -> np.ndarray:
    """Return (rows, columns) of −1 and 1."""
    return np.random.default_rng(seed).choice([-1.0, 1.0], (rows, columns))


def holm(p: np.ndarray) -> np.ndarray:
    """Return the p values adjusted for their number (Holm 1979)."""
    order = np.argsort(p)
    steps = np.maximum.accumulate(np.asarray(p)[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(steps, 1)
    return adjusted


def group_test(
    values: np.ndarray, members: np.ndarray, *, seed: int = 0, permutations: int = PERMUTATIONS
) -> float:
    """Return the two-sided p that the members' mean differs from the others', by shuffling them.

    Args:
        values: (C,); members: (C,) of bool, some True and some False.
    """
    rng = np.random.default_rng(seed)
    share = members.sum()
    shuffled = rng.permuted(np.tile(values - values.mean(), (permutations, 1)), axis=1)
    observed = abs((values - values.mean())[members].sum())
    reached = np.abs(shuffled[:, :share].sum(axis=1)) >= observed * (1 - 1e-12) - 1e-12
    return float((reached.sum() + 1) / (permutations + 1))


def concepts_needed(difference: float, interval: np.ndarray, C: int) -> int | None:
    """Return how many such concepts would show this mean difference at 80 % power and p ≤ .05.

    By the normal approximation, from the width that the interval has with C concepts.

    Returns:
        The number; None for a difference of 0, which no number shows, or one without interval.
    """
    if not difference or not np.isfinite(interval).all():
        return None
    error = (interval[1] - interval[0]) / (2 * _Z)
    return max(2, int(np.ceil(C * ((_Z + _Z_POWER) * error / difference) ** 2)))
