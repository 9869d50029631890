"""Diagnosis: is a language retrieved worse than the others, by which texts, and what cures it?"""

import numpy as np

from alignment.diagnosis import Asked, contrasts
from alignment.diagnosis.forms import ROMANISED, SENTENCE, Forms, embed_forms
from alignment.diagnosis.probes import Probe, changes, probe
from alignment.diagnosis.record import (
    Diagnosis,
    Effect,
    Explained,
    FailingText,
    FormChange,
    FormEffect,
    LanguageDiagnosis,
    SubwordEffect,
)
from alignment.diagnosis.subwords import by_language
from alignment.measure import metrics
from alignment.measure.arrays import Floats
from alignment.measure.measurement import PARTS, Measurement
from alignment.measure.subwords import Subwords
from alignment.record.analysis import Context
from alignment.stats.contrast import Contrast
from alignment.stats.estimates import MIN_CONCEPTS, estimate, number
from alignment.stats.intervals import difference_interval, statistic_interval, weighted_mean

FAILS = -0.5  # a text fails that is retrieved by so much less than its translations
MAX_FAILING = 20  # that are named of a language

Sides = dict[str, tuple[Floats, Floats]]  # of a language, (C,) without a form and in it


def measure(request: Asked, context: Context) -> Diagnosis:
    """Diagnose a run; the record is to hold the texts that fail, and what they are mistaken for."""
    m, forms = context.measurement, None
    if request.probe:
        forms = embed_forms(m.X, m.grid, context.embed)
        context.packages |= {"anyascii"} if ROMANISED in forms else set()
    found = diagnose(m, context.among, context.margin, forms, context.subwords)
    for code, language in found.languages.items():
        for text in language.failing:
            context.texts |= {(text.concept, code), (text.mistaken_for, code)}
    return found


def diagnose(
    m: Measurement,
    among: Measurement,
    margin: float,
    forms: Forms | None = None,
    subwords: Subwords | None = None,
) -> Diagnosis:
    """Say what retrieval fails by, as far as it can be told.

    Args:
        m: of the whole grid.
        among: of the languages that are compared with each other; ``m`` where these are all.
        margin: differences within ± margin do not matter.
        forms: vectors of the grid in other forms; None to probe nothing.
        subwords: how the model cuts the texts up; None where it does not show it.
    """
    probes = probe(m, among, forms) if forms is not None else None
    found = changes(probes, margin, m.seed) if probes else None
    written = forms.get(SENTENCE) if forms else None
    similarity = m.values[f"calibrated_{PARTS[0]}"]
    intra, grid = among.by_concept[PARTS[0]], m.grid
    return Diagnosis(
        languages=_languages(among, margin, probes, found, _count(m, among, subwords)),
        forms=found,
        templates=dict(written[1].templates) if written else {},
        subwords=by_language(subwords, similarity, grid, m.seed) if subwords else None,
        categories=(
            contrasts.of_categories(intra, grid.categories, margin, m.seed)
            if len(grid.languages) > 1
            else {}
        ),
        scripts=contrasts.of_scripts(among.X, among.grid.scripts(), m.seed),
    )


def _count(m: Measurement, among: Measurement, subwords: Subwords | None) -> Floats | None:
    """Return the numbers of subwords (C, L') in the languages that are compared."""
    if subwords is None:
        return None
    return subwords.count[:, [m.grid.languages.index(code) for code in among.grid.languages]]


def _languages(
    m: Measurement,
    margin: float,
    probes: dict[str, Probe] | None,
    changes: dict[str, dict[str, FormChange]] | None,
    count: Floats | None,
) -> dict[str, LanguageDiagnosis]:
    retrieval, languages = m.near.retrieval, m.grid.languages
    gap = metrics.gaps(retrieval)
    sides = {form: _sides(probe, languages) for form, probe in (probes or {}).items()}
    found = {}
    for code, contrast in contrasts.of_languages(retrieval, languages, margin, m.seed).items():
        j = languages.index(code)
        fail = np.flatnonzero(gap[:, j] < FAILS - 1e-9)
        worst = fail[np.argsort(gap[fail, j], kind="stable")][:MAX_FAILING]
        found[code] = LanguageDiagnosis(
            retrieval=contrast,
            standing=contrast.verdict,
            failing=[_failing(int(c), j, gap[c, j], m) for c in worst],
            failing_count=len(fail),
            forms=_forms(code, sides, changes, m.seed) if changes else None,
            subwords=_subword_effect(gap[:, j], count, j, m.seed) if count is not None else None,
        )
    return found


