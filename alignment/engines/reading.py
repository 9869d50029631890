"""Reading: files that a user names are opened and read here alone."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader

from alignment import InputError

MAX_BYTES = 200_000_000  # of a file that is read at once


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
