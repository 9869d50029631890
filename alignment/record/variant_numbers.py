"""Variant numbers: what cheaper vectors cost, against the full ones, paired by concept.

All variants, overall and in every language, are one family of questions. What is compared is what
is found: where a cosine is rounded nothing is lost as long as the order stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from alignment.engines import Engine, one_machine
from alignment.explain import ALL
from alignment.grids import ConceptGrid, Questions
from alignment.measure import metrics
from alignment.measure import variants as measure
from alignment.measure.arrays import Floats, Vectors
from alignment.measure.measurement import PARTS, Measurement
from alignment.measure.variants import Form
from alignment.record.gate import STEP, Shift, one_family
from alignment.record.search import Search
from alignment.record.search_numbers import values_by_concept
from alignment.record.variants import Cost, Variant
from alignment.stats.estimates import Contrast, Interval

RETRIEVAL = PARTS[2]
Searched = tuple[Vectors, Vectors, Questions]  # (n, L', D) of questions, (C, L, D) of passages


@dataclass(frozen=True)
class Asked:
    """Which variants are asked for.

    Attributes:
        truncate: dimensions.
        quantize: precisions.
        questions: what is searched for and in; None where there are no questions.
    """

    truncate: Sequence[int]
    quantize: Sequence[str]
    questions: Searched | None = None


def variants(
    m: Measurement, asked: Asked, search: Search | None, margin: float
) -> list[Variant] | None:
    """Measure the variants of a measurement's vectors; None where none are asked for.

    Args:
        m: of the full vectors, whose retrieval is that of the first variant.
        asked: which variants.
        search: of the full vectors; None where there are no questions.
        margin: differences within it do not matter.

    Raises:
        InputError: where the vectors have too few dimensions.
    """
    forms = measure.forms(m.X.shape[2], asked.truncate, asked.quantize)
    if len(forms) == 1:
        return None
    full = {RETRIEVAL: m.values[RETRIEVAL]}
    if search and asked.questions:
        full |= {
            name: np.array([[own.get(c)] for c in m.grid.concepts], dtype=float)
            for name, own in search.by_passage.items()
        }
    values = [full, *(_values(m, form, asked.questions) for form in forms[1:])]
    costs = _costs(values, m.grid.languages, margin, m.seed)
    return [
        Variant(
            dimensions=form.dimensions,
            precision=form.precision,
            bytes=form.bytes,
            retrieval=own[RETRIEVAL, ALL],
            by_language={code: own[RETRIEVAL, code] for code in m.grid.languages},
            search={name: own[name, ALL] for name in full if name != RETRIEVAL},
        )
        for form, own in zip(forms, costs, strict=True)
    ]


def _values(m: Measurement, form: Form, questions: Searched | None) -> dict[str, Floats]:
    """Return {number: (C, L) or (C, 1) values} of a form."""
    found = {RETRIEVAL: measure.retrieval(m.X, m.present, form, m.engine)}
    if questions:
        found |= _search_values(form, *questions, m.grid, m.engine)
    return found


def _search_values(
    form: Form,
    questions: Vectors,
    passages: Vectors,
    queries: Questions,
    grid: ConceptGrid,
    engine: Engine = one_machine,
) -> dict[str, Floats]:
    there = [np.array(own.mask()) for own in (queries, grid)]
    short = [measure.truncated(X, form.dimensions) for X in (questions, passages)]
    return values_by_concept(
        measure.as_asked(short[0], there[0], form.precision),
        measure.kept(short[1], there[1], form.precision),
        queries,
        grid,
        engine,
    )


def _costs(
    values: list[dict[str, Floats]], languages: tuple[str, ...], margin: float, seed: int
) -> list[dict[tuple[str, str], Cost]]:
    """Return {(number, language or "all"): its cost} of each variant, the full vectors first."""
    columns = [_columns(own, languages) for own in values]
    named = [key for _ in columns[1:] for key in columns[0]]
    before = np.stack([columns[0][key] for key in named], axis=1)
    after = np.stack([own[key] for own in columns[1:] for key in own], axis=1)
    width = len(columns[0])
    moved = (np.nan_to_num(np.abs(after - before)) > STEP).reshape(len(before), -1, width)
    alike = np.repeat(~moved.any(axis=(0, 2)), width)
    shifts = one_family(named, before, after, alike, margin, seed)
    rows = [shifts[i : i + width] for i in range(0, len(shifts), width)]
    return [_of_full(rows[0])] + [
        {(shift.metric, shift.language): _cost(shift) for shift in row} for row in rows
    ]


def _columns(
    values: dict[str, Floats], languages: tuple[str, ...]
) -> dict[tuple[str, str], Floats]:
    """Return (C,) values by number, overall, and of retrieval by language."""
    by_language = zip(languages, values[RETRIEVAL].T, strict=True)
    overall = {(name, ALL): metrics.mean_present(own, axis=1) for name, own in values.items()}
    return overall | {(RETRIEVAL, code): own for code, own in by_language}


def _cost(shift: Shift) -> Cost:
    return Cost(shift.after, shift.contrast, shift.verdict)


def _of_full(row: list[Shift]) -> dict[tuple[str, str], Cost]:
    """Return the costs of the full vectors, which are none."""
    none = Contrast(0.0, Interval(0.0, 0.0), 1.0, None)
    return {
        (shift.metric, shift.language): replace(
            _cost(shift), value=shift.before, contrast=none, verdict="level"
        )
        for shift in row
    }
