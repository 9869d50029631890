"""Workbooks, Parquet files, translation memories, folders of texts, and data sets of the hub.

Limits protect from untrusted workbooks and memories. A package that only one kind of source needs
is imported when a source of that kind is read.
"""

import io
import re
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
from alignment.grids.evidence import misspelt
from alignment.grids.languages import code_of_tag, language_code, literal_code
from alignment.grids.sheets import Sheet, letter
from alignment.grids.text import add_data, content_of, decoded, read_lines

HUB = "hub:"
SAVED = ("dataset_info.json", "dataset_dict.json")  # files of Dataset.save_to_disk
PROBE_SECONDS = 3
MAX_BYTES = 200_000_000  # of an unpacked workbook
MAX_ROWS = 1_048_576  # the limit of spreadsheets
MAX_CELLS = 10_000_000
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
# parts of file names, some of which are codes of languages too (dev is Domung)
_NOT_LANGUAGES = {"dev", "devtest", "test", "train", "txt", "src", "ref", "tok", "raw"}
_SPLITS = ("test", "devtest", "validation", "dev", "train")  # the first of these is read


def read_workbook(raw: bytes, path: Path, sheet: Sheet) -> None:
    """Read the first visible sheet of a workbook, with the saved values of formulas."""
    openpyxl = _package("openpyxl", ".xlsx")
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
    parquet = _package("pyarrow.parquet", ".parquet")
    try:
        table = parquet.read_table(io.BytesIO(raw)).flatten()
        columns = {name: table.column(name).to_pylist() for name in table.column_names}
    except Exception as error:  # pyarrow raises errors of its own classes
        raise _unreadable(path, "a Parquet file", error) from None
    add_data(columns, sheet, "row")


def read_memory(raw: bytes, path: Path, sheet: Sheet) -> None:
    """Read a translation memory: each unit is a concept, named by its number.

    Codes of the document in a segment (bpt, ept, it, ph, ut) are left out, or are a space if they
    break a line. Units with the same first text are joined where they do not contradict each other.
    A document type may be named, as in TMX 1.4, but is not loaded; entities are refused.
    """
    etree = _package("defusedxml.ElementTree", ".tmx")
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


def read_folder(path: Path, sheet: Sheet) -> None:
    """Read one file per language and one text per line; line n of every file is concept n.

    An empty line is a gap. The language is read from the part of the file name that differs between
    files and names a language; if several do, from the last: eng_Latn.devtest, tatoeba.deu-eng.deu.
    Files in other languages than those wanted are not opened.
    """
    try:
        files = sorted(f for f in path.iterdir() if f.is_file() and not f.name.startswith("."))
    except OSError as error:
        raise InputError(f"folder '{path}' cannot be read: {one_line(error)}") from None
    if not files:
        raise InputError(f"folder '{path}' has no files; put a text file per language into it")
    if all(_stem(file).endswith((".jsonl", ".parquet")) for file in files):
        return _read_tables(files, sheet)
    shared = set.intersection(*(set(_stem(file).split(".")) for file in files))
    headings = _challenge(path, files) or [_heading(_stem(file), shared, sheet) for file in files]
    chosen = [
        (file, heading)
        for file, heading in zip(files, headings, strict=True)
        if not sheet.wanted
        or heading.casefold() in sheet.roles
        or {language_code(heading), literal_code(heading)} & sheet.wanted
    ]
    columns, languages = [], []
    for file, heading in chosen:
        if not sheet.is_heading(heading) and not misspelt(heading, ()):
            sheet.remarks.append(f"file {shorten(file.name)} left out, as no language")
            continue
        try:  # other scripts have further characters that str.splitlines takes for line ends
            text = decoded(content_of(file), file, "line").replace("\r\n", "\n")
            columns.append(text.removesuffix("\n").split("\n"))
            languages.append((file, heading))
        except InputError as error:
            sheet.problem(file.name, str(error))
    sheet.raise_problems()
    lengths = Counter(map(len, columns))
    usual = lengths.most_common(1)[0][0] if lengths else 0
    for (file, _), column in zip(languages, columns, strict=True):
        if len(column) != usual:
            what = f"{count(len(column), 'line')}, where {lengths[usual]} have {usual:,}"
            sheet.problem(f"file '{file.name}'", what, "line n of every file is the same text")
    sheet.raise_problems()
    rows = enumerate(map(list, zip(*columns, strict=True)), 1)
    sheet.add_table(
        header=[heading for _, heading in languages],
        rows=[(f"line {n}", row) for n, row in rows if any(map(str.strip, row))],
        label=lambda column: f"file '{languages[column][0].name}'",
        numbered=True,
    )


