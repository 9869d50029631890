"""Findings on languages: which the model does not know, which are retrieved worse, and why."""

from alignment.explain.diagnosis import FailingText, LanguageDiagnosis
from alignment.explain.forms import CAPITALISED, LOWER, SENTENCE
from alignment.explain.probes import CENTRED, DISTINCT, Change
from alignment.present.words import (
    counted,
    language,
    languages,
    listed,
    p_value,
    percent,
    points,
    points_interval,
    text_label,
)
from alignment.record.results import AlignmentResults
from alignment.stats.estimates import Number

MAX_LANGUAGES = 6  # that have a sentence of their own; of more, half as many have
MAX_NAMED = 12  # in a sentence on many
MAX_FAILING = 2  # texts that are named of a language
MIN_UNKNOWN = 0.005  # share of unknown subwords from which it is said
MIN_EVIDENCE = 0.05  # from which it may be why a language is not supported

_IN_FORM = {
    LOWER: "in lower case",
    CAPITALISED: "with a capital letter",
    SENTENCE: "inside a sentence",
    DISTINCT: "without identical strings",
    CENTRED: "with its mean vector removed",
}


def of_support(results: AlignmentResults) -> list[str]:
    """Say which languages the model does not know, by which evidence, and how the others are."""
    failing, weak = judged(results, "not supported"), judged(results, "weak")
    if failing and len(failing) == len(results.support):
        return [f"No language is supported by this model: {_found(results, failing)}."]
    said = [_not_supported(results, failing)] if failing else []
    if failing and (known := results.among_supported):
        retrieval = "cross_lingual_retrieval"
        said.append(
            f"Among the other {counted(len(results.support) - len(failing), 'language')}, which "
            f"alone are compared below, retrieval is {percent(known[retrieval])} % and the "
            f"calibrated score "
            f"{known['calibrated_alignment_score'] or 0:.2f}; over all {len(results.support)} they "
            f"are {percent(results.summary[retrieval])} % and "
            f"{results.calibrated['alignment_score'] or 0:.2f}."
        )
    if weak:
        said.append(f"{_are(weak)} weakly supported by this model: {_found(results, weak)}.")
    return said + _cured(results, failing)


def judged(results: AlignmentResults, verdict: str) -> list[str]:
    """Return the languages of one verdict on their support, the worst first."""
    evidence = results.support_evidence
    codes = [code for code, own in results.support.items() if own == verdict]
    return sorted(codes, key=lambda code: evidence[code].retrieval_among_10 or 0)


def _not_supported(results: AlignmentResults, codes: list[str]) -> str:
    shares = {code: results.support_evidence[code].unknown or 0 for code in codes}
    unknown = sorted((c for c in codes if shares[c] >= MIN_EVIDENCE), key=lambda c: -shares[c])
    head, found = f"{_are(codes)} not supported by this model", _found(results, codes)
    if not unknown:
        return f"{head}: {found}."
    if len(codes) == 1:
        share = percent(shares[codes[0]])
        return f"{head}: {share} % of its subwords are unknown to the tokeniser, and {found}."
    said = [f"{language(code)} ({percent(shares[code])} % unknown)" for code in unknown]
    return f"{head}: {found}. The tokeniser does not know all subwords of {listed(said, 4)}."


def _found(results: AlignmentResults, codes: list[str]) -> str:
    """Say how often texts find their translations, beside chance and the supported languages."""
    evidence = results.support_evidence
    rates = [percent(evidence[code].retrieval_among_10) for code in codes]
    rate = rates[0] if rates[0] == rates[-1] else f"{rates[0]} to {rates[-1]}"
    chance = evidence[codes[0]].chance or 0
    among = " among ten candidates" if chance <= 0.1 else ""
    beside = [f"chance: {percent(chance)} %"]
    if own := [evidence[code].retrieval_among_10 or 0 for code in judged(results, "supported")]:
        beside.append(f"supported languages: {percent(sum(own) / len(own))} %")
    its = "its texts find their translation" if len(codes) == 1 else "texts find their translation"
    return f"{its}{among} in {rate} % of cases ({'; '.join(beside)})"


def _are(codes: list[str]) -> str:
    return f"{languages(codes, MAX_LANGUAGES)} {'is' if len(codes) == 1 else 'are'}"


def _cured(results: AlignmentResults, codes: list[str]) -> list[str]:
    """Name the form in which a language that is not supported is found significantly more often."""
    said = []
    for code in codes:
        rows = {form: own[code] for form, own in (results.probes or {}).items() if code in own}
        form = max(rows, key=lambda form: rows[form].change or 0, default="")
        if form and rows[form].significant and (rows[form].change or 0) > 0:
            said.append(f"{language(code)} is retrieved more often {_in_form(form, rows[form])}.")
    return said[:MAX_LANGUAGES]


def _in_form(form: str, row: Change) -> str:
    """Return "composed (NFC): in 96 % of cases instead of 42 %"."""
    before = row.bare or 0
    after = percent(before + (row.change or 0))
    return f"{_IN_FORM.get(form, form)}: in {after} % of cases instead of {percent(before)} %"


