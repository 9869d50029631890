"""Grids of many pieces: a folder with a text file per language, and data sets of the hub."""

from collections import Counter
from contextlib import nullcontext
from logging import CRITICAL
from pathlib import Path
from typing import Any

from alignment import InputError, RunError, one_line
from alignment.engines.waiting import patience, patient_hub
from alignment.grids.checks import count, shorten
from alignment.grids.documents import package
from alignment.grids.sheets import Sheet
from alignment.grids.text import read_text

HUB = "hub:"
PROBE_SECONDS = 3
# parts of file names, some of which are also codes of languages (dev is Domung)
_NOT_LANGUAGES = {"dev", "devtest", "test", "train", "txt", "src", "ref", "tok", "raw"}
_SPLITS = ("test", "devtest", "validation", "dev", "train")  # the first of these is read


def read_folder(path: Path, sheet: Sheet) -> None:
    """Read a text per line, of a language per file, line n of every file being concept n.

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
        rows=[(number, row) for number, row in rows if any(cell.strip() for cell in row)],
        label=lambda column: f"file '{files[column].name}'",
        row="line",
    )


def _heading(name: str, shared: set[str], sheet: Sheet) -> str:
    """Return the part of a file name that is its heading, or else the first that differs."""
    parts = [part for part in name.split(".") if part not in shared] or [name]
    parts = [part for part in parts if part not in _NOT_LANGUAGES] or parts
    return ([part for part in parts if sheet.is_heading(part)] or parts[:1])[-1]


def read_hub(source: str, sheet: Sheet) -> None:
    """Read a data set of the hub or in a folder: a column per language, a row per concept.

    The columns may stand in one, as in translation: {en: …, de: …}. Columns that are not text or
    not languages are left out. If there are several splits, the one for testing is read.
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
    datasets, hub = package("datasets", HUB), package("huggingface_hub", HUB)
    local = Path(source).exists()
    datasets.disable_progress_bars()
    for library in (datasets, hub):
        library.utils.logging.set_verbosity(CRITICAL)
    try:
        with nullcontext() if local else patient_hub(patience.get(), needed=False):
            if not local and not hub.constants.HF_HUB_OFFLINE:
                hub.HfApi().dataset_info(source, timeout=PROBE_SECONDS)  # before long retries
            return datasets.load_dataset(source)
    except Exception as error:  # many packages read the files, which may hold anything
        why = one_line(error.__cause__ or error)
    wrong, remedy = (InputError, "look at its files") if local else (RunError, "look at its name")
    raise wrong(f"data set '{HUB}{source}' cannot be read: {why}; {remedy}")
