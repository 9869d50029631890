"""Does a multilingual embedding model put the same concept in the same place in every language?

One vocabulary everywhere: C concepts, L languages, D dimensions; X is (C, L, D) with rows of unit
length. The data goes one way, room by room: engines → grids → models → measure → stats → explain →
record → present → cli; a room imports only from rooms left of it.
"""

import os
from pathlib import Path

CACHE_VARIABLE = "ALIGNMENT_CACHE"


class InputError(ValueError):
    """The request or the input is wrong; the command line exits with status 2."""


class RunError(RuntimeError):
    """The request is sound but could not be carried out; the command line exits with status 1."""


def one_line(error: BaseException) -> str:
    """Return what a foreign error says, on one line of at most 300 characters."""
    return " ".join(str(error).split())[:300] or type(error).__name__


def cache_folder() -> Path:
    """Return where vectors and fetched grids are kept: $ALIGNMENT_CACHE, or the user's folder."""
    if named := os.environ.get(CACHE_VARIABLE):
        return Path(named).expanduser()
    from platformdirs import user_cache_path

    return user_cache_path("cross-lingual-alignment", appauthor=False)
