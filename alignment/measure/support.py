"""Support: judge whether a model supports a language."""

from typing import Literal

import numpy as np
from msgspec import Struct

from alignment.measure import metrics
from alignment.measure.arrays import Bools, Floats
from alignment.measure.measurement import PARTS, Measurement
from alignment.measure.pairs import SMALL_POOL
from alignment.measure.subwords import Subwords
from alignment.stats.estimates import Number, number, numbers

NOT_SUPPORTED, WEAK = 0.5, 0.85  # bounds of retrieval, on a scale from chance (0) to 1
MAX_UNKNOWN = 0.2  # share of unknown subwords

Support = Literal["supported", "weak", "not supported"]


class LanguageSupport(Struct, frozen=True):
    """Whether the model supports a language, and the evidence.

    Attributes:
        verdict: "supported", "weak" or "not supported".
        among_10: retrieval among ten in both directions, mean over the supported languages; in a
            grid of fewer concepts, retrieval.
        chance: value of ``among_10`` for a model that aligns nothing.
        unknown: share of subwords unknown to the tokeniser; None where it does not show them.
        subwords_per_character: relative to English; None without English or the tokeniser.
    """

    verdict: Support
    among_10: Number
    chance: Number
    unknown: Number
    subwords_per_character: Number


def support_of(m: Measurement, subwords: Subwords | None) -> dict[str, LanguageSupport]:
    """Return {language: verdict and evidence}; nothing for a grid of one language.

    A language is judged by its retrieval in both directions. ``subwords`` is None where the model
    does not show its tokeniser.
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

    Languages that are "not supported" are left out, because they lower every pair that includes
    them; if fewer than two remain, all L are compared.
    """
    places = [j for j, row in enumerate(support.values()) if row.verdict != "not supported"]
    return places if len(places) > 1 else list(range(L))


def judge(retrieval: Floats, chance: float, unknown: Floats) -> tuple[list[Support], Floats]:
    """Judge languages by their mean retrieval with the supported languages.

    Drop the worst language, judge the rest without it, and repeat until none fails; then until none
    is weak. All languages are judged with the remaining ones; if these are fewer than two, with the
    languages that do not fail; if these too are fewer than two, no language is supported.

    Args:
        retrieval: (L, L), in both directions, among ten candidates so that the size of the grid
            does not matter. NaN where two languages share too few concepts.
        chance: value for a model that aligns nothing.
        unknown: (L,), share of unknown subwords, in [0, 1]; NaN if the tokeniser is not shown.

    Returns:
        The verdicts, and the mean retrieval (L,) that decides them.
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
    """Drop the worst language until none is below the bound; return the remaining ones (L,)."""
    left = among.copy()
    means = _mean_with(left, retrieval)
    while (below := left & (means < bound)).any():
        left[np.where(below, means, np.inf).argmin()] = False
        means = _mean_with(left, retrieval)
    return left


def _mean_with(languages: Bools, retrieval: Floats) -> Floats:
    """Return (L,): each language's mean retrieval with some languages."""
    return metrics.mean_present(retrieval[:, languages], axis=1)
