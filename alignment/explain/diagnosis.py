"""Diagnosis: is a language retrieved worse than the others, by which texts, and what cures it?"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from alignment.explain import contrasts
from alignment.explain.probes import Change, Probe
from alignment.grids.names import Concept, ConceptOrNone
from alignment.measure import metrics
from alignment.measure.measurement import Measurement
from alignment.stats.estimates import MARGIN, MIN_CONCEPTS, Contrast, Interval, Number
from alignment.stats.intervals import difference_interval, statistic_interval, weighted_mean

FAILS = -0.5  # a text fails that is retrieved by so much less than its translations
MAX_FAILING = 20  # that are named of a language

Sides = dict[str, tuple[np.ndarray, np.ndarray]]  # of a language, (C,) without a form and in it
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

    concept: Concept
    difference: float
    mistaken_for: ConceptOrNone
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
    m: Measurement,
    margin: float = MARGIN,
    probes: dict[str, Probe] | None = None,
    changes: dict[str, dict[str, Change]] | None = None,
    count: np.ndarray | None = None,
) -> dict[str, LanguageDiagnosis]:
    """Say of each language whether it diverges, and why, as far as it can be told.

    Args:
        m: the languages among which they are compared.
        margin: differences within it do not matter.
        probes: retrieval in every form, and changes by form and language; None where not probed.
        count: (C, L) of subwords; None where the model does not show its tokeniser.
    """
    retrieval, languages = m.near.retrieval, m.grid.languages
    gap = metrics.gaps(retrieval)
    sides = {form: _sides(probe, languages) for form, probe in (probes or {}).items()}
    found = {}
    for language, contrast in contrasts.of_languages(retrieval, languages, m.seed).items():
        j = languages.index(language)
        fail = np.flatnonzero(gap[:, j] < FAILS - 1e-9)
        worst = fail[np.argsort(gap[fail, j], kind="stable")][:MAX_FAILING]
        found[language] = LanguageDiagnosis(
            retrieval=contrast,
            standing=_standing(contrast, margin),
            failing=[_failing(int(c), j, gap[c, j], m) for c in worst],
            failing_count=len(fail),
            forms=_forms(language, sides, changes, m.seed) if changes else None,
            subwords=_subword_effect(gap[:, j], count, j, m.seed) if count is not None else None,
        )
    return found


def _sides(probe: Probe, languages: tuple[str, ...]) -> Sides:
    """Return the gaps of the languages among each other that have the form: without it, in it."""
    columns = [j for j, code in enumerate(probe.languages) if code in languages]
    bare, value = (metrics.gaps(V[:, columns]) for V in (probe.bare, probe.value))
    return {probe.languages[j]: (bare[:, i], value[:, i]) for i, j in enumerate(columns)}


def _standing(contrast: Contrast, margin: float) -> Standing:
    if contrast.interval.within(margin):
        return "level"
    if not contrast.significant:
        return "inconclusive"
    return "lower" if (contrast.difference or 0) < 0 else "higher"


def _failing(c: int, j: int, difference: float, m: Measurement) -> FailingText:
    """Describe the text of concept c in language j by what is found instead of it."""
    queries = np.flatnonzero(m.present[c] & (np.arange(len(m.present[c])) != j))
    found, times = np.unique(m.near.answer[c, queries, j], return_counts=True)
    wrong = found != c
    most = int(times[wrong].max(initial=0))
    instead = m.grid.concepts[found[wrong][times[wrong].argmax()]] if most else ""
    return FailingText(m.grid.concepts[c], float(difference), instead, most, len(queries))


def _forms(
    language: str, sides: dict[str, Sides], changes: dict[str, dict[str, Change]], seed: int
) -> dict[str, FormEffect]:
    """Compare the language's gap in every form that it has with its gap without."""
    forms = [form for form, own in sides.items() if language in own]
    pairs = [sides[form][language] for form in forms]
    before, after = (np.stack(side, axis=1) for side in zip(*pairs, strict=True))
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


def _subword_effect(gap: np.ndarray, count: np.ndarray, j: int, seed: int) -> SubwordEffect:
    """Say what is left of the gap where a concept has as many subwords here as elsewhere."""
    others = metrics.mean_present(np.delete(count, j, axis=1), axis=1)
    more = count[:, j] - others + 0 * gap  # NaN where either is
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
