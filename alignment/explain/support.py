"""Support: does the model know a language at all?"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from alignment.explain.subwords import Subwords
from alignment.measure import metrics
from alignment.measure.measurement import PARTS, Measurement
from alignment.measure.pairs import SMALL_POOL
from alignment.stats.estimates import Number

NOT_SUPPORTED, WEAK = 0.5, 0.85  # of retrieval between chance, 0, and 1
MAX_UNKNOWN = 0.2  # share of subwords that the model does not know

Support = Literal["supported", "weak", "not supported"]


@dataclass(frozen=True)
class SupportEvidence:
    """What a language is judged by.

    Attributes:
        retrieval_among_10: its texts' retrieval among ten, both directions, in the mean over the
            supported languages; retrieval itself in a grid of fewer concepts.
        chance: what it is where nothing is aligned.
        unknown: share of subwords that the tokeniser does not know; None where it does not tell.
        subwords_per_character: over that of English; None without English, or the tokeniser.
    """

    retrieval_among_10: Number
    chance: Number
    unknown: Number
    subwords_per_character: Number


def of_languages(
    m: Measurement, subwords: Subwords | None
) -> tuple[dict[str, Support], dict[str, SupportEvidence]]:
    """Judge each language by how its texts find their translations, and are found by them."""
    languages = m.grid.languages
    if len(languages) < 2:
        return {}, {}
    retrieval, chance = m.paired.among_10_table, 1 / SMALL_POOL
    if not np.isfinite(retrieval).any():
        retrieval, chance = m.near.retrieval_table, m.chance[PARTS[2]]
        retrieval = (retrieval + retrieval.T) / 2
    nothing = np.full(len(languages), np.nan)
    unknown = subwords.share_unknown() if subwords else nothing
    length = subwords.per_character(m.grid) if subwords else nothing
    judged, own = judge(retrieval, chance, unknown)
    columns = zip(own.tolist(), unknown.tolist(), length.tolist(), strict=True)
    evidence = [SupportEvidence(value, chance, *text) for value, *text in columns]
    return (
        dict(zip(languages, judged, strict=True)),
        dict(zip(languages, evidence, strict=True)),
    )


def judge(
    retrieval: np.ndarray, chance: float, unknown: np.ndarray
) -> tuple[list[Support], np.ndarray]:
    """Judge languages by their retrieval with those that are supported.

    A language that fails drags every pair that it is in, so the worst is set aside first and the
    others are looked at without it, until none that is left fails; and on until none is weak. All
    are judged with those that are left. Where these are fewer than two, it is with those that do
    not fail; where these are, none is supported.

    Args:
        retrieval: (L, L), of both directions, among few candidates, so that large grids do not
            seem harder. NaN where two languages share too little.
        chance: what it is where nothing is aligned.
        unknown: (L,), share of unknown subwords, in [0, 1]; NaN where the model does not tell.

    Returns:
        The verdicts, and (L,) of the retrieval that they are by.
    """
    weak, failing = (chance + bound * (1 - chance) for bound in (WEAK, NOT_SUPPORTED))
    read = ~(unknown >= MAX_UNKNOWN)
    kept = _at_least(failing, retrieval, read)
    core = _at_least(weak, retrieval, kept)
    several = [group for group in (core, kept) if group.sum() > 1]
    own = _with_others(retrieval, several[0] if several else np.ones_like(read))
    verdicts: list[Support] = [
        "not supported"
        if not several or not readable or value < failing
        else "weak"
        if value < weak
        else "supported"
        for readable, value in zip(read, own, strict=True)
    ]
    return verdicts, own


def _at_least(bound: float, retrieval: np.ndarray, among: np.ndarray) -> np.ndarray:
    """Return which (L,) are left where the worst is set aside until none is below the bound."""
    kept = among.copy()
    own = _with_others(retrieval, kept)
    while (below := kept & (own < bound)).any():
        kept[np.where(below, own, np.inf).argmin()] = False
        own = _with_others(retrieval, kept)
    return kept


def _with_others(retrieval: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Return (L,): a language's mean over those that are kept."""
    means: np.ndarray = metrics.mean_present(retrieval[:, kept], axis=1)
    return means
