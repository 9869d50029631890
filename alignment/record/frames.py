"""Frames: the record as tables of numbers, for pandas; one row for each thing a table is about."""

from collections.abc import Callable
from dataclasses import asdict
from math import nan
from typing import TYPE_CHECKING, Any, NamedTuple

from alignment import InputError, RunError
from alignment.record.comparison import Comparison
from alignment.record.json_record import Record
from alignment.record.results import AlignmentResults, Pair
from alignment.stats.estimates import Estimate, Interval

if TYPE_CHECKING:
    import pandas as pd

ENDS = ("low", "high")
_NEEDS = {
    "probes": "run it with probe=True",
    "search": "run it with queries=FILE",
    "subwords": "it needs a model that shows its tokeniser",
}


class Rows(NamedTuple):
    """The names of the columns, and rows as wide."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def frame(record: Record, name: str) -> "pd.DataFrame":
    """Return a table of a record; texts are strings, numbers are numbers, NaN is missing.

    Raises:
        InputError: for a table that there is not; it names those that there are.
        RunError: where pandas is not installed.
    """
    tables = _OF_COMPARISONS if isinstance(record, Comparison) else _OF_RESULTS
    if name not in tables:
        raise InputError(f"there is no table '{name}'; there are {', '.join(tables)}")
    if getattr(record, name, ()) is None:
        raise InputError(f"'{name}' was not measured in this run; {_NEEDS[name]}")
    columns, rows = tables[name](record)
    try:
        import pandas as pd
    except ImportError as error:
        raise RunError("frames need pandas; pip install pandas") from error
    known = [[nan if value is None else value for value in row] for row in rows]
    return pd.DataFrame(known, columns=list(columns))


def _means(results: AlignmentResults) -> Rows:
    rows = [(name, *_estimate(own)) for name, own in results.headlines.items()]
    return Rows(("name", "value", *ENDS), rows)


def _retrieval(results: AlignmentResults) -> Rows:
    return Rows(
        ("query", "target", "retrieval", *ENDS, "concepts"),
        [
            (a, b, value, *results.retrieval_intervals[a][b], results.coverage.pairs[a][b])
            for a, found in results.cross_lingual_retrieval.items()
            for b, value in found.items()
        ],
    )


def _language_pairs(results: AlignmentResults) -> Rows:
    tables = {
        "centroid_distance": results.centroid_distances,
        "centroid_p": results.centroid_p,
        "baseline": results.baselines,
        "auroc": results.auroc,
        "threshold": results.thresholds,
    }
    return Rows(
        ("a", "b", *tables),
        [
            (a, b, *(table[a][b] for table in tables.values()))
            for i, a in enumerate(results.languages)
            for b in results.languages[i + 1 :]
        ],
    )


def _languages(results: AlignmentResults) -> Rows:
    names = next(iter(results.by_language.values()), {})
    scores = [f"{name}{end}" for name in names for end in ("", "_low", "_high")]
    return Rows(
        ("language", "script", "concepts", "support", *scores),
        [
            (
                code,
                results.scripts[code],
                results.coverage.languages[code],
                results.support[code],
                *(number for estimate in own.values() for number in _estimate(estimate)),
            )
            for code, own in results.by_language.items()
        ],
    )


def _concepts(results: AlignmentResults) -> Rows:
    tables = {
        "intra_concept_similarity": results.intra_concept_similarity,
        "nearest_neighbor_accuracy": results.nearest_neighbor_accuracy,
        **{name: results.by_concept(name) for name in results.values},
    }
    return Rows(
        ("concept", "category", "languages", *tables),
        [
            (
                concept,
                results.concept_categories[concept],
                count,
                *(own[concept] for own in tables.values()),
            )
            for concept, count in results.coverage.concepts.items()
        ],
    )


def _categories(results: AlignmentResults) -> Rows:
    return Rows(
        ("category", "intra_concept_similarity", *ENDS),
        [
            (name, value, *results.category_intervals[name])
            for name, value in results.categories.items()
        ],
    )


def _pair_rows(results: AlignmentResults, pairs: list[Pair]) -> Rows:
    return Rows(
        ("concept", "a", "text_a", "b", "text_b", "similarity"),
        [
            (concept, a, _text(results, concept, a), b, _text(results, concept, b), similarity)
            for concept, a, b, similarity in pairs
        ],
    )


def _confusions(results: AlignmentResults) -> Rows:
    return Rows(
        (
            *("concept", "query", "text", "target", "expected", "retrieved", "retrieved_text"),
            *("similarity", "similarity_retrieved", "similarity_lost"),
        ),
        [
            (
                *(row.concept, row.query, _text(results, row.concept, row.query)),
                *(row.target, _text(results, row.concept, row.target)),
                *(row.retrieved, _text(results, row.retrieved, row.target)),
                *(row.similarity, row.similarity_retrieved, row.similarity_lost),
            )
            for row in results.confusions.failed
        ],
    )


def _diagnosis(results: AlignmentResults) -> Rows:
    return Rows(
        ("language", "difference", *ENDS, "p", "detectable", "standing", "failing"),
        [
            (code, *_flat(own.retrieval), own.standing, own.failing_count)
            for code, own in results.diagnosis.items()
        ],
    )


def _failing(results: AlignmentResults) -> Rows:
    return Rows(
        ("language", "concept", "text", "difference", "mistaken_for", "times", "queries"),
        [
            (
                *(code, row.concept, _text(results, row.concept, code)),
                *(row.difference, row.mistaken_for, row.times, row.queries),
            )
            for code, own in results.diagnosis.items()
            for row in own.failing
        ],
    )


def _probes(results: AlignmentResults) -> Rows:
    return Rows(
        ("form", "language", "bare", "change", *ENDS, "p"),
        [
            (form, code, *_flat(row))
            for form, rows in (results.probes or {}).items()
            for code, row in rows.items()
        ],
    )


def _support(results: AlignmentResults) -> Rows:
    return Rows(
        ("language", "support", "retrieval", "chance", "unknown", "subwords_per_character"),
        [
            (code, results.support[code], *_flat(own))
            for code, own in results.support_evidence.items()
        ],
    )


def _subwords(results: AlignmentResults) -> Rows:
    rows = [(code, *_flat(own)) for code, own in (results.subwords or {}).items()]
    return Rows(("language", "per_text", "unknown", "correlation", *ENDS), rows)


def _search(results: AlignmentResults) -> Rows:
    measures = ("recall_at_1", "recall_at_5", "recall_at_10", "mrr", "ndcg_at_10", "questions")
    return Rows(
        ("question_language", "passage_language", *measures),
        [
            (a, b, *(getattr(own, name) for name in measures))
            for a, row in (results.search.between if results.search else {}).items()
            for b, own in row.items()
        ],
    )


def _models(comparison: Comparison) -> Rows:
    facts = ("name", "rank", "published_rank", "prompt", "dimension", "seconds", "texts_per_second")
    names = comparison.models[0].scores if comparison.models else {}
    scores = [f"{name}{end}" for name in names for end in ("", "_low", "_high")]
    return Rows(
        (*facts, *scores),
        [
            (
                *(getattr(model, fact) for fact in facts),
                *(number for own in model.scores.values() for number in _estimate(own)),
            )
            for model in comparison.models
        ],
    )


def _compared_pairs(comparison: Comparison) -> Rows:
    return Rows(
        ("a", "b", "metric", "difference", *ENDS, "p", "p_adjusted", "verdict", "detectable"),
        [_flat(pair) for pair in comparison.pairs],
    )


def _estimate(own: Estimate) -> tuple[Any, ...]:
    return own.value, *own.interval


def _flat(own: Any) -> tuple[Any, ...]:
    """Return the numbers of a dataclass, an interval as two."""
    values: list[Any] = []
    for value in asdict(own).values():
        values += value if isinstance(value, Interval) else [value]
    return tuple(values)


def _text(results: AlignmentResults, concept: str, code: str) -> str | None:
    return results.texts.get(concept, {}).get(code)


_OF_RESULTS: dict[str, Callable[[Any], Rows]] = {
    "means": _means,
    "languages": _languages,
    "retrieval": _retrieval,
    "language_pairs": _language_pairs,
    "concepts": _concepts,
    "categories": _categories,
    "misaligned": lambda results: _pair_rows(results, results.misaligned_pairs),
    "lowest": lambda results: _pair_rows(results, results.lowest_pairs),
    "confusions": _confusions,
    "diagnosis": _diagnosis,
    "failing": _failing,
    "support": _support,
    "subwords": _subwords,
    "probes": _probes,
    "search": _search,
}
_OF_COMPARISONS: dict[str, Callable[[Any], Rows]] = {"models": _models, "pairs": _compared_pairs}
