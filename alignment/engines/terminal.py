"""The terminal: progress where a wait is worth a word, and the signals that end a run."""

import codecs
import os
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType
from typing import Any, TypeVar

from alignment import STANDARD_OUTPUT, drop

Part = TypeVar("Part")

ENDINGS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]

_AGAIN_SECONDS = 0.05

_quiet: ContextVar[bool] = ContextVar("quiet", default=False)


@contextmanager
def quiet() -> Iterator[None]:
    """Show no progress for now: that of another program stands on the terminal."""
    before = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(before)


def track(parts: Iterable[Part], sizes: list[int], what: str, unit: str) -> Iterator[Part]:
    """Yield the parts, and show after each how much is done and how long the rest will take.

    Args:
        parts: of the work.
        sizes: of each part, in units.
        what: is being done.
        unit: name of what is counted.
    """
    from tqdm import tqdm

    hidden = _quiet.get() or None  # None: where there is no terminal
    with tqdm(total=sum(sizes), desc=what, unit=unit, delay=1, disable=hidden) as bar:
        for part, size in zip(parts, sizes, strict=True):
            yield part
            bar.update(size)


def interrupt_on_signals() -> None:
    """Let SIGINT, SIGTERM and SIGHUP raise KeyboardInterrupt(number): whatever ends tidies up.

    SIGTERM and SIGHUP stay ignored where they are, as nohup wants it.
    """
    for number in ENDINGS:
        if number == signal.SIGINT or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _interrupt)
    sys.unraisablehook = _interrupt_again


def _interrupt(number: int, _: FrameType | None) -> None:
    raise KeyboardInterrupt(number)


def _interrupt_again(lost: Any) -> None:
    """Repeat an interruption that came where Python can raise nothing, as while it frees memory."""
    if not isinstance(lost.exc_value, KeyboardInterrupt):
        sys.__unraisablehook__(lost)
        return
    again = threading.Timer(_AGAIN_SECONDS, os.kill, (os.getpid(), *lost.exc_value.args))
    again.daemon = True
    again.start()


def ignore_signals() -> dict[int, Any]:
    """Let nothing end what only takes a moment; return what SIGINT, SIGTERM and SIGHUP did."""
    return {number: signal.signal(number, signal.SIG_IGN) for number in ENDINGS}


def hear_again(before: dict[int, Any]) -> None:
    """Undo ``ignore_signals``."""
    for number, how in before.items():
        signal.signal(number, how)


@contextmanager
def to_the_end() -> Iterator[None]:
    """Let complete files be moved to the end: a signal comes too late."""
    before = ignore_signals()
    try:
        yield
    finally:
        hear_again(before)


@contextmanager
def defer_sigint() -> Iterator[None]:
    """Let an interruption wait while processes start or files are moved, SIGTERM and SIGHUP too.

    Processes inherit the mask of SIGINT and never hear of one, so that only this process answers
    it. Windows has no masks.
    """
    mask = getattr(signal, "pthread_sigmask", None)
    with _kept():
        before = mask and mask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            if mask:
                mask(signal.SIG_SETMASK, before)


@contextmanager
def _kept() -> Iterator[None]:
    """Keep what other threads of this process hear till the end: a mask is of one thread only."""
    if threading.current_thread() is not threading.main_thread():  # Python tells no other
        yield
        return
    heard: list[int] = []
    own = {number: signal.getsignal(number) for number in ENDINGS}
    ours = {number: how for number, how in own.items() if callable(how)}
    for number in ours:
        signal.signal(number, lambda number, _: heard.append(number))
    try:
        yield
    finally:
        for number, how in ours.items():
            signal.signal(number, how)
        for number in heard[:1]:
            signal.raise_signal(number)


@contextmanager
def printing() -> Iterator[None]:
    """Let the block print, to a reader who may have seen enough; an error names standard output."""
    try:
        yield
        sys.stdout.flush()
    except (OSError, KeyboardInterrupt) as error:
        drop(sys.stdout)
        if isinstance(error, BrokenPipeError):
            return
        if isinstance(error, OSError):
            raise OSError(error.errno, error.strerror, STANDARD_OUTPUT) from error
        raise


def open_closed_streams() -> None:
    """Let what is printed go nowhere where a stream is closed: a file would take its number."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:  # the lowest free number is this one
            os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, open(number, "w" if number else "r"))  # noqa: PTH123, SIM115


def replace_missing_letters() -> None:
    """Let a terminal without Unicode show what it can; a minus sign must not be lost."""
    codecs.register_error("plain", _plain_letter)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="plain")


def _plain_letter(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    plain = {"−": "-", "–": "-", "×": "x", "·": ".", "→": ">", "…": "."}
    letters = error.object[error.start : error.end]
    return "".join(plain.get(letter, "?") for letter in letters), error.end
