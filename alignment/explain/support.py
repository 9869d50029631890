"""Support: does the model know a language at all?"""

from typing import Literal

import numpy as np

from alignment.measure import metrics

NOT_SUPPORTED, WEAK = 0.5, 0.85  # of retrieval between chance, 0, and 1
MAX_UNKNOWN = 0.2  # share of subwords that the model does not know

Support = Literal["supported", "weak", "not supported"]


def of_languages(retrieval: np.ndarray, unknown: np.ndarray) -> list[Support]:
    """Judge each language by how its texts find their translations, and are found by them.

    A language that fails drags every pair that it is in, so the worst is set aside first and the
    others are judged without it, until none that is left fails.

    Args:
        retrieval: (L, L), both directions, each between chance, 0, and 1; among few candidates, so
            that large grids do not seem harder. NaN where two languages share too little.
        unknown: (L,), share of unknown subwords, in [0, 1]; NaN where the model does not tell.
    """
    kept = ~(unknown >= MAX_UNKNOWN)
    own = _with_others(retrieval, kept)
    while (failing := kept & (own < NOT_SUPPORTED)).any():
        kept[np.where(failing, own, np.inf).argmin()] = False
        own = _with_others(retrieval, kept)
    if not kept.sum() > 1:  # nothing to be supported among
        kept[:] = False
    return [
        "not supported" if not keep else "weak" if value < WEAK else "supported"
        for keep, value in zip(kept, own, strict=True)
    ]


def _with_others(retrieval: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Return (L,): a language's mean over those that are kept."""
    means: np.ndarray = metrics.mean_present(retrieval[:, kept], axis=1)
    return means
