"""Text files: decode bytes, and read tables, JSON and JSON Lines."""

import codecs
import csv
import gzip
import io
import json
import re
import string
import zlib
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from alignment import InputError
from alignment.engines.files import MAX_BYTES, read_whole
from alignment.grids.checks import MAX_CELL, shorten
from alignment.grids.sheets import Sheet

DELIMITERS = ",;\t"
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_GZIP = b"\x1f\x8b"
_SAVE_AS = (
    "save the file as UTF-8 (Excel: 'CSV UTF-8'; LibreOffice: character set 'Unicode (UTF-8)')"
)
_JSON_FORM = "write {concept: {language: text}}, a list of {language: text}, or {language: [text]}"


def read_table(raw: bytes, path: Path, sheet: Sheet) -> None:
    """Read a table with commas, semicolons or tabs, as spreadsheets export it.

    The file is UTF-8 with or without byte order mark or UTF-16 with it. It may have any line ends,
    line breaks in quotes, empty rows and columns, and columns in any order. A first line "sep=;"
    names the delimiter. In a table with tabs, quotation marks that do not pair are letters. Without
    a column "concept" the English text names the concept, else the first text of the row. A row
    whose texts hold {} has the templates: the sentences that a word is put into.
    """
    text = decoded(raw, path)
    named = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)
    text = text[named.end() :] if named else text
    delimiter = named[1] if named and named[1] in DELIMITERS else _delimiter(text, sheet)
    unquoted = delimiter == "\t" and _is_unquoted(text)
    if unquoted:
        sheet.remarks.append("quotation marks are read as letters, since they do not pair")
    rows: list[tuple[str, list[str]]] = []
    number = 0
    try:
        for number, cells in enumerate(_reader(text, delimiter, not unquoted), 1):
            if any(map(str.strip, cells)):
                rows.append((f"row {number}", cells))
    except csv.Error as error:
        too_long = f"a cell beyond {MAX_CELL:,} characters"
        sheet.problem(
            f"row {number + 1}",
            too_long if "limit" in str(error) else "quotation marks do not pair",
            "a cell that begins with a quotation mark ends with one; one inside it is written "
            "twice",
        )
    (top, header), *body = rows or [("row 1", [])]
    sheet.add_table(header, body, top=top, delimiter=delimiter)


def _is_unquoted(text: str) -> bool:
    """Return whether all lines have as many tabs, and a cell's quotation marks do not pair."""
    lines = [line.split("\t") for line in text.split("\n") if line.strip()]
    quoted = (c.strip("\r") for line in lines for c in line if c.startswith('"'))
    return len(set(map(len, lines))) == 1 and any(
        len(c) < 2 or c[-1] != '"' or '"' in c[1:-1].replace('""', "") for c in quoted
    )


def read_json(raw: bytes, path: Path, sheet: Sheet) -> None:
    """Read concepts, records or columns of JSON; null, NaN and "" are gaps.

    Concepts are {concept: {language: text}}, where the key "category" is not a language. Records
    are a list of objects, columns an object of lists; all forms of pandas' ``to_json`` are read.
    """
    try:
        data = json.loads(decoded(raw, path), object_pairs_hook=_Object)
    except json.JSONDecodeError as error:
        raise InputError(
            f"file '{path}', line {error.lineno}, column {error.colno}: is not valid JSON: "
            f"{error.msg}; {_JSON_FORM}, each word in double quotation marks"
        ) from None
    except (ValueError, RecursionError):
        raise InputError(
            f"file '{path}': numbers too long or brackets too deep; {_JSON_FORM}"
        ) from None
    add_data(data, sheet)


def read_lines(raw: bytes, path: Path, sheet: Sheet) -> None:
    """Read JSON Lines: an object on each line."""
    add_data(records_of(raw, path), sheet, "line")


def records_of(raw: bytes, path: Path) -> list[Any]:
    """Return the objects of JSON Lines; raise InputError that names a wrong line."""
    records = []
    for number, line in enumerate(decoded(raw, path, "line").split("\n"), 1):
        if line.strip():
            try:
                records.append(json.loads(line, object_pairs_hook=_Object))
            except (ValueError, RecursionError) as error:
                why = error.msg if isinstance(error, json.JSONDecodeError) else "too deep"
                raise InputError(
                    f"file '{path}', line {number}: is not valid JSON: {why}; write an object "
                    "{language: text} on each line"
                ) from None
    return records


class _Object(dict):
    """A JSON object, with the keys that appear twice."""

    def __init__(self, pairs: Sequence[tuple[str, Any]] = ()):
        super().__init__(pairs)
        keys = [key for key, _ in pairs]
        self.twice = {key for key in keys if keys.count(key) > 1} if len(keys) > len(self) else ()


