"""Files: written whole or not at all."""

import errno
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from alignment import InputError
from alignment.engines import defer_sigint


@contextmanager
def staged(folder: str | os.PathLike[str]) -> Iterator[Path]:
    """Collect files for ``folder`` out of sight, and move them there when all are complete.

    A failure or an interruption inside the block leaves the folder as it was.

    Raises:
        OSError: when the folder cannot be made or written to, before anything else is done.
    """
    folder = Path(folder)
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    stage = folder / f".alignment-{secrets.token_hex(4)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            stage.mkdir(mode=0o700)
        except OSError as error:
            raise type(error)(error.errno, error.strerror, str(folder)) from error
        yield stage
        _move(stage, folder)
    finally:
        with defer_sigint():
            shutil.rmtree(stage, ignore_errors=True)
            for path in made:  # those that stayed empty
                with suppress(OSError):
                    path.rmdir()


def _move(stage: Path, folder: Path) -> None:
    """Move all files; check all targets before the first is touched."""
    files = sorted(path for path in stage.rglob("*") if path.is_file())
    targets = [folder / file.relative_to(stage) for file in files]
    for target in targets:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, "a folder is in the way", str(target))
    with defer_sigint():  # all of them, or none
        for file, target in zip(files, targets, strict=True):
            file.replace(target)


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
