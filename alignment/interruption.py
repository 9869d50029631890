"""Interruption: Ctrl-C is for this process, which says so and ends what it has started."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def held_back() -> Iterator[None]:
    """Let an interruption wait while processes start: half of them would be left behind.

    They inherit this and never hear of one, so that only this process answers it. Windows, which
    cannot hold a signal back, does not.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
