"""Does a multilingual embedding model put the same concept in the same place in every language?

One vocabulary everywhere: C concepts, L languages, D dimensions; X is (C, L, D) with rows of unit
length. The data goes one way: grids → models → measure → record → report. Each capability
(diagnosis, search, cost, thresholds) has a folder, which `alignment.capabilities` names.
"""

import os
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import TextIO

STANDARD_OUTPUT = "standard output"  # as the name of a file that cannot be written
MAX_TOLD = 10  # failed models that are reported one by one
CACHE_VARIABLE = "ALIGNMENT_CACHE"
DEFAULT_TIMEOUT = 60  # seconds
FIGURE_FORMATS = ("png", "pdf", "svg")
DEFAULT_K = 3  # nearest neighbours
DEFAULT_MARGIN = 0.01  # differences within ± the margin do not matter
_MEMORY_ERRORS = re.compile(  # messages of libraries that raise no MemoryError
    "not enough memory|allocate memory|bad_alloc|start new thread|failed to map segment"
)
_MAX_WORD = 300  # letters of a word in a message; a path may have thousands
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028-\u202e\u2066-\u2069]")


class InputError(ValueError):
    """The request or the input is wrong; the command line exits with status 2."""


class RunError(RuntimeError):
    """The request is sound but could not be carried out; the command line exits with status 1."""


def interruption(error: BaseException | None) -> KeyboardInterrupt | None:
    """Find a KeyboardInterrupt in the chain of an error's causes."""
    seen: list[BaseException] = []  # errors of Ray are their own cause
    while error is not None and error not in seen:
        if isinstance(error, KeyboardInterrupt):
            return error
        seen.append(error)
        error = error.__cause__ or error.__context__
    return None


def explained(error: BaseException) -> str:
    """Return what went wrong and what to do; raise a KeyboardInterrupt that caused the error."""
    if interrupted := interruption(error):
        raise interrupted
    if isinstance(error, InputError | RunError):
        return str(error)
    message = one_line(error)
    if isinstance(error, MemoryError) or _MEMORY_ERRORS.search(message):
        return "too little memory; measure fewer languages or rows, or use a larger machine"
    if isinstance(error, ImportError):
        return f"a package cannot be loaded: {message}; pip install -r requirements.txt"
    return f"unexpected {type(error).__name__}: {message}; a bug: please report what --debug prints"


def one_line(message: BaseException | str) -> str:
    """Return the message of a library on one line of at most 300 characters."""
    text = visible(" ".join(str(message).split()))[:300]
    return text or type(message).__name__


def tell(kind: str, text: str) -> None:
    """Print one line on standard error, such as "note: …"; cut very long words in the middle."""
    end = _MAX_WORD // 2
    words = visible(text).split()
    words = [word if len(word) <= _MAX_WORD else f"{word[:end]}…{word[-end:]}" for word in words]
    try:
        print(f"{kind}:", *words, file=sys.stderr, flush=True)
    except OSError:
        drop(sys.stderr)


def drop(stream: TextIO) -> None:
    """Redirect a broken stream to /dev/null, since Python flushes it once more as it ends."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def visible(text: str) -> str:
    r"""Show control characters and changes of writing direction as codes, such as \x1b."""
    return _UNSAFE.sub(lambda match: ascii(match[0])[1:-1], text)


def expanded(name: str) -> Path:
    """Return the path of a name that may begin with ~ or ~user; InputError for an unknown user."""
    try:
        return Path(name).expanduser()
    except RuntimeError:
        user = name[1:].split("/")[0]
        raise InputError(f"'{name}': no user '{user}' on this machine; give a full path") from None


def cache_folder() -> Path:
    """Return the folder of vectors and fetched grids: $ALIGNMENT_CACHE, or the user's cache."""
    if named := os.environ.get(CACHE_VARIABLE):
        return expanded(named)
    from platformdirs import user_cache_path

    return user_cache_path("cross-lingual-alignment", appauthor=False)
