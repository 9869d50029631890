"""Diagnosis: is a language retrieved worse than the others, by which texts, and what cures it?"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from alignment.explain.probes import Change, Probe
from alignment.explain.subwords import Subwords
from alignment.grids import ConceptGrid
from alignment.measure import metrics
from alignment.stats.estimates import MARGIN, MIN_CONCEPTS, Contrast, Interval, Number
from alignment.stats.intervals import difference_interval, statistic_interval, weighted_mean

FAILS = -0.5  # a text fails that is retrieved by so much less than its translations
MAX_FAILING = 20  # that are named of a language

Standing = Literal["lower", "higher", "level", "inconclusive"]
Effect = Literal["removes", "narrows", "none"]
Explained = Literal["explain", "do not explain", "inconclusive"]


@dataclass(frozen=True)
class FailingText:
    """A text that is retrieved less than its translations.

    Attributes:
        concept: of the text.
        difference: of its retrieval from that of the translations, in [−1, −0.5).
        mistaken_for: the concept that the most queries find instead of it; "" where none does.
        times: how many queries of how many find that concept.
        queries: in as many languages.
    """

    concept: str
    difference: float
    mistaken_for: str
    times: int
    queries: int


@dataclass(frozen=True)
class FormEffect:
    """The difference of a language from the others in another form of the texts.

    Attributes:
        difference: in this form.
        interval: of the difference.
        effect: of the form on the gap of the bare texts.
    """

    difference: Number
    interval: Interval
    effect: Effect


@dataclass(frozen=True)
class SubwordEffect:
    """Whether the number of its subwords explains a language's difference.

    Attributes:
        at_equal: the difference where a concept has as many subwords here as elsewhere.
        interval: of that.
        effect: of the number of subwords on the gap.
    """

    at_equal: Number
    interval: Interval
    effect: Explained


@dataclass(frozen=True)
class LanguageDiagnosis:
    """Whether a language diverges, and why.

    Attributes:
        retrieval: its difference from that of the pairs without the language.
        standing: what can be said of the difference.
        failing: the texts that fail, the worst first, at most ``MAX_FAILING``.
        failing_count: how many fail.
        forms: {form: the difference in it}; None where not probed.
        subwords: what their number has to do with it; None where the tokeniser is not known.
    """

    retrieval: Contrast
    standing: Standing
    failing: list[FailingText]
    failing_count: int
    forms: dict[str, FormEffect] | None
    subwords: SubwordEffect | None


def diagnose(
    retrieval: np.ndarray,
    answer: np.ndarray,
    contrasts: dict[str, Contrast],
    grid: ConceptGrid,
    *,
    seed: int,
    margin: float = MARGIN,
    probes: dict[str, Probe] | None = None,
    changes: dict[str, dict[str, Change]] | None = None,
    subwords: Subwords | None = None,
) -> dict[str, LanguageDiagnosis]:
    """Say of each language whether it diverges, and why, as far as it can be told.

    Args:
        retrieval: (C, L) credits; NaN where there is no text.
        answer: (C, L, L), the concept that query (c, a) retrieves in language b.
        contrasts: of the languages; empty for too small a grid.
        seed: of resampling.
        margin: differences within it do not matter.
        probes: retrieval in every form, and changes by form and language; None where not probed.
        subwords: None where the model does not show its tokeniser.
    """
    gap = metrics.gaps(retrieval)
    sides = {
        form: (metrics.gaps(probe.bare), metrics.gaps(probe.value))
        for form, probe in (probes or {}).items()
    }
    found = {}
    for language, contrast in contrasts.items():
        j = grid.languages.index(language)
        fail = np.flatnonzero(gap[:, j] < FAILS - 1e-9)
        worst = fail[np.argsort(gap[fail, j], kind="stable")][:MAX_FAILING]
        found[language] = LanguageDiagnosis(
            retrieval=contrast,
            standing=_standing(contrast, margin),
            failing=[_failing(int(c), j, gap[c, j], answer, grid) for c in worst],
            failing_count=len(fail),
            forms=_forms(language, probes, sides, changes, seed) if probes and changes else None,
            subwords=_subword_effect(gap[:, j], subwords, j, seed) if subwords else None,
        )
    return found


def _standing(contrast: Contrast, margin: float) -> Standing:
    if contrast.interval.within(margin):
        return "level"
    if not contrast.significant:
        return "inconclusive"
    return "lower" if (contrast.difference or 0) < 0 else "higher"


def _failing(
    c: int, j: int, difference: float, answer: np.ndarray, grid: ConceptGrid
) -> FailingText:
    """Describe the text of concept c in language j by what is found instead of it."""
    queries = [a for a, text in enumerate(grid.texts[c]) if text is not None and a != j]
    found, times = np.unique(answer[c, queries, j], return_counts=True)
    wrong = found != c
    most = int(times[wrong].max(initial=0))
    instead = grid.concepts[found[wrong][times[wrong].argmax()]] if most else ""
    return FailingText(grid.concepts[c], float(difference), instead, most, len(queries))


def _forms(
    language: str,
    probes: dict[str, Probe],
    sides: dict[str, tuple[np.ndarray, np.ndarray]],
    changes: dict[str, dict[str, Change]],
    seed: int,
) -> dict[str, FormEffect]:
    """Compare the language's gap in every form that it has with its gap without.

    Args:
        sides: of each form the gaps (C, L') without it and in it.
    """
    forms = [form for form, probe in probes.items() if language in probe.languages]
    places = [(form, probes[form].languages.index(language)) for form in forms]
    before, after = (
        np.stack([sides[form][side][:, j] for form, j in places], axis=1) for side in (0, 1)
    )
    left, closed = (difference_interval(values, seed).T for values in (after, after - before))
    gap, remains = metrics.mean_present(before, axis=0), metrics.mean_present(after, axis=0)
    return {
        form: FormEffect(
            difference=float(remains[i]),
            interval=Interval(*left[i]),
            effect=_effect(changes[form][language], gap[i], remains[i], left[i], closed[i]),
        )
        for i, form in enumerate(forms)
    }


def _effect(change: Change, gap: float, remains: float, left, closed) -> Effect:
    """Tell what a form does to a gap; only one in which the language itself is retrieved better."""
    helps = change.significant and (change.change or 0) > 0 and closed[0] > 0
    if not (helps and gap < 0):
        return "none"
    return "removes" if left[1] >= 0 and remains > gap / 2 else "narrows"


def _subword_effect(gap: np.ndarray, subwords: Subwords, j: int, seed: int) -> SubwordEffect:
    """Say what is left of the gap where a concept has as many subwords here as elsewhere."""
    others = metrics.mean_present(np.delete(subwords.count, j, axis=1), axis=1)
    more = subwords.count[:, j] - others + 0 * gap  # NaN where either is
    moments = np.stack([more, gap + 0 * more, more * more, more * gap], axis=1)
    _, at_equal = _line(moments, np.ones((1, len(moments))))[0]
    ends = statistic_interval(moments, _line, seed).T
    if np.isfinite(more).sum() < MIN_CONCEPTS:
        ends[:] = np.nan
    effect = _explained(gap, at_equal, ends)
    return SubwordEffect(float(at_equal), Interval(*ends[1]), effect)


def _explained(gap: np.ndarray, at_equal: float, ends: np.ndarray) -> Explained:
    """Subwords explain a gap that goes with them, and that is gone where they are equal."""
    difference = metrics.mean_present(gap)
    if ends[0][1] < 0 and ends[1][1] >= 0 and at_equal > difference / 2:
        return "explain"
    return "do not explain" if ends[1][1] < 0 else "inconclusive"


def _line(moments: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return slope and height at 0 (R, 2) of the line through x, y, given x, y, x², x·y (C, 4)."""
    x, y, xx, xy = weighted_mean(moments, weights).T
    spread = xx - x * x
    slope = np.divide(xy - x * y, spread, out=np.zeros_like(x), where=spread > 1e-12)
    return np.stack([slope, y - slope * x], axis=1)
