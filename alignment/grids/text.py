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

    ``row`` is what errors count: rows of a table, which may have several lines, or "line".

    Raises:
        InputError: when the file cannot be read, is empty, binary, or in another encoding.
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
        wrong = (
            f"the byte 0x{error.object[error.start]:02X} is not {'UTF-16' if utf_16 else 'UTF-8'}"
        )
    if wrong:
        number = _row_at_end(before) if row == "row" else before.count("\n") + 1
        raise InputError(f"file '{path}', {row} {number}: {wrong}; {_SAVE_AS}")
    if not text.strip(DELIMITERS + string.whitespace):
        raise InputError(
            f"file '{path}' is empty; write one row per concept, one column per language"
        )
    return text


def table_rows(
    text: str, is_heading: Callable[[str], bool], check: Check
) -> tuple[list[tuple[int, list[str]]], str]:
    """Return the rows with anything in them, each with its number in a spreadsheet; the delimiter.

    The delimiter is the comma, semicolon or tab that makes headings of the first row, or the one of
    a first line "sep=;".
    """
    declared = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)
    text = text[declared.end() :] if declared else text
    named = declared[1] if declared else ""
    delimiter = named if named and named in DELIMITERS else _delimiter(text, is_heading)
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
    """Return the delimiter of which all cells, or else the most cells, of the header are known."""

    def header(delimiter: str) -> tuple[bool, int, int]:
        try:
            rows = ([cell for cell in row if cell.strip()] for row in _reader(text, delimiter))
            cells = next(filter(None, rows), [])
        except csv.Error:
            cells = []
        known = sum(map(is_heading, cells))
        return 0 < len(cells) == known, known, len(cells)

    return max(DELIMITERS, key=header)


def _row_at_end(text: str) -> int:
    """Return the row that the end of a text lies in; a row of a table may have several lines."""
    delimiter = max(DELIMITERS, key=text.partition("\n")[0].count)
    try:
        return max(1, sum(1 for _ in _reader(text + "x", delimiter)))
    except csv.Error:
        return text.count("\n") + 1


def read_bytes(path: Path) -> bytes:
    """Return what stands in a file.

    Raises:
        InputError: when it cannot be read, with what to do about it.
    """
    try:
        return read_whole(path)
    except InputError:
        raise
    except IsADirectoryError:
        said = f"'{path}' is a folder; name a file in it"
    except (FileNotFoundError, NotADirectoryError):
        said = f"file '{path}' does not exist{_near_files(path)}"
    except PermissionError:
        said = f"file '{path}' may not be read; give yourself permission to read it"
    except (OSError, ValueError) as error:
        said = f"file {shorten(str(path), 200)} cannot be read: {error}"
    raise InputError(said)


def is_folder(path: Path) -> bool:
    """Return whether it is a folder, also where it cannot be one."""
    try:
        return path.is_dir()
    except OSError:  # a name too long
        return False


def _near_files(path: Path) -> str:
    try:
        names = [file.name for file in path.parent.iterdir()]
    except OSError:
        return f", nor can the folder '{path.parent}' be read; look at the path"
    near = " or ".join(f"'{name}'" for name in get_close_matches(path.name, names, n=3))
    return f"; did you mean {near}?" if near else f"; '{path.parent}' has no file of a like name"
