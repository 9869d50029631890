"""Cost in numbers: what cheaper vectors cost, against the full ones, paired by concept.

All variants, overall and in every language, are one family of questions. What is compared is what
is found: where a cosine is rounded nothing is lost as long as the order stays.
"""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from msgspec import structs

from alignment.cost import Asked
from alignment.cost import variants as vectors
from alignment.cost.record import Cost, Variant
from alignment.cost.variants import Form
from alignment.grids.languages import ALL
from alignment.measure import metrics
from alignment.measure.arrays import Floats
from alignment.measure.measurement import PARTS, Measurement
from alignment.record.analysis import Context
from alignment.stats.contrast import UNCHANGED, judge_shifts, moved

if TYPE_CHECKING:
    from alignment.search.measure import SearchNumbers

RETRIEVAL = PARTS[2]


def measure(request: Asked, context: Context) -> list[Variant] | None:
    """Measure the vectors of a run in the forms asked for; with its questions where it has some."""
    searched = None
    if questions := context.requests.get("search"):
        from alignment.search.measure import search_of

        searched = context.once(search_of, questions, context)
    m, margin = context.measurement, context.margin
    return variants(m, request.truncate, request.quantize, margin, searched)


def variants(
    m: Measurement,
    truncate: Sequence[int],
    quantize: Sequence[str],
    margin: float,
    searched: "SearchNumbers | None" = None,
) -> list[Variant] | None:
    """Measure a measurement's vectors in cheaper forms; None where there are none but the full.

    Args:
        m: of the full vectors, whose retrieval is that of the first variant.
        truncate: dimensions.
        quantize: precisions.
        margin: differences within ± margin do not matter.
        searched: what questions found with the full vectors; None where there are no questions.

    Raises:
        InputError: where the vectors have too few dimensions.
    """
    forms = vectors.forms(m.X.shape[2], truncate, quantize)
    if len(forms) == 1:
        return None
    full = {RETRIEVAL: m.values[RETRIEVAL]}
    if searched:
        full |= searched.by_concept()
    values = [full, *(_values(m, form, searched) for form in forms[1:])]
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


def _values(m: Measurement, form: Form, searched: "SearchNumbers | None") -> dict[str, Floats]:
    """Return {number: (C, L) or (C, 1) values} of a form."""
    found = {RETRIEVAL: vectors.retrieval(m.X, m.present, form)}
    if searched:
        task, short = searched.task, partial(vectors.truncated, dimensions=form.dimensions)
        cheaper = searched.with_task(
            questions=vectors.as_asked(short(task.questions), task.asked, form.precision),
            passages=vectors.kept(short(task.passages), task.present, form.precision),
        )
        found |= cheaper.by_concept()
    return found


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
        Cost(
            own.after, structs.replace(own.contrast, verdict="unchanged") if kept else own.contrast
        )
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
