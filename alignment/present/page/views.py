"""Views: what the template is given to write, row by row; it has nothing left to decide."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from alignment import visible
from alignment.present import words
from alignment.present.table import Table

_NUMBER = re.compile(r"[−+]?\d[\d.,]*( [(%×\[].*|%|\*)?|[–·]|– %|")


@dataclass(frozen=True)
class Cell:
    """What stands in a cell.

    Attributes:
        text: of it.
        code: language of the text, of a grid; "" of our own words.
        kind: "number", "supported", "weak", "unsupported", or "".
    """

    text: str
    code: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Rows:
    """A table.

    Attributes:
        id: in the page.
        title: of the table.
        header: names of the columns.
        rows: as wide as the header.
        note: what to know before reading it.
    """

    id: str
    title: str
    header: list[Cell]
    rows: list[list[Cell]]
    note: str = ""


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
        tables: those with rows.
    """

    id: str
    title: str
    lead: list[str] = field(default_factory=list)
    points: list[str] = field(default_factory=list)
    figures: list[tuple[str, Any]] = field(default_factory=list)
    maps: list[HeatMap] = field(default_factory=list)
    tables: list[Rows] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.lead or self.points or self.figures or self.maps or self.tables)


def rows_of(id: str, table: Table, note: str = "") -> Rows:
    """Return a table of words for the page."""
    return rows(id, table.title, table.header, [list(row) for row in table.rows], note)


def rows(
    id: str,
    title: str,
    header: Sequence[str],
    content: list[list[str | Cell]] | list[list[str]],
    note: str = "",
) -> Rows:
    """Return a table: columns of numbers to the right, words on support in their colour."""
    cells = [[_cell(own) for own in row] for row in content]
    numeric = [
        bool(cells) and all(_NUMBER.fullmatch(row[i].text) and not row[i].code for row in cells)
        for i in range(len(header))
    ]
    return Rows(
        id=id,
        title=title,
        header=[
            Cell(name, "", "number" if own else "")
            for name, own in zip(header, numeric, strict=True)
        ],
        rows=[
            [
                Cell(cell.text, "", "number") if own else cell
                for cell, own in zip(row, numeric, strict=True)
            ]
            for row in cells
        ],
        note=note,
    )


_KINDS = {"supported": "supported", "weak": "weak", "not supported": "unsupported"}


def _cell(own: str | Cell) -> Cell:
    if isinstance(own, Cell):
        return Cell(visible(own.text), own.code, own.kind)
    return Cell(words.isolated(visible(own)), "", _KINDS.get(own, ""))
