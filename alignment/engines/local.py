"""Sharing out: the analysis cuts its work by language, and an engine goes through the parts.

A function of this package does one part, given the number of a language and the arrays that all
parts share. The engine calls it for each, on this machine or on a cluster, and yields the results
in order, so that their sums are the same to the last bit. Each part runs on one core, so that it is
summed in the same way wherever it runs.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

Engine = Callable[..., Iterator[Any]]

_WORTH_THREADS = 1 << 20  # numbers in the first shared array; with fewer, threads only cost


def on_one_core(function: Callable[..., Any], item: Any, *shared: Any) -> Any:
    """Return ``function(item, *shared)``, computed by one core of a process of its own."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return function(item, *shared)


def one_machine(function: Callable[..., Any], items: Iterable[int], *shared: Any) -> Iterator[Any]:
    """Yield ``function(item, *shared)`` for each item, in order, by as many threads as cores.

    The threads are daemons: an interruption does not wait for the parts they are at.
    """
    from multiprocessing.pool import ThreadPool

    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        if shared[0].size < _WORTH_THREADS:
            yield from (function(item, *shared) for item in items)
            return
        # OpenMP keeps its number of threads for each thread that calls it.
        with ThreadPool(os.cpu_count(), threadpool_limits, (1, "openmp")) as pool:
            yield from pool.imap(lambda item: function(item, *shared), items)


_engine: ContextVar[Engine] = ContextVar("engine", default=one_machine)


def share_out(function: Callable[..., Any], items: Iterable[int], *shared: Any) -> Iterator[Any]:
    """Yield ``function(item, *shared)`` for each item, in order, from the engine in use."""
    return _engine.get()(function, items, *shared)


@contextmanager
def computing_on(engine: Engine | None) -> Iterator[None]:
    """Use an engine within the block; None: this machine."""
    before = _engine.set(engine or one_machine)
    try:
        yield
    finally:
        _engine.reset(before)
