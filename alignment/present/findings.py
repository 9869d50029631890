"""Findings: what the record shows, in sentences: what it means, the number, how sure it is."""

from itertools import groupby

from alignment.explain.diagnosis import FailingText, LanguageDiagnosis
from alignment.present.words import (
    counted,
    language,
    languages,
    listed,
    p_value,
    percent,
    points,
    points_interval,
    signed,
    signed_interval,
    signed_points,
    text_label,
)
from alignment.record.results import AlignmentResults
from alignment.stats.estimates import Contrast, Number

MAX_LANGUAGES = 6  # that have a sentence of their own
MAX_FAILING = 2  # texts that are named of a language
MIN_UNKNOWN = 0.005  # share of unknown subwords from which it is said


def findings(results: AlignmentResults) -> list[str]:
    """Return the sentences: what is not supported, languages, concept types, and the whole.

    What the grid has nothing on is left out.
    """
    if results.collapsed:
        return [
            "The encoder has collapsed: it gives every text the same vector, so it distinguishes "
            "nothing and its calibrated scores are 0."
        ]
    sentences = [
        *_support(results),
        *_languages(results),
        *_unknown_subwords(results),
        *_concept_types(results),
        _scripts(results),
        _discriminability(results),
        _ceiling(results),
    ]
    return [sentence for sentence in sentences if sentence]


def _support(results: AlignmentResults) -> list[str]:
    """Say which languages fail as a whole, and what the others are without them."""
    failing = [code for code, own in results.support.items() if own == "not supported"]
    weak = [code for code, own in results.support.items() if own == "weak"]
    if failing and len(failing) == len(results.support):
        return ["No language is supported by this model: translations are hardly ever retrieved."]
    said = [
        f"{language(code)} is not supported by this model: {_evidence(results, code)}."
        for code in failing[:MAX_LANGUAGES]
    ]
    if more := failing[MAX_LANGUAGES:]:
        said.append(f"Not supported either: {languages(more, 30)}.")
    if failing and results.among_supported:
        known = len(results.support) - len(failing)
        score, retrieval = "calibrated_alignment_score", "cross_lingual_retrieval"
        said.append(
            f"Among the {known} languages that the model supports, retrieval is "
            f"{percent(results.among_supported[retrieval])} % and the calibrated score "
            f"{_short(results.among_supported[score])}; over all {len(results.support)} they are "
            f"{percent(results.summary[retrieval])} % and "
            f"{_short(results.headlines[score].value)}."
        )
    if weak:
        verb = "is" if len(weak) == 1 else "are"
        said.append(f"{languages(weak, 12)} {verb} weakly supported: well below the others.")
    return said


def _evidence(results: AlignmentResults, code: str) -> str:
    own = results.by_language[code]["cross_lingual_retrieval"].value
    found = f"only {percent(own)} % of its texts find their translation"
    if results.among_supported:
        others = percent(results.among_supported["cross_lingual_retrieval"])
        found += f" (supported languages among each other: {others} %)"
    unknown = results.subwords[code].unknown if results.subwords else None
    if unknown is None or unknown < MIN_UNKNOWN:
        return found
    return f"{percent(unknown)} % of its subwords are unknown to the tokeniser, and {found}"


def _languages(results: AlignmentResults) -> list[str]:
    """A sentence for each language that is lower, or has texts that fail; the others share one."""
    known = {
        code: own
        for code, own in results.diagnosis.items()
        if results.support.get(code) != "not supported"
    }
    order = sorted(known, key=lambda code: known[code].retrieval.difference or 0)
    speaking = [code for code in order if known[code].standing == "lower"]
    speaking += [
        code
        for code in order
        if known[code].standing == "inconclusive"
        and known[code].failing_count
        and (known[code].retrieval.difference or 0) < 0
    ]
    said = [_language(results, code, known[code]) for code in speaking[:MAX_LANGUAGES]]
    if more := speaking[MAX_LANGUAGES:]:
        said.append(f"More languages with texts that fail: {languages(more, 12)}.")
    silent = [code for code in order if code not in speaking]
    for standing, codes in groupby(
        sorted(silent, key=lambda code: known[code].standing),
        key=lambda code: known[code].standing,
    ):
        said.append(_several(results, standing, list(codes)))
    return said


def _several(results: AlignmentResults, standing: str, codes: list[str]) -> str:
    names = languages(codes, 12)
    verb = "is" if len(codes) == 1 else "are"
    if standing == "level":
        margin = points(results.provenance.margin)
        return f"{names} {verb} level with the other languages (within ± {margin})."
    if standing == "higher":
        return f"{names} {verb} retrieved significantly more often than the other languages."
    seen = [results.diagnosis[code].retrieval.detectable for code in codes]
    largest = max((value for value in seen if value is not None), default=None)
    sign = "shows no sign" if len(codes) == 1 else "show no sign"
    return (
        f"{names} {sign} of being retrieved less often than the other languages"
        f"{_would_show(largest)}."
    )


