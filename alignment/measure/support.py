"""Support: does the model know a language at all?"""

from typing import Literal

import numpy as np
from msgspec import Struct

from alignment.measure import metrics
from alignment.measure.arrays import Bools, Floats
from alignment.measure.measurement import PARTS, Measurement
from alignment.measure.pairs import SMALL_POOL
from alignment.measure.subwords import Subwords
from alignment.stats.estimates import Number, number, numbers

NOT_SUPPORTED, WEAK = 0.5, 0.85  # of retrieval between chance, 0, and 1
MAX_UNKNOWN = 0.2  # share of subwords that the model does not know

Support = Literal["supported", "weak", "not supported"]


class LanguageSupport(Struct, frozen=True):
    """Whether the model supports a language, and what this is judged by.

    Attributes:
        verdict: "supported", "weak" or "not supported".
        among_10: its texts' retrieval among ten, both directions, in the mean over the supported
            languages; retrieval itself in a grid of fewer concepts.
        chance: its value where nothing is aligned.
        unknown: share of subwords that the tokeniser does not know; None where it does not tell.
        subwords_per_character: over that of English; None without English, or the tokeniser.
    """

    verdict: Support
    among_10: Number
    chance: Number
    unknown: Number
    subwords_per_character: Number


def support_of(m: Measurement, subwords: Subwords | None) -> dict[str, LanguageSupport]:
    """Return {language: verdict and evidence}; nothing for a grid of one language.

    A language is judged by how its texts find their translations, and are found by them.
    ``subwords`` is None where the model does not show its tokeniser.
    """
    languages = m.grid.languages
    if len(languages) < 2:
        return {}
    retrieval, chance = m.paired.among_10_table, 1 / SMALL_POOL
    if not np.isfinite(retrieval).any():
        retrieval, chance = m.near.retrieval_table, m.chance[PARTS[2]]
        retrieval = (retrieval + retrieval.T) / 2
    nothing = np.full(len(languages), np.nan)
    unknown = subwords.share_unknown() if subwords else nothing
    length = subwords.per_character(m.grid) if subwords else nothing
    verdicts, among_10 = judge(retrieval, chance, unknown)
    columns = (numbers(values) for values in (among_10, unknown, length))
    return {
        code: LanguageSupport(verdict, value, number(chance), *text)
        for code, verdict, value, *text in zip(languages, verdicts, *columns, strict=True)
    }


def compared(support: dict[str, LanguageSupport], L: int) -> list[int]:
    """Return the places of the languages that are compared with each other.

    These are the languages that are not "not supported", or all L where these are fewer than two:
    a language that fails lowers every pair that it is part of.
    """
    places = [j for j, row in enumerate(support.values()) if row.verdict != "not supported"]
    return places if len(places) > 1 else list(range(L))


def judge(retrieval: Floats, chance: float, unknown: Floats) -> tuple[list[Support], Floats]:
    """Judge languages by their retrieval with those that are supported.

    Drop the language that retrieves worst, judge the rest without it, and repeat until none fails;
    then until none is weak. All languages are judged by their retrieval with those that are left;
    where these are fewer than two, with those that do not fail; where these are fewer than two as
    well, no language is supported.

    Args:
        retrieval: (L, L), of both directions, among few candidates, so that large grids do not
            seem harder. NaN where two languages share too little.
        chance: what it is where nothing is aligned.
        unknown: (L,), share of unknown subwords, in [0, 1]; NaN where the model does not tell.

    Returns:
        The verdicts, and the retrieval (L,) that they are judged by.
    """
    weak, failing = (chance + bound * (1 - chance) for bound in (WEAK, NOT_SUPPORTED))
    readable = ~(unknown >= MAX_UNKNOWN)
    not_failing = _at_least(failing, retrieval, readable)
    supported = _at_least(weak, retrieval, not_failing)
    several = [group for group in (supported, not_failing) if group.sum() > 1]
    means = _mean_with(several[0] if several else np.ones_like(readable), retrieval)
    verdicts: list[Support] = [
        "not supported"
        if not several or not is_read or value < failing
        else "weak"
        if value < weak
        else "supported"
        for is_read, value in zip(readable, means, strict=True)
    ]
    return verdicts, means


def _at_least(bound: float, retrieval: Floats, among: Bools) -> Bools:
    """Return which (L,) are left when the worst is dropped until none is below the bound."""
    left = among.copy()
    means = _mean_with(left, retrieval)
    while (below := left & (means < bound)).any():
        left[np.where(below, means, np.inf).argmin()] = False
        means = _mean_with(left, retrieval)
    return left


def _mean_with(languages: Bools, retrieval: Floats) -> Floats:
    """Return (L,): each language's mean retrieval with some languages."""
    return metrics.mean_present(retrieval[:, languages], axis=1)
