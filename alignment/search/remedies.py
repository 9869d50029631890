"""Remedies: search again where languages are centred, or a question is asked in two at once.

Both need nothing but the vectors: centring takes each language's mean out of its questions and its
passages (Libovický et al. 2020), the other averages a question's vector with that of its English
wording (arXiv 2606.13537).
"""

from dataclasses import replace

import numpy as np

from alignment.measure.arrays import Floats
from alignment.measure.centring import FOLDS, centred
from alignment.search.task import SearchRanks, Task, search

NDCG = "ndcg_at_10"


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
