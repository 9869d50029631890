"""Engines: functions are applied to languages or batches, on this machine or on a Ray cluster.

In: a function of this package; the numbers of the languages with the arrays that all share, or
batches of texts. Out: its results, in order, the same to the last bit on every engine.
"""

from alignment.engines.local import computing_on, share_out
from alignment.engines.terminal import defer_sigint, interrupt_on_signals, quiet, track

__all__ = ["computing_on", "defer_sigint", "interrupt_on_signals", "quiet", "share_out", "track"]