def _language(results: AlignmentResults, code: str, own: LanguageDiagnosis) -> str:
    """Say how one language stands, which of its texts fail, and what closes the gap."""
    contrast = own.retrieval
    less = (
        f"{language(code)} is retrieved {points(contrast.difference or 0)} "
        f"{'less' if (contrast.difference or 0) < 0 else 'more'} often than the other languages"
    )
    sure = f"({points_interval(contrast.interval)}, {p_value(contrast.p)})"
    if own.standing == "level":
        head = f"{language(code)} is level with the other languages ({_level(contrast)})"
    elif own.standing == "lower":
        head = f"{less} {sure}"
    else:
        head = f"{less}, but not significantly so {sure}"
    parts = [head, _failing(results, code, own)]
    if own.standing == "lower":
        parts += [_forms(own), _subwords(own)]
    elif own.standing == "inconclusive":
        parts.append(_would_show(contrast.detectable).removeprefix("; ").capitalize())
    return ". ".join(filter(None, parts)) + "."


def _level(contrast: Contrast) -> str:
    return f"{signed_points(contrast.difference)} points, {points_interval(contrast.interval)}"


def _would_show(detectable: Number) -> str:
    if detectable is None:
        return ""
    return f"; a difference of {points(detectable)} would have been found in four of five cases"


def _failing(results: AlignmentResults, code: str, own: LanguageDiagnosis) -> str:
    """Describe the texts that fail; when most do, do not list them."""
    there = results.coverage.languages[code]
    if not own.failing_count:
        return ""
    if own.failing_count > there / 4 and own.failing_count > MAX_FAILING:
        return f"{own.failing_count:,} of its {there:,} texts fail"
    named = [_failing_text(results, code, text) for text in own.failing[:MAX_FAILING]]
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


def _forms(own: LanguageDiagnosis) -> str:
    if own.forms is None:
        return "Other forms of the texts were not probed (--probe)"
    said = [
        f"{_EFFECTS[row.effect]} by {form} ({signed_points(row.difference)} points are left)"
        for form, row in own.forms.items()
        if row.effect in _EFFECTS
    ]
    return f"The gap is {listed(said)}" if said else "No other form of the texts closes the gap"


_EFFECTS = {"removes": "removed", "narrows": "narrowed"}


def _subwords(own: LanguageDiagnosis) -> str:
    said = {
        "explain": "The number of its subwords explains it",
        "do not explain": "The number of its subwords does not explain it",
    }
    return said.get(own.subwords.effect, "") if own.subwords else ""


def _unknown_subwords(results: AlignmentResults) -> list[str]:
    """Warn of languages that are supported, but not read whole."""
    use = results.subwords or {}
    shares = [
        (row.unknown, code)
        for code, row in use.items()
        if code in results.support
        and results.support[code] != "not supported"
        and (row.unknown or 0) >= MIN_UNKNOWN
    ]
    return [
        f"{percent(share)} % of the subwords of {language(code)} are unknown to the tokeniser: its "
        f"score there ignores that part of the text."
        for share, code in sorted(shares, reverse=True)[:MAX_LANGUAGES]
    ]


def _concept_types(results: AlignmentResults) -> list[str]:
    contrasts = results.contrasts.categories
    if not contrasts:
        return []
    said = []
    for name, own in contrasts.items():
        if own.significant:
            better = "better" if (own.difference or 0) > 0 else "worse"
            said.append(
                f"{name} concepts are aligned significantly {better} than the rest "
                f"({_numbers(own)})."
            )
    if not said:
        name, own = max(contrasts.items(), key=lambda item: abs(item[1].difference or 0))
        said.append(
            "No category is aligned significantly better or worse than the rest; the largest "
            f"difference is that of {name} concepts ({_numbers(own)})."
        )
    return said


def _numbers(contrast: Contrast) -> str:
    """Return a difference in similarity with its interval and its p."""
    ends = contrast.interval
    interval = "" if ends.low is None else f", 95 % CI {signed_interval(ends)}"
    return f"similarity {signed(contrast.difference)}{interval}, {p_value(contrast.p)}"


def _scripts(results: AlignmentResults) -> str:
    contrast = results.contrasts.scripts
    if not contrast:
        return ""
    different = (contrast.p or 1) <= 0.05
    farther = "farther apart" if (contrast.difference or 0) > 0 else "nearer to each other"
    verdict = farther if different else "neither significantly farther apart nor nearer"
    return (
        f"Languages of different scripts are {verdict} than languages of one script (difference "
        f"in centroid distance {signed(contrast.difference)}, {p_value(contrast.p)}, "
        f"{len(results.languages)} languages)."
    )


def _discriminability(results: AlignmentResults) -> str:
    gap = results.headlines["gap"]
    low, high = gap.interval
    if low is None or high is None:
        return ""
    if low > 0:
        verdict = "Texts are closer to their translations than to other texts of their language"
    elif high < 0:
        verdict = "Texts are closer to other texts of their language than to their translations"
    else:
        verdict = (
            "Whether texts are closer to their translations than to other texts of their language "
            "is inconclusive"
        )
    return f"{verdict} (gap {signed(gap.value)}, 95 % CI {signed_interval(gap.interval)})."


def _ceiling(results: AlignmentResults) -> str:
    """Say it where few languages keep even a perfect model from a published score of 1."""
    k, others = results.provenance.k, len(results.languages) - 1
    if not 0 < others < k:
        return ""
    return (
        f"With {counted(others + 1, 'language')} only {others} of {k} neighbours can be "
        f"translations, so nearest-neighbour accuracy is at most {others / k:.3f}; the calibrated "
        "accuracy counts this as 1."
    )


def _short(value: Number) -> str:
    return "–" if value is None else f"{value:.2f}"
