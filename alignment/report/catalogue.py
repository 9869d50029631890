"""Catalogue: every table of a record, those of the core and of its sections."""

from collections.abc import Callable
from functools import partial

from alignment import InputError
from alignment.capabilities import capabilities, shown
from alignment.record.core import CoreResults
from alignment.report import error_tables, tables
from alignment.report.table import Table
from alignment.seam import Entry, Part, Show

_Makers = tuple[Callable[[CoreResults], Table], ...]

PROVENANCE = Part("provenance", "What was run")
_CORE: dict[Part, _Makers] = {
    Part("score", "Score"): (tables.summary,),
    Part("languages", "Languages"): (tables.languages,),
    Part("translations", "Translations"): (error_tables.lowest, error_tables.identical_strings),
    Part("errors", "Errors"): (
        *(error_tables.errors, error_tables.confused_concepts, error_tables.hubs),
        tables.otherwise,
    ),
    Part("concepts", "Concepts"): (tables.concepts,),
}
_DATA: _Makers = (
    *(tables.means, tables.support, tables.retrieval, tables.retrieval_matrix),
    *(tables.language_pairs, tables.categories, error_tables.misaligned),
)  # not on the page


def catalogue(results: CoreResults) -> dict[str, Entry]:
    """Return {key: table}, in the order of the page; tables of one part may be separated."""

    def entries(part: Part, makers: _Makers, show: Show = "full") -> dict[str, Entry]:
        return {make.__name__: Entry(partial(make, results), part, show) for make in makers}

    listed: dict[str, Entry] = {}
    for part, makers in _CORE.items():
        listed |= entries(part, makers)
    for section in shown(results).values():
        listed |= section.tables
    listed |= entries(PROVENANCE, (tables.provenance, tables.undefined))
    return listed | entries(PROVENANCE, _DATA, "data")


def table_of(results: CoreResults, name: str) -> Table:
    """Return a table of a record.

    Raise InputError for a table that does not exist, which names the others, and for one that was
    not measured in this run, which says what it needs.
    """
    listed = catalogue(results)
    if name in listed:
        return listed[name].make()
    for capability in capabilities().values():
        if name in capability.needs:
            raise InputError(f"'{name}' was not measured in this run; {capability.needs[name]}")
    raise InputError(f"there is no table '{name}'; there are {', '.join(listed)}")
