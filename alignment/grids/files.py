"""Grids in files: a table or JSON → the parts of a ConceptGrid, and a grid → a table.

A table has one row per concept and one column per language, and may have columns "concept" and
"category". Another kind of file needs only a function from its path to numbered rows of cells, the
header first: ``grid_parts`` does the rest.
"""

import csv
import io
import json
from collections.abc import Callable, Sequence
from functools import partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alignment import InputError
from alignment.grids.entries import ROLES, Entry, column_of, parts
from alignment.grids.languages import language_code
from alignment.grids.text import GRID, Check, Layout, count, read_text, shorten, table_rows

if TYPE_CHECKING:
    from alignment.grids.concept_grid import ConceptGrid


def read_table(path: str | PathLike[str], layout: Layout = GRID) -> dict[str, Any]:
    """Read a table with commas, semicolons or tabs into the parts of a grid.

    A spreadsheet's export as it comes: UTF-8 with or without byte order mark or UTF-16 with it, any
    line ends, line breaks in quotes, empty rows and columns, columns in any order. Languages are
    codes or names (see ``language_code``). Without a column "concept" the English text names the
    concept, else the first language's; where that cell is empty, the first text of the row.
    An empty cell is a gap. A run of white space is read as one space. A row whose texts hold {} is
    no concept: it gives the sentence that each language puts a word into, its templates.

    Returns:
        The arguments of ConceptGrid; the name is the file's without its ending.

    Raises:
        InputError: with the first problems of the file, and how many more there are.
    """
    check = Check(path, layout)
    rows, delimiter = table_rows(read_text(check.path), partial(_is_heading, check), check)
    return grid_parts(rows, check, delimiter)


def grid_parts(
    rows: Sequence[tuple[int, list[str]]], check: Check, delimiter: str = ","
) -> dict[str, Any]:
    """Return the arguments of ConceptGrid of numbered rows, the header first."""
    (number, header), *body = rows or [(1, [])]
    columns = _columns(number, header, [cells for _, cells in body], check)
    if not body and not check.problems:
        check.problem(f"row {number}", "a header and no rows below it", "add one row per concept")
    entries = [_entry(row, cells, columns, delimiter, check) for row, cells in body]
    languages = [column for column in columns if column and column not in ROLES]
    short = [row for row, cells in body if len(cells) < len(columns)]
    return parts(entries, languages, "concept" in columns, check, _short_rows(short))


def read_json(path: str | PathLike[str], layout: Layout = GRID) -> dict[str, Any]:
    """Read {concept: {language: text}} into the parts of a grid; null and "" are gaps.

    A key "category" is no language. Languages, white space, the name and errors are as in a table;
    the languages stand in the order in which the file first has them. An object whose texts hold {}
    is the templates.
    """
    check = Check(path, layout)
    data = _json(read_text(check.path), check.path)
    if not isinstance(data, _Object):
        check.problem("at the top", f"{_kind(data)}, not {{concept: {{language: text}}}}")
    elif not data:
        check.problem("at the top", "no concepts", "write {concept: {language: text}}")
    check.raise_problems()
    entries = [_json_entry(concept, row, check) for concept, row in data]
    return parts(entries, None, True, check, [])


READERS: dict[str, Callable[..., dict[str, Any]]] = {
    ".csv": read_table,
    ".tsv": read_table,
    ".json": read_json,
}


def write_table(path: str | PathLike[str], grid: "ConceptGrid") -> None:
    """Write a grid as a table that spreadsheets open and ``read_table`` reads back equal.

    UTF-8 with byte order mark; commas, or tabs where the file's name ends in .tsv. The folder must
    be there. A file of that name is replaced.
    """
    path, table = Path(path), io.StringIO(newline="")
    delimiter = "\t" if path.suffix.casefold() == ".tsv" else ","
    writer = csv.writer(table, delimiter=delimiter, lineterminator="\n")
    writer.writerow([*ROLES, *grid.languages])
    for concept, category, texts in zip(grid.concepts, grid.categories, grid.texts, strict=True):
        writer.writerow([concept, category, *(text or "" for text in texts)])
    if grid.templates:
        sentences = [grid.templates.get(code, "") for code in grid.languages]
        writer.writerow(["template", "", *sentences])
    path.write_bytes(table.getvalue().encode("utf-8-sig"))


