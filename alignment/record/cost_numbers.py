"""Cost in numbers: what cheaper vectors cost, against the full ones, paired by concept.

All variants, overall and in every language, are one family of questions. What is compared is what
is found: where a cosine is rounded nothing is lost as long as the order stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from msgspec.structs import replace

from alignment.explain import ALL
from alignment.grids import ConceptGrid, Questions
from alignment.measure import metrics
from alignment.measure import variants as measure
from alignment.measure.arrays import Floats, Vectors
from alignment.measure.measurement import PARTS, Measurement
from alignment.measure.variants import Form
from alignment.record.cost import Cost, Variant
from alignment.record.search_numbers import SearchNumbers, searched
from alignment.stats.contrast import UNCHANGED, judge_shifts, moved

RETRIEVAL = PARTS[2]
Searched = tuple[Vectors, Vectors, Questions]  # (n, L', D) of questions, (C, L, D) of passages


@dataclass(frozen=True)
class Asked:
    """Which variants are asked for.

    Attributes:
        truncate: dimensions.
        quantize: precisions.
        questions: what is searched for and in; None where there are no questions.
        found: by these questions, with the full vectors.
    """

    truncate: Sequence[int]
    quantize: Sequence[str]
    questions: Searched | None = None
    found: SearchNumbers | None = None


def variants(m: Measurement, asked: Asked, margin: float) -> list[Variant] | None:
    """Measure the variants of a measurement's vectors; None where none are asked for.

    Args:
        m: of the full vectors, whose retrieval is that of the first variant.
        asked: which variants.
        margin: differences within ± margin do not matter.

    Raises:
        InputError: where the vectors have too few dimensions.
    """
    forms = measure.forms(m.X.shape[2], asked.truncate, asked.quantize)
    if len(forms) == 1:
        return None
    full = {RETRIEVAL: m.values[RETRIEVAL]}
    if asked.found:
        full |= asked.found.by_concept()
    values = [full, *(_values(m, form, asked.questions) for form in forms[1:])]
    return [
        Variant(
            index="flat",
            dimensions=form.dimensions,
            precision=form.precision,
            bytes=form.bytes,
            retrieval=costs[RETRIEVAL, ALL],
            by_language={code: costs[RETRIEVAL, code] for code in m.grid.languages},
            search={name: costs[name, ALL] for name in full if name != RETRIEVAL},
        )
        for form, costs in zip(forms, _costs(values, m, margin), strict=True)
    ]


def _values(m: Measurement, form: Form, questions: Searched | None) -> dict[str, Floats]:
    """Return {number: (C, L) or (C, 1) values} of a form."""
    found = {RETRIEVAL: measure.retrieval(m.X, m.present, form)}
    if questions:
        found |= _search_values(form, *questions, m.grid)
    return found


def _search_values(
    form: Form,
    questions: Vectors,
    passages: Vectors,
    queries: Questions,
    grid: ConceptGrid,
) -> dict[str, Floats]:
    there = [np.array(own.mask()) for own in (queries, grid)]
    short = [measure.truncated(X, form.dimensions) for X in (questions, passages)]
    found = searched(
        measure.as_asked(short[0], there[0], form.precision),
        measure.kept(short[1], there[1], form.precision),
        queries,
        grid,
    )
    return found.by_concept()


def _costs(
    values: list[dict[str, Floats]], m: Measurement, margin: float
) -> list[dict[tuple[str, str], Cost]]:
    """Return {(number, language or "all"): its cost} of each variant, the full vectors first."""
    full, *others = (_columns(own, m.grid.languages) for own in values)
    before = np.stack([full[key] for _ in others for key in full], axis=1)
    after = np.stack([other[key] for other in others for key in full], axis=1)
    still = np.nan_to_num(moved(before, after)).reshape(len(before), len(others), -1) == 0
    unchanged = np.repeat(still.all(axis=(0, 2)), len(full))  # all values of a variant
    shifts = judge_shifts(before, after, unchanged, margin, m.seed)
    same = still.all(axis=0)  # (variants, columns), where no value of the column has moved
    retrieval = [n for n, (name, _) in enumerate(full) if name == RETRIEVAL]  # all, by language
    same[:, retrieval[0]] &= same[:, retrieval].all(axis=1)
    costs = [
        Cost(own.after, replace(own.contrast, verdict="unchanged") if kept else own.contrast)
        for own, kept in zip(shifts, same.ravel().tolist(), strict=True)
    ]
    first = [Cost(shift.before, UNCHANGED) for shift in shifts[: len(full)]]
    rows = [first, *(costs[i : i + len(full)] for i in range(0, len(costs), len(full)))]
    return [dict(zip(full, row, strict=True)) for row in rows]


def _columns(
    values: dict[str, Floats], languages: tuple[str, ...]
) -> dict[tuple[str, str], Floats]:
    """Return (C,) values by number, overall, and of retrieval by language."""
    by_language = zip(languages, values[RETRIEVAL].T, strict=True)
    overall = {(name, ALL): metrics.mean_present(own, axis=1) for name, own in values.items()}
    return overall | {(RETRIEVAL, code): own for code, own in by_language}
