"""Findings of a diagnosis: which languages and categories are retrieved worse, and why."""

from collections import defaultdict

from alignment.diagnosis.forms import CAPITALISED, LOWER, SENTENCE
from alignment.diagnosis.probes import CENTRED, DISTINCT
from alignment.diagnosis.record import Diagnosis, FailingText, FormChange, LanguageDiagnosis
from alignment.record.core import CoreResults
from alignment.report import words
from alignment.report.findings import judged
from alignment.report.labels import Labels
from alignment.stats.contrast import Contrast
from alignment.stats.estimates import ALPHA

MAX_LANGUAGES = 6  # most languages with a sentence each; of more languages, half as many have one
MAX_NAMED = 12  # languages named in one sentence
MAX_FAILING = 2  # failing texts named for a language

_IN_FORM = {
    LOWER: "in lower case",
    CAPITALISED: "with a capital letter",
    SENTENCE: "inside a sentence",
    DISTINCT: "without identical strings",
    CENTRED: "with its mean vector removed",
}


def of_cures(diagnosis: Diagnosis, results: CoreResults) -> list[str]:
    """Name the form in which an unsupported language is retrieved significantly more often."""
    codes = judged(results, "not supported")
    if len(codes) == len(results.support):
        return []
    sentences = []
    for code in codes:
        forms = (diagnosis.forms or {}).items()
        rows = {form: by_code[code] for form, by_code in forms if code in by_code}
        form = max(rows, key=lambda form: _difference(rows[form].contrast), default="")
        if form and rows[form].contrast.significant and _difference(rows[form].contrast) > 0:
            with_form = _in_form(form, rows[form])
            sentences.append(f"{words.language(code)} is retrieved more often {with_form}.")
    return sentences[:MAX_LANGUAGES]


def _difference(contrast: Contrast) -> float:
    return contrast.difference or 0


def _in_form(form: str, row: FormChange) -> str:
    """Return "composed (NFC): in 96 % of cases instead of 42 %"."""
    before = row.bare or 0
    after = words.percent(before + _difference(row.contrast))
    return f"{_IN_FORM.get(form, form)}: in {after} % of cases instead of {words.percent(before)} %"


