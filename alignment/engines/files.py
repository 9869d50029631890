"""Files: input is read here alone, and a group of files is replaced completely or not at all.

New files wait in a hidden folder until all are complete, and are then moved, the record last. The
earlier files stay in hidden folders until the last move, and an error puts them back. SIGKILL
between two moves can leave old files beside new ones; the digest of the record, which figures and
pages carry, reveals that.
"""

import errno
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from io import BufferedReader
from pathlib import Path

from alignment import InputError
from alignment.engines.terminal import defer_sigint

MAX_BYTES = 200_000_000  # the largest file that is read at once
_PREFIX = ".alignment-"
_ABANDONED_SECONDS = 7 * 86_400  # no run takes longer: a hidden folder of this age is left over


@contextmanager
def staged(
    folder: str | os.PathLike[str], elsewhere: Mapping[str, Path] | None = None
) -> Iterator[Path]:
    """Yield a hidden folder, and move its files into ``folder`` when the block ends, all or none.

    Files that ``elsewhere`` names go to its paths instead. An error or an interruption inside the
    block leaves all folders as they were.

    Raises:
        OSError: before the block, when a folder cannot be made or written to; after it, when a
            file cannot be moved.
    """
    folder, elsewhere = Path(folder), elsewhere or {}
    cleanup = ExitStack()
    try:
        stage = _hidden_folder(folder, cleanup)
        for target in elsewhere.values():
            _hidden_folder(target.parent, cleanup)
        yield stage
        _move(stage, folder, elsewhere, cleanup)
    finally:
        with defer_sigint():
            cleanup.close()


def write_whole(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file completely or not at all; write straight into a device or a pipe."""
    path = Path(path)
    if path.exists() and not path.is_dir() and not path.is_file():
        with path.open("wb") as file:
            file.write(content)
        return
    with staged(path.parent) as stage:
        (stage / path.name).write_bytes(content)


def _hidden_folder(folder: Path, cleanup: ExitStack) -> Path:
    """Make a hidden folder in ``folder``; ``cleanup`` removes it, and folders that stayed empty."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    with defer_sigint(), _errors_naming(folder):
        for path in reversed(missing):
            cleanup.enter_context(suppress(OSError))  # by rmdir, where the folder is not empty
            cleanup.callback(path.rmdir)
        folder.mkdir(parents=True, exist_ok=True)
        hidden = tempfile.mkdtemp(prefix=_PREFIX, dir=str(folder))
        cleanup.callback(shutil.rmtree, hidden, ignore_errors=True)
    for path in folder.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if time.time() - path.lstat().st_mtime > _ABANDONED_SECONDS:
                shutil.rmtree(path)  # it refuses a link, and follows none inside
    return Path(hidden)


def _move(stage: Path, folder: Path, elsewhere: Mapping[str, Path], cleanup: ExitStack) -> None:
    files = [path for path in stage.rglob("*") if path.is_file()]
    # The record comes last, and the record of a comparison after those of its models.
    files.sort(key=lambda file: (file.suffix == ".json", -len(file.parts), file))
    with defer_sigint(), ExitStack() as undo:
        for file in files:
            name = str(file.relative_to(stage))
            target = elsewhere.get(name, folder / name)
            with _errors_naming(target):
                _replace(target, file, _hidden_folder(target.parent, cleanup), undo)
        undo.pop_all()


def _replace(target: Path, file: Path, hidden: Path, undo: ExitStack) -> None:
    """Move a file to its target through ``hidden``, a folder on the target's file system.

    The earlier file stays in ``hidden`` too, and ``undo`` puts it back.
    """
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, "a folder is in the way")
    if target.exists() and not target.is_file():
        raise FileExistsError(errno.EEXIST, "it is not a file")
    new, earlier = hidden / "new", hidden / "earlier"
    shutil.move(file, new)
    if existed := os.path.lexists(target):
        try:
            earlier.hardlink_to(target)
        except OSError:  # the file system has no hard links, or allows none for this file
            shutil.copy2(target, earlier, follow_symlinks=False)
    new.replace(target)
    undo.callback(lambda: earlier.replace(target) if existed else target.unlink())


@contextmanager
def _errors_naming(path: Path) -> Iterator[None]:
    """Make errors name the path that the user knows instead of a hidden one."""
    try:
        yield
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(path)) from error


@contextmanager
def opened(path: str | os.PathLike[str], pipe: bool = False) -> Iterator[BufferedReader]:
    """Open a file, or a pipe if ``pipe`` allows it; refuse what could make a reader wait forever.

    Raises:
        InputError: for a device, a socket, or a pipe that is not allowed.
        OSError: when the file cannot be read; IsADirectoryError for a folder.
    """
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116 - pathlib would raise for some strings
    except ValueError as error:  # a NUL character in the name
        raise InputError(f"file '{path}' cannot be read: {error}; look at its name") from None
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
    if not (stat.S_ISREG(mode) or (pipe and stat.S_ISFIFO(mode))):
        raise InputError(f"'{path}' is not a file; name a file")
    with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as file:
        os.set_blocking(file.fileno(), True)
        yield file


def read_whole(path: str | os.PathLike[str], pipe: bool = False) -> bytes:
    """Return the content of a file that ``opened`` opens; raise InputError above MAX_BYTES."""
    with opened(path, pipe) as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise InputError(f"'{path}' has more than {MAX_BYTES / 1e6:.0f} MB; split it")
    return content
