"""Files: what those of a record are called, and how one is read."""

import os
import re
import stat
from pathlib import Path

from alignment import InputError


def contents(path: str | os.PathLike[str]) -> bytes:
    """Return what stands in a file, or comes through a pipe that somebody writes to.

    Raises:
        InputError: for a device, which may never end.
        OSError: when it cannot be read.
    """
    # not to wait where a pipe has no writer: then it is empty
    with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
            raise InputError(f"'{path}' is not a file; name a file")
        os.set_blocking(file.fileno(), True)
        return file.read()


def unique(names: list[str]) -> list[str]:
    """Number the names that come again: a, b, a → a, b, a (2)."""
    return [
        name if (count := names[: i + 1].count(name)) == 1 else f"{name} ({count})"
        for i, name in enumerate(names)
    ]


def folder_name(model: str) -> str:
    """Return a folder's name for a model: its own, or the last part of a path, made safe."""
    last = Path(model).name if Path(model).exists() else model
    return re.sub(r"[^\w.-]+", "-", last).strip("-.") or "model"
