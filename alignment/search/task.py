"""Search: find the passages that answer questions, by language and in one index of all languages.

A passage has a version in each of its languages, and every version answers its questions. n
questions are asked in L' languages, C passages are written in L languages. All scores are derived
from the counts of `alignment.search.ranks`: the passages of each language that are nearer than a
version of the answer, and those that tie with it. With ties, a score is its mean over the orders of
the tied passages.

Remedies need nothing but the vectors: centring subtracts each language's mean from its questions
and passages (Libovický et al. 2020); averaging takes the mean of a question's vector and that of
its English version (arXiv 2606.13537).
"""

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np

from alignment.engines import share_out, track
from alignment.measure import hits
from alignment.measure.arrays import Bools, Floats, Ints, Vectors, slices
from alignment.measure.metrics import FOLDS, centred, ratio
from alignment.search.ranks import FIRST, ROWS, in_language

NDCG = "ndcg_at_10"
_NUMBERS = 1 << 20  # numbers of vectors gathered at once


def gains(size: int) -> dict[str, Floats]:
    """Return {measure: gains of the ranks from 1 on} for ``size`` passages; later ranks gain 0."""
    recalls: dict[str, Floats] = {f"recall_at_{k}": np.ones(k) for k in (1, 5, 10)}
    discounts = 1 / np.log2(np.arange(2, 12))
    return recalls | {"mrr": 1 / np.arange(1, size + 1), "ndcg_at_10": discounts}


def chance(sizes: Ints) -> dict[str, Floats]:
    """Return {measure: values (L,)} if all passages of a language are equally near."""
    tied = hits.RankCounts(np.zeros_like(sizes), sizes)
    return {name: tied.expected(gain) for name, gain in gains(max(sizes)).items()}


@dataclass(frozen=True)
class Task:
    """Questions, and the passages that are searched."""

    questions: Vectors  # (n, L', D), rows of unit length
    asked: Bools  # (n, L'), where there is a question
    answer: Ints  # (n,), the row of the passage that answers it
    passages: Vectors  # (C, L, D), rows of unit length
    present: Bools  # (C, L), where there is a passage

    def per_passage(self, values: Floats) -> Floats:
        """Return (P, …): values (n, …) of questions, by the passage that answers them.

        Questions of one passage are not independent. The value of a passage is the sum over its
        questions divided by the mean number of questions, so that the mean over passages is the
        mean over questions; NaN for a passage without questions.
        """
        _, at = np.unique(self.answer, return_inverse=True)
        defined = np.isfinite(values)
        total, count = np.zeros((2, at.max() + 1, *values.shape[1:]))
        np.add.at(total, at, np.where(defined, values, 0))
        np.add.at(count, at, defined)
        return ratio(total, np.where(count > 0, ratio(count.sum(0), (count > 0).sum(0)), 0))


@dataclass(frozen=True)
class SearchRanks:
    """The ranks of the answers: (n, L', L) by question, its language and the version's language."""

    gold: Floats  # similarity to each version; NaN where there is no question or no version
    alone: hits.RankCounts  # counts for each version among the passages of its language
    # counts for each version among all passages; exact for the first and the last version, and for
    # each that may be among the first ten
    together: hits.RankCounts
    wrong: Floats  # wrong passages of each language that come before the first version
    sizes: Ints  # (L,), number of passages in each language

    @cached_property
    def between(self) -> dict[str, Floats]:
        """(n, L', L) values in [0, 1] of recall, MRR and nDCG, one language's passages at a time.

        One passage of the language is right, so the best DCG is 1, and nDCG is 1 / log2(1 + rank)
        down to rank 10 (Järvelin & Kekäläinen 2002).
        """
        return {name: self.alone.expected(gain) for name, gain in gains(max(self.sizes)).items()}

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
        dcg = np.nansum(self.together.expected(discounts), axis=2)
        first, last = self._counts_of(1), self._counts_of(-1)
        tied_first, tied_last = (self._tied(sign).sum(axis=2) for sign in (1, -1))
        rank = last.nearer + tied_last * (last.tied + 1) / (tied_last + 1)
        complete = _all_within(FIRST - last.nearer, last.tied, tied_last)
        return {
            "hit_at_1": ratio((first.nearer == 0) * tied_first, first.tied),
            "complete_at_10": ratio(complete, count > 0),
            "max_rank": np.where(count, rank, np.nan),
            "ndcg_at_10": ratio(dcg, ideal),
        }

    @cached_property
    def by_version(self) -> dict[str, Floats]:
        """(n, L', L) values in the mixed index, by language of the passage.

        first_language: whether the first version is in it; versions that tie share this. even: the
        same if languages did not matter. recall_at_10: whether its version is among the first ten.
        crowding: its share in the wrong answers before the first version. crowding_expected: that
        share if languages did not matter; both are NaN where no answer is wrong.
        """
        crowding, expected = _shares(self.wrong), _shares(self.sizes - self._versions)
        return {
            "first_language": _shares(self._tied(1)),
            "even": _shares(self._versions),
            "recall_at_10": self.together.expected(np.ones(FIRST)),
            "crowding": crowding,
            "crowding_expected": np.where(np.isfinite(crowding), expected, np.nan),
        }

    @property
    def _versions(self) -> Bools:
        return np.isfinite(self.gold)

    def _tied(self, sign: int) -> Bools:
        """(n, L', L), which versions are as near as the first (1) or the last one (−1)."""
        return hits.tied(self.gold, np.fmax.reduce(sign * self.gold, axis=2, keepdims=True) * sign)

    def _counts_of(self, sign: int) -> hits.RankCounts:
        """(n, L'), the counts of the first (1) or the last version (−1) among all passages."""
        at = np.where(self._versions, sign * self.gold, -np.inf).argmax(axis=2)[..., None]
        counts = self.together.nearer, self.together.tied
        return hits.RankCounts(*(np.take_along_axis(each, at, axis=2)[..., 0] for each in counts))


