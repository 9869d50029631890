"""Workbooks (.xlsx), translation memories (.tmx), folders of texts, and data sets of the hub.

Limits protect from untrusted workbooks and memories. A package that only one kind of source needs
is imported when a source of that kind is read.
"""

import io
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from logging import CRITICAL
from pathlib import Path
from typing import Any

from alignment import InputError, RunError, one_line
from alignment.grids.checks import count, shorten
from alignment.grids.sheets import Sheet, letter
from alignment.grids.text import read_bytes, read_text

HUB = "hub:"
PROBE_SECONDS = 3
MAX_BYTES = 200_000_000  # of an unpacked workbook
MAX_ROWS = 1_048_576  # the limit of spreadsheets
MAX_CELLS = 10_000_000
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
# parts of file names, some of which are codes of languages too (dev is Domung)
_NOT_LANGUAGES = {"dev", "devtest", "test", "train", "txt", "src", "ref", "tok", "raw"}
_SPLITS = ("test", "devtest", "validation", "dev", "train")  # the first of these is read


def read_workbook(path: Path, sheet: Sheet) -> None:
    """Read the first sheet of a workbook like a table, with the saved values of formulas."""
    openpyxl = _package("openpyxl", ".xlsx")
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
    sheet.add_table(header, body, top=number)


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
        texts = []
        for column, cell in enumerate(row):
            if cell.data_type == "e":
                place = f"row {number}, {letter(column)}"
                sheet.problem(place, f"holds the error {cell.value}", "mend it, or empty the cell")
            whole = isinstance(cell.value, float) and cell.value.is_integer()
            value = int(cell.value) if whole else cell.value
            texts.append("" if value is None else str(value))
        if any(map(str.strip, texts)):
            yield number, texts


def read_memory(path: Path, sheet: Sheet) -> None:
    """Read a translation memory: each unit is a concept, named by its number.

    Codes of the document in a segment (bpt, ept, it, ph, ut) are left out. A document type may be
    named, as in TMX 1.4, but is not loaded; entities are refused.
    """
    etree = _package("defusedxml.ElementTree", ".tmx")
    raw = read_bytes(path)
    try:
        for _, unit in etree.iterparse(io.BytesIO(raw)):
            if _tag(unit) == "tu":
                place, cells = f"unit {len(sheet.entries) + 1}", []
                for variant in unit.iterfind("{*}tuv"):
                    language = variant.get(_LANGUAGE) or variant.get("lang") or ""
                    text = "".join(map(_text, variant.findall("{*}seg")[:1]))
                    cells.append((language, f"{place}, language '{language}'", text))
                sheet.add_object(place, place.split()[1], cells)
                unit.clear()
    except (SyntaxError, ValueError, LookupError, RecursionError) as error:  # ParseError is syntax
        raise _unreadable(path, "TMX", error) from None
    if not sheet.entries:
        raise _unreadable(path, "TMX", "it has no <tu>")


def _text(element: Any) -> str:
    inner = ((_text(part) if _tag(part) == "hi" else "") + (part.tail or "") for part in element)
    return (element.text or "") + "".join(inner)


def _tag(element: Any) -> str:
    return element.tag.rpartition("}")[2]


def read_folder(path: Path, sheet: Sheet) -> None:
    """Read one file per language and one text per line; line n of every file is concept n.

    An empty line is a gap. The language is read from the part of the file name that differs between
    files and names a language; if several do, from the last: eng_Latn.devtest, tatoeba.deu-eng.deu.
    """
    try:
        files = sorted(f for f in path.iterdir() if f.is_file() and not f.name.startswith("."))
    except OSError as error:
        raise InputError(f"folder '{path}' cannot be read: {one_line(error)}") from None
    if not files:
        raise InputError(f"folder '{path}' has no files; put a text file per language into it")
    columns = []
    for file in files:
        try:  # other scripts have further characters that str.splitlines takes for line ends
            text = read_text(file, "line").replace("\r\n", "\n").removesuffix("\n")
            columns.append(text.split("\n"))
        except InputError as error:
            sheet.problem(file.name, str(error))
    sheet.raise_problems()
    lengths = Counter(map(len, columns))
    usual, _ = lengths.most_common(1)[0]
    for file, column in zip(files, columns, strict=True):
        if len(column) != usual:
            what = f"{count(len(column), 'line')}, where {lengths[usual]} have {usual:,}"
            sheet.problem(f"file '{file.name}'", what, "line n of every file is the same text")
    sheet.raise_problems()
    shared = set.intersection(*(set(file.name.split(".")) for file in files))
    rows = enumerate(map(list, zip(*columns, strict=True)), 1)
    sheet.add_table(
        header=[_heading(file.name, shared, sheet) for file in files],
        rows=[(number, row) for number, row in rows if any(map(str.strip, row))],
        label=lambda column: f"file '{files[column].name}'",
        row="line",
    )


def _heading(name: str, shared: set[str], sheet: Sheet) -> str:
    """Return the part of a file name that names a language, or else the first that differs."""
    parts = [part for part in name.split(".") if part not in shared] or [name]
    parts = [part for part in parts if part not in _NOT_LANGUAGES] or parts
    return ([part for part in parts if sheet.is_heading(part)] or parts[:1])[-1]


def read_hub(source: str, sheet: Sheet) -> None:
    """Read a data set of the hub or in a folder: a column per language, a row per concept.

    The languages may be fields of one column, as in translation: {en: …, de: …}. Columns without
    text or without a language are left out. Of several splits the one for testing is read.
    """
    splits = _splits(source)
    split = next((name for name in _SPLITS if name in splits), next(iter(splits)))
    rows = splits[split].flatten()
    texts = [name for name, kind in rows.features.items() if "string" in getattr(kind, "dtype", "")]
    texts = [name for name in texts if name.startswith("translation.")] or texts
    headings = {name: name.rpartition(".")[2] for name in texts}
    languages = [name for name, heading in headings.items() if sheet.is_heading(heading)]
    columns = languages if len(languages) > 1 else texts
    cells = zip(*(rows[column] for column in columns), strict=True)
    sheet.add_table(
        header=[headings[column] for column in columns],
        rows=[(number, [cell or "" for cell in row]) for number, row in enumerate(cells, 1)],
        label=lambda column: f"column '{columns[column]}'",
    )
    if len(splits) > 1:
        sheet.remarks.append(f"split '{split}' of {', '.join(splits)} is read")
    if left := [shorten(name) for name in rows.column_names if name not in columns]:
        sheet.remarks.append(f"columns left out, as no languages: {', '.join(left)}")


def _splits(source: str) -> Any:
    datasets, hub = _package("datasets", HUB), _package("huggingface_hub", HUB)
    local = Path(source).exists()
    datasets.disable_progress_bars()
    for library in (datasets, hub):
        library.utils.logging.set_verbosity(CRITICAL)
    try:
        if not local and not hub.constants.HF_HUB_OFFLINE:
            hub.HfApi().dataset_info(source, timeout=PROBE_SECONDS)  # before long retries
        return datasets.load_dataset(source)
    except Exception as error:  # many packages read the files and raise errors of any kind
        why = one_line(error.__cause__ or error)
    wrong, remedy = (InputError, "look at its files") if local else (RunError, "look at its name")
    raise wrong(f"data set '{HUB}{source}' cannot be read: {why}; {remedy}")


def _package(name: str, purpose: str) -> Any:
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
