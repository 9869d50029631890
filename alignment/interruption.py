"""Interruption: Ctrl-C is for this process, which says so and ends what it has started."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def held_back() -> Iterator[None]:
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
