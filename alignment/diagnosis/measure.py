"""Diagnosis in numbers: whether a language is retrieved worse, which texts fail, and why."""

import numpy as np

from alignment.diagnosis import contrasts, record
from alignment.diagnosis.forms import ROMANISED, SENTENCE, embed_forms
from alignment.diagnosis.probes import Probe, changes, probe
from alignment.diagnosis.subwords import by_language
from alignment.measure import metrics
from alignment.measure.arrays import Floats
from alignment.measure.measurement import PARTS, Measurement
from alignment.record.analysis import Context
from alignment.seam import Request
from alignment.stats.contrast import Contrast
from alignment.stats.estimates import MIN_CONCEPTS, estimate, number
from alignment.stats.intervals import difference_interval, statistic_interval, weighted_mean

FAILS = -0.5  # a text fails if its retrieval minus that of its translations is lower
MAX_FAILING = 20  # failing texts listed for a language

Changes = dict[str, dict[str, record.FormChange]]  # {form: {language: change}}


def measure(request: Request, context: Context) -> record.Diagnosis:
    """Diagnose a run, and add the texts that the diagnosis names to the record."""
    m, among, margin = context.measurement, context.among, context.margin
    forms, probes, form_changes = {}, {}, None
    if request.embeds:
        forms = embed_forms(m.X, m.grid, context.embed)
        context.packages |= {"anyascii"} if ROMANISED in forms else set()
        probes = probe(m, among, forms)
        form_changes = changes(probes, margin, m.seed)
    subwords = count = None
    if context.subwords:
        similarity = m.values[f"calibrated_{PARTS[0]}"]
        subwords = by_language(context.subwords, similarity, m.grid, m.seed)
        count = context.subwords.count[:, context.compared]
    languages = _languages(among, margin, probes, form_changes, count)
    for code, row in languages.items():
        for text in row.failing:
            context.texts |= {(text.concept, code), (text.mistaken_for, code)}
    categories = m.grid.categories if len(m.grid.languages) > 1 else ()
    return record.Diagnosis(
        languages=languages,
        forms=form_changes,
        templates=dict(forms[SENTENCE][1].templates) if SENTENCE in forms else {},
        subwords=subwords,
        categories=contrasts.of_categories(among.by_concept[PARTS[0]], categories, margin, m.seed),
        scripts=contrasts.of_scripts(among.X, among.grid.scripts(), m.seed),
    )


def _languages(
    m: Measurement,
    margin: float,
    probes: dict[str, Probe],
    changes: Changes | None,
    count: Floats | None,
) -> dict[str, record.LanguageDiagnosis]:
    retrieval, languages = m.near.retrieval, m.grid.languages
    gaps = metrics.gaps(retrieval)
    sides = {form: _sides(probe, languages) for form, probe in probes.items()}
    rows = {}
    for code, contrast in contrasts.of_languages(retrieval, languages, margin, m.seed).items():
        j = languages.index(code)
        gap = gaps[:, j]
        fail = np.flatnonzero(gap < FAILS - 1e-9)
        worst = fail[np.argsort(gap[fail], kind="stable")][:MAX_FAILING]
        rows[code] = record.LanguageDiagnosis(
            retrieval=contrast,
            standing=contrast.verdict,
            failing=[_failing(int(c), j, gap[c], m) for c in worst],
            failing_count=len(fail),
            forms=_forms(code, sides, changes, m.seed) if changes else None,
            subwords=_subword_effect(gap, count, j, m.seed) if count is not None else None,
        )
    return rows


def _sides(probe: Probe, languages: tuple[str, ...]) -> dict[str, Floats]:
    """Return {language: gaps (2, C)}, bare and in the form, for ``languages`` with the form."""
    columns = [j for j, code in enumerate(probe.languages) if code in languages]
    gaps = np.stack([metrics.gaps(V[:, columns]) for V in (probe.bare, probe.value)])
    return {probe.languages[j]: gaps[:, :, i] for i, j in enumerate(columns)}


def _failing(c: int, j: int, difference: float, m: Measurement) -> record.FailingText:
    """Describe the text of concept c in language j by the most frequent wrong answer."""
    queries = np.flatnonzero(m.present[c] & (np.arange(len(m.present[c])) != j))
    answers, times = np.unique(m.near.answer[c, queries, j], return_counts=True)
    wrong = answers != c
    most = int(times[wrong].max(initial=0))
    instead = m.grid.concepts[answers[wrong][times[wrong].argmax()]] if most else ""
    gap = number(difference) or 0.0
    return record.FailingText(m.grid.concepts[c], gap, instead, most, len(queries))


def _forms(
    language: str, sides: dict[str, dict[str, Floats]], changes: Changes, seed: int
) -> dict[str, record.FormEffect]:
    """Compare the language's gap in every form that it has with the gap of its bare texts."""
    forms = [form for form, gaps in sides.items() if language in gaps]
    before, after = np.stack([sides[form][language] for form in forms], axis=2)  # (C, forms)
    left, closed = (difference_interval(values, seed).T for values in (after, after - before))
    gap, remains = metrics.mean_present(before, axis=0), metrics.mean_present(after, axis=0)
    effects = {}
    for i, form in enumerate(forms):
        change = changes[form][language].contrast
        effect = _effect(change, gap[i], remains[i], left[i], closed[i])
        effects[form] = record.FormEffect(estimate(remains[i], left[i]), effect)
    return effects


def _effect(
    change: Contrast, gap: float, remains: float, left: Floats, closed: Floats
) -> record.Effect:
    """Return the effect of a form on a gap; "none" if it does not improve the language itself."""
    helps = change.significant and (change.difference or 0) > 0 and closed[0] > 0
    if not (helps and gap < 0):
        return "none"
    return "removes" if left[1] >= 0 and remains > gap / 2 else "narrows"


def _subword_effect(gap: Floats, count: Floats, j: int, seed: int) -> record.SubwordEffect:
    """Return the gap of language j for concepts with as many subwords here as elsewhere."""
    others = metrics.mean_present(np.delete(count, j, axis=1), axis=1)
    more = count[:, j] - others + 0 * gap  # NaN where either is
    moments = np.stack([more, gap + 0 * more, more * more, more * gap], axis=1)
    _, at_equal = _line(moments, np.ones((1, len(moments))))[0]
    ends = statistic_interval(moments, _line, seed).T
    if np.isfinite(more).sum() < MIN_CONCEPTS:
        ends[:] = np.nan
    (_, slope), (_, highest) = ends  # the upper ends of the intervals
    effect: record.Explained = "do not explain" if highest < 0 else "inconclusive"
    if slope < 0 <= highest and at_equal > metrics.mean_present(gap) / 2:
        effect = "explain"
    return record.SubwordEffect(estimate(at_equal, ends[1]), effect)


def _line(moments: Floats, weights: Floats) -> Floats:
    """Return slope and height at 0 (R, 2) of the line through x, y, given x, y, x², x·y (C, 4)."""
    x, y, xx, xy = weighted_mean(moments, weights).T
    spread = xx - x * x
    slope = np.divide(xy - x * y, spread, out=np.zeros_like(x), where=spread > 1e-12)
    return np.stack([slope, y - slope * x], axis=1)
