"""Cost in numbers: each cheaper variant compared with the full vectors, paired by concept.

All variants, overall and in every language, are one family of questions. Retrieval is compared and
not cosines, because rounding costs nothing as long as the order stays.
"""

from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from alignment.cost import Asked
from alignment.cost import variants as vectors
from alignment.cost.record import Cost, Variant
from alignment.cost.variants import VectorFormat
from alignment.grids.languages import ALL
from alignment.measure import metrics
from alignment.measure.arrays import Floats
from alignment.measure.measurement import PARTS, Measurement
from alignment.record.analysis import Context
from alignment.stats.contrast import UNCHANGED, judge_shifts, moved

if TYPE_CHECKING:
    from alignment.search.measure import SearchNumbers

RETRIEVAL = PARTS[2]
Key = tuple[str, str]  # a score, and a language or "all"
Columns = dict[Key, Floats]  # (C,) values


def measure(request: Asked, context: Context) -> list[Variant] | None:
    """Measure a run's vectors in the requested formats, with its questions if any."""
    searched = None
    if questions := context.requests.get("search"):
        from alignment.search.measure import search_of

        searched = context.once(search_of, questions, context)
    return variants(context.measurement, request, context.margin, searched)


def variants(
    m: Measurement, request: Asked, margin: float, searched: "SearchNumbers | None" = None
) -> list[Variant] | None:
    """Measure vectors in cheaper formats; None where only the full format remains.

    ``m`` measures the full vectors, and ``searched`` is their search with questions if any. Raise
    InputError where the vectors have too few dimensions.
    """
    formats = vectors.formats(m.X.shape[2], request.truncate, request.quantize)
    if len(formats) == 1:
        return None
    full = _columns(m, m.values[RETRIEVAL], searched)
    columns = [full, *(_cheaper(m, cheaper, searched) for cheaper in formats[1:])]
    return [
        Variant(
            index="flat",
            dimensions=stored.dimensions,
            precision=stored.precision,
            bytes=stored.bytes,
            retrieval=costs[RETRIEVAL, ALL],
            by_language={code: costs[RETRIEVAL, code] for code in m.grid.languages},
            search={name: costs[name, ALL] for name, _ in full if name != RETRIEVAL},
        )
        for stored, costs in zip(formats, _costs(columns, m, margin), strict=True)
    ]


def _cheaper(m: Measurement, cheaper: VectorFormat, searched: "SearchNumbers | None") -> Columns:
    """Return the values with vectors in a cheaper format."""
    if searched:
        task, precision = searched.task, cheaper.precision
        questions, passages = (
            vectors.truncated(V, cheaper.dimensions) for V in (task.questions, task.passages)
        )
        searched = searched.with_task(
            questions=vectors.quantize_query(questions, task.asked, precision),
            passages=vectors.quantized(passages, task.present, precision),
        )
    return _columns(m, vectors.retrieval(m.X, m.present, cheaper), searched)


def _columns(m: Measurement, retrieval: Floats, searched: "SearchNumbers | None") -> Columns:
    """Return the values: each score overall, retrieval first, then retrieval by language."""
    values = {RETRIEVAL: retrieval} | (searched.by_concept() if searched else {})
    overall = {(name, ALL): metrics.mean_present(V, axis=1) for name, V in values.items()}
    by_language = zip(m.grid.languages, retrieval.T, strict=True)
    return overall | {(RETRIEVAL, code): column for code, column in by_language}


def _costs(columns: list[Columns], m: Measurement, margin: float) -> list[dict[Key, Cost]]:
    """Return the costs of each variant by score and language, the full vectors first."""
    full, *others = (np.stack(list(by_key.values()), axis=1) for by_key in columns)
    (C, M), L = full.shape, len(m.grid.languages)
    before, after = np.tile(full, len(others)), np.concatenate(others, axis=1)
    same = np.nan_to_num(moved(before, after)).reshape(C, -1, M) == 0
    shifts = judge_shifts(before, after, np.repeat(same.all(axis=(0, 2)), M), margin, m.seed)
    unchanged = same.all(axis=0)  # (variants, M)
    unchanged[:, 0] &= unchanged[:, -L:].all(axis=1)  # overall retrieval: no language has moved
    costs = [Cost(shift.before, UNCHANGED) for shift in shifts[:M]]
    for shift, is_same in zip(shifts, unchanged.ravel(), strict=True):
        contrast = replace(shift.contrast, verdict="unchanged") if is_same else shift.contrast
        costs.append(Cost(shift.after, contrast))
    return [dict(zip(columns[0], costs[i : i + M], strict=True)) for i in range(0, len(costs), M)]
