"""Files as people save them: from bytes to text, and from text to the rows of a table."""

import codecs
import csv
import io
import re
import string
from difflib import get_close_matches
from pathlib import Path

from alignment import InputError
from alignment.grids.entries import NOT_LANGUAGES
from alignment.grids.filechecks import LONGEST, Check, shorten
from alignment.grids.languages import language_code

DELIMITERS = ",;\t"

_SAVE_AS = (
    "save the file as UTF-8 (Excel: 'CSV UTF-8'; LibreOffice: character set 'Unicode (UTF-8)')"
)
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def read_text(path: Path) -> str:
    """Return the text of a file in UTF-8, or in UTF-16 with its byte order mark.

    Raises:
        InputError: when the file cannot be read, is empty, binary, or in another encoding.
    """
    raw = _bytes(path)
    if raw.startswith(_WORKBOOKS):
        raise InputError(f"file '{path}' is a workbook or an archive; {_SAVE_AS}")
    utf_16 = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = raw.decode("utf-16" if utf_16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode(error.encoding, errors="ignore")
        raise InputError(
            f"file '{path}', row {_row_at_end(before)}: the byte 0x{error.object[error.start]:02X} "
            f"is not {'UTF-16' if utf_16 else 'UTF-8'}; {_SAVE_AS}"
        ) from None
    if not utf_16 and "\0" in text:
        raise InputError(
            f"file '{path}', row {_row_at_end(text.partition(chr(0))[0])}: a NUL byte, as in "
            f"binary files and UTF-16 without its mark; {_SAVE_AS}"
        )
    if not text.strip(DELIMITERS + string.whitespace):
        raise InputError(f"file '{path}' is empty; write a header and one row a concept")
    return text


def table_rows(text: str, check: Check) -> tuple[list[tuple[int, list[str]]], str]:
    """Return the rows with anything in them, each with its number in a spreadsheet; the delimiter.

    The delimiter is the comma, semicolon or tab that makes languages of the header, or the one of
    a first line "sep=;".
    """
    declared = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)
    text = text[declared.end() :] if declared else text
    delimiter = declared[1] if declared and declared[1] in DELIMITERS else _delimiter(text)
    rows, number = [], 0
    try:
        for number, cells in enumerate(_reader(text, delimiter, strict=True), 1):
            if any(cell.strip() for cell in cells):
                rows.append((number, cells))
    except csv.Error as error:
        long = "limit" in str(error)
        what = f"a cell beyond {LONGEST:,} characters" if long else "quotation marks do not pair"
        check.problem(
            f"row {number + 1}",
            what,
            "a cell that begins with a quotation mark ends with one; one inside it is written "
            "twice",
        )
    return rows, delimiter


def _reader(text: str, delimiter: str, strict: bool = False):
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)


def _delimiter(text: str) -> str:
    headers = {delimiter: _header(text, delimiter) for delimiter in DELIMITERS}
    known = {}
    for delimiter in sorted(DELIMITERS, key=lambda d: -len(headers[d])):
        cells = [cell for cell in headers[delimiter] if cell.strip()]
        known[delimiter] = sum(map(_is_heading, cells))
        if cells and known[delimiter] == len(cells):
            return delimiter
    return max(DELIMITERS, key=lambda d: (known[d], len(headers[d])))


def _header(text: str, delimiter: str) -> list[str]:
    try:
        rows = _reader(text, delimiter)
        return next((cells for cells in rows if any(cell.strip() for cell in cells)), [])
    except csv.Error:
        return []


def _is_heading(cell: str) -> bool:
    return cell.strip().casefold() in NOT_LANGUAGES or bool(language_code(cell))


def _row_at_end(text: str) -> int:
    """Return the row that the end of a text lies in; a row of a table may have several lines."""
    try:
        return max(1, sum(1 for _ in _reader(text + "x", _delimiter(text))))
    except csv.Error:
        return text.count("\n") + 1


def _bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise InputError(f"'{path}' is a folder; name a .csv, .tsv or .json file in it")
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(f"file '{path}' does not exist{_near_files(path)}") from None
    except PermissionError:
        raise InputError(
            f"file '{path}' may not be read; give yourself permission to read it"
        ) from None
    except InputError:
        raise
    except (OSError, ValueError) as error:
        raise InputError(f"file {shorten(str(path), 200)} cannot be read: {error}") from None


def _near_files(path: Path) -> str:
    try:
        names = [file.name for file in path.parent.iterdir()]
    except OSError:
        return f", nor can the folder '{path.parent}' be read; look at the path"
    near = get_close_matches(path.name, names, n=3)
    said = " or ".join(f"'{name}'" for name in near)
    return f"; did you mean {said}?" if near else f"; '{path.parent}' has no file of a like name"
