"""Text files: decode bytes, and read tables and JSON."""

import codecs
import csv
import io
import json
import re
import string
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from alignment import InputError
from alignment.engines.files import read_whole
from alignment.grids.checks import MAX_CELL, shorten
from alignment.grids.sheets import Sheet

DELIMITERS = ",;\t"
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_SAVE_AS = (
    "save the file as UTF-8 (Excel: 'CSV UTF-8'; LibreOffice: character set 'Unicode (UTF-8)')"
)
_JSON_FORM = "write {concept: {language: text}}"


def read_table(path: Path, sheet: Sheet) -> None:
    """Read a table with commas, semicolons or tabs, as spreadsheets export it.

    The file is UTF-8 with or without byte order mark or UTF-16 with it. It may have any line ends,
    line breaks in quotes, empty rows and columns, and columns in any order. A first line "sep=;"
    names the delimiter. Languages are codes or names (see ``language_code``). Without a column
    "concept" the English text names the concept, else the first text of the row. An empty cell is a
    gap. A row whose texts hold {} has the templates: the sentences that a word is put into.
    """
    text = read_text(path)
    named = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)
    text = text[named.end() :] if named else text
    delimiter = named[1] if named and named[1] in DELIMITERS else _delimiter(text, sheet)
    rows: list[tuple[int, list[str]]] = []
    number = 0
    try:
        for number, cells in enumerate(_reader(text, delimiter, strict=True), 1):
            if any(map(str.strip, cells)):
                rows.append((number, cells))
    except csv.Error as error:
        too_long = f"a cell beyond {MAX_CELL:,} characters"
        sheet.problem(
            f"row {number + 1}",
            too_long if "limit" in str(error) else "quotation marks do not pair",
            "a cell that begins with a quotation mark ends with one; one inside it is written "
            "twice",
        )
    (top, header), *body = rows or [(1, [])]
    sheet.add_table(header, body, top=top, delimiter=delimiter)


def read_json(path: Path, sheet: Sheet) -> None:
    """Read {concept: {language: text}}; null and "" are gaps.

    The key "category" is not a language. Languages are in the order of their first appearance. An
    object whose texts hold {} has the templates.
    """
    data = _json(read_text(path), path)
    if not isinstance(data, _Object):
        sheet.problem("at the top", f"{_kind(data)}, not {{concept: {{language: text}}}}")
    elif not data:
        sheet.problem("at the top", "no concepts", _JSON_FORM)
    sheet.raise_problems()
    sheet.roles = [role for role in sheet.roles if role != "concept"]

    def cells(row: _Object, place: str) -> Iterator[tuple[str, str, str]]:
        for key, value in row:
            key_place = f"{place}, key {shorten(key)}"
            if not isinstance(value, str | None):
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


def read_text(path: Path, row: str = "row") -> str:
    """Return the text of a file in UTF-8, or in UTF-16 with its byte order mark.

    Args:
        row: the unit that errors count: "line", or "row" of a table, which may have several lines.
    """
    raw = read_bytes(path)
    if raw.startswith(_WORKBOOKS):
        raise InputError(f"file '{path}' is a workbook or an archive; {_SAVE_AS}")
    utf_16 = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = raw.decode("utf-16" if utf_16 else "utf-8-sig")
        before, nul, _ = ("", "", "") if utf_16 else text.partition("\0")
        wrong = nul and "a NUL byte, as in binary files and UTF-16 without its mark"
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode(error.encoding, errors="ignore")
        encoding = "UTF-16" if utf_16 else "UTF-8"
        wrong = f"the byte 0x{error.object[error.start]:02X} is not {encoding}"
    if wrong:
        number = _rows_of(before) if row == "row" else before.count("\n") + 1
        raise InputError(f"file '{path}', {row} {number}: {wrong}; {_SAVE_AS}")
    if not text.strip(DELIMITERS + string.whitespace):
        raise InputError(
            f"file '{path}' is empty; write one row per concept, one column per language"
        )
    return text


def read_bytes(path: Path) -> bytes:
    """Return the content of a file; raise InputError with a remedy if it cannot be read."""
    try:
        return read_whole(path)
    except InputError:
        raise
    except IsADirectoryError:
        problem = f"'{path}' is a folder; name a file in it"
    except (FileNotFoundError, NotADirectoryError):
        problem = f"file '{path}' does not exist{_near_files(path)}"
    except PermissionError:
        problem = f"file '{path}' may not be read; give yourself permission to read it"
    except (OSError, ValueError) as error:
        problem = f"file {shorten(str(path), 200)} cannot be read: {error}"
    raise InputError(problem)


def _near_files(path: Path) -> str:
    try:
        names = [file.name for file in path.parent.iterdir()]
    except OSError:
        return f", nor can the folder '{path.parent}' be read; look at the path"
    near = " or ".join(f"'{name}'" for name in get_close_matches(path.name, names, n=3))
    return f"; did you mean {near}?" if near else f"; '{path.parent}' has no file of a like name"


def _reader(text: str, delimiter: str, strict: bool = False):
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)


def _delimiter(text: str, sheet: Sheet) -> str:
    """Return the delimiter with which all cells of the header are headings, or else the most."""

    def headings(delimiter: str) -> tuple[bool, int, int]:
        try:
            rows = (list(filter(None, map(str.strip, row))) for row in _reader(text, delimiter))
            cells = next(filter(None, rows), [])
        except csv.Error:
            cells = []
        number = sum(map(sheet.is_heading, cells))
        return 0 < len(cells) == number, number, len(cells)

    return max(DELIMITERS, key=headings)


def _rows_of(text: str) -> int:
    """Return the number of rows of a table; a row may have several lines."""
    delimiter = max(DELIMITERS, key=text.partition("\n")[0].count)
    try:
        return max(1, sum(1 for _ in _reader(text + "x", delimiter)))
    except csv.Error:
        return text.count("\n") + 1


class _Object(list):
    """A JSON object as its pairs, in which a key may appear twice."""


def _json(text: str, path: Path) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_Object)
    except json.JSONDecodeError as error:
        raise InputError(
            f"file '{path}', line {error.lineno}, column {error.colno}: is not valid JSON: "
            f"{error.msg}; {_JSON_FORM}, each word in double quotation marks"
        ) from None
    except (ValueError, RecursionError):
        raise InputError(
            f"file '{path}': numbers too long or brackets too deep; {_JSON_FORM}"
        ) from None


def _kind(value: Any) -> str:
    kinds = {_Object: "an object", list: "a list", str: "a text", bool: "true or false"}
    return "null" if value is None else kinds.get(type(value), "a number")
