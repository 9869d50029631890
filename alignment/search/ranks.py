"""Ranks: count the passages that are nearer to a question than its answer, and those that tie.

FAISS lists the nearest passages of a language, and most counts are read off this list. All passages
are compared instead where a sample shows that a version of the answer ranks below the list, or
where the list ends too early.
"""

import numpy as np

from alignment.measure import hits
from alignment.measure.arrays import Bools, Ints, Vectors, slices
from alignment.measure.indexes import nearest

FIRST = 10  # ranks that the metrics consider
ROWS = 1024  # questions searched at once
_LISTED = 100  # nearest passages of each language that FAISS gives
_SAMPLED = 50  # every 50th passage is sampled to estimate the rank of a version
_COLUMNS = 1024  # passages compared at once
_COMPARISONS = (hits.nearer, hits.reaches)


def in_language(item: int, pool: Vectors, questions: Vectors, gold: Vectors, ends: Ints) -> Ints:
    """Return (2, r, L) of r questions: passages of one language nearer than a version, and tied.

    Args:
        item: the number of the language and of the block of questions, in one number.
        pool: (N, D), the passages, by language.
        questions: (m, D), the questions.
        gold: (m, L), similarities to the versions of the answer; NaN where there is none.
        ends: (L + 1,), bounds of the languages in the pool.
    """
    b, block = divmod(item, -(-len(questions) // ROWS))
    rows = slice(block * ROWS, (block + 1) * ROWS)
    q, gold, passages = questions[rows], gold[rows], pool[ends[b] : ends[b + 1]]
    counts = np.zeros((2, *gold.shape), dtype=np.int64)
    nearer, reached = counts
    if len(passages):
        first, last = (end.reduce(gold, axis=1, keepdims=True) for end in (np.fmax, np.fmin))
        exact = (gold == first) | (gold == last)
        exact[:, b] = np.isfinite(gold[:, b])
        unsure = np.isfinite(gold)
        sampled = (q @ passages[::_SAMPLED].T).max(axis=1)
        near = ~hits.reaches(sampled, np.where(exact, gold, np.inf).min(axis=1))
        near &= near.mean() > 1 / 8  # a pass over the passages does not pay for fewer questions
        s = nearest(q[near], passages, min(_LISTED, len(passages)))
        for count, compare in zip(counts, _COMPARISONS, strict=True):
            count[near] = compare(s[:, None], gold[near][:, :, None]).sum(axis=2)
        unsure[near] &= hits.reaches(s[:, -1:], gold[near]) & (len(passages) > _LISTED)
        unsure &= exact | (nearer < FIRST)
        _count(unsure, exact, q, gold, passages, counts)
    return np.stack([nearer, reached - nearer])


def _count(
    unsure: Bools, exact: Bools, q: Vectors, gold: Vectors, passages: Vectors, counts: Ints
) -> None:
    """Count among all passages of a language, where ``unsure`` (r, L), into counts (2, r, L).

    The counts are those of nearer passages, and of passages at least as near. A version without
    ``exact`` is skipped once it cannot be among the first ten. Arrays are reused, because
    allocating them takes longer than comparing.
    """
    counts[:, unsure] = 0
    products = np.empty(len(q) * _COLUMNS, dtype=np.float32)
    masks = np.empty(products.shape, dtype=bool)
    for part in slices(len(passages), 1, _COLUMNS):
        unsure &= exact | (counts[0] < FIRST)
        times = unsure.sum(axis=1)
        rows = np.argsort(-times, kind="stable")[: np.count_nonzero(times)]  # most versions first
        columns = np.argsort(np.where(unsure, -gold, np.inf)[rows], axis=1)  # nearest first
        width = part.stop - part.start
        s = products[: len(rows) * width].reshape(-1, width)
        np.matmul(q[rows], passages[part].T, out=s)
        best = s.max(axis=1)
        for j in range(times.max(initial=0)):
            end = np.count_nonzero(times > j)
            level = gold[rows[:end], columns[:end, j]]
            reach = np.flatnonzero(hits.reaches(best[:end], level))
            chosen = reach if 2 * len(reach) < end else slice(end)  # few are copied
            at = rows[chosen], columns[chosen, j]
            similarity, level = s[chosen], level[chosen, None]
            mask = masks[: similarity.size].reshape(similarity.shape)
            for count, compare in zip(counts, _COMPARISONS, strict=True):
                ones = np.bitwise_count(np.packbits(compare(similarity, level, out=mask), axis=1))
                count[at] += ones.sum(axis=1, dtype=np.int64)
