"""Text files as people save them: bytes → text → rows, and what is wrong with a cell.

Errors speak to the person who has the file open in a spreadsheet or an editor, and name all places
at once.
"""

import codecs
import csv
import io
import re
import string
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from os import PathLike
from pathlib import Path
from typing import BinaryIO, NamedTuple

from alignment import InputError

DELIMITERS = ",;\t"
MAX_PROBLEMS = 10  # named of a file
MAX_CELL = 10_000  # characters

# control characters other than tab and line ends, halves of UTF-16 pairs, lost letters
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffd]")
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_SAVE_AS = (
    "save the file as UTF-8 (Excel: 'CSV UTF-8'; LibreOffice: character set 'Unicode (UTF-8)')"
)


class Layout(NamedTuple):
    """What a file holds: a row is a ``thing``, and there are at least so many, and languages.

    ``roles`` are the headings that are no language, and the attribute of an entry that they fill.
    """

    name: str
    thing: str
    roles: dict[str, str]
    least: int

    def too_few(self, what: str, there: int) -> str:
        """Say that there are too few languages or things."""
        least = f"two {what}s" if self.least == 2 else f"one {what}"
        return f"{self.name} needs at least {least}, and has {there}"


GRID = Layout("a grid", "concept", {"concept": "concept", "category": "category"}, 2)


class Check:
    """What was found in one file: problems, which end the reading, and cells that were tidied."""

    def __init__(self, path: str | PathLike[str], layout: Layout = GRID):
        self.path = Path(path)
        self.layout = layout
        self.problems: list[str] = []
        self.tidied = 0
        self._advised: set[str] = set()

    def problem(self, place: str, what: str, remedy: str = "") -> None:
        """Note where a problem is, what is wrong and what to do; the same advice is given once."""
        advice = f" ({remedy})" if remedy and remedy not in self._advised else ""
        self._advised.add(remedy)
        self.problems.append(f"{place}: {what}{advice}")

    def cell(self, value: str, place: str) -> str:
        """Return a cell's text, every run of white space one space; note what it may not hold."""
        if len(value) > MAX_CELL:
            self.problem(
                place,
                f"{shorten(value)} has {len(value):,} characters, and a cell at most {MAX_CELL:,}",
                "shorten it, or look for a quotation mark that is not closed",
            )
        elif found := _UNREADABLE.search(value):
            self.problem(
                place,
                f"{shorten(value)} holds U+{ord(found[0]):04X}, a control character or a letter "
                "that was lost when the file was converted",
                "type the cell again",
            )
        tidy = " ".join(value.split())
        if tidy and not any(letter.isprintable() for letter in tidy):
            self.problem(place, f"{shorten(value)} has only invisible characters", "empty the cell")
        self.tidied += tidy != value and bool(tidy)
        return tidy

    def raise_problems(self) -> None:
        """Raise the first problems, and how many more there are, as one InputError."""
        if self.problems:
            more = len(self.problems) - MAX_PROBLEMS
            rest = [f"and {more} more"] if more > 0 else []
            said = "; ".join(self.problems[:MAX_PROBLEMS] + rest)
            raise InputError(f"file '{self.path}': {said}")

    def notices(self) -> list[str]:
        """Return what was tidied, in sentences."""
        if not self.tidied:
            return []
        return [
            f"white space in {count(self.tidied, 'cell')} (line breaks, tabs, non-breaking or "
            "repeated spaces, spaces at an end) is read as single spaces"
        ]


def count(number: int, noun: str) -> str:
    """Return "1 cell", "2 cells"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def shorten(value: str, length: int = 40) -> str:
    """Return a value in quotes, cut, with what cannot be seen spelt out."""
    cut = value if len(value) <= length else value[: length - 1] + "…"
    seen = (c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)
    return f"'{''.join(seen)}'"


def read_text(path: Path) -> str:
    """Return the text of a file in UTF-8, or in UTF-16 with its byte order mark.

    Raises:
        InputError: when the file cannot be read, is empty, binary, or in another encoding.
    """
    with open_file(path) as file:
        raw = file.read()
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
        raise InputError(f"file '{path}', row {_row_at_end(before)}: {wrong}; {_SAVE_AS}")
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


@contextmanager
def open_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file to be read; what stands in the way is an InputError that says what to do."""
    try:
        with path.open("rb") as file:
            yield file
    except IsADirectoryError:
        said = f"'{path}' is a folder; name a file in it"
    except (FileNotFoundError, NotADirectoryError):
        said = f"file '{path}' does not exist{_near_files(path)}"
    except PermissionError:
        said = f"file '{path}' may not be read; give yourself permission to read it"
    except (OSError, ValueError) as error:
        said = f"file {shorten(str(path), 200)} cannot be read: {error}"
    else:
        return
    raise InputError(said)


def _near_files(path: Path) -> str:
    try:
        names = [file.name for file in path.parent.iterdir()]
    except OSError:
        return f", nor can the folder '{path.parent}' be read; look at the path"
    near = " or ".join(f"'{name}'" for name in get_close_matches(path.name, names, n=3))
    return f"; did you mean {near}?" if near else f"; '{path.parent}' has no file of a like name"
