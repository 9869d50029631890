"""Interruption: Ctrl-C is for this process, which says so and ends what it has started."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def held_back() -> Iterator[None]:
    """Let an interruption wait while processes start: half of them would be left behind.

    The processes inherit a mask and never hear of one, so that only this process answers it. Of
    this process the mask holds for one thread, so what others hear is kept till the end. Windows
    has no masks. Outside the main thread, where interruptions never come, this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard = []
    own = signal.signal(signal.SIGINT, lambda *_: heard.append(True))
    mask = getattr(signal, "pthread_sigmask", None)
    before = mask and mask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        if mask:
            mask(signal.SIG_SETMASK, before)
        signal.signal(signal.SIGINT, own)
        if heard:
            signal.raise_signal(signal.SIGINT)