def _columns(row: int, header: list[str], body: list[list[str]], check: Check) -> list[str]:
    """Return of each column its language code, "concept", "category", or "" for none of these."""
    while header and not header[-1].strip():
        header = header[:-1]
    used = {column for cells in body for column, cell in enumerate(cells) if cell.strip()}
    columns: list[str] = []
    seen: dict[str, str] = {}
    for column, heading in enumerate(header):
        empty = not heading.strip() and column not in used
        place = f"row {row}, column {_letter(column)}"
        columns.append("" if empty else column_of(heading, place, ROLES, seen, check))
    languages = [h for h, c in zip(header, columns, strict=True) if h.strip() and c not in ROLES]
    if len(languages) < check.layout.least:
        what = check.layout.too_few("language", len(languages))
        check.problem(f"row {row}", what, "write one column per language")
    return columns


def _is_heading(check: Check, cell: str) -> bool:
    return cell.strip().casefold() in check.layout.roles or bool(language_code(cell))


def _entry(row: int, cells: list[str], columns: list[str], delimiter: str, check: Check) -> Entry:
    entry = Entry(f"row {row}")
    surplus = [column for column, cell in enumerate(cells) if cell.strip()]
    if surplus and surplus[-1] >= len(columns):
        beyond = next(column for column in surplus if column >= len(columns))
        check.problem(
            f"{entry.place}, column {_letter(beyond)}",
            f"{shorten(cells[beyond])} stands beyond the header, which has "
            f"{count(len(columns), 'column')}",
            f"give the column a heading, or put a text that has {shorten(delimiter)} in it between "
            "quotation marks",
        )
    for i, (column, cell) in enumerate(zip(columns, cells, strict=False)):
        place = f"{entry.place}, column {_letter(i)} ({column or 'unknown'})"
        breaks = cell.strip().count("\n")
        if breaks and cell.count(delimiter) == breaks * (len(columns) - 1) > 0:
            check.problem(
                place,
                f"{shorten(cell)} goes on over the rows below it",
                "look for a quotation mark that is not closed",
            )
        entry.put(column, check.cell(cell, place))
    return entry


def _short_rows(rows: list[int]) -> list[str]:
    if not rows:
        return []
    some = ", ".join(map(str, rows[:5])) + (", …" if len(rows) > 5 else "")
    number = f"{count(len(rows), 'row')} {'has' if len(rows) == 1 else 'have'}"
    return [f"{number} fewer cells than the header ({some}); the others are read as empty"]


def _letter(column: int) -> str:
    """Name a column as spreadsheets do: A to Z, AA …"""
    before, letter = divmod(column, 26)
    return (_letter(before - 1) if before else "") + chr(ord("A") + letter)


class _Object(list):
    """A JSON object as its pairs, so that a key that appears twice is seen."""


def _json(text: str, path: Path):
    try:
        return json.loads(text, object_pairs_hook=_Object)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}: is not valid JSON: {error.msg}"
        raise InputError(
            f"file '{path}', {where}; write {{concept: {{language: text}}}}, each word in double "
            "quotation marks"
        ) from None
    except (ValueError, RecursionError):
        raise InputError(
            f"file '{path}': numbers too long or brackets too deep; "
            "write {concept: {language: text}}"
        ) from None


def _json_entry(concept: str, row: Any, check: Check) -> Entry:
    entry = Entry(f"concept {shorten(concept)}")
    entry.concept = check.cell(concept, entry.place)
    if not isinstance(row, _Object):
        check.problem(entry.place, f"{_kind(row)}, not {{language: text}}")
        return entry
    seen: dict[str, str] = {}
    for key, value in row:
        place = f"{entry.place}, key {shorten(key)}"
        column = column_of(key, place, ["category"], seen, check)
        if value is None or isinstance(value, str):
            entry.put(column, check.cell(value or "", place))
        else:
            check.problem(place, f"{_kind(value)}, not a text", "write it in quotation marks")
    return entry


def _kind(value: Any) -> str:
    kinds = {_Object: "an object", list: "a list", str: "a text", bool: "true or false"}
    return "null" if value is None else kinds.get(type(value), "a number")
