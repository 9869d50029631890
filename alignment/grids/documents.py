"""Workbooks (.xlsx) and translation memories (.tmx), as one who does not trust them reads them."""

import io
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from alignment import InputError, RunError, one_line
from alignment.grids.checks import Check
from alignment.grids.sheets import Entry, Sheet, Table, letter, object_entry, table_sheet
from alignment.grids.text import read_bytes

MAX_BYTES = 200_000_000  # of a workbook, unpacked
MAX_ROWS = 1_048_576  # as spreadsheets have
MAX_CELLS = 10_000_000
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def package(name: str, purpose: str) -> ModuleType:
    """Return a package that few need; where it is not installed, say how it is."""
    try:
        return import_module(name)
    except ModuleNotFoundError:
        distribution = name.partition(".")[0]
        raise RunError(f"{purpose} needs {distribution}; pip install {distribution}") from None


def read_workbook(path: Path, check: Check, roles: Sequence[str]) -> Sheet:
    """Read the first sheet of a workbook like a table; of a formula, the value it was saved with.

    Raises:
        InputError: when it is not a workbook, or unpacks to more than a workbook should.
    """
    openpyxl = package("openpyxl", ".xlsx")
    raw = read_bytes(path)
    try:
        _look_into(raw, path)
        with warnings.catch_warnings(action="ignore"):  # of styles and the like
            book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
            rows = list(_rows(book.worksheets[0], path, check))
    except InputError:
        raise
    except Exception as error:  # whatever a package says of bytes that may be anything
        raise _unreadable(path, "a workbook", error) from None
    if not rows:
        raise InputError(
            f"file '{path}': the first sheet is empty; write one row per concept, one column per "
            "language"
        )
    (number, header), *body = rows
    return table_sheet(Table(header, body, letter, top=number), check, roles)


def _look_into(raw: bytes, path: Path) -> None:
    """Refuse an archive that unpacks to too much, and XML that declares entities of its own."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        if sum(member.file_size for member in archive.infolist()) > MAX_BYTES:
            raise _too_large(path)
        if any(b"<!DOCTYPE" in archive.read(m).replace(b"\0", b"") for m in archive.infolist()):
            raise _unreadable(path, "a workbook", ValueError("it declares a document type"))


def _rows(sheet: Any, path: Path, check: Check) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows with anything in them, whatever size the sheet says that it has."""
    sheet.reset_dimensions()
    seen = 0
    for number, row in enumerate(sheet.iter_rows(), 1):
        seen += len(row)
        if number > MAX_ROWS or seen > MAX_CELLS:
            raise _too_large(path)
        cells = [_cell_text(cell.value) for cell in row]
        for column, cell in enumerate(row):
            if cell.data_type == "e":
                place = f"row {number}, {letter(column)}"
                check.problem(place, f"holds the error {cell.value}", "mend it, or empty the cell")
        if any(cell.strip() for cell in cells):
            yield number, cells


def _cell_text(value: Any) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def read_memory(path: Path, check: Check, roles: Sequence[str]) -> Sheet:
    """Read a translation memory: a unit is a concept, which its number names.

    What stands in a segment as code of its document (bpt, ept, it, ph, ut) is left out. A document
    type may be named, as in TMX 1.4, and is not loaded; entities are refused.

    Raises:
        InputError: when it is not TMX.
    """
    etree = package("defusedxml.ElementTree", ".tmx")
    raw = read_bytes(path)
    entries: list[Entry] = []
    try:
        for _, unit in etree.iterparse(io.BytesIO(raw)):
            if _name(unit) == "tu":
                entry = Entry(f"unit {len(entries) + 1}", roles={"concept": f"{len(entries) + 1}"})
                entries.append(object_entry(entry, _variants(unit, entry.place), check, roles))
                unit.clear()
    except (SyntaxError, ValueError, LookupError, RecursionError) as error:  # ParseError is syntax
        raise _unreadable(path, "TMX", error) from None
    if not entries:
        raise _unreadable(path, "TMX", ValueError("it has no <tu>"))
    return Sheet(entries)


def _variants(unit: Any, place: str) -> Iterator[tuple[str, str, str]]:
    for variant in unit:
        if _name(variant) == "tuv":
            language = variant.get(_LANGUAGE) or variant.get("lang") or ""
            segment = next((child for child in variant if _name(child) == "seg"), None)
            text = "" if segment is None else _text(segment)
            yield language, f"{place}, language '{language}'", text


def _text(element: Any) -> str:
    inner = ((_text(part) if _name(part) == "hi" else "") + (part.tail or "") for part in element)
    return (element.text or "") + "".join(inner)


def _name(element: Any) -> str:
    return element.tag.rpartition("}")[2]


def _too_large(path: Path) -> InputError:
    return InputError(
        f"file '{path}' has more than {MAX_BYTES / 1e6:.0f} MB, {MAX_ROWS:,} rows or "
        f"{MAX_CELLS:,} cells; split it"
    )


def _unreadable(path: Path, what: str, error: Exception) -> InputError:
    why = one_line(error)
    return InputError(f"file '{path}' is not {what} that can be read: {why}; save it again")
