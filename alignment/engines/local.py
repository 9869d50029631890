"""The engine of this machine, and the choice of the engine in use.

The analysis is cut by language. An engine calls a function with the number of each language and
the arrays that all share. It yields the results in order, and computes each on one core, so that
all sums are the same to the last bit on every engine.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

Engine = Callable[..., Iterator[Any]]

_WORTH_THREADS = 1 << 20  # numbers in the first shared array; with fewer, threads cost time


def on_one_core(function: Callable[..., Any], item: Any, *shared: Any) -> Any:
    """Return ``function(item, *shared)``, computed by one core; the task of a cluster."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return function(item, *shared)


def one_machine(function: Callable[..., Any], items: Iterable[int], *shared: Any) -> Iterator[Any]:
    """Yield ``function(item, *shared)`` for each item, in order, from a daemon thread per core.

    An interruption does not wait for daemon threads.
    """
    from multiprocessing.pool import ThreadPool

    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        if shared[0].size < _WORTH_THREADS:
            yield from (function(item, *shared) for item in items)
            return
        # Each thread sets the limit again, because OpenMP has one for each thread that calls it.
        with ThreadPool(os.cpu_count(), threadpool_limits, (1, "openmp")) as pool:
            yield from pool.imap(lambda item: function(item, *shared), items)


_engine: ContextVar[Engine] = ContextVar("engine", default=one_machine)


def share_out(function: Callable[..., Any], items: Iterable[int], *shared: Any) -> Iterator[Any]:
    """Yield ``function(item, *shared)`` for each item, in order, from the engine in use."""
    return _engine.get()(function, items, *shared)


@contextmanager
def computing_on(engine: Engine | None) -> Iterator[None]:
    """Use an engine inside the block; None: this machine."""
    earlier = _engine.set(engine or one_machine)
    try:
        yield
    finally:
        _engine.reset(earlier)