def of_standing(results: AlignmentResults) -> list[str]:
    """A sentence for each language that is lower, or has texts that fail; the others share one."""
    known = {
        code: own
        for code, own in results.diagnosis.items()
        if results.support.get(code) != "not supported"
    }
    groups: dict[str, list[str]] = {}
    for code in sorted(known, key=lambda code: known[code].retrieval.difference or 0):
        groups.setdefault(known[code].standing, []).append(code)
    lower = groups.pop("lower", [])
    failing = [
        code
        for code in groups.get("inconclusive", [])
        if known[code].failing_count and (known[code].retrieval.difference or 0) < 0
    ]
    speaking = [*lower, *failing]
    brief = len(speaking) > MAX_LANGUAGES
    speaking = speaking[: MAX_LANGUAGES // 2] if brief else speaking
    said = [_language(results, code, known[code], brief) for code in speaking]
    if more := [code for code in lower if code not in speaking]:
        said.append(f"Retrieved significantly less often too: {languages(more, MAX_NAMED)}.")
    if more := [code for code in failing if code not in speaking]:
        said.append(f"Single texts fail in {languages(more, MAX_NAMED)} too.")
    for standing, codes in sorted(groups.items()):
        if silent := [code for code in codes if code not in failing]:
            said.append(_several(results, standing, silent))
    return said


def _several(results: AlignmentResults, standing: str, codes: list[str]) -> str:
    names = languages(codes, MAX_NAMED)
    verb, show = ("is", "shows") if len(codes) == 1 else ("are", "show")
    if standing == "level":
        margin = points(results.provenance.margin)
        return f"{names} {verb} level with the other languages (within ± {margin})."
    if standing == "higher":
        return f"{names} {verb} retrieved significantly more often than the other languages."
    detectable = [results.diagnosis[code].retrieval.detectable for code in codes]
    largest = max((value for value in detectable if value is not None), default=None)
    seen = f"; {_would_show(largest)}" if largest is not None else ""
    return f"{names} {show} no sign of being retrieved less often than the other languages{seen}."


def _language(results: AlignmentResults, code: str, own: LanguageDiagnosis, brief: bool) -> str:
    """Say how a language that is lower stands, which of its texts fail, and what closes the gap."""
    contrast, lower = own.retrieval, own.standing == "lower"
    parts = [
        f"{language(code)} is retrieved {points(contrast.difference or 0)} less often than the "
        f"other languages{'' if lower else ', but not significantly so'} "
        f"({points_interval(contrast.interval)}, {p_value(contrast.p)})",
        _failing(results, code, own, MAX_FAILING if not brief else 0),
    ]
    if lower and not (brief and own.forms is None):
        parts += [_forms(results, code, own), _subwords(own)]
    elif not lower:
        parts.append(_would_show(contrast.detectable).capitalize())
    return ". ".join(filter(None, parts)) + "."


def _would_show(detectable: Number) -> str:
    if detectable is None:
        return ""
    return f"a difference of {points(detectable)} would have been found in four of five cases"


def _failing(results: AlignmentResults, code: str, own: LanguageDiagnosis, most: int) -> str:
    """Describe the texts that fail, so many at most; when most do, do not list them."""
    there = results.coverage.languages[code]
    if not own.failing_count:
        return ""
    if own.failing_count > most and (own.failing_count > there / 4 or not most):
        return f"{own.failing_count:,} of its {there:,} texts fail"
    named = [_failing_text(results, code, text) for text in own.failing[:most]]
    more = own.failing_count - len(named)
    rest = f", and {more:,} more of its {there:,} texts" if more else ""
    fail = "One text fails" if own.failing_count == 1 else f"{own.failing_count:,} texts fail"
    return f"{fail}: {listed(named) if not rest else ', '.join(named)}{rest}"


def _failing_text(results: AlignmentResults, code: str, text: FailingText) -> str:
    said = text_label(results, text.concept, code)
    if not text.mistaken_for:
        return said
    instead = text_label(results, text.mistaken_for, code)
    return f"{said} is mistaken for {instead} in {text.times} of {text.queries} languages"


def _forms(results: AlignmentResults, code: str, own: LanguageDiagnosis) -> str:
    """Name the forms of the texts that close the gap."""
    if own.forms is None or results.probes is None:
        return "Other forms of the texts were not probed (--probe)"
    said = [
        f"{_in_form(form, results.probes[form][code])}, which {row.effect} the gap"
        + (f" to {points(row.difference or 0)}" if row.effect == "narrows" else "")
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


def of_unknown_subwords(results: AlignmentResults) -> list[str]:
    """Warn of languages that are supported, but not read whole."""
    shares = {
        code: results.support_evidence[code].unknown or 0
        for code, own in results.support.items()
        if own != "not supported"
    }
    unread = sorted((c for c in shares if shares[c] >= MIN_UNKNOWN), key=lambda c: -shares[c])
    if len(unread) > 1:
        said = listed([f"{language(code)} ({percent(shares[code])} %)" for code in unread], 6)
        return [f"The tokeniser does not know all subwords of {said}: {_IGNORED}."]
    return [
        f"{percent(shares[code])} % of the subwords of {language(code)} are unknown to the "
        f"tokeniser: {_IGNORED}."
        for code in unread
    ]


_IGNORED = "scores there ignore that part of the text"
