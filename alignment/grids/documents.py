"""Workbooks (.xlsx) and translation memories (.tmx), with limits for untrusted files."""

import io
import warnings
import zipfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from alignment import InputError, RunError, one_line
from alignment.grids.sheets import Sheet, letter
from alignment.grids.text import read_bytes

MAX_BYTES = 200_000_000  # of an unpacked workbook
MAX_ROWS = 1_048_576  # the limit of spreadsheets
MAX_CELLS = 10_000_000
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def package(name: str, purpose: str) -> ModuleType:
    """Import an optional package, or raise RunError with the line that installs it."""
    try:
        return import_module(name)
    except ModuleNotFoundError:
        distribution = name.partition(".")[0]
        raise RunError(f"{purpose} needs {distribution}; pip install {distribution}") from None


def read_workbook(path: Path, sheet: Sheet) -> None:
    """Read the first sheet of a workbook like a table, with the saved values of formulas."""
    openpyxl = package("openpyxl", ".xlsx")
    raw = read_bytes(path)
    try:
        _require_harmless(raw, path)
        with warnings.catch_warnings(action="ignore"):  # about styles and the like
            book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
            rows = list(_rows(book.worksheets[0], path, sheet))
    except InputError:
        raise
    except Exception as error:  # openpyxl raises errors of any kind for damaged files
        raise _unreadable(path, "a workbook", error) from None
    if not rows:
        raise InputError(
            f"file '{path}': the first sheet is empty; write one row per concept, one column per "
            "language"
        )
    (number, header), *body = rows
    sheet.add_table(header, body, letter, top=number)


def _require_harmless(raw: bytes, path: Path) -> None:
    """Refuse an archive that unpacks to too much, and XML that declares entities."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        if sum(member.file_size for member in archive.infolist()) > MAX_BYTES:
            raise _too_large(path)
        if any(b"<!DOCTYPE" in archive.read(m).replace(b"\0", b"") for m in archive.infolist()):
            raise _unreadable(path, "a workbook", "it declares a document type")


def _rows(page: Any, path: Path, sheet: Sheet) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not empty, whatever size the page claims to have."""
    page.reset_dimensions()
    cells = 0
    for number, row in enumerate(page.iter_rows(), 1):
        cells += len(row)
        if number > MAX_ROWS or cells > MAX_CELLS:
            raise _too_large(path)
        for column, cell in enumerate(row):
            if cell.data_type == "e":
                place = f"row {number}, {letter(column)}"
                sheet.problem(place, f"holds the error {cell.value}", "mend it, or empty the cell")
        texts = [_cell_text(cell.value) for cell in row]
        if any(text.strip() for text in texts):
            yield number, texts


def _cell_text(value: Any) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def read_memory(path: Path, sheet: Sheet) -> None:
    """Read a translation memory: a unit is a concept, which its number names.

    Codes of the document in a segment (bpt, ept, it, ph, ut) are left out. A document type may be
    named, as in TMX 1.4, and is not loaded; entities are refused.
    """
    etree = package("defusedxml.ElementTree", ".tmx")
    raw = read_bytes(path)
    try:
        for _, unit in etree.iterparse(io.BytesIO(raw)):
            if _tag(unit) == "tu":
                number = f"{len(sheet.entries) + 1}"
                sheet.add_object(f"unit {number}", number, _variants(unit, f"unit {number}"))
                unit.clear()
    except (SyntaxError, ValueError, LookupError, RecursionError) as error:  # ParseError is syntax
        raise _unreadable(path, "TMX", error) from None
    if not sheet.entries:
        raise _unreadable(path, "TMX", "it has no <tu>")


def _variants(unit: Any, place: str) -> Iterator[tuple[str, str, str]]:
    for variant in unit.iterfind("{*}tuv"):
        language = variant.get(_LANGUAGE) or variant.get("lang") or ""
        segment = variant.find("{*}seg")
        text = "" if segment is None else _text(segment)
        yield language, f"{place}, language '{language}'", text


def _text(element: Any) -> str:
    inner = ((_text(part) if _tag(part) == "hi" else "") + (part.tail or "") for part in element)
    return (element.text or "") + "".join(inner)


def _tag(element: Any) -> str:
    return element.tag.rpartition("}")[2]


def _too_large(path: Path) -> InputError:
    return InputError(
        f"file '{path}' has more than {MAX_BYTES / 1e6:.0f} MB, {MAX_ROWS:,} rows or "
        f"{MAX_CELLS:,} cells; split it"
    )


def _unreadable(path: Path, what: str, reason: Exception | str) -> InputError:
    why = one_line(reason)
    return InputError(f"file '{path}' is not {what} that can be read: {why}; save it again")