def add_data(data: Any, sheet: Sheet, row: str = "record") -> None:
    """Add records, columns or concepts, as JSON or Python has them."""
    if isinstance(data, dict):
        if isinstance(data.get("data"), list) and {"columns", "schema"} & data.keys():
            header = data.get("columns")  # pandas' orient="split" or "table"
            lists = (
                [dict(zip(map(str, header), cells, strict=False)) for cells in data["data"]]
                if (isinstance(header, list))
                else data["data"]
            )
            return add_data(lists, sheet, row)
        values = list(data.values())
        if values and all(isinstance(value, list | tuple) for value in values):
            return _add_columns(data, sheet, row)
        numbers = [set(value) for value in values if isinstance(value, dict)]
        if len(numbers) == len(values) and values and all(map(_are_numbers, numbers)):
            index = list(dict.fromkeys(key for value in values for key in value))
            columns = {name: [value.get(key) for key in index] for name, value in data.items()}
            return _add_columns(columns, sheet, row)
        return _add_concepts(data, sheet)
    if not isinstance(data, list) or not all(isinstance(record, dict) for record in data):
        kind = _kind(data) if not isinstance(data, list) else "a list of other things than objects"
        sheet.problem("at the top", kind, _JSON_FORM)
        return sheet.raise_problems()
    if not data:
        sheet.problem("at the top", "no records", _JSON_FORM)
        return sheet.raise_problems()
    records = [_flat(record) for record in data]
    header = list(dict.fromkeys(key for record in records for key in record))
    rows = [(f"{row} {n}", list(map(record.get, header))) for n, record in enumerate(records, 1)]
    sheet.add_table(header, rows, lambda i: f"key {shorten(header[i])}")


def _are_numbers(keys: set[Any]) -> bool:
    return bool(keys) and all(str(key).isdigit() for key in keys)


def _flat(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record whose objects' keys are its own: translation.en."""
    flat: dict[str, Any] = {}
    for key, value in record.items():
        inner = value if isinstance(value, dict) else {}
        flat |= {f"{key}.{name}": text for name, text in inner.items()} or {str(key): value}
    return flat


def _add_columns(data: dict[Any, Any], sheet: Sheet, row: str) -> None:
    header = [str(key) for key in data]
    lengths = {key: len(values) for key, values in data.items()}
    if len(set(lengths.values())) > 1:
        some = ", ".join(f"{shorten(str(key))} {n:,}" for key, n in list(lengths.items())[:5])
        sheet.problem("in the columns", f"different numbers of texts ({some})")
        sheet.raise_problems()
    rows = [
        (f"{row} {n}", list(cells)) for n, cells in enumerate(zip(*data.values(), strict=True), 1)
    ]
    sheet.add_table(header, rows, lambda i: f"column {shorten(header[i])}")


def _add_concepts(data: dict[str, Any], sheet: Sheet) -> None:
    if not data:
        sheet.problem("at the top", "no concepts", _JSON_FORM)
    for concept, record in data.items():
        place = f"concept {shorten(str(concept))}"
        if not isinstance(record, dict):
            sheet.problem(place, f"{_kind(record)}, not {{language: text}}")
        for key in getattr(record, "twice", ()):
            sheet.problem(f"{place}, key {shorten(key)}", "appears twice", "keep one")
    for concept in getattr(data, "twice", ()):
        sheet.problem("at the top", f"concept {shorten(concept)} appears twice", "name it once")
    sheet.raise_problems()
    keys = list(dict.fromkeys(key for record in data.values() for key in record))
    header = ["concept", *(key for key in keys if key != "concept")]
    rows = [
        (f"concept {shorten(str(concept))}", [concept, *map(record.get, header[1:])])
        for concept, record in data.items()
    ]
    sheet.add_table(header, rows, lambda i: f"key {shorten(header[i])}")


def decoded(raw: bytes, path: Path, row: str = "row") -> str:
    """Return the text of a file in UTF-8, or in UTF-16 with its byte order mark.

    ``row`` is the unit that errors count: "line", or "row" of a table, which may have many lines.
    """
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


def content_of(path: Path) -> bytes:
    """Return the content of a file, unpacked if it is gzip; InputError if it cannot be read."""
    raw = read_bytes(path)
    if not raw.startswith(_GZIP):
        return raw
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as packed:
            content = packed.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"file '{path}' is a damaged gzip file: {error}; get it again") from None
    if len(content) > MAX_BYTES:
        raise InputError(f"'{path}' unpacks to more than {MAX_BYTES / 1e6:.0f} MB; split it")
    return content


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a file; raise InputError with a remedy if it cannot be read."""
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


def _reader(text: str, delimiter: str, quoted: bool = True, strict: bool = True) -> Any:
    lines = io.StringIO(text, newline="")
    if not quoted:
        return csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    return csv.reader(lines, delimiter=delimiter, strict=strict)


def _delimiter(text: str, sheet: Sheet) -> str:
    """Return the delimiter with which all cells of the header are headings, or else the most."""

    def headings(delimiter: str) -> tuple[bool, int, int]:
        try:
            reader = _reader(text, delimiter, strict=False)
            rows = (list(filter(None, map(str.strip, row))) for row in reader)
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
        return max(1, sum(1 for _ in _reader(text + "x", delimiter, strict=False)))
    except csv.Error:
        return text.count("\n") + 1


def _kind(value: Any) -> str:
    kinds = {list: "a list", str: "a text", bool: "true or false", _Object: "an object"}
    return "null" if value is None else kinds.get(type(value), "a number")
