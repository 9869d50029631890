"""Findings of a diagnosis: which languages and categories are retrieved worse, and why."""

from alignment.diagnosis.forms import CAPITALISED, LOWER, SENTENCE
from alignment.diagnosis.probes import CENTRED, DISTINCT
from alignment.diagnosis.record import Diagnosis, FailingText, FormChange, LanguageDiagnosis
from alignment.record.core import CoreResults
from alignment.report.findings import judged
from alignment.report.labels import Labels
from alignment.report.words import (
    capital,
    detects,
    how_sure,
    in_points,
    language,
    languages,
    listed,
    on_these,
    p_value,
    percent,
    points,
    signed,
)
from alignment.stats.contrast import Contrast
from alignment.stats.estimates import ALPHA

MAX_LANGUAGES = 6  # that have a sentence of their own; of more, half as many have
MAX_NAMED = 12  # in a sentence on many
MAX_FAILING = 2  # texts that are named of a language

_IN_FORM = {
    LOWER: "in lower case",
    CAPITALISED: "with a capital letter",
    SENTENCE: "inside a sentence",
    DISTINCT: "without identical strings",
    CENTRED: "with its mean vector removed",
}


def of_cures(found: Diagnosis, results: CoreResults) -> list[str]:
    """Name the form in which a language that is not supported is found significantly more often."""
    said = []
    for code in _not_supported(results):
        rows = {form: own[code] for form, own in (found.forms or {}).items() if code in own}
        form = max(rows, key=lambda form: rows[form].contrast.difference or 0, default="")
        if form and rows[form].contrast.significant and (rows[form].contrast.difference or 0) > 0:
            said.append(f"{language(code)} is retrieved more often {_in_form(form, rows[form])}.")
    return said[:MAX_LANGUAGES]


def _in_form(form: str, row: FormChange) -> str:
    """Return "composed (NFC): in 96 % of cases instead of 42 %"."""
    before = row.bare or 0
    after = percent(before + (row.contrast.difference or 0))
    return f"{_IN_FORM.get(form, form)}: in {after} % of cases instead of {percent(before)} %"


def _not_supported(results: CoreResults) -> list[str]:
    """Return these languages; none where no language is supported, as there is nothing to cure."""
    codes = judged(results, "not supported")
    return codes if len(codes) < len(results.support) else []


