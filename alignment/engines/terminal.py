"""The terminal: progress bars, the signals that end a run, and streams that are closed."""

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

_SIGNALS = [number for number in signal.Signals if number.name in ("SIGINT", "SIGTERM", "SIGHUP")]
_REPEAT_SECONDS = 0.05
_PLAIN = {"−": "-", "–": "-", "×": "x", "·": ".", "→": ">", "…": "."}

_quiet: ContextVar[bool] = ContextVar("quiet", default=False)


@contextmanager
def quiet() -> Iterator[None]:
    """Show no progress bars inside the block, because another program shows its own."""
    earlier = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(earlier)


def track(parts: Iterable[Part], sizes: list[int], label: str, unit: str) -> Iterator[Part]:
    """Yield the parts of a task, and show on a terminal how much of their ``sizes`` is done."""
    from tqdm import tqdm

    hidden = _quiet.get() or None  # with None, tqdm looks whether there is a terminal
    with tqdm(total=sum(sizes), desc=label, unit=unit, delay=1, disable=hidden) as bar:
        for part, size in zip(parts, sizes, strict=True):
            yield part
            bar.update(size)


def interrupt_on_signals() -> None:
    """Make SIGINT, SIGTERM and SIGHUP raise KeyboardInterrupt(number), so that the run cleans up.

    SIGTERM and SIGHUP stay ignored if they are ignored already, as nohup needs it.
    """
    for number in _SIGNALS:
        if number == signal.SIGINT or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _interrupt)
    sys.unraisablehook = _repeat_interruption


def _interrupt(number: int, _: FrameType | None) -> None:
    raise KeyboardInterrupt(number)


def _repeat_interruption(lost: Any) -> None:
    """Send a signal again that arrived where Python can raise nothing, such as in __del__."""
    if not isinstance(lost.exc_value, KeyboardInterrupt):
        return sys.__unraisablehook__(lost)
    threading.Timer(_REPEAT_SECONDS, os.kill, (os.getpid(), *lost.exc_value.args)).start()


def ignore_signals() -> None:
    """Ignore SIGINT, SIGTERM and SIGHUP while this process ends."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def defer_sigint(ignore: bool = False) -> Iterator[None]:
    """Deliver SIGINT, SIGTERM and SIGHUP only after the block, which starts processes or cleans up.

    With ``ignore`` they are ignored instead. SIGINT is masked too, except on Windows: processes
    inherit the mask, so that Ctrl-C reaches this process alone, which then ends them.
    """
    if threading.current_thread() is not threading.main_thread():  # it handles no signals
        yield
        return
    arrived: list[int] = []
    handlers = {n: handler for n in _SIGNALS if callable(handler := signal.getsignal(n))}
    for number in handlers:
        signal.signal(number, lambda number, _: arrived.append(number))
    set_mask = getattr(signal, "pthread_sigmask", None)
    mask = set_mask and set_mask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        if set_mask:
            set_mask(signal.SIG_SETMASK, mask)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        if arrived and not ignore:
            signal.raise_signal(arrived[0])


@contextmanager
def printing() -> Iterator[None]:
    """Accept a reader that stops early, such as ``| head``; name standard output in errors."""
    try:
        yield
        sys.stdout.flush()
    except (OSError, KeyboardInterrupt) as error:
        drop(sys.stdout)
        if isinstance(error, KeyboardInterrupt):
            raise
        if not isinstance(error, BrokenPipeError):
            raise OSError(error.errno, error.strerror, STANDARD_OUTPUT) from error


def prepare_streams() -> None:
    """Open closed standard streams, and print similar letters on a terminal without Unicode."""

    def plain(error: Any) -> tuple[str, int]:
        letters = error.object[error.start : error.end]
        return "".join(_PLAIN.get(letter, "?") for letter in letters), error.end

    codecs.register_error("plain", plain)
    for name, mode in {"stdin": "r", "stdout": "w", "stderr": "w"}.items():
        if getattr(sys, name) is None:  # another file would get its number, the lowest free one
            setattr(sys, name, open(os.devnull, mode))  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="plain")
