"""Standings: how many passages are nearer to a question than the right ones, and how many tie.

FAISS gives the nearest passages of a language, and what is nearer than a version of the answer is
read off this list. Where a version lies deeper down, as some of the passages tell beforehand, or
the list turns out to end too early, all passages are counted by a product of our own, once.
"""

import numpy as np

from alignment.measure import hits
from alignment.measure.arrays import Bools, Ints, Vectors, slices
from alignment.measure.indexes import nearest

FIRST = 10  # places that a reader looks at
ROWS = 1024  # questions searched at once
_LISTED = 100  # nearest of each language that FAISS gives
_SAMPLED = 50  # one passage in so many tells how deep down a version will be
_COLUMNS = 1024  # passages counted at once


def in_language(item: int, pool: Vectors, questions: Vectors, gold: Vectors, ends: Ints) -> Ints:
    """Return (2, r, L) of r questions: passages of one language nearer than a version, and tied.

    Args:
        item: which language, and which of the questions.
        pool: (N, D), the passages.
        questions: (m, D).
        gold: (m, L), similarities to the versions of the answer; NaN where there is none.
        ends: (L + 1,), of the languages in the pool.
    """
    b, block = divmod(item, -(-len(questions) // ROWS))
    rows = slice(block * ROWS, (block + 1) * ROWS)
    q, gold, passages = questions[rows], gold[rows], pool[ends[b] : ends[b + 1]]
    nearer, reached = np.zeros((2, *gold.shape), dtype=np.int64)
    if len(passages):
        exact = _extremes(gold)
        exact[:, b] = np.isfinite(gold[:, b])
        unsure = np.isfinite(gold)
        some = (q @ passages[::_SAMPLED].T).max(axis=1)
        near = ~hits.reaches(some, np.where(exact, gold, np.inf).min(axis=1))
        near &= near.mean() > 1 / 8  # for a few it would not be worth a pass over the passages
        s = nearest(q[near], passages, min(_LISTED, len(passages)))
        for counts, stands in ((nearer, hits.nearer), (reached, hits.reaches)):
            counts[near] = stands(s[:, None], gold[near][:, :, None]).sum(axis=2)
        unsure[near] &= hits.reaches(s[:, -1:], gold[near]) & (len(passages) > _LISTED)
        unsure &= exact | (nearer < FIRST)
        _count(unsure, exact, q, gold, passages, nearer, reached)
    return np.stack([nearer, reached - nearer])


def _extremes(gold: Vectors) -> Bools:
    """Return (r, L): which versions are the nearest, or the farthest."""
    first, last = (ends.reduce(gold, axis=1, keepdims=True) for ends in (np.fmax, np.fmin))
    extremes: Bools = (gold == first) | (gold == last)
    return extremes


def _count(
    unsure: Bools,
    exact: Bools,
    q: Vectors,
    gold: Vectors,
    passages: Vectors,
    nearer: Ints,
    reached: Ints,
) -> None:
    """Count over all passages of a language what is nearer, or as near, where ``unsure`` (r, L).

    A version that need not be ``exact`` is left where it can no longer be among the first ten.
    Arrays are used again and again: to get new ones takes longer than to compare.
    """
    nearer[unsure] = reached[unsure] = 0
    products = np.empty(len(q) * _COLUMNS, dtype=np.float32)
    masks = np.empty(products.shape, dtype=bool)
    for part in slices(len(passages), 1, _COLUMNS):
        unsure &= exact | (nearer < FIRST)
        times = unsure.sum(axis=1)
        rows = np.argsort(-times, kind="stable")[: np.count_nonzero(times)]  # most versions first
        columns = np.argsort(np.where(unsure, -gold, np.inf)[rows], axis=1)  # nearest first
        width = part.stop - part.start
        s = products[: len(rows) * width].reshape(-1, width)
        np.matmul(q[rows], passages[part].T, out=s)
        best = s.max(axis=1)
        for j in range(times.max(initial=0)):
            ends = np.count_nonzero(times > j)
            level = gold[rows[:ends], columns[:ends, j]]
            reach = np.flatnonzero(hits.reaches(best[:ends], level))
            some = reach if 2 * len(reach) < ends else slice(ends)  # few are copied
            at = rows[some], columns[some, j]
            own, level = s[some], level[some, None]
            mask = masks[: own.size].reshape(own.shape)
            for counts, stands in ((nearer, hits.nearer), (reached, hits.reaches)):
                ones = np.bitwise_count(np.packbits(stands(own, level, out=mask), axis=1))
                counts[at] += ones.sum(axis=1, dtype=np.int64)
