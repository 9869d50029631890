"""Sheets: concepts as they stand in a source of any kind.

A source is a table, a header and rows of cells, or objects, each with headings of its own. Either
way headings and cells are checked here, and nowhere else.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from unicodedata import is_normalized, normalize

from alignment.grids.checks import MAX_PROBLEMS, MIXED_FORMS, Check, count, shorten
from alignment.grids.languages import language_code, language_name, unknown_language

ROLES = ("concept", "category")  # columns that are not languages


@dataclass
class Entry:
    """One concept as it stands in a source: its texts by language, None for a gap, and its roles.

    ``roles`` is what stands in the columns that are not languages; one may be missing.
    """

    place: str
    texts: dict[str, str | None] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)

    @property
    def concept(self) -> str:
        """What the concept is called; "" while it has no name."""
        return self.roles.get("concept", "")


@dataclass
class Sheet:
    """The entries of a source.

    Attributes:
        languages: their codes in order; by default as the entries first have them.
        named: whether the source names its concepts.
        top: where the languages stand.
        notices: sentences on what was read otherwise than it stands there.
    """

    entries: list[Entry]
    languages: list[str] = field(default_factory=list)
    named: bool = True
    top: str = "in the file"
    notices: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        found = dict.fromkeys(code for entry in self.entries for code in entry.texts)
        self.languages = self.languages or list(found)

    def compose_mixed(self, check: Check) -> None:
        """Compose the texts of a language of which some have é as one sign and some as two.

        A language in one form keeps it, whichever it is.
        """
        for code in self.languages:
            column = [(entry, text) for entry in self.entries if (text := entry.texts.get(code))]
            apart = [(entry, text) for entry, text in column if not is_normalized("NFC", text)]
            if apart and any(
                is_normalized("NFC", text) and not is_normalized("NFD", text) for _, text in column
            ):
                for entry, text in apart:
                    check.damage(f"{entry.place} ({code})", text, MIXED_FORMS)
                    entry.texts[code] = normalize("NFC", text)


@dataclass
class Table:
    """A header and numbered rows of cells, of which some may be short.

    Attributes:
        column: what a column is called: "column B" of 1.
        row: what a row is called: "row" or "line".
        top: the number of the row that the header is; None: the headings are no row.
        delimiter: what parts the cells of a text.
        numbered: whether concepts without a name are called by the number of their row.
    """

    header: list[str]
    rows: Sequence[tuple[int, list[str]]]
    column: Callable[[int], str]
    row: str = "row"
    top: int | None = 1
    delimiter: str = ""
    numbered: bool = False


def table_sheet(table: Table, check: Check, roles: Sequence[str] = ROLES) -> Sheet:
    """Read a table; note in ``check`` what is wrong with it."""
    top = f"{table.row} {table.top}" if table.top else "in the headings"
    columns = _columns(table, f"{top}, " if table.top else "", check, roles)
    if not table.rows and not check.problems:
        check.problem(top, "a header and no rows below it", "add one row per concept")
    return Sheet(
        [_entry(number, cells, columns, table, check, roles) for number, cells in table.rows],
        languages=[column for column in columns if column and column not in roles],
        named="concept" in columns or table.numbered,
        top=top,
        notices=_short_rows(table, len(columns)),
    )


def _columns(table: Table, top: str, check: Check, roles: Sequence[str]) -> list[str]:
    """Return of each column its language code, its role, or "" for neither."""
    header = table.header
    while header and not header[-1].strip():
        header = header[:-1]
    used = {column for _, cells in table.rows for column, cell in enumerate(cells) if cell.strip()}
    columns: list[str] = []
    seen: dict[str, str] = {}
    for column, heading in enumerate(header):
        empty = not heading.strip() and column not in used
        place = top + table.column(column)
        columns.append("" if empty else _column_of(heading, place, roles, seen, check))
    return columns


def _entry(
    number: int,
    cells: list[str],
    columns: list[str],
    table: Table,
    check: Check,
    roles: Sequence[str],
) -> Entry:
    entry = Entry(f"{table.row} {number}")
    if table.numbered:
        entry.roles["concept"] = str(number)
    beyond = [c for c in range(len(columns), len(cells)) if cells[c].strip()]
    if beyond:
        within = f"a text that has {shorten(table.delimiter)} in it between quotation marks"
        check.problem(
            f"{entry.place}, {table.column(beyond[0])}",
            f"{shorten(cells[beyond[0]])} stands beyond the header, which has "
            f"{count(len(columns), 'column')}",
            "give the column a heading" + (f", or put {within}" if table.delimiter else ""),
        )
    for i, (column, cell) in enumerate(zip(columns, cells, strict=False)):
        place = f"{entry.place}, {table.column(i)} ({column or 'unknown'})"
        breaks = cell.strip().count("\n") if table.delimiter else 0
        if breaks and cell.count(table.delimiter) == breaks * (len(columns) - 1) > 0:
            check.problem(
                place,
                f"{shorten(cell)} goes on over the rows below it",
                "look for a quotation mark that is not closed",
            )
        _put(entry, column, check.cell(cell, place), roles)
    return entry


def _short_rows(table: Table, width: int) -> list[str]:
    short = [number for number, cells in table.rows if len(cells) < width]
    some = ", ".join(map(str, short[:5])) + (", …" if len(short) > 5 else "")
    said = f"{count(len(short), table.row)} {'has' if len(short) == 1 else 'have'}"
    rest = f"fewer cells than the header ({some}); the others are read as empty"
    return [f"{said} {rest}"] if short else []


def object_entry(
    entry: Entry, cells: Iterable[tuple[str, str, str]], check: Check, roles: Sequence[str] = ROLES
) -> Entry:
    """Fill an entry with (heading, its place, text); note what is wrong in ``check``."""
    seen: dict[str, str] = {}
    for heading, place, text in cells:
        column = _column_of(heading, place, roles, seen, check)
        _put(entry, column, check.cell(text, place), roles)
    return entry


def _put(entry: Entry, column: str, text: str, roles: Sequence[str]) -> None:
    if column in roles:
        entry.roles[column] = text
    elif column:
        entry.texts[column] = text or None


def _column_of(
    heading: str, place: str, roles: Sequence[str], seen: dict[str, str], check: Check
) -> str:
    """Return the code or the role of a heading; note one that is unknown, "", or appears twice."""
    heading = check.cell(heading, place)
    role = heading.casefold() in roles
    column = heading.casefold() if role else _language_of(heading, place, check, roles)
    if column and column in seen:
        what = "" if role else f" is {language_name(column)} ({column}), which"
        twice = f"{shorten(heading)}{what} appears twice, first as {seen[column]}"
        check.problem(place, twice, "keep one")
    seen.setdefault(column, f"{shorten(heading)} in {place}")
    return column


def _language_of(heading: str, place: str, check: Check, roles: Sequence[str]) -> str:
    code = language_code(heading) if heading else None
    if not code and len(check.problems) >= MAX_PROBLEMS:
        check.problem(place, "unknown language")  # not shown, and the nearest take time
    elif not code:
        check.problem(
            place,
            unknown_language(heading) if heading else "no heading",
            "write a code such as 'de', a name such as 'German', or for any other language 'x-' "
            "and a word; a column that is not a language is headed "
            f"{' or '.join(map(repr, roles))}, or deleted",
        )
    return code or ""


def letter(column: int) -> str:
    """Name a column as spreadsheets do: column A to column Z, column AA …"""
    name = ""
    while column >= 0:
        column, last = divmod(column, 26)
        name, column = chr(ord("A") + last) + name, column - 1
    return f"column {name}"
