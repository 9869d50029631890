"""Views: what the template writes, row by row; it has nothing left to decide."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from alignment import visible
from alignment.report import words
from alignment.report.labels import Text
from alignment.report.table import Column, Table, sortable

_ROOM = 120  # cells of a text in a table
_CLASSES = {"supported": "supported", "weak": "weak", "not supported": "unsupported"}


class Cell(NamedTuple):
    """A cell of a table."""

    text: str  # what it says
    code: str = ""  # the language of a text of the grid; "" for other words
    kind: str = ""  # "number", "supported", "weak", "unsupported", or ""
    value: float | None = None  # by which rows are sorted; None where they are sorted by the text


class HeatMap(NamedTuple):
    """Retrieval between languages, a cell for each pair."""

    id: str  # in the page
    languages: list[tuple[str, str]]  # (code, name) of the rows and of the columns
    # a row for each language of the queries: (percent, class of its colour)
    cells: list[list[tuple[str, str]]]
    data: dict[str, Any]  # what explains a cell: intervals, chance, concepts, by row and column


class Section(NamedTuple):
    """A part of the page."""

    id: str  # in the page, behind the prefix
    title: str  # of the section
    lead: str = ""  # a sentence or two below the title
    points: Sequence[str] = ()  # sentences of a list
    figures: Sequence[tuple[str, Any]] = ()  # (caption, SVG)
    map: HeatMap | None = None  # retrieval between languages
    tables: Sequence[Table] = ()  # those without rows are not shown
    prefix: str = ""  # of every id, where a page shows several records

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        with_rows = any(table.rows for table in self.tables)
        return not (self.lead or self.points or self.figures or self.map or with_rows)

    @property
    def shown(self) -> list[tuple[Table, list[list[Cell]]]]:
        """The tables that have rows, each with its cells."""
        tables = [table.shown() for table in self.tables if table.rows]
        return [
            (table, [list(map(_cell, row, table.columns)) for row in table.rows])
            for table in tables
        ]


def _cell(value: Any, column: Column) -> Cell:
    if isinstance(value, Text) and value.language and not value.gloss:
        return Cell(visible(value._replace(after="").cut(_ROOM)), value.language)
    text = words.isolated(visible(column.kind.cell(value, _ROOM)))
    if column.kind.numeric:
        return Cell(text, kind="number", value=sortable(value))
    return Cell(text, kind=_CLASSES.get(text, ""))