def _sides(probe: Probe, languages: tuple[str, ...]) -> Sides:
    """Return the gaps of the languages among each other that have the form: without it, in it."""
    columns = [j for j, code in enumerate(probe.languages) if code in languages]
    bare, value = (metrics.gaps(V[:, columns]) for V in (probe.bare, probe.value))
    return {probe.languages[j]: (bare[:, i], value[:, i]) for i, j in enumerate(columns)}


def _failing(c: int, j: int, difference: float, m: Measurement) -> FailingText:
    """Describe the text of concept c in language j by what is found instead of it."""
    queries = np.flatnonzero(m.present[c] & (np.arange(len(m.present[c])) != j))
    found, times = np.unique(m.near.answer[c, queries, j], return_counts=True)
    wrong = found != c
    most = int(times[wrong].max(initial=0))
    instead = m.grid.concepts[found[wrong][times[wrong].argmax()]] if most else ""
    gap = number(difference) or 0.0
    return FailingText(m.grid.concepts[c], gap, instead, most, len(queries))


def _forms(
    language: str, sides: dict[str, Sides], changes: dict[str, dict[str, FormChange]], seed: int
) -> dict[str, FormEffect]:
    """Compare the language's gap in every form that it has with its gap without."""
    forms = [form for form, own in sides.items() if language in own]
    pairs = [sides[form][language] for form in forms]
    before, after = (np.stack(side, axis=1) for side in zip(*pairs, strict=True))
    left, closed = (difference_interval(values, seed).T for values in (after, after - before))
    gap, remains = metrics.mean_present(before, axis=0), metrics.mean_present(after, axis=0)
    effects = (
        _effect(changes[form][language].contrast, *numbers)
        for form, *numbers in zip(forms, gap, remains, left, closed, strict=True)
    )
    return {
        form: FormEffect(estimate(remains[i], left[i]), effect)
        for i, (form, effect) in enumerate(zip(forms, effects, strict=True))
    }


def _effect(change: Contrast, gap: float, remains: float, left: Floats, closed: Floats) -> Effect:
    """Tell what a form does to a gap; only one in which the language itself is retrieved better."""
    helps = change.significant and (change.difference or 0) > 0 and closed[0] > 0
    if not (helps and gap < 0):
        return "none"
    return "removes" if left[1] >= 0 and remains > gap / 2 else "narrows"


def _subword_effect(gap: Floats, count: Floats, j: int, seed: int) -> SubwordEffect:
    """Say what is left of the gap where a concept has as many subwords here as elsewhere."""
    others = metrics.mean_present(np.delete(count, j, axis=1), axis=1)
    more = count[:, j] - others + 0 * gap  # NaN where either is
    moments = np.stack([more, gap + 0 * more, more * more, more * gap], axis=1)
    _, at_equal = _line(moments, np.ones((1, len(moments))))[0]
    ends = statistic_interval(moments, _line, seed).T
    if np.isfinite(more).sum() < MIN_CONCEPTS:
        ends[:] = np.nan
    return SubwordEffect(estimate(at_equal, ends[1]), _explained(gap, at_equal, ends))


def _explained(gap: Floats, at_equal: float, ends: Floats) -> Explained:
    """Subwords explain a gap that goes with them, and that is gone where they are equal."""
    difference = metrics.mean_present(gap)
    if ends[0][1] < 0 and ends[1][1] >= 0 and at_equal > difference / 2:
        return "explain"
    return "do not explain" if ends[1][1] < 0 else "inconclusive"


def _line(moments: Floats, weights: Floats) -> Floats:
    """Return slope and height at 0 (R, 2) of the line through x, y, given x, y, x², x·y (C, 4)."""
    x, y, xx, xy = weighted_mean(moments, weights).T
    spread = xx - x * x
    slope = np.divide(xy - x * y, spread, out=np.zeros_like(x), where=spread > 1e-12)
    return np.stack([slope, y - slope * x], axis=1)