def _stem(file: Path) -> str:
    return file.name.removesuffix(".gz")


def _read_tables(files: list[Path], sheet: Sheet) -> None:
    """Read tables with one row per text that are split into files, as FLORES+ is."""
    records: list[Any] = []
    for file in files:
        reader = read_parquet if _stem(file).endswith(".parquet") else read_lines
        part = Sheet(f"file '{file}'", roles=())
        part.add_table = lambda header, rows, *_, **__: records.extend(  # type: ignore[method-assign]
            dict(zip(header, cells, strict=False)) for _, cells in rows
        )
        reader(content_of(file), file, part)
    add_data(records, sheet, "row")


def _challenge(path: Path, files: list[Path]) -> list[str]:
    """Return the headings of a test set of the Tatoeba Challenge: test.src, test.trg, test.id."""
    parts = [_stem(file).rpartition(".")[2] for file in files]
    languages = path.name.split("-")
    if not {"src", "trg"} <= set(parts) or len(languages) != 2:
        return []
    of_part = dict(zip(("src", "trg"), languages, strict=True))
    return [of_part.get(part, "") for part in parts]


def _heading(name: str, shared: set[str], sheet: Sheet) -> str:
    """Return the part of a file name that names a language, or else the first that differs."""
    parts = [part for part in name.split(".") if part not in shared] or [name]
    parts = [part for part in parts if part not in _NOT_LANGUAGES] or parts
    return ([part for part in parts if sheet.is_heading(part)] or parts[:1])[-1]


def read_hub(source: str, sheet: Sheet) -> None:
    """Read a data set of the hub or in a folder: a column per language, or a row per text.

    The languages may be fields of one column, as in translation: {en: …, de: …}. Of several splits
    the one for testing is read.
    """
    splits = _splits(source)
    split = next((name for name in _SPLITS if name in splits), next(iter(splits)))
    rows = splits[split].flatten()
    if len(splits) > 1:
        sheet.remarks.append(f"split '{split}' of {', '.join(splits)} is read")
    if any(name.startswith("translation.") for name in rows.column_names):
        rows = rows.select_columns([n for n in rows.column_names if n.startswith("translation.")])
    columns = {name: list(rows[name]) for name in rows.column_names}
    names = list(columns)
    cells = zip(*columns.values(), strict=True)
    sheet.add_table(
        header=[name.rpartition("translation.")[2] for name in names],
        rows=[(f"row {n}", list(row)) for n, row in enumerate(cells, 1)],
        label=lambda column: f"column '{names[column]}'",
        numbered=True,
    )


def _splits(source: str) -> Any:
    datasets, hub = _package("datasets", HUB), _package("huggingface_hub", HUB)
    local = Path(source).exists()
    datasets.disable_progress_bars()
    for library in (datasets, hub):
        library.utils.logging.set_verbosity(CRITICAL)
    try:
        if not local and not hub.constants.HF_HUB_OFFLINE:
            hub.HfApi().dataset_info(source, timeout=PROBE_SECONDS)  # before long retries
        if any(Path(source, name).exists() for name in SAVED):
            saved = datasets.load_from_disk(source)
            return saved if isinstance(saved, dict) else {"all": saved}
        try:  # pandas would take the words null, None and NA for gaps
            return datasets.load_dataset(source, keep_default_na=False)
        except (ValueError, TypeError):  # the data set is no CSV
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