def of_languages(diagnosis: Diagnosis, results: CoreResults) -> list[str]:
    """Return a sentence for each worse language or one with failing texts; others share one."""
    not_supported, rows = judged(results, "not supported"), diagnosis.languages
    groups = defaultdict(list)
    for code in sorted(rows, key=lambda code: _difference(rows[code].retrieval)):
        if code not in not_supported:
            groups[_group(rows[code])].append(code)
    worse, failing = groups.pop("worse", []), groups.pop("failing", [])
    alone = [*worse, *failing]  # languages with a sentence each
    brief = len(alone) > MAX_LANGUAGES
    alone = alone[: MAX_LANGUAGES // 2] if brief else alone
    sentences = [_language(diagnosis, results, code, brief) for code in alone]
    for codes, sentence in (
        (worse, "Retrieved significantly less often too: {}."),
        (failing, "Single texts fail in {} too."),
    ):
        if more := [code for code in codes if code not in alone]:
            sentences.append(sentence.format(words.languages(more, MAX_NAMED)))
    several = (_several(diagnosis, results, *group) for group in sorted(groups.items()))
    return [*sentences, *several]


def _group(row: LanguageDiagnosis) -> str:
    """Return the kind of a language's sentence: worse, better, level, inconclusive or failing."""
    difference = _difference(row.retrieval)
    if row.standing == "inconclusive" and row.failing_count and difference < 0:
        return "failing"
    if row.standing in ("level", "inconclusive") or not difference:
        return row.standing
    return "worse" if difference < 0 else "better"


def _several(diagnosis: Diagnosis, results: CoreResults, group: str, codes: list[str]) -> str:
    names = words.languages(codes, MAX_NAMED)
    verb, show = ("is", "shows") if len(codes) == 1 else ("are", "show")
    if group == "level":
        margin = words.points(results.provenance.margin)
        return f"{names} {verb} level with the other languages (within ± {margin})."
    if group == "better":
        return f"{names} {verb} retrieved significantly more often than the other languages."
    detectable = (diagnosis.languages[code].retrieval.detectable for code in codes)
    largest = max((value for value in detectable if value is not None), default=None)
    power = "" if largest is None else f"; {words.detects(words.points(largest))}"
    return f"{names} {show} no sign of being retrieved less often than the other languages{power}."


def _language(diagnosis: Diagnosis, results: CoreResults, code: str, brief: bool) -> str:
    """Say how much worse a language is, which texts fail, and which form closes the gap."""
    row = diagnosis.languages[code]
    contrast, worse = row.retrieval, _group(row) == "worse"
    slightly = "slightly, " if row.standing.startswith("slightly") else ""
    limits = words.on_these(row.standing) + ("" if worse else ", but not significantly so")
    parts = [
        f"{words.language(code)} is retrieved {slightly}{words.points(_difference(contrast))} less "
        f"often than the other languages{limits} ({words.in_points(contrast)})",
        _failing(results, code, row, MAX_FAILING if not brief else 0),
    ]
    if worse and not (brief and row.forms is None):
        parts += [_forms(diagnosis, code), _subwords(row)]
    elif not worse and contrast.detectable is not None:
        parts.append(words.capital(words.detects(words.points(contrast.detectable))))
    return ". ".join(filter(None, parts)) + "."


def _failing(results: CoreResults, code: str, row: LanguageDiagnosis, most: int) -> str:
    """Name at most ``most`` failing texts; none where more than a quarter of the texts fails."""
    count, present = row.failing_count, results.coverage.languages[code]
    if not count:
        return ""
    if count > most and (count > present / 4 or not most):
        return f"{count:,} of its {present:,} texts fail"
    labels = Labels(results)
    named = [_failing_text(labels, code, text) for text in row.failing[:most]]
    more = count - len(named)
    texts = f"{', '.join(named)}, and {more:,} more of its {present:,} texts"
    fail = "One text fails" if count == 1 else f"{count:,} texts fail"
    return f"{fail}: {texts if more else words.listed(named)}"


def _failing_text(labels: Labels, code: str, text: FailingText) -> str:
    name = labels.with_gloss(text.concept, code).cut()
    if not text.mistaken_for:
        return name
    instead = labels.with_gloss(text.mistaken_for, code).cut()
    return f"{name} is mistaken for {instead} in {text.times} of {text.queries} languages"


def _forms(diagnosis: Diagnosis, code: str) -> str:
    """Name the forms of the texts that close the gap."""
    effects = diagnosis.languages[code].forms
    if effects is None or diagnosis.forms is None:
        return "Other forms of the texts were not probed (--probe)"
    closing = [
        f"{_in_form(form, diagnosis.forms[form][code])}, which {row.effect} the gap"
        + (f" to {words.points(row.difference.value or 0)}" if row.effect == "narrows" else "")
        for form, row in effects.items()
        if row.effect != "none"
    ]
    more_often = f"It is retrieved more often {'; '.join(closing)}"
    return more_often if closing else "No other form closes the gap"


def _subwords(row: LanguageDiagnosis) -> str:
    if not row.subwords or row.subwords.effect == "inconclusive":
        return ""
    verb = "explains" if row.subwords.effect == "explain" else "does not explain"
    return f"The number of its subwords {verb} it"


def of_categories(diagnosis: Diagnosis) -> list[str]:
    """Say which categories are aligned better or worse than the rest."""
    contrasts = diagnosis.categories
    sentences = [
        f"{name} concepts are aligned {_significantly(contrast)} than the rest "
        f"({_similarity(contrast)})."
        for name, contrast in contrasts.items()
        if contrast.significant and contrast.verdict != "level"
    ]
    if sentences or not contrasts:
        return sentences
    name = max(contrasts, key=lambda name: abs(_difference(contrasts[name])))
    return [
        "No category is aligned significantly better or worse than the rest; the largest "
        f"difference is that of {name} concepts ({_similarity(contrasts[name])})."
    ]


def _significantly(contrast: Contrast) -> str:
    slightly = "slightly" if contrast.verdict.startswith("slightly") else "significantly"
    better = "better" if _difference(contrast) > 0 else "worse"
    return f"{slightly} {better}{words.on_these(contrast.verdict)}"


def _similarity(contrast: Contrast) -> str:
    """Return a difference in similarity with its interval and its p."""
    return f"similarity {words.how_sure(contrast.difference, contrast.interval, contrast.p)}"


def of_scripts(diagnosis: Diagnosis, results: CoreResults) -> list[str]:
    """Say whether languages of different scripts are farther apart."""
    contrast = diagnosis.scripts
    if not contrast:
        return []
    set_aside = len(judged(results, "not supported")) if results.among_supported else 0
    verdict = "neither significantly farther apart nor nearer"
    if contrast.p is not None and contrast.p <= ALPHA:
        verdict = "farther apart" if (contrast.difference or 0) > 0 else "nearer to each other"
    return [
        f"Languages of different scripts are {verdict} than languages of one script (difference "
        f"in centroid distance {words.signed(contrast.difference)}, {words.p_value(contrast.p)}, "
        f"{len(results.languages) - set_aside} languages)."
    ]
