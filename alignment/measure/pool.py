"""The whole pool: the nearest of all texts, whatever their language.

Among the k nearest, texts nearer than the k-th count in full, and all that tie with it share the
places left; the nearest is a hit like any other (`alignment.measure.hits`).
"""

from collections.abc import Iterator

import numpy as np

from alignment.measure import hits
from alignment.measure.arrays import Bools, Floats, Ints, Vectors, slices
from alignment.measure.metrics import ratio

_BLOCK = 1 << 19  # numbers held at once: 2 MB
MIN_ROWS = 32  # queries at once, however large the pool: for each block all vectors are read


def merge(nearest: Vectors, others: Vectors) -> None:
    """Put the nearest of two lists (C, L, reach), the nearest first, into the first one."""
    better = others[:, :, 0] > nearest[:, :, -1]
    both = np.concatenate([nearest[better], others[better]], axis=1)
    nearest[better] = -np.sort(-both, axis=1)[:, : nearest.shape[2]]


def credits(
    X: Vectors, present: Bools, gold: Floats, nearest: Vectors, same_language: Vectors, k: int
) -> Floats:
    """Return the credits (3, C, L) in the whole pool: nearest, mixed and same language.

    ``nearest`` and ``same_language`` (C, L, reach) are the similarities to the nearest of the pool
    and of the text's language, the nearest first.
    """
    C, L, _ = X.shape
    mixed = [_very_nearest(a, X, present, gold, nearest, same_language) for a in range(L)]
    credit = np.full((C, L), np.nan)
    if L > 1 and k < present.sum():
        kth, next_one = nearest[:, :, k - 1], nearest[:, :, k]
        for a in range(L):
            credit[:, a] = hits.reaches(gold[:, a], kth[:, a, None]).sum(axis=1) / k
        c, a_of = np.nonzero(hits.reaches(next_one, kth) & present)
        credit[c, a_of] = _recounted((c, a_of), X, present, k)
        credit[~present] = np.nan
    return np.stack([credit, *np.stack(mixed, axis=-1)])


def _very_nearest(
    a: int, X: Vectors, present: Bools, gold: Floats, nearest: Vectors, same_language: Vectors
) -> tuple[Floats, Floats]:
    """Return the shares of translations and of texts in ``a`` among the nearest of its texts."""
    level = hits.answer_level(nearest[:, a, 0], np.fmax.reduce(gold[:, a], 1, initial=-np.inf))
    level[~present[:, a]] = np.nan
    candidates, right, ours = (
        hits.tied(s[:, a], level[:, None]).sum(axis=1) for s in (nearest, gold, same_language)
    )
    deeper = np.flatnonzero(candidates == nearest.shape[2])
    for part, s in _similarities((deeper, np.full(len(deeper), a)), X, present):
        tied = hits.tied(s, level[deeper[part], None, None])
        candidates[deeper[part]] = tied.sum(axis=(1, 2))
        ours[deeper[part]] = tied[:, :, a].sum(axis=1)
    undefined = np.nan if X.shape[1] < 2 else 1
    return ratio(right, candidates) * undefined, ratio(ours, candidates)


def nearest_without(
    nearest: Floats, level: Floats, X: Vectors, present: Bools, k: int, left_out: Bools
) -> Floats:
    """Return the credit (C, L) of the k nearest in a pool without some vectors.

    Only queries that had such a vector among their neighbours are searched again. NaN for a vector
    that is left out, for a concept with a single text left, and where fewer than k texts are left.

    Args:
        nearest, level: (C, L) of ``Neighbours``, with all vectors.
        left_out: (C, L) of bool.
    """
    pool = present & ~left_out
    if k >= pool.sum():
        return np.full(pool.shape, np.nan)
    queries = pool & (pool.sum(axis=1, keepdims=True) > 1)
    credit = np.where(queries, nearest, np.nan)
    if left_out.any():
        c, a = np.nonzero(queries)
        vectors, reached = X[left_out], np.zeros(len(c), dtype=bool)
        for part in slices(len(c), max(len(vectors), X.shape[2]), _BLOCK):
            best = (X[c[part], a[part]] @ vectors.T).max(axis=1)
            reached[part] = hits.reaches(best, level[c[part], a[part]])
        again = c[reached], a[reached]
        credit[again] = _recounted(again, X, pool, k)
    return credit


def _recounted(places: tuple[Ints, Ints], X: Vectors, pool: Bools, k: int) -> Floats:
    """Return the credit (n,) of the k nearest of ``pool`` (C, L) for the queries at (c, a)."""
    credit = np.empty(len(places[0]))
    for part, s in _similarities(places, X, pool):
        same = s[np.arange(len(s)), places[0][part]]  # (rows, L)
        everything = s.reshape(len(s), -1)
        level = np.partition(everything, -k, axis=1)[:, -k, None]
        (nearer, tied), (right, shared) = (
            (hits.nearer(group, level).sum(axis=1), hits.tied(group, level).sum(axis=1))
            for group in (everything, same)
        )
        credit[part] = (right + (k - nearer) * shared / tied) / k
    return credit


def _similarities(
    places: tuple[Ints, Ints], X: Vectors, pool: Bools
) -> Iterator[tuple[slice, Vectors]]:
    """Yield the queries' similarities (rows, C, L) to ``pool``, -inf to themselves and outside."""
    C, L, D = X.shape
    for part in slices(len(places[0]), C * L, max(_BLOCK, MIN_ROWS * C * L)):
        c, a = (place[part] for place in places)
        s = (X[c, a] @ X.reshape(C * L, D).T).reshape(-1, C, L)
        s[:, ~pool] = -np.inf
        s[np.arange(len(c)), c, a] = -np.inf
        yield part, s
