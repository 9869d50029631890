"""Grids in files: a source of any kind → entries → the parts of a grid, and a grid → a table.

Each kind has one reader, a function from what a person named to a Sheet. Readers that need a
package import it when they are called.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alignment import InputError
from alignment.engines.files import write_whole
from alignment.grids.checks import Check, shorten
from alignment.grids.documents import read_memory, read_workbook
from alignment.grids.folders import HUB, read_folder, read_hub
from alignment.grids.languages import language_code
from alignment.grids.parts import parts
from alignment.grids.sheets import (
    ROLES,
    Entry,
    Sheet,
    Table,
    letter,
    object_entry,
    table_sheet,
)
from alignment.grids.text import is_folder, read_text, table_rows

if TYPE_CHECKING:
    from alignment.grids.concept_grid import ConceptGrid

Reader = Callable[[Path, Check, Sequence[str]], Sheet]


def read_grid(
    source: str | PathLike[str], strict: bool = False, kind: str | None = None
) -> dict[str, Any]:
    """Read a source into the arguments of ConceptGrid; the name is the file's without its ending.

    Args:
        source: a file, a folder with a text file per language, or hub:OWNER/DATASET.
        strict: whether damage that can be repaired is an error too.
        kind: ".csv" …; None: as the file's name ends.

    Raises:
        InputError: with the first problems of the source, and how many more there are.
        RunError: when a package is missing, or the hub cannot be reached.
    """
    sheet, check = read_sheet(source, ROLES, strict, kind)
    return parts(sheet, check, Path(str(source).removeprefix(HUB)).stem)


def read_sheet(
    source: str | PathLike[str],
    roles: Sequence[str] = ROLES,
    strict: bool = False,
    kind: str | None = None,
) -> tuple[Sheet, Check]:
    """Read the entries of a source, with the problems found so far.

    Columns that are headed by one of the roles are not languages.
    """
    named, path = str(source), Path(source)
    if named.startswith(HUB):
        check = Check(f"data set '{named}'", strict)
        sheet = read_hub(named.removeprefix(HUB), check, roles)
    elif is_folder(path):
        check = Check(f"folder '{path}'", strict)
        sheet = read_folder(path, check, roles)
    else:
        check = Check(f"file '{path}'", strict)
        sheet = READERS[kind or path.suffix.casefold()](path, check, roles)
    sheet.compose_mixed(check)
    return sheet, check


def read_table(path: Path, check: Check, roles: Sequence[str]) -> Sheet:
    """Read a table with commas, semicolons or tabs, as a spreadsheet exports it.

    UTF-8 with or without byte order mark or UTF-16 with it, any line ends, line breaks in quotes,
    empty rows and columns, columns in any order. Languages are codes or names (see
    ``language_code``). Without a column "concept" the English text names the concept, else the
    first language's; where that cell is empty, the first text of the row. An empty cell is a gap.
    A row whose texts hold {} is no concept: it gives the sentence that each language puts a word
    into, its templates.
    """

    def is_heading(cell: str) -> bool:
        return cell.strip().casefold() in roles or bool(language_code(cell))

    rows, delimiter = table_rows(read_text(path), is_heading, check)
    (number, header), *body = rows or [(1, [])]
    return table_sheet(Table(header, body, letter, top=number, delimiter=delimiter), check, roles)


def read_json(path: Path, check: Check, roles: Sequence[str]) -> Sheet:
    """Read {concept: {language: text}}; null and "" are gaps.

    The key "category" is not a language. The languages stand in the order in which the file
    first has them. An object whose texts hold {} is the templates.
    """
    data = _json(read_text(path), path)
    if not isinstance(data, _Object):
        check.problem("at the top", f"{_kind(data)}, not {{concept: {{language: text}}}}")
    elif not data:
        check.problem("at the top", "no concepts", "write {concept: {language: text}}")
    check.raise_problems()
    keys = [role for role in roles if role != "concept"]
    return Sheet([_json_entry(concept, row, check, keys) for concept, row in data])


READERS: dict[str, Reader] = {
    ".csv": read_table,
    ".tsv": read_table,
    ".json": read_json,
    ".xlsx": read_workbook,
    ".tmx": read_memory,
}


def write_table(path: str | PathLike[str], grid: "ConceptGrid") -> None:
    """Write a grid as a table that spreadsheets open and ``read_grid`` reads back equal.

    UTF-8 with byte order mark; commas, or tabs where the file's name ends in .tsv. A file of that
    name is replaced by a whole one, or left as it was.
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
    write_whole(path, table.getvalue().encode("utf-8-sig"))


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


def _json_entry(concept: str, row: Any, check: Check, roles: Sequence[str]) -> Entry:
    entry = Entry(f"concept {shorten(concept)}")
    entry.roles["concept"] = check.cell(concept, entry.place)
    if not isinstance(row, _Object):
        check.problem(entry.place, f"{_kind(row)}, not {{language: text}}")
        return entry

    def cells() -> Iterator[tuple[str, str, str]]:
        for key, value in row:
            place = f"{entry.place}, key {shorten(key)}"
            if value is not None and not isinstance(value, str):
                check.problem(place, f"{_kind(value)}, not a text", "write it in quotation marks")
                value = ""
            yield key, place, value or ""

    return object_entry(entry, cells(), check, roles)


def _kind(value: Any) -> str:
    kinds = {_Object: "an object", list: "a list", str: "a text", bool: "true or false"}
    return "null" if value is None else kinds.get(type(value), "a number")
