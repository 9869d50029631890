"""Catalogue: every table that there is of a record, by its key."""

from collections.abc import Callable
from functools import partial
from typing import Any

from alignment import InputError
from alignment.present import cost, error_tables, ranking, search, tables, thresholds
from alignment.present.table import Table
from alignment.record.comparison import Comparison
from alignment.record.results import AlignmentResults

Tables = dict[str, Callable[[], Table]]

_NEEDS = {
    **dict.fromkeys(("forms", "form_changes"), "run it with probe=True"),
    "subwords": "it needs a model that shows its tokeniser",
    **dict.fromkeys(("cost", "search_cost"), "run it with truncate or quantize"),
    **dict.fromkeys(("thresholds", "threshold_pairs"), "run it with thresholds=True"),
    **dict.fromkeys(
        ("search", "search_scores", "search_languages", "search_matrix", "first_languages"),
        "run it with queries=FILE",
    ),
    "crowding": "run it with queries=FILE",
    "search_ranking": "run every model with queries=FILE",
}


def table_of(record: AlignmentResults | Comparison, name: str) -> Table:
    """Return a table of a record.

    Raises:
        InputError: for a table that there is not, naming those that there are; for one that was not
            measured in this run, saying what it needs.
    """
    found = _of_comparison(record) if isinstance(record, Comparison) else _of_results(record)
    table = found[name]() if name in found else None
    if table and (table.rows or name not in _NEEDS):
        return table
    if name in _NEEDS:
        raise InputError(f"'{name}' was not measured in this run; {_NEEDS[name]}")
    raise InputError(f"there is no table '{name}'; there are {', '.join(found)}")


def _of_results(results: AlignmentResults) -> Tables:
    core: dict[str, Callable[[AlignmentResults], Table]] = {
        "summary": tables.summary,
        "means": tables.means,
        "otherwise": tables.retrieval_otherwise,
        "languages": tables.languages,
        "support": tables.support,
        "retrieval": tables.retrieval,
        "retrieval_matrix": tables.retrieval_matrix,
        "language_pairs": tables.language_pairs,
        "concepts": tables.concepts,
        "categories": tables.categories,
        "misaligned": error_tables.misaligned,
        "lowest": error_tables.lowest_pairs,
        "identical_strings": error_tables.identical_strings,
        "errors": error_tables.errors,
        "confused_concepts": error_tables.confused_concepts,
        "hubs": error_tables.hubs,
        "diagnosis": tables.diagnosis,
        "failing": error_tables.failing,
        "subwords": tables.subwords,
        "forms": tables.forms,
        "form_changes": tables.form_changes,
        "search": search.numbers,
        "provenance": tables.provenance,
        "undefined": tables.undefined,
    }
    found: Tables = {name: partial(make, results) for name, make in core.items()}
    if own := results.search:
        found |= {
            "search_scores": partial(search.scores, own),
            "search_languages": partial(search.by_language, own),
            "search_matrix": partial(search.between, own),
            "first_languages": partial(search.first_languages, own),
            "crowding": partial(search.crowding, own),
            **{
                name.replace(" ", "_"): partial(search.remedies, own, name) for name in own.remedies
            },
        }
    found |= {
        "cost": partial(cost.costs, results.cost),
        "search_cost": partial(cost.search_costs, results.cost),
    }
    if cuts := results.thresholds:
        found |= {
            "thresholds": partial(thresholds.uses, cuts),
            "threshold_pairs": partial(thresholds.pairs, cuts),
        }
    return found


def _of_comparison(comparison: Comparison) -> Tables:
    every: dict[str, Callable[[Any], Table]] = {
        "models": ranking.ranking,
        "pairs": ranking.pairs,
        "support": ranking.support,
        "model_costs": ranking.model_costs,
        "search_ranking": search.ranking,
        "failures": ranking.failures,
    }
    return {name: partial(make, comparison) for name, make in every.items()}
