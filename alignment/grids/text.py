"""Text files as people save them: bytes → text → rows."""

import codecs
import csv
import io
import re
import string
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path

from alignment import InputError
from alignment.engines.reading import read_whole
from alignment.grids.checks import MAX_CELL, Check, shorten

DELIMITERS = ",;\t"

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_SAVE_AS = (
    "save the file as UTF-8 (Excel: 'CSV UTF-8'; LibreOffice: character set 'Unicode (UTF-8)')"
)


def read_text(path: Path, row: str = "row") -> str:
    """Return the text of a file in UTF-8, or in UTF-16 with its byte order mark.

    Args:
        row: the unit that errors count: "row" of a table, which may have several lines, or "line".
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


def table_rows(
    text: str, is_heading: Callable[[str], bool], check: Check
) -> tuple[list[tuple[int, list[str]]], str]:
    """Return the rows that are not empty, each with its number in a spreadsheet; the delimiter.

    The delimiter is the comma, semicolon or tab that makes headings of the first row, or the one of
    a first line "sep=;".
    """
    declared = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)
    text = text[declared.end() :] if declared else text
    if declared and declared[1] in DELIMITERS:
        delimiter = declared[1]
    else:
        delimiter = _delimiter(text, is_heading)
    rows: list[tuple[int, list[str]]] = []
    number = 0
    try:
        for number, cells in enumerate(_reader(text, delimiter, strict=True), 1):
            if any(cell.strip() for cell in cells):
                rows.append((number, cells))
    except csv.Error as error:
        too_long = f"a cell beyond {MAX_CELL:,} characters"
        check.problem(
            f"row {number + 1}",
            too_long if "limit" in str(error) else "quotation marks do not pair",
            "a cell that begins with a quotation mark ends with one; one inside it is written "
            "twice",
        )
    return rows, delimiter


def _reader(text: str, delimiter: str, strict: bool = False):
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)


def _delimiter(text: str, is_heading: Callable[[str], bool]) -> str:
    """Return the delimiter that makes headings of all cells of the header, or else of the most."""

    def header(delimiter: str) -> tuple[bool, int, int]:
        try:
            rows = (list(filter(None, map(str.strip, row))) for row in _reader(text, delimiter))
            cells = next(filter(None, rows), [])
        except csv.Error:
            cells = []
        headings = sum(map(is_heading, cells))
        return 0 < len(cells) == headings, headings, len(cells)

    return max(DELIMITERS, key=header)


def _rows_of(text: str) -> int:
    """Return how many rows of a table a text has; a row may have several lines."""
    delimiter = max(DELIMITERS, key=text.partition("\n")[0].count)
    try:
        return max(1, sum(1 for _ in _reader(text + "x", delimiter)))
    except csv.Error:
        return text.count("\n") + 1


def read_bytes(path: Path) -> bytes:
    """Return the content of a file; raise InputError where it cannot be read, with the remedy."""
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
