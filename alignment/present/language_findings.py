"""Findings on languages: which the model does not support, which are retrieved worse, and why."""

from alignment.explain.diagnosis import FailingText, LanguageDiagnosis
from alignment.explain.forms import CAPITALISED, LOWER, SENTENCE
from alignment.explain.probes import CENTRED, DISTINCT, FormChange
from alignment.present.labels import Labels
from alignment.present.words import (
    capital,
    counted,
    detects,
    in_points,
    language,
    languages,
    listed,
    on_these,
    percent,
    points,
)
from alignment.record.results import AlignmentResults

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
    """Say which languages the model does not support, by which evidence; then of the others."""
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
    codes = [code for code, own in results.support.items() if own.verdict == verdict]
    return sorted(codes, key=lambda code: results.support[code].among_10 or 0)


def _not_supported(results: AlignmentResults, codes: list[str]) -> str:
    shares = {code: results.support[code].unknown or 0 for code in codes}
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
    evidence = results.support
    rates = [percent(evidence[code].among_10) for code in codes]
    rate = rates[0] if rates[0] == rates[-1] else f"{rates[0]} to {rates[-1]}"
    chance = evidence[codes[0]].chance or 0
    among = " among ten candidates" if chance <= 0.1 else ""
    beside = [f"chance: {percent(chance)} %"]
    if own := [evidence[code].among_10 or 0 for code in judged(results, "supported")]:
        beside.append(f"supported languages: {percent(sum(own) / len(own))} %")
    its = "its texts find their translation" if len(codes) == 1 else "texts find their translation"
    return f"{its}{among} in {rate} % of cases ({'; '.join(beside)})"


def _are(codes: list[str]) -> str:
    return f"{languages(codes, MAX_LANGUAGES)} {'is' if len(codes) == 1 else 'are'}"


def _cured(results: AlignmentResults, codes: list[str]) -> list[str]:
    """Name the form in which a language that is not supported is found significantly more often."""
    said = []
    for code in codes:
        rows = {form: own[code] for form, own in _probed(results).items() if code in own}
        form = max(rows, key=lambda form: rows[form].contrast.difference or 0, default="")
        if form and rows[form].contrast.significant and (rows[form].contrast.difference or 0) > 0:
            said.append(f"{language(code)} is retrieved more often {_in_form(form, rows[form])}.")
    return said[:MAX_LANGUAGES]


def _in_form(form: str, row: FormChange) -> str:
    """Return "composed (NFC): in 96 % of cases instead of 42 %"."""
    before = row.bare or 0
    after = percent(before + (row.contrast.difference or 0))
    return f"{_IN_FORM.get(form, form)}: in {after} % of cases instead of {percent(before)} %"


def _probed(results: AlignmentResults) -> dict[str, dict[str, FormChange]]:
    return (results.diagnosis.forms if results.diagnosis else None) or {}


def of_standing(results: AlignmentResults) -> list[str]:
    """A sentence for each language that is worse, or has texts that fail; the others share one."""
    diagnosed = results.diagnosis.languages if results.diagnosis else {}
    not_supported = judged(results, "not supported")
    known = {code: own for code, own in diagnosed.items() if code not in not_supported}
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
    said = [_language(results, code, known[code], brief) for code in speaking]
    if more := [code for code in worse if code not in speaking]:
        said.append(f"Retrieved significantly less often too: {languages(more, MAX_NAMED)}.")
    if more := [code for code in failing if code not in speaking]:
        said.append(f"Single texts fail in {languages(more, MAX_NAMED)} too.")
    for standing, codes in sorted(groups.items()):
        if silent := [code for code in codes if code not in failing]:
            said.append(_several(results, standing, silent))
    return said


def _group(own: LanguageDiagnosis) -> str:
    """Return which sentence a language belongs to: worse, better, level or inconclusive."""
    if own.standing in ("level", "inconclusive") or not own.retrieval.difference:
        return own.standing
    return "worse" if own.retrieval.difference < 0 else "better"


def _several(results: AlignmentResults, standing: str, codes: list[str]) -> str:
    names = languages(codes, MAX_NAMED)
    verb, show = ("is", "shows") if len(codes) == 1 else ("are", "show")
    if standing == "level":
        margin = points(results.provenance.margin)
        return f"{names} {verb} level with the other languages (within ± {margin})."
    if standing == "better":
        return f"{names} {verb} retrieved significantly more often than the other languages."
    diagnosed = results.diagnosis.languages if results.diagnosis else {}
    detectable = [diagnosed[code].retrieval.detectable for code in codes]
    largest = max((value for value in detectable if value is not None), default=None)
    seen = f"; {detects(points(largest))}" if largest is not None else ""
    return f"{names} {show} no sign of being retrieved less often than the other languages{seen}."


def _language(results: AlignmentResults, code: str, own: LanguageDiagnosis, brief: bool) -> str:
    """Say how a language that is worse stands, which of its texts fail, and what closes the gap."""
    contrast, worse = own.retrieval, _group(own) == "worse"
    slightly = "slightly, " if own.standing.startswith("slightly") else ""
    unsure = "" if worse else ", but not significantly so"
    parts = [
        f"{language(code)} is retrieved {slightly}{points(contrast.difference or 0)} less often "
        f"than the other languages{on_these(own.standing)}{unsure} ({in_points(contrast)})",
        _failing(results, code, own, MAX_FAILING if not brief else 0),
    ]
    if worse and not (brief and own.forms is None):
        parts += [_forms(results, code, own), _subwords(own)]
    elif not worse and contrast.detectable is not None:
        parts.append(capital(detects(points(contrast.detectable))))
    return ". ".join(filter(None, parts)) + "."


def _failing(results: AlignmentResults, code: str, own: LanguageDiagnosis, most: int) -> str:
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


def _forms(results: AlignmentResults, code: str, own: LanguageDiagnosis) -> str:
    """Name the forms of the texts that close the gap."""
    if own.forms is None:
        return "Other forms of the texts were not probed (--probe)"
    said = [
        f"{_in_form(form, _probed(results)[form][code])}, which {row.effect} the gap"
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


def of_unknown_subwords(results: AlignmentResults) -> list[str]:
    """Warn of languages that are supported, but not read whole."""
    shares = {
        code: own.unknown or 0
        for code, own in results.support.items()
        if own.verdict != "not supported"
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
