"""Views: what the template is given to write, row by row; it has nothing left to decide."""

from dataclasses import dataclass, field, replace
from typing import Any

from alignment import visible
from alignment.report import words
from alignment.report.labels import Text
from alignment.report.table import Column, Table, cell, sortable

ROOM = 120  # cells of a text in a table
_KINDS = {"supported": "supported", "weak": "weak", "not supported": "unsupported"}


@dataclass(frozen=True)
class Cell:
    """A cell of a table.

    Attributes:
        text: that stands in it.
        code: language of the text, of a grid; "" of our own words.
        kind: "number", "supported", "weak", "unsupported", or "".
        value: by which rows are sorted; None where that is the text, or missing.
    """

    text: str
    code: str = ""
    kind: str = ""
    value: float | None = None


@dataclass(frozen=True)
class HeatMap:
    """Retrieval between languages, a cell for each pair.

    Attributes:
        id: in the page.
        columns: (code, name) of the languages searched.
        rows: (code, name, cells), each cell its percent and the step of its colour, 0 to 10.
        data: what a cell says of itself: intervals, chance, concepts, by row and column.
    """

    id: str
    columns: list[tuple[str, str]]
    rows: list[tuple[str, str, list[tuple[str, str]]]]
    data: dict[str, Any]


@dataclass(frozen=True)
class Section:
    """A part of the page.

    Attributes:
        id: in the page.
        title: of the section.
        lead: sentences above all else.
        points: sentences of a list.
        figures: (caption, SVG).
        maps: heat maps, one or none.
        tables: shown where they have rows.
    """

    id: str
    title: str
    lead: list[str] = field(default_factory=list)
    points: list[str] = field(default_factory=list)
    figures: list[tuple[str, Any]] = field(default_factory=list)
    maps: list[HeatMap] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    prefix: str = ""  # of every id, where a page shows several records

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        shown = self.lead or self.points or self.figures or self.maps
        return not (shown or any(table.rows for table in self.tables))

    @property
    def shown(self) -> list[tuple[Table, list[list[Cell]]]]:
        """The tables that have rows, each with its cells."""
        tables = [table.shown() for table in self.tables if table.rows]
        return [(table, [_cells(table, row) for row in table.rows]) for table in tables]

    def named(self, prefix: str) -> "Section":
        """Return the section with a prefix before all ids."""
        return replace(self, id=prefix + self.id, prefix=prefix)


def _cells(table: Table, row: tuple[Any, ...]) -> list[Cell]:
    return [_cell(value, column) for value, column in zip(row, table.columns, strict=True)]


def _cell(value: Any, column: Column) -> Cell:
    if isinstance(value, Text) and value.language and not value.gloss:
        return Cell(visible(value._replace(after="").cut(ROOM)), value.language)
    text = visible(cell(value, column.kind, ROOM))
    if column.kind.numeric:
        return Cell(words.isolated(text), kind="number", value=sortable(value))
    return Cell(words.isolated(text), kind=_KINDS.get(text, ""))
