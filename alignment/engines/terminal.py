"""The terminal: progress where a wait is worth a word, and Ctrl-C, which this process answers."""

import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Part = TypeVar("Part")


def track(parts: Iterable[Part], sizes: list[int], what: str, unit: str) -> Iterator[Part]:
    """Yield the parts, and show after each how much is done and how long the rest will take.

    Args:
        parts: of the work.
        sizes: of each part, in units.
        what: is being done.
        unit: name of what is counted.
    """
    from tqdm import tqdm

    with tqdm(total=sum(sizes), desc=what, unit=unit, delay=1, disable=None) as bar:
        for part, size in zip(parts, sizes, strict=True):
            yield part
            bar.update(size)


@contextmanager
def defer_sigint() -> Iterator[None]:
    """Let an interruption wait while processes start: half of them would be left behind.

    The processes inherit a mask and never hear of one, so that only this process answers it.
    Windows has no masks.
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
    heard = []
    own = signal.signal(signal.SIGINT, lambda *_: heard.append(True))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, own)
        if heard:
            signal.raise_signal(signal.SIGINT)
