"""Workbooks, Parquet files and translation memories.

Limits protect from untrusted workbooks and memories. A package that only one kind of source needs
is imported when a source of that kind is read.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from alignment import InputError, RunError, one_line
from alignment.grids.checks import count, shorten
from alignment.grids.languages import code_of_tag
from alignment.grids.sheets import Sheet, letter
from alignment.grids.text import add_data

MAX_BYTES = 200_000_000  # of an unpacked workbook
MAX_ROWS = 1_048_576  # the limit of spreadsheets
MAX_CELLS = 10_000_000
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def read_workbook(raw: bytes, path: Path, sheet: Sheet) -> None:
    """Read the first visible sheet of a workbook, with the saved values of formulas."""
    openpyxl = package("openpyxl", ".xlsx")
    try:
        _require_harmless(raw, path)
        with warnings.catch_warnings(action="ignore"):  # about styles and the like
            books = [
                openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=saved)
                for saved in (True, False)
            ]
            visible = [page for page in books[0].worksheets if page.sheet_state == "visible"]
            page = (visible or books[0].worksheets)[0]
            rows = list(_rows(page, books[1][page.title], path, sheet))
    except InputError:
        raise
    except Exception as error:  # openpyxl raises errors of any kind for damaged files
        raise _unreadable(path, "a workbook", error) from None
    others = [other for other in books[0].worksheets if other is not page]
    if others:
        hidden = {False: "", True: " (hidden)"}
        names = ", ".join(
            f"{shorten(other.title)}{hidden[other.sheet_state != 'visible']}" for other in others
        )
        sheet.remarks.append(f"sheet {shorten(page.title)} is read; left out: {names}")
    if not rows:
        raise InputError(
            f"file '{path}': the first sheet is empty; write one row per concept, one column per "
            "language"
        )
    (top, header), *body = rows
    sheet.add_table([cell or "" for cell in header], body, top=top)


def _require_harmless(raw: bytes, path: Path) -> None:
    """Refuse an archive that unpacks to too much, and XML that declares entities."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        if sum(member.file_size for member in archive.infolist()) > MAX_BYTES:
            raise _too_large(path)
        if any(b"<!DOCTYPE" in archive.read(m).replace(b"\0", b"") for m in archive.infolist()):
            raise _unreadable(path, "a workbook", "it declares a document type")


def _rows(page: Any, formulas: Any, path: Path, sheet: Sheet) -> Iterator[tuple[str, list[Any]]]:
    """Yield the rows that are not empty, whatever size the page claims to have."""
    from openpyxl.utils.escape import unescape

    page.reset_dimensions()
    formulas.reset_dimensions()
    cells, unsaved = 0, []
    both = zip(page.iter_rows(), formulas.iter_rows(), strict=False)
    for number, (row, sources) in enumerate(both, 1):
        cells += len(row)
        if number > MAX_ROWS or cells > MAX_CELLS:
            raise _too_large(path)
        texts = [unescape(c.value) if isinstance(c.value, str) else c.value for c in row]
        for column, (text, source) in enumerate(zip(texts, sources, strict=False)):
            if text is None and source.value is not None:
                unsaved.append(f"row {number}, {letter(column)}")
        if any(text is not None and str(text).strip() for text in texts):
            yield f"row {number}", texts
    if unsaved:
        formulas_in = count(len(unsaved), "formula")
        sheet.remarks.append(
            f"{formulas_in} without a saved value, read as empty (first: {unsaved[0]}); open the "
            "file in a spreadsheet and save it"
        )


def read_parquet(raw: bytes, path: Path, sheet: Sheet) -> None:
    """Read a Parquet file; the fields of a struct are columns."""
    add_data(columns_of(raw, path), sheet, "row")


def columns_of(raw: bytes, path: Path) -> dict[str, list[Any]]:
    """Return {name: values} of the columns of a Parquet file."""
    parquet = package("pyarrow.parquet", ".parquet")
    try:
        table = parquet.read_table(io.BytesIO(raw)).flatten()
        return {name: table.column(name).to_pylist() for name in table.column_names}
    except Exception as error:  # pyarrow raises errors of its own classes
        raise _unreadable(path, "a Parquet file", error) from None


