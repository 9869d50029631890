"""Grids in files: a source of any kind is read into a sheet, of which a grid is made.

Each kind of source has one reader, a function that adds what it reads to a Sheet. Readers that need
a package import it when they are called.
"""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from alignment import InputError
from alignment.grids.checks import shorten
from alignment.grids.documents import read_memory, read_workbook
from alignment.grids.folders import HUB, read_folder, read_hub
from alignment.grids.sheets import ROLES, Sheet, letter
from alignment.grids.text import read_text, table_rows


def read_sheet(
    source: str | PathLike[str],
    roles: Sequence[str] = ROLES,
    strict: bool = False,
    kind: str | None = None,
) -> Sheet:
    """Return the entries of a source; columns that are headed by a role are not languages."""
    path = Path(source)
    if str(source).startswith(HUB):
        sheet = Sheet(f"data set '{source}'", strict, roles)
        read_hub(str(source).removeprefix(HUB), sheet)
    elif os.path.isdir(path):  # noqa: PTH112 - pathlib would raise for some strings
        sheet = Sheet(f"folder '{path}'", strict, roles)
        read_folder(path, sheet)
    else:
        sheet = Sheet(f"file '{path}'", strict, roles)
        READERS[kind or path.suffix.casefold()](path, sheet)
    sheet.compose_mixed()
    return sheet


def name_of(source: str | PathLike[str]) -> str:
    """Return what a grid is called after its source."""
    return Path(str(source).removeprefix(HUB)).stem


def is_source(source: str | PathLike[str]) -> bool:
    """Return whether a name is that of a folder, a data set, or a file of a kind that is read."""
    path = Path(source)
    named = path.suffix.casefold() in READERS or str(source).startswith(HUB)
    return named or os.path.isdir(path)  # noqa: PTH112 - pathlib would raise for some strings


def read_table(path: Path, sheet: Sheet) -> None:
    """Read a table with commas, semicolons or tabs, as a spreadsheet exports it.

    The file is UTF-8 with or without byte order mark or UTF-16 with it, with any line ends, line
    breaks in quotes, empty rows and columns, and columns in any order. Languages are codes or names
    (see ``language_code``). Without a column "concept" the English text names the concept, else the
    text of the first language; where that cell is empty, the first text of the row. An empty cell
    is a gap. A row whose texts hold {} is no concept: it has the sentence that each language puts a
    word into, its templates.
    """
    rows, delimiter = table_rows(read_text(path), sheet.is_heading, sheet)
    (number, header), *body = rows or [(1, [])]
    sheet.add_table(header, body, letter, top=number, delimiter=delimiter)


def read_json(path: Path, sheet: Sheet) -> None:
    """Read {concept: {language: text}}; null and "" are gaps.

    The key "category" is not a language. The languages stand in the order in which the file
    first has them. An object whose texts hold {} is the templates.
    """
    data = _json(read_text(path), path)
    if not isinstance(data, _Object):
        sheet.problem("at the top", f"{_kind(data)}, not {{concept: {{language: text}}}}")
    elif not data:
        sheet.problem("at the top", "no concepts", "write {concept: {language: text}}")
    sheet.raise_problems()
    sheet.roles = [role for role in sheet.roles if role != "concept"]

    def cells(row: _Object, place: str) -> Iterator[tuple[str, str, str]]:
        for key, value in row:
            key_place = f"{place}, key {shorten(key)}"
            if value is not None and not isinstance(value, str):
                what = f"{_kind(value)}, not a text"
                sheet.problem(key_place, what, "write it in quotation marks")
                value = ""
            yield key, key_place, value or ""

    for concept, row in data:
        place = f"concept {shorten(concept)}"
        name = sheet.cell(concept, place)
        if not isinstance(row, _Object):
            sheet.problem(place, f"{_kind(row)}, not {{language: text}}")
            row = _Object()
        sheet.add_object(place, name, cells(row, place))


READERS: dict[str, Callable[[Path, Sheet], None]] = {
    ".csv": read_table,
    ".tsv": read_table,
    ".json": read_json,
    ".xlsx": read_workbook,
    ".tmx": read_memory,
}


class _Object(list):
    """A JSON object as its pairs, so that a key that appears twice is seen."""


def _json(text: str, path: Path) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_Object)
    except json.JSONDecodeError as error:
        raise InputError(
            f"file '{path}', line {error.lineno}, column {error.colno}: is not valid JSON: "
            f"{error.msg}; write {{concept: {{language: text}}}}, each word in double quotation "
            "marks"
        ) from None
    except (ValueError, RecursionError):
        raise InputError(
            f"file '{path}': numbers too long or brackets too deep; "
            "write {concept: {language: text}}"
        ) from None


def _kind(value: Any) -> str:
    kinds = {_Object: "an object", list: "a list", str: "a text", bool: "true or false"}
    return "null" if value is None else kinds.get(type(value), "a number")
