"""Grids of many pieces: a folder with a text file per language, and data sets of the hub."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from logging import CRITICAL
from pathlib import Path
from typing import Any

from alignment import InputError, RunError, one_line
from alignment.engines.waiting import patience, patient_hub
from alignment.grids.checks import Check, count, shorten
from alignment.grids.documents import package
from alignment.grids.languages import language_code
from alignment.grids.sheets import Sheet, Table, table_sheet
from alignment.grids.text import read_text

HUB = "hub:"
PROBE_SECONDS = 3
# parts of file names, of which some happen to be codes of languages (dev is Domung)
_NOT_LANGUAGES = {"dev", "devtest", "test", "train", "txt", "src", "ref", "tok", "raw"}
_SPLITS = ("test", "devtest", "validation", "dev", "train")  # the first one there is read


def read_folder(path: Path, check: Check, roles: Sequence[str]) -> Sheet:
    """Read a text per line, of a language per file, line n of every file being concept n.

    An empty line is a gap. The language is the part of a file's name that is a language, and not in
    the names of all files; of several the last: eng_Latn.devtest, tatoeba.deu-eng.deu, de.txt.

    Raises:
        InputError: when a file cannot be read, or they differ in length.
    """
    try:
        files = sorted(f for f in path.iterdir() if f.is_file() and not f.name.startswith("."))
    except OSError as error:
        raise InputError(f"folder '{path}' cannot be read: {one_line(error)}") from None
    if not files:
        raise InputError(f"folder '{path}' has no files; put a text file per language into it")
    columns = [_lines(file, check) for file in files]
    check.raise_problems()
    _require_one_length(files, columns, check)
    shared = set.intersection(*(set(file.name.split(".")) for file in files))
    rows = enumerate(map(list, zip(*columns, strict=True)), 1)
    table = Table(
        header=[_heading(file.name, shared, roles) for file in files],
        rows=[(n, row) for n, row in rows if any(cell.strip() for cell in row)],
        column=lambda column: f"file '{files[column].name}'",
        row="line",
        top=None,
        numbered="concept" in roles,
    )
    return table_sheet(table, check, roles)


def _lines(file: Path, check: Check) -> list[str]:
    """Return the lines; text of other scripts has further signs that Python calls line ends."""
    try:
        return read_text(file, "line").replace("\r\n", "\n").removesuffix("\n").split("\n")
    except InputError as error:
        check.problem(file.name, str(error))
        return []


def _require_one_length(files: list[Path], columns: list[list[str]], check: Check) -> None:
    lengths = Counter(map(len, columns))
    usual, _ = lengths.most_common(1)[0]
    for file, column in zip(files, columns, strict=True):
        if len(column) != usual:
            what = f"{count(len(column), 'line')}, where {lengths[usual]} have {usual:,}"
            check.problem(f"file '{file.name}'", what, "line n of every file is the same text")
    check.raise_problems()


def _heading(name: str, shared: set[str], roles: Sequence[str]) -> str:
    """Return the part of a file's name that says its language, or else its first part."""
    own = [part for part in name.split(".") if part not in shared] or [name]
    own = [part for part in own if part not in _NOT_LANGUAGES] or own
    known = [part for part in own if part.casefold() in roles or language_code(part)]
    return (known or own[:1])[-1]


def read_hub(source: str, check: Check, roles: Sequence[str]) -> Sheet:
    """Read a data set of the hub or in a folder: a column per language, a row per concept.

    The columns may stand in one, as in translation: {en: …, de: …}. Columns that are not text or
    not languages are left out. Of several splits the one for testing is read.

    Raises:
        InputError: when the folder is not a data set.
        RunError: when the hub's cannot be had.
    """
    splits = _splits(source)
    split = next((name for name in _SPLITS if name in splits), next(iter(splits)))
    rows = splits[split].flatten()
    texts = [name for name, kind in rows.features.items() if "string" in getattr(kind, "dtype", "")]
    texts = [name for name in texts if name.startswith("translation.")] or texts
    headings = {name: name.rpartition(".")[2] for name in texts}
    known = [n for n, h in headings.items() if h.casefold() in roles or language_code(h)]
    columns = known if len(known) > 1 else texts
    cells = zip(*(rows[column] for column in columns), strict=True)
    table = Table(
        header=[headings[column] for column in columns],
        rows=[(n, [cell or "" for cell in row]) for n, row in enumerate(cells, 1)],
        column=lambda column: f"column '{columns[column]}'",
        top=None,
        numbered="concept" in roles,
    )
    sheet = table_sheet(table, check, roles)
    left = [shorten(name) for name in rows.column_names if name not in columns]
    sheet.notices += [f"split '{split}' of {', '.join(splits)} is read"] * (len(splits) > 1)
    sheet.notices += [f"columns left out, as no languages: {', '.join(left)}"] * bool(left)
    return sheet


def _splits(source: str) -> Mapping[str, Any]:
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
    except Exception as error:  # of many packages; a data set is files of anybody
        why = one_line(error.__cause__ or error)
    wrong, remedy = (InputError, "look at its files") if local else (RunError, "look at its name")
    raise wrong(f"data set '{HUB}{source}' cannot be read: {why}; {remedy}")
