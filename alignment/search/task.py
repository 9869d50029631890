"""Search: questions against passages, in one language at a time and in one index of them all.

A passage has a version in each language that it is written in, and all of them answer its
questions. n questions are asked in L' languages, C passages are written in L. How many passages of
each language are nearer than a version of the answer, and how many tie, is counted in
`alignment.search.standings`, and everything is derived from that: where answers tie, every number
is the mean over the orders of the tied.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from alignment.engines import share_out, track
from alignment.measure import hits
from alignment.measure.arrays import Bools, Floats, Ints, Vectors, slices
from alignment.measure.metrics import ratio
from alignment.search.standings import FIRST, ROWS, in_language

_NUMBERS = 1 << 20  # of vectors gathered at once


def gains(size: int) -> dict[str, Floats]:
    """Return what each rank earns, from the first on, by measure; a later rank earns nothing.

    Args:
        size: how many passages there are.
    """
    ranks = np.arange(1, size + 1)
    earned: dict[str, Floats] = {f"recall_at_{k}": np.ones(k) for k in (1, 5, 10)}
    return earned | {"mrr": 1 / ranks, "ndcg_at_10": 1 / np.log2(np.arange(2, 12))}


def chance(sizes: Ints) -> dict[str, Floats]:
    """Return each measure (L,) where all passages of a language are equally near."""
    standing = hits.Standing(np.zeros_like(sizes), sizes)
    return {name: standing.expected(earned) for name, earned in gains(max(sizes)).items()}


@dataclass(frozen=True)
class Task:
    """What is asked, and where the answer is looked for.

    Attributes:
        questions: (n, L', D), rows of unit length.
        asked: (n, L'), where there is a question.
        answer: (n,), the passage that answers it, of the C.
        passages: (C, L, D), rows of unit length.
        present: (C, L), where there is a passage.
    """

    questions: Vectors
    asked: Bools
    answer: Ints
    passages: Vectors
    present: Bools

    def per_passage(self, values: Floats) -> Floats:
        """Return (P, …): values (n, …) of questions, by the passage that answers them.

        Questions of one passage are no independent evidence. A passage has the sum of its
        questions' values over the mean number of questions, so that the mean over passages is that
        over questions; NaN where it has none.
        """
        _, at = np.unique(self.answer, return_inverse=True)
        there = np.isfinite(values)
        total, count = np.zeros((2, at.max() + 1, *values.shape[1:]))
        np.add.at(total, at, np.where(there, values, 0))
        np.add.at(count, at, there)
        return ratio(total, np.where(count > 0, ratio(count.sum(0), (count > 0).sum(0)), 0))


@dataclass(frozen=True)
class Found:
    """Where the versions of the answers stand: (n, L', L) by question, its language, the version's.

    Attributes:
        gold: similarity to each version; NaN where there is no question or no version.
        alone: each version among the passages of its own language.
        together: each version among all passages; exact for the first and the last version, and
            for each that may be among the first ten.
        wrong: how many passages of each language that are no answer stand before the first version.
        sizes: (L,), passages in each language.
    """

    gold: Floats
    alone: hits.Standing
    together: hits.Standing
    wrong: Floats
    sizes: Ints

    @cached_property
    def between(self) -> dict[str, Floats]:
        """(n, L', L) values in [0, 1] of recall, MRR and nDCG, one language's passages at a time.

        Of a question, one passage of the language is right: DCG at best is 1, and nDCG is
        1 / log2(1 + rank) down to rank 10 (Järvelin & Kekäläinen 2002).
        """
        earned = gains(max(self.sizes))
        return {name: self.alone.expected(of_ranks) for name, of_ranks in earned.items()}

    @cached_property
    def mixed(self) -> dict[str, Floats]:
        """(n, L') values in the mixed index.

        hit_at_1: whether a version comes first, in [0, 1]. complete_at_10: whether all versions are
        among the first ten, in [0, 1]. max_rank: the rank of the last version, from 1 on
        (arXiv 2604.05684: Complete@10, Max@R). ndcg_at_10: in [0, 1], all versions being relevant.
        """
        count = self._versions.sum(axis=2)
        discounts = gains(FIRST)["ndcg_at_10"]
        ideal = np.append(0, np.cumsum(discounts))[np.minimum(count, FIRST)]
        earned = np.nansum(self.together.expected(discounts), axis=2)
        first, last = self._standing(1), self._standing(-1)
        ours, lasts = self._tied(1).sum(axis=2), self._tied(-1).sum(axis=2)
        rank = last.nearer + lasts * (last.tied + 1) / (lasts + 1)
        return {
            "hit_at_1": ratio((first.nearer == 0) * ours, first.tied),
            "complete_at_10": ratio(_all_within(FIRST - last.nearer, last.tied, lasts), count > 0),
            "max_rank": np.where(count, rank, np.nan),
            "ndcg_at_10": ratio(earned, ideal),
        }

    @cached_property
    def first(self) -> Floats:
        """(n, L', L), whether the first version is of a language; versions as near share this."""
        return _shares(self._tied(1))

    @cached_property
    def even(self) -> Floats:
        """(n, L', L), the same where the language of a version does not matter."""
        return _shares(self._versions)

    @cached_property
    def among_first(self) -> Floats:
        """(n, L', L), whether each version is among the first ten of the mixed index."""
        return self.together.expected(np.ones(FIRST))

    @cached_property
    def crowding(self) -> Floats:
        """(n, L', L), share of each language in the wrong answers before the first version."""
        return _shares(self.wrong)

    @cached_property
    def crowding_expected(self) -> Floats:
        """(n, L', L), that share where languages do not matter; NaN where no answer is wrong."""
        expected = _shares(self.sizes - self._versions)
        return np.where(np.isfinite(self.crowding), expected, np.nan)

    @property
    def _versions(self) -> Bools:
        return np.isfinite(self.gold)

    def _tied(self, sign: int) -> Bools:
        """(n, L', L), which versions are as near as the first (1) or the last one (−1)."""
        return hits.tied(self.gold, np.fmax.reduce(sign * self.gold, axis=2, keepdims=True) * sign)

    def _standing(self, sign: int) -> hits.Standing:
        """(n, L'), how the first (1) or the last version (−1) stands among all passages."""
        place = np.where(self._versions, sign * self.gold, -np.inf).argmax(axis=2)[..., None]
        nearer, tied = (
            np.take_along_axis(counts, place, axis=2)[..., 0]
            for counts in (self.together.nearer, self.together.tied)
        )
        return hits.Standing(nearer, tied)


def _shares(parts: Floats | Ints | Bools) -> Floats:
    """Return (n, L', L): the share of each part in what all languages have together."""
    return ratio(parts, parts.sum(axis=2, keepdims=True))


def _all_within(places: Ints, tied: Ints, ours: Ints) -> Floats:
    """Return how likely all of ours, of so many tied, get one of the places when drawn in turn."""
    likely = np.ones(places.shape)
    for i in range(ours.max(initial=0)):
        left = np.clip(places - i, 0, np.maximum(tied - i, 0))
        likely *= np.where(i < ours, ratio(left, tied - i), 1)
    return likely


def search(task: Task) -> Found:
    """Search with every question in every language that it is asked in.

    Args:
        task: what is searched.
    """
    asked, present = task.asked, task.present
    sizes = present.sum(axis=0)
    pool = task.passages.swapaxes(0, 1)[present.T]  # (N, D), one language after the other
    ends = np.append(0, np.cumsum(sizes))
    a, n = np.nonzero(asked.T)  # m questions, one language after the other
    questions, gold = task.questions[n, a], _gold(task, n, a)
    first = np.where(np.isfinite(gold), gold, -np.inf).argmax(axis=1)
    at_first = np.arange(len(gold)), first
    ours = hits.tied(gold, gold[at_first][:, None])
    alone, together = np.zeros((2, 2, *gold.shape), dtype=np.int64)  # nearer, tied
    wrong = np.zeros(gold.shape)
    starts = range(0, len(gold), ROWS)
    items = [(b, start) for b in range(len(sizes)) for start in starts]
    lengths = [min(ROWS, len(gold) - start) for _, start in items]
    parts = share_out(in_language, range(len(items)), pool, questions, gold, ends)
    shown = track(parts, lengths, "Searching", "search")
    for (b, start), counts in zip(items, shown, strict=True):
        rows = slice(start, start + ROWS)
        alone[:, rows, b] = counts[:, :, b]
        together[:, rows] += counts
        nearer, tied = counts[:, np.arange(counts.shape[1]), first[rows]]
        shared = ours[rows].sum(axis=1) + 1
        wrong[rows, b] = nearer + (tied - ours[rows, b]) / shared

    def spread(values: Any, nothing: float = 0) -> Any:
        cells = np.full((*asked.shape, len(sizes)), nothing, dtype=values.dtype)
        cells[n, a] = values
        return cells

    own, every = (hits.Standing(*map(spread, pair)) for pair in (alone, together))
    return Found(spread(gold, np.nan), own, every, spread(wrong), sizes)


def _gold(task: Task, n: Ints, a: Ints) -> Vectors:
    """Return (m, L): similarities of questions to the versions of their answer, NaN for none."""
    gold = np.empty((len(n), task.present.shape[1]), dtype=np.float32)
    for part in slices(len(n), task.passages[0].size, _NUMBERS):
        versions = task.passages[task.answer[n[part]]]
        gold[part] = np.einsum(
            "rd,rld->rl", task.questions[n[part], a[part]], versions, dtype=float
        )
    gold[~task.present[task.answer[n]]] = np.nan
    return gold