def _shares(parts: Floats | Ints | Bools) -> Floats:
    """Return (n, L', L): the share of each part in the sum over languages."""
    return ratio(parts, parts.sum(axis=2, keepdims=True))


def _all_within(places: Ints, tied: Ints, versions: Ints) -> Floats:
    """Return the probability that all versions among tied passages get one of the first places."""
    likely = np.ones(places.shape)
    for i in range(versions.max(initial=0)):
        left = np.clip(places - i, 0, np.maximum(tied - i, 0))
        likely *= np.where(i < versions, ratio(left, tied - i), 1)
    return likely


def search(task: Task) -> SearchRanks:
    """Search with every question in every language that it is asked in."""
    asked, present = task.asked, task.present
    sizes = present.sum(axis=0)
    pool = task.passages.swapaxes(0, 1)[present.T]  # (N, D), one language after the other
    ends = np.append(0, np.cumsum(sizes))
    a, n = np.nonzero(asked.T)  # m questions, one language after the other
    questions, gold = task.questions[n, a], _gold(task, n, a)
    first = np.where(np.isfinite(gold), gold, -np.inf).argmax(axis=1)
    tied_versions = hits.tied(gold, np.take_along_axis(gold, first[:, None], axis=1))
    alone, together = np.zeros((2, 2, *gold.shape), dtype=np.int64)  # nearer, tied
    wrong = np.zeros(gold.shape)
    blocks = list(product(range(len(sizes)), slices(len(gold), 1, ROWS)))
    parts = share_out(in_language, range(len(blocks)), pool, questions, gold, ends)
    lengths = [rows.stop - rows.start for _, rows in blocks]
    tracked = track(parts, lengths, "Searching", "search")
    for (b, rows), counts in zip(blocks, tracked, strict=True):
        alone[:, rows, b] = counts[:, :, b]
        together[:, rows] += counts
        nearer, tied = counts[:, np.arange(counts.shape[1]), first[rows]]
        versions = tied_versions[rows]
        wrong[rows, b] = nearer + (tied - versions[:, b]) / (versions.sum(axis=1) + 1)

    def spread(values: Any, nothing: float = 0) -> Any:
        cells = np.full((*asked.shape, len(sizes)), nothing, dtype=values.dtype)
        cells[n, a] = values
        return cells

    by_language, mixed = (hits.RankCounts(*map(spread, counts)) for counts in (alone, together))
    return SearchRanks(spread(gold, np.nan), by_language, mixed, spread(wrong), sizes)


def _gold(task: Task, n: Ints, a: Ints) -> Vectors:
    """Return (m, L): similarities of questions to the versions of their answer, NaN for none."""
    gold = np.empty((len(n), task.present.shape[1]), dtype=np.float32)
    for part in slices(len(n), task.passages[0].size, _NUMBERS):
        rows, versions = task.questions[n[part], a[part]], task.passages[task.answer[n[part]]]
        gold[part] = np.einsum("rd,rld->rl", rows, versions, dtype=float)
    gold[~task.present[task.answer[n]]] = np.nan
    return gold


def ndcg_of(ranks: SearchRanks) -> tuple[Floats, Floats]:
    """Return nDCG@10 between two languages (n, L', L), and in the mixed index (n, L')."""
    return ranks.between[NDCG], ranks.mixed[NDCG]


def ndcg_with_remedies(task: Task, codes: tuple[str, ...]) -> dict[str, tuple[Floats, Floats]]:
    """Return {remedy: ``ndcg_of`` the search with it}, for questions in L' languages by code."""
    values = {"centring": _ndcg_centred(task)}
    if len(codes) > 1:
        partner = next((j for j, code in enumerate(codes) if code.split("-")[0] == "en"), 0)
        values[f"averaging with {codes[partner]}"] = ndcg_of(search(_averaged(task, partner)))
    return values


def _ndcg_centred(task: Task) -> tuple[Floats, Floats]:
    """Search each fold of the questions, centred by the means of the other folds' passages."""
    fold = np.arange(len(task.passages)) % FOLDS
    parts = []
    for in_fold in (fold == i for i in np.unique(fold[task.answer])):
        questions = centred(task.questions, task.asked, in_fold[task.answer])
        passages = centred(task.passages, task.present, in_fold)
        asked = task.asked & in_fold[task.answer][:, None]
        moved = replace(task, questions=questions, passages=passages, asked=asked)
        parts.append(ndcg_of(search(moved)))
    between, mixed = (np.fmax.reduce(values) for values in zip(*parts, strict=True))
    return between, mixed


def _averaged(task: Task, partner: int) -> Task:
    """Return the task where each question is the mean of its vector and its partner's."""
    both = task.asked & task.asked[:, [partner]]
    both[:, partner] = False  # averaged with itself, a question does not change
    total = task.questions + task.questions[:, [partner]]
    length = np.linalg.norm(total, axis=2, keepdims=True)
    unit = np.divide(total, length, out=np.zeros_like(total), where=length > 1e-7)
    return replace(task, questions=unit, asked=both)
