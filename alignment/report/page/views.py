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
    """A cell of a table.

    Attributes:
        text: what it says.
        code: the language of a text of the grid; "" for other words.
        kind: "number", "supported", "weak", "unsupported", or "".
        value: by which rows are sorted; None where they are sorted by the text.
    """

    text: str
    code: str = ""
    kind: str = ""
    value: float | None = None


class HeatMap(NamedTuple):
    """Retrieval between languages, a cell for each pair.

    Attributes:
        id: in the page.
        languages: (code, name) of the rows and of the columns.
        cells: a row for each language of the queries: (percent, class of its colour).
        data: what explains a cell: intervals, chance, concepts, by row and column.
    """

    id: str
    languages: list[tuple[str, str]]
    cells: list[list[tuple[str, str]]]
    data: dict[str, Any]


class Section(NamedTuple):
    """A part of the page.

    Attributes:
        id: in the page, behind the prefix.
        title: of the section.
        lead: a sentence or two below the title.
        points: sentences of a list.
        figures: (caption, SVG).
        map: retrieval between languages.
        tables: those without rows are not shown.
        prefix: of every id, where a page shows several records.
    """

    id: str
    title: str
    lead: str = ""
    points: Sequence[str] = ()
    figures: Sequence[tuple[str, Any]] = ()
    map: HeatMap | None = None
    tables: Sequence[Table] = ()
    prefix: str = ""

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
