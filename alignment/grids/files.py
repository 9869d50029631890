"""Files: choose the reader of a source; a reader is a function that fills a Sheet."""

import os
from collections.abc import Callable, Iterable, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from alignment.grids.columns import ROLES
from alignment.grids.documents import read_memory, read_parquet, read_workbook
from alignment.grids.folders import HUB, SAVED, read_folder, read_hub
from alignment.grids.sheets import Sheet
from alignment.grids.text import add_data, content_of, read_json, read_lines, read_table

READERS: dict[str, Callable[[bytes, Path, Sheet], None]] = {
    ".csv": read_table,
    ".tsv": read_table,
    ".json": read_json,
    ".jsonl": read_lines,
    ".parquet": read_parquet,
    ".xlsx": read_workbook,
    ".tmx": read_memory,
}


def read_sheet(
    source: str | PathLike[str],
    roles: Sequence[str] = ROLES,
    strict: bool = False,
    kind: str | None = None,
    wanted: Iterable[str] = (),
) -> Sheet:
    """Read a source into a sheet, in the languages that are wanted, or all if none is named.

    A column headed by one of the roles is not a language.
    """
    path = Path(source)
    in_hub = str(source).startswith(HUB)
    if in_hub or any(os.path.isfile(path / name) for name in SAVED):  # noqa: PTH113
        sheet = Sheet(f"data set '{source}'", strict, roles, wanted)
        read_hub(str(source).removeprefix(HUB), sheet)
    elif os.path.isdir(path):  # noqa: PTH112 - pathlib would raise for some strings
        sheet = Sheet(f"folder '{path}'", strict, roles, wanted)
        read_folder(path, sheet)
    else:
        sheet = Sheet(f"file '{path}'", strict, roles, wanted)
        READERS[kind or _kind(path)](content_of(path), path, sheet)
    sheet.compose_mixed()
    return sheet


def read_data(data: Any, strict: bool = False, wanted: Iterable[str] = ()) -> Sheet:
    """Read a DataFrame of pandas or polars, a dict of columns, or a list of records."""
    sheet = Sheet("the data", strict, ROLES, wanted)
    if hasattr(data, "columns"):
        data = {str(name): list(data[name]) for name in data.columns}
    add_data(data, sheet, "row")
    sheet.compose_mixed()
    return sheet


def _kind(path: Path) -> str:
    return Path(path.name.casefold().removesuffix(".gz")).suffix


def name_of(source: str | PathLike[str]) -> str:
    """Return the name of a grid: the name of its source without the ending."""
    return Path(Path(str(source).removeprefix(HUB)).name.removesuffix(".gz")).stem


def is_source(source: str | PathLike[str]) -> bool:
    """Return whether a folder, a data set, or a file of a supported kind has this name."""
    path = Path(source)
    named = _kind(path) in READERS or str(source).startswith(HUB)
    return named or os.path.isdir(path)  # noqa: PTH112 - pathlib would raise for some strings
