"""Does a multilingual embedding model put the same concept in the same place in every language?

One vocabulary everywhere: C concepts, L languages, D dimensions; X is (C, L, D) with rows of unit
length. The data goes one way, room by room: engines → grids → models → measure → stats → explain →
record → present → cli; a room imports only from rooms left of it.
"""

import os
import re
import sys
import unicodedata
from contextlib import suppress
from pathlib import Path
from typing import TextIO

STANDARD_OUTPUT = "standard output"  # as the name of a file that cannot be written
MAX_TOLD = 10  # failed models; the others are counted
CACHE_VARIABLE = "ALIGNMENT_CACHE"
DEFAULT_TIMEOUT = 60  # seconds
_OF_MEMORY = re.compile(  # what libraries say that raise no MemoryError
    "not enough memory|allocate memory|bad_alloc|start new thread|failed to map segment"
)
_MAX_WORD = 300  # letters of what is told; a path may have many
_STEERING = "\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


class InputError(ValueError):
    """The request or the input is wrong; the command line exits with status 2."""


class RunError(RuntimeError):
    """The request is sound but could not be carried out; the command line exits with status 1."""


def interruption(error: BaseException | None) -> KeyboardInterrupt | None:
    """Return the interruption that an error is or came of: libraries make their own of one."""
    seen: list[BaseException] = []  # Ray's errors are their own cause
    while error is not None and error not in seen:
        if isinstance(error, KeyboardInterrupt):
            return error
        seen.append(error)
        error = error.__cause__ or error.__context__
    return None


def explained(error: BaseException) -> str:
    """Return what an error says to a person: what is wrong, or that this program has a fault.

    Raises:
        KeyboardInterrupt: where that is what the error came of.
    """
    if ended := interruption(error):
        raise ended
    if isinstance(error, InputError | RunError):
        return str(error)
    said = one_line(error)
    if isinstance(error, MemoryError) or _OF_MEMORY.search(said):
        return "too little memory; measure fewer languages or rows, or use a larger machine"
    if isinstance(error, ImportError):
        return f"a package cannot be loaded: {said}; pip install -r requirements.txt"
    return f"unexpected {type(error).__name__}: {said}; a bug: please report what --debug prints"


def one_line(said: BaseException | str) -> str:
    """Return what a foreign error says, on one line of at most 300 characters."""
    text = visible(" ".join(str(said).split()))[:300]
    return text or type(said).__name__


def tell(kind: str, text: str) -> None:
    """Say on standard error, on one line, what is to be known: "note: …", "error: …".

    Of what has no end, as a name of thousands of letters may, both ends are enough.
    """
    words = (
        word if len(word) <= _MAX_WORD else f"{word[: _MAX_WORD // 2]}…{word[-_MAX_WORD // 2 :]}"
        for word in visible(text).split()
    )
    try:
        print(f"{kind}:", *words, file=sys.stderr, flush=True)
    except OSError:  # nobody is there to be told
        drop(sys.stderr)


def drop(stream: TextIO) -> None:
    """Forget what a stream cannot take: Python would try again as it ends, and say so."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def visible(text: str) -> str:
    """Write out the characters that would steer a terminal or turn the order of a line: \\x1b."""
    return "".join(
        ascii(letter)[1:-1]
        if unicodedata.category(letter) in ("Cc", "Cs") or letter in _STEERING
        else letter
        for letter in text
    )


def expanded(name: str) -> Path:
    """Return the path of a name that may begin with ~ or ~user.

    Raises:
        InputError: for a user that this machine does not know.
    """
    try:
        return Path(name).expanduser()
    except RuntimeError:
        user = name[1:].split("/")[0]
        raise InputError(f"'{name}': no user '{user}' on this machine; give a full path") from None


def cache_folder() -> Path:
    """Return where vectors and fetched grids are kept: $ALIGNMENT_CACHE, or the user's folder."""
    if named := os.environ.get(CACHE_VARIABLE):
        return expanded(named)
    from platformdirs import user_cache_path

    return user_cache_path("cross-lingual-alignment", appauthor=False)
