"""Remedies: what search gains where languages are centred, or a question is asked in two at once.

Both need nothing but the vectors: centring takes each language's mean out of its questions and its
passages (Libovický et al. 2020), the other averages a question's vector with that of its English
wording (arXiv 2606.13537).
"""

from dataclasses import replace

import numpy as np

from alignment.measure import metrics
from alignment.measure.arrays import Bools, Floats
from alignment.measure.centring import FOLDS, centred
from alignment.search.record import Remedy
from alignment.search.task import Found, Task, search
from alignment.stats.contrast import Contrast, contrasts

NDCG = "ndcg_at_10"


def paired(
    task: Task, differences: Floats, margin: float, seed: int, unchanged: Bools | None = None
) -> list[Contrast]:
    """Judge the means of differences (n, M) of questions: one family, over passages."""
    values = task.per_passage(differences)
    return contrasts(values, margin=margin, seed=seed, unchanged=unchanged)


def _moved(task: Task, differences: Floats, margin: float, seed: int) -> list[Contrast]:
    """Judge what a remedy moves; nothing is asked where no question's value has moved."""
    there = np.isfinite(differences).any(axis=0)
    unchanged = there & (np.nan_to_num(differences) == 0).all(axis=0)
    return paired(task, differences, margin, seed, unchanged)


def of_other_languages(values: Floats, same: Bools) -> Floats:
    """Return (n,): each question's mean of values (n, L', L) where the languages are not the same.

    Args:
        same: (L', L) of bool, whether a question's language is the passages'.
    """
    values = np.where(same, np.nan, values)
    return metrics.mean_present(values.reshape(len(values), -1), axis=1)


def measure(
    task: Task,
    bare: Found,
    asked: tuple[str, ...],
    written: tuple[str, ...],
    margin: float,
    seed: int = 0,
) -> dict[str, Remedy]:
    """Search again with each remedy, and compare with the search without.

    Args:
        task: what was searched.
        bare: what was found.
        asked: the L' languages of the questions.
        written: the L languages of the passages.
        margin: differences within ± margin do not matter.
        seed: of resampling.
    """
    found = _with_remedies(task, asked)
    gains = [
        tuple(after - before for after, before in zip(values, _values(bare), strict=True))
        for values in found.values()
    ]
    same = np.array([[a == b for b in written] for a in asked])
    overall = [
        np.stack([of_other_languages(between, same), metrics.mean_present(mixed, axis=1)], axis=1)
        for between, mixed in gains
    ]
    across, between, mixed = (  # three families, each over all remedies
        np.array(_moved(task, np.concatenate(columns, axis=1), margin, seed), dtype=object).reshape(
            len(found), *shape
        )
        for columns, shape in (
            (overall, (2,)),
            ([V.reshape(len(V), -1) for V, _ in gains], (len(asked), len(written))),
            ([mixed for _, mixed in gains], (len(asked),)),
        )
    )
    return {
        name: Remedy(
            across=across[i, 0],
            index=across[i, 1],
            between={
                a: dict(zip(written, row, strict=True))
                for a, row in zip(asked, between[i], strict=True)
            },
            mixed=dict(zip(asked, mixed[i], strict=True)),
        )
        for i, name in enumerate(found)
    }


def _with_remedies(task: Task, asked: tuple[str, ...]) -> dict[str, tuple[Floats, Floats]]:
    """Return {remedy: what `_values` says of the search with it}."""
    found = {"centring": _values_centred(task)}
    if len(asked) > 1:
        partner = next((j for j, code in enumerate(asked) if code.split("-")[0] == "en"), 0)
        name = f"averaging with {asked[partner]}"
        found[name] = _values(search(_averaged(task, partner)))
    return found


def _values(found: Found) -> tuple[Floats, Floats]:
    """Return nDCG between two languages (n, L', L), and in the mixed index (n, L')."""
    return found.between[NDCG], found.mixed[NDCG]


def _values_centred(task: Task) -> tuple[Floats, Floats]:
    """Return the values of the questions of each fold of passages, by the means of the others."""
    fold = np.arange(len(task.passages)) % FOLDS
    parts = []
    for own in (fold == i for i in np.unique(fold[task.answer])):
        questions = centred(task.questions, task.asked, own[task.answer])
        passages = centred(task.passages, task.present, own)
        asked = task.asked & own[task.answer][:, None]
        moved = replace(task, questions=questions, passages=passages, asked=asked)
        parts.append(_values(search(moved)))
    between, mixed = (np.fmax.reduce(values) for values in zip(*parts, strict=True))
    return between, mixed


def _averaged(task: Task, partner: int) -> Task:
    """Return the task where each question is the mean of its own vector and its partner's."""
    both = task.asked & task.asked[:, [partner]]
    both[:, partner] = False  # averaged with itself it is no remedy
    total = task.questions + task.questions[:, [partner]]
    length = np.linalg.norm(total, axis=2, keepdims=True)
    unit = np.divide(total, length, out=np.zeros_like(total), where=length > 1e-7)
    return replace(task, questions=unit, asked=both)
