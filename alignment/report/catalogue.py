"""Catalogue: every table that can be made of a record, of the core and of its sections."""

from collections.abc import Callable
from functools import partial

from alignment import InputError
from alignment.capabilities import capabilities, shown
from alignment.record.core import CoreResults
from alignment.report import error_tables, tables
from alignment.report.table import Table
from alignment.seam import Entry, Part

Parts = dict[Part, tuple[Callable[[CoreResults], Table], ...]]

PROVENANCE = Part("provenance", "What was run")
_CORE: Parts = {
    Part("score", "Score"): (tables.summary,),
    Part("languages", "Languages"): (tables.languages,),
    Part("translations", "Translations"): (error_tables.lowest, error_tables.identical_strings),
    Part("errors", "Errors"): (
        *(error_tables.errors, error_tables.confused_concepts, error_tables.hubs),
        tables.otherwise,
    ),
    Part("concepts", "Concepts"): (tables.concepts,),
}
_LAST: Parts = {PROVENANCE: (tables.provenance, tables.undefined)}
_DATA = (
    *(tables.means, tables.support, tables.retrieval, tables.retrieval_matrix),
    *(tables.language_pairs, tables.categories, error_tables.misaligned),
)  # not on the page


def catalogue(results: CoreResults) -> dict[str, Entry]:
    """Return {key: table}, in the order of the page; a part's tables need not be in a row."""

    def entries(parts: Parts) -> dict[str, Entry]:
        return {
            make.__name__: Entry(partial(make, results), part)
            for part, makes in parts.items()
            for make in makes
        }

    found = entries(_CORE)
    for section in shown(results).values():
        found |= section.tables
    data = {make.__name__: Entry(partial(make, results), PROVENANCE, "data") for make in _DATA}
    return found | entries(_LAST) | data


def table_of(results: CoreResults, name: str) -> Table:
    """Return a table of a record.

    Raises:
        InputError: for a table that there is not, naming those that there are; for one that was not
            measured in this run, saying what it needs.
    """
    found = catalogue(results)
    if name in found:
        return found[name].make()
    for own in capabilities().values():
        if name in own.needs:
            raise InputError(f"'{name}' was not measured in this run; {own.needs[name]}")
    raise InputError(f"there is no table '{name}'; there are {', '.join(found)}")
