"""Catalogue: every table that there is of a record, by section and key."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from alignment import InputError
from alignment.present import cost, error_tables, ranking, search, tables, thresholds
from alignment.present.table import Table
from alignment.record.comparison import Comparison
from alignment.record.results import AlignmentResults

Tables = Mapping[str, Callable[[Any], Table]]

MORE = "more"  # the section of tables that the page does not show
OF_RESULTS: dict[str, Tables] = {
    "score": {"summary": tables.summary},
    "languages": {"languages": tables.languages, "diagnosis": error_tables.diagnosis},
    "translations": {
        "lowest": error_tables.lowest_pairs,
        "identical_strings": error_tables.identical_strings,
    },
    "errors": {
        "errors": error_tables.errors,
        "confused_concepts": error_tables.confused_concepts,
        "failing": error_tables.failing,
        "hubs": error_tables.hubs,
        "otherwise": tables.retrieval_otherwise,
    },
    "concepts": {"concepts": tables.concepts},
    "forms": {"form_changes": tables.form_changes, "forms": tables.forms},
    "subwords": {"subwords": tables.subwords},
    "questions": {
        "search_scores": search.scores,
        "search_languages": search.by_language,
        "search_matrix": search.between,
        "first_languages": search.first_languages,
        "crowding": search.crowding,
        "search": search.numbers,
    },
    "cost": {"cost": cost.costs, "search_cost": cost.search_costs},
    "thresholds": {"thresholds": thresholds.uses, "threshold_pairs": thresholds.pairs},
    "provenance": {"provenance": tables.provenance, "undefined": tables.undefined},
    MORE: {
        "means": tables.means,
        "support": tables.support,
        "retrieval": tables.retrieval,
        "retrieval_matrix": tables.retrieval_matrix,
        "language_pairs": tables.language_pairs,
        "categories": tables.categories,
        "misaligned": error_tables.misaligned,
    },
}
OF_COMPARISONS: Tables = {
    "models": ranking.ranking,
    "pairs": ranking.pairs,
    "support": ranking.support,
    "model_costs": ranking.model_costs,
    "search_ranking": search.ranking,
    "failures": ranking.failures,
}
_NEEDS = {
    "forms": "run it with probe=True",
    "subwords": "it needs a model that shows its tokeniser",
    "questions": "run it with queries=FILE",
    "cost": "run it with truncate or quantize",
    "thresholds": "run it with thresholds=True",
}


def tables_of(results: AlignmentResults, section: str) -> dict[str, Callable[[], Table]]:
    """Return {key: what makes the table} of a section; nothing where it was not measured."""
    part = _part(results, section)
    if part is None:
        return {}
    made: dict[str, Callable[[], Table]]
    made = {name: partial(make, part) for name, make in OF_RESULTS[section].items()}
    if section == "questions":
        made |= {search.key(name): partial(search.remedies, part, name) for name in part.remedies}
    return made


def _part(results: AlignmentResults, section: str) -> Any:
    """Return what the tables of a section are made from; None where it was not measured."""
    found = results.diagnosis
    if section in ("forms", "subwords"):
        return results if found and getattr(found, section) is not None else None
    parts = {"questions": results.search, "cost": results.cost, "thresholds": results.thresholds}
    return parts.get(section, results)


def table_of(record: AlignmentResults | Comparison, name: str) -> Table:
    """Return a table of a record.

    Raises:
        InputError: for a table that there is not, naming those that there are; for one that was not
            measured in this run, saying what it needs.
    """
    found: dict[str, Callable[[], Table]]
    if isinstance(record, Comparison):
        found = {key: partial(make, record) for key, make in OF_COMPARISONS.items()}
    else:
        sections = (tables_of(record, section) for section in OF_RESULTS)
        found = {key: make for section in sections for key, make in section.items()}
        needs = {key: why for part, why in _NEEDS.items() for key in OF_RESULTS[part]}
        if name in needs and name not in found:
            raise InputError(f"'{name}' was not measured in this run; {needs[name]}")
    if name not in found:
        raise InputError(f"there is no table '{name}'; there are {', '.join(found)}")
    return found[name]()
