"""Folders of texts, and data sets of the hub."""

from collections import Counter
from logging import CRITICAL
from pathlib import Path
from typing import Any

from alignment import InputError, RunError, one_line
from alignment.grids.checks import count, shorten
from alignment.grids.documents import columns_of, package
from alignment.grids.evidence import misspelt
from alignment.grids.languages import language_code, literal_code
from alignment.grids.sheets import Sheet
from alignment.grids.text import add_data, content_of, decoded, records_of

HUB = "hub:"
SAVED = ("dataset_info.json", "dataset_dict.json")  # files of Dataset.save_to_disk
PROBE_SECONDS = 3
# parts of file names, some of which are codes of languages too (dev is Domung)
_NOT_LANGUAGES = {"dev", "devtest", "test", "train", "txt", "src", "ref", "tok", "raw"}
_SPLITS = ("test", "devtest", "validation", "dev", "train")  # the first of these is read


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
        raw = content_of(file)
        if _stem(file).endswith(".parquet"):
            columns = columns_of(raw, file)
            rows = zip(*columns.values(), strict=True)
            records += (dict(zip(columns, row, strict=True)) for row in rows)
        else:
            records += records_of(raw, file)
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
    datasets, hub = package("datasets", HUB), package("huggingface_hub", HUB)
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
