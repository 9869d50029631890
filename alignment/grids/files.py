"""Files: choose the reader of a source; a reader is a function that fills a Sheet."""

import os
from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path

from alignment.grids.documents import HUB, read_folder, read_hub, read_memory, read_workbook
from alignment.grids.sheets import ROLES, Sheet
from alignment.grids.text import read_json, read_table

READERS: dict[str, Callable[[Path, Sheet], None]] = {
    ".csv": read_table,
    ".tsv": read_table,
    ".json": read_json,
    ".xlsx": read_workbook,
    ".tmx": read_memory,
}


def read_sheet(
    source: str | PathLike[str],
    roles: Sequence[str] = ROLES,
    strict: bool = False,
    kind: str | None = None,
) -> Sheet:
    """Read a source into a sheet; a column headed by one of the roles is not a language."""
    path = Path(source)
    if str(source).startswith(HUB):
        sheet = Sheet(f"data set '{source}'", strict, roles)
        read_hub(str(source).removeprefix(HUB), sheet)
    elif os.path.isdir(path):  # noqa: PTH112 - pathlib would raise for some strings
        sheet = Sheet(f"folder '{path}'", strict, roles)
        read_folder(path, sheet)
    else:
        sheet = Sheet(f"file '{path}'", strict, roles)
        READERS[kind or path.suffix.casefold()](path, sheet)
    sheet.compose_mixed()
    return sheet


def name_of(source: str | PathLike[str]) -> str:
    """Return the name of a grid: the name of its source without the ending."""
    return Path(str(source).removeprefix(HUB)).stem


def is_source(source: str | PathLike[str]) -> bool:
    """Return whether a folder, a data set, or a file of a supported kind has this name."""
    path = Path(source)
    named = path.suffix.casefold() in READERS or str(source).startswith(HUB)
    return named or os.path.isdir(path)  # noqa: PTH112 - pathlib would raise for some strings
