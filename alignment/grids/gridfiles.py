"""Tables of grids: a spreadsheet's export → the parts of a ConceptGrid, and a grid → a table.

A table has one row a concept and one column a language, and may have columns "concept" and
"category".
"""

import csv
import io
from pathlib import Path

from alignment.grids.entries import (
    NO_CATEGORY,
    NOT_LANGUAGES,
    Entry,
    language_of,
    name_concepts,
    parts,
    put,
    split_templates,
    twice,
)
from alignment.grids.filechecks import Check, count, shorten
from alignment.grids.filetext import read_text, table_rows

ENDINGS = (".csv", ".tsv", ".json")


def read_table(path) -> dict:
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
    check = Check(Path(path))
    rows, delimiter = table_rows(read_text(check.path), check)
    (number, header), *body = rows or [(1, [])]
    columns = _columns(number, _headed(header, body), check)
    rows = [_entry(row, cells, columns, delimiter, check) for row, cells in body]
    entries, templates = split_templates(rows, check)
    if not body and not check.problems:
        check.problem(f"row {number}", "a header and no rows below it", "add one row a concept")
    codes = [name for name in columns.values() if name and name not in NOT_LANGUAGES]
    name_concepts(entries, codes, "concept" in columns.values(), check)
    short = [row for row, cells in body if len(cells) < len(columns)]
    notices = _short_rows(short, check.path)
    if "category" in columns.values():
        notices += _without_category(entries, check.path)
    return parts(entries, codes, check, notices, templates)


def write_table(path, grid) -> None:
    """Write a grid as a table that spreadsheets open and ``read_table`` reads back equal.

    UTF-8 with byte order mark; commas, or tabs where the file's name ends in .tsv. The folder must
    be there. A file of that name is replaced.
    """
    path, table = Path(path), io.StringIO(newline="")
    delimiter = "\t" if path.suffix.casefold() == ".tsv" else ","
    writer = csv.writer(table, delimiter=delimiter, lineterminator="\n")
    writer.writerow([*NOT_LANGUAGES, *grid.languages])
    writer.writerows(
        [concept, category, *(text or "" for text in texts)]
        for concept, category, texts in zip(grid.concepts, grid.categories, grid.texts, strict=True)
    )
    if grid.templates:
        writer.writerow(
            ["template", "", *(grid.templates.get(code, "") for code in grid.languages)]
        )
    path.write_bytes(table.getvalue().encode("utf-8-sig"))


def _headed(header: list[str], body) -> list[str | None]:
    """Cut empty headings off the end; None stands for an empty one over an empty column."""
    while header and not header[-1].strip():
        header = header[:-1]
    used = {column for _, cells in body for column, cell in enumerate(cells) if cell.strip()}
    return [
        heading if heading.strip() or column in used else None
        for column, heading in enumerate(header)
    ]


def _columns(row: int, header: list[str | None], check: Check) -> dict[int, str]:
    """Return {column: language code, "concept", "category", or "" where it is none of these}."""
    columns, seen = {}, {}
    for column, heading in enumerate(header):
        if heading is None:
            columns[column] = ""
            continue
        place = f"row {row}, column {_letter(column)}"
        heading = check.cell(heading, place)
        name = heading.casefold() if heading.casefold() in NOT_LANGUAGES else ""
        columns[column] = name or language_of(heading, place, check)
        if columns[column] and columns[column] in seen:
            check.problem(place, twice(heading, columns[column], seen[columns[column]]), "keep one")
        seen.setdefault(columns[column], f"{shorten(heading)} in column {_letter(column)}")
    languages = [h for i, h in enumerate(header) if h and columns[i] not in NOT_LANGUAGES]
    if len(languages) < 2:
        found = "one language only" if languages else "no language"
        check.problem(f"row {row}", found, "a comparison needs two, one a column")
    return columns


def _entry(row, cells, columns, delimiter, check) -> Entry:
    entry = Entry(f"row {row}")
    surplus = [cell for cell in cells[len(columns) :] if cell.strip()]
    if surplus:
        check.problem(
            f"{entry.place}, column {_letter(cells.index(surplus[0], len(columns)))}",
            f"{shorten(surplus[0])} stands beyond the header, which has "
            f"{count(len(columns), 'column')}",
            f"give the column a heading, or put a text that has {shorten(delimiter)} in it between "
            "quotation marks",
        )
    for (column, name), cell in zip(columns.items(), cells, strict=False):
        place = f"{entry.place}, column {_letter(column)} ({name or 'unknown'})"
        if _swallows_rows(cell, delimiter, len(columns)):
            check.problem(
                place,
                f"{shorten(cell)} goes on over the rows below it",
                "look for a quotation mark that is not closed",
            )
        put(entry, name, check.cell(cell, place))
    return entry


def _swallows_rows(cell: str, delimiter: str, width: int) -> bool:
    """Tell whether the line breaks in a cell come with the delimiters of as many whole rows."""
    breaks = cell.strip().count("\n")
    return width > 1 and breaks > 0 and cell.count(delimiter) == breaks * (width - 1)


def _short_rows(rows: list[int], path: Path) -> list[str]:
    if not rows:
        return []
    some = ", ".join(map(str, rows[:5])) + (", …" if len(rows) > 5 else "")
    has = "has" if len(rows) == 1 else "have"
    return [
        f"file '{path}': {count(len(rows), 'row')} {has} fewer cells than the header ({some}); "
        "the others are read as empty"
    ]


def _without_category(entries: list[Entry], path: Path) -> list[str]:
    missing = sum(not entry.category for entry in entries)
    if not missing:
        return []
    return [f"file '{path}': category '{NO_CATEGORY}' for {count(missing, 'concept')} without one"]


def _letter(column: int) -> str:
    """Name a column as spreadsheets do: A to Z, AA …"""
    letters = ""
    while column >= 0:
        letters = chr(ord("A") + column % 26) + letters
        column = column // 26 - 1
    return letters
