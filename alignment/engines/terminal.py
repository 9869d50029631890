"""The terminal: progress where a wait is worth a word, and the signals that end a run."""

import codecs
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType
from typing import TypeVar

Part = TypeVar("Part")

ENDINGS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]

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


def _interrupt(number: int, _: FrameType | None) -> None:
    raise KeyboardInterrupt(number)


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