def read_memory(raw: bytes, path: Path, sheet: Sheet) -> None:
    """Read a translation memory: each unit is a concept, named by its number.

    Codes of the document in a segment (bpt, ept, it, ph, ut) are left out, or are a space if they
    break a line. Units with the same first text are joined where they do not contradict each other.
    A document type may be named, as in TMX 1.4, but is not loaded; entities are refused.
    """
    etree = package("defusedxml.ElementTree", ".tmx")
    units: list[tuple[str, dict[str, str]]] = []
    number = further = 0
    try:
        for _, unit in etree.iterparse(io.BytesIO(raw)):
            if _tag(unit) == "tu":
                number += 1
                texts: dict[str, str] = {}
                segments = 0
                for variant in unit.iterfind("{*}tuv"):
                    tag = variant.get(_LANGUAGE) or variant.get("lang") or ""
                    code = code_of_tag(tag) or tag
                    found = variant.findall("{*}seg")[:1]
                    segments += len(found)
                    further += bool(texts.get(code))
                    texts.setdefault(code, "".join(map(_text, found)))
                if not segments:
                    sheet.problem(f"unit {number}", "no <seg>", "a <tuv> holds its text in a <seg>")
                units.append((f"unit {number}", texts))
                unit.clear()
    except (SyntaxError, ValueError, LookupError, RecursionError) as error:  # ParseError is syntax
        raise _unreadable(path, "TMX", error) from None
    if not units:
        raise _unreadable(path, "TMX", "it has no <tu>")
    if further:
        what = count(further, "further translation")
        sheet.remarks.append(f"{what} in units that have one in the language, left out")
    joined = _joined(units)
    if len(joined) < len(units):
        sheet.remarks.append(f"{len(units):,} units joined to {len(joined):,} by their first text")
    header = list(dict.fromkeys(code for _, texts in joined for code in texts))
    rows = [(place, list(map(texts.get, header))) for place, texts in joined]
    sheet.explicit = True
    sheet.add_table(header, rows, lambda i: f"language {shorten(header[i])}", numbered=True)


def _joined(units: list[tuple[str, dict[str, str]]]) -> list[tuple[str, dict[str, str]]]:
    """Join units with the same first text, unless they differ in a language."""
    joined: dict[tuple[str, str], list[tuple[str, dict[str, str]]]] = {}
    order = []
    for place, texts in units:
        first = next(((code, text) for code, text in texts.items() if text.strip()), ("", place))
        for _, others in joined.setdefault(first, []):
            if all(others.get(code, text) == text for code, text in texts.items()):
                others |= texts
                break
        else:
            joined[first].append((place, dict(texts)))
            order.append(joined[first][-1])
    return order


def _text(element: Any) -> str:
    inner = ""
    for part in element:
        tag, code = _tag(part), "".join(part.itertext())
        if tag == "hi":
            inner += _text(part)
        elif (
            re.search(r"<\s*(br|lb|p|/p)\b|\n|\\n", code, re.IGNORECASE) or part.get("type") == "lb"
        ):
            inner += " "
        inner += part.tail or ""
    return (element.text or "") + inner


def _tag(element: Any) -> str:
    return element.tag.rpartition("}")[2]


def package(name: str, purpose: str) -> Any:
    """Import an optional package, or raise RunError with the line that installs it."""
    try:
        return import_module(name)
    except ModuleNotFoundError:
        distribution = name.partition(".")[0]
        raise RunError(f"{purpose} needs {distribution}; pip install {distribution}") from None


def _too_large(path: Path) -> InputError:
    return InputError(
        f"file '{path}' has more than {MAX_BYTES / 1e6:.0f} MB, {MAX_ROWS:,} rows or "
        f"{MAX_CELLS:,} cells; split it"
    )


def _unreadable(path: Path, what: str, reason: Exception | str) -> InputError:
    why = one_line(reason)
    return InputError(f"file '{path}' is not {what} that can be read: {why}; save it again")