def of_languages(found: Diagnosis, results: CoreResults) -> list[str]:
    """A sentence for each language that is worse, or has texts that fail; the others share one."""
    not_supported = judged(results, "not supported")
    known = {code: own for code, own in found.languages.items() if code not in not_supported}
    groups: dict[str, list[str]] = {}
    for code in sorted(known, key=lambda code: known[code].retrieval.difference or 0):
        groups.setdefault(_group(known[code]), []).append(code)
    worse = groups.pop("worse", [])
    failing = [
        code
        for code in groups.get("inconclusive", [])
        if known[code].failing_count and (known[code].retrieval.difference or 0) < 0
    ]
    speaking = [*worse, *failing]
    brief = len(speaking) > MAX_LANGUAGES
    speaking = speaking[: MAX_LANGUAGES // 2] if brief else speaking
    said = [_language(found, results, code, brief) for code in speaking]
    if more := [code for code in worse if code not in speaking]:
        said.append(f"Retrieved significantly less often too: {languages(more, MAX_NAMED)}.")
    if more := [code for code in failing if code not in speaking]:
        said.append(f"Single texts fail in {languages(more, MAX_NAMED)} too.")
    for standing, codes in sorted(groups.items()):
        if silent := [code for code in codes if code not in failing]:
            said.append(_several(found, results, standing, silent))
    return said


def _group(own: LanguageDiagnosis) -> str:
    """Return which sentence a language belongs to: worse, better, level or inconclusive."""
    if own.standing in ("level", "inconclusive") or not own.retrieval.difference:
        return own.standing
    return "worse" if own.retrieval.difference < 0 else "better"


def _several(found: Diagnosis, results: CoreResults, standing: str, codes: list[str]) -> str:
    names = languages(codes, MAX_NAMED)
    verb, show = ("is", "shows") if len(codes) == 1 else ("are", "show")
    if standing == "level":
        margin = points(results.provenance.margin)
        return f"{names} {verb} level with the other languages (within ± {margin})."
    if standing == "better":
        return f"{names} {verb} retrieved significantly more often than the other languages."
    detectable = [found.languages[code].retrieval.detectable for code in codes]
    largest = max((value for value in detectable if value is not None), default=None)
    seen = f"; {detects(points(largest))}" if largest is not None else ""
    return f"{names} {show} no sign of being retrieved less often than the other languages{seen}."


def _language(found: Diagnosis, results: CoreResults, code: str, brief: bool) -> str:
    """Say how a language that is worse stands, which of its texts fail, and what closes the gap."""
    own = found.languages[code]
    contrast, worse = own.retrieval, _group(own) == "worse"
    slightly = "slightly, " if own.standing.startswith("slightly") else ""
    unsure = "" if worse else ", but not significantly so"
    parts = [
        f"{language(code)} is retrieved {slightly}{points(contrast.difference or 0)} less often "
        f"than the other languages{on_these(own.standing)}{unsure} ({in_points(contrast)})",
        _failing(results, code, own, MAX_FAILING if not brief else 0),
    ]
    if worse and not (brief and own.forms is None):
        parts += [_forms(found, code), _subwords(own)]
    elif not worse and contrast.detectable is not None:
        parts.append(capital(detects(points(contrast.detectable))))
    return ". ".join(filter(None, parts)) + "."


def _failing(results: CoreResults, code: str, own: LanguageDiagnosis, most: int) -> str:
    """Describe the texts that fail, so many at most; when most do, do not list them."""
    there = results.coverage.languages[code]
    if not own.failing_count:
        return ""
    if own.failing_count > most and (own.failing_count > there / 4 or not most):
        return f"{own.failing_count:,} of its {there:,} texts fail"
    labels = Labels(results)
    named = [_failing_text(labels, code, text) for text in own.failing[:most]]
    more = own.failing_count - len(named)
    rest = f", and {more:,} more of its {there:,} texts" if more else ""
    fail = "One text fails" if own.failing_count == 1 else f"{own.failing_count:,} texts fail"
    return f"{fail}: {listed(named) if not rest else ', '.join(named)}{rest}"


def _failing_text(labels: Labels, code: str, text: FailingText) -> str:
    said = labels.with_gloss(text.concept, code).cut()
    if not text.mistaken_for:
        return said
    instead = labels.with_gloss(text.mistaken_for, code).cut()
    return f"{said} is mistaken for {instead} in {text.times} of {text.queries} languages"


def _forms(found: Diagnosis, code: str) -> str:
    """Name the forms of the texts that close the gap."""
    own = found.languages[code]
    if own.forms is None or found.forms is None:
        return "Other forms of the texts were not probed (--probe)"
    said = [
        f"{_in_form(form, found.forms[form][code])}, which {row.effect} the gap"
        + (f" to {points(row.difference.value or 0)}" if row.effect == "narrows" else "")
        for form, row in own.forms.items()
        if row.effect != "none"
    ]
    return (
        f"It is retrieved more often {'; '.join(said)}" if said else "No other form closes the gap"
    )


def _subwords(own: LanguageDiagnosis) -> str:
    said = {
        "explain": "The number of its subwords explains it",
        "do not explain": "The number of its subwords does not explain it",
    }
    return said.get(own.subwords.effect, "") if own.subwords else ""


def of_categories(found: Diagnosis) -> list[str]:
    """Say which categories are aligned better or worse than the rest."""
    contrasts = found.categories
    if not contrasts:
        return []
    said = [
        f"{name} concepts are aligned {_significantly(own)} than the rest ({_numbers(own)})."
        for name, own in contrasts.items()
        if own.significant and own.verdict != "level"
    ]
    if said:
        return said
    name, own = max(contrasts.items(), key=lambda item: abs(item[1].difference or 0))
    return [
        "No category is aligned significantly better or worse than the rest; the largest "
        f"difference is that of {name} concepts ({_numbers(own)})."
    ]


def _significantly(own: Contrast) -> str:
    slightly = "slightly" if own.verdict.startswith("slightly") else "significantly"
    word = "better" if (own.difference or 0) > 0 else "worse"
    return f"{slightly} {word}{on_these(own.verdict)}"


def _numbers(contrast: Contrast) -> str:
    """Return a difference in similarity with its interval and its p."""
    return f"similarity {how_sure(contrast.difference, contrast.interval, contrast.p)}"


def of_scripts(found: Diagnosis, results: CoreResults) -> list[str]:
    """Say whether languages of different scripts are farther apart."""
    contrast = found.scripts
    if not contrast:
        return []
    set_aside = len(judged(results, "not supported")) if results.among_supported else 0
    different = contrast.p is not None and contrast.p <= ALPHA
    farther = "farther apart" if (contrast.difference or 0) > 0 else "nearer to each other"
    verdict = farther if different else "neither significantly farther apart nor nearer"
    return [
        f"Languages of different scripts are {verdict} than languages of one script (difference "
        f"in centroid distance {signed(contrast.difference)}, {p_value(contrast.p)}, "
        f"{len(results.languages) - set_aside} languages)."
    ]
