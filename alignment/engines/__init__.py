"""Engines: where the work is done, on this machine or on a Ray cluster.

In: a function of this package, the numbers of the languages, and the arrays that all share. Out:
its results, in order, the same to the last bit wherever they were computed.
"""

from alignment.engines.local import Engine, on_one_core, one_machine
from alignment.engines.terminal import defer_sigint, track

__all__ = ["Engine", "defer_sigint", "on_one_core", "one_machine", "track"]
