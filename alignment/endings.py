"""Endings: the exit status of a command line, and the one line that says why.

Exit status: 0 done; 1 could not be carried out; 2 the request or the input is wrong; 3 done, and
worse than the record of --against; 128 + n ended by signal n (SIGINT, SIGTERM, SIGHUP). Anything
but 0 and 3 has one line on standard error, and leaves earlier files as they were, unless that line
says that the files are complete: then the signal, or a full disk, came while they were reported.
While files are being moved to their places a signal is too late: the run ends as if there was none.
"""

import argparse
import errno
import signal
import sys
from pathlib import Path
from typing import Any

from alignment import STANDARD_OUTPUT, InputError, explained, one_line

_AGAIN = "run the same command again for complete results"
_COMPLETE = "the files are complete, what was to be printed may not be"


def outcome(error: BaseException, args: argparse.Namespace) -> tuple[int, str]:
    """Return the exit status, and what is wrong and what to do."""
    match error:
        case InputError():
            return 2, str(error)
        case ModuleNotFoundError():
            return 1, (
                f"{error.name} is not installed for {sys.executable}; use .venv/bin/python, which "
                "`make run` sets up, or pip install -r requirements.txt"
            )
        case OSError() if error.errno != errno.ENOMEM:
            return 1, _cannot(error, args)
        case KeyboardInterrupt():
            number = error.args[0] if error.args else signal.SIGINT
            how = f"ended by {signal.Signals(number).name}"
            how = "interrupted" if number == signal.SIGINT else how
            return 128 + number, f"{how}; {_COMPLETE if args.complete else _AGAIN}"
    return 1, explained(error)


def _cannot(error: OSError, args: argparse.Namespace) -> str:
    """Say what cannot be written or read, and the remedy."""
    why, file = error.strerror or one_line(error), error.filename
    room = "make room, or " if error.errno in (errno.ENOSPC, errno.EDQUOT) else ""
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return f"{why}; allow more of them: ulimit -n 1024"
    if file == STANDARD_OUTPUT:
        remedy = _COMPLETE if args.complete else f"{room}let it go elsewhere"
        return f"cannot write to {file}: {why}; {remedy}"
    if not file and not room:
        return f"{why}; check the disk and the network"
    place = f" '{file}'" if file else ""
    for option in ("export_texts", "pairs", "summary", "output"):
        target = getattr(args, option, None)
        if target is None:
            continue
        if not file or (_is_at(file, target) and not _is_input(file, args)):
            return f"cannot write{place}: {why}; {room}choose another --{option.replace('_', '-')}"
    return f"cannot read{place}: {why}; check the path, and whether you may read it"


def _is_input(name: Any, args: argparse.Namespace) -> bool:
    given = (args.grid, args.queries, args.against, args.record, *(args.model or ()))
    return str(name) in map(str, given)


def _is_at(name: Any, target: Path) -> bool:
    """Return whether the file is a target of the output, in it, or above it."""
    file, target = Path(name).absolute(), target.absolute()
    return file == target or file in target.parents or target in file.parents
