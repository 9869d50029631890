"""Findings: what the record shows, in sentences: what it means, the number, how sure it is."""

from alignment.capabilities import shown
from alignment.record.core import CoreResults
from alignment.report.words import (
    counted,
    language,
    languages,
    listed,
    percent,
    signed,
    signed_interval,
)
from alignment.seam import Finding, Place

MAX_LANGUAGES = 6  # that are named in a sentence
MIN_UNKNOWN = 0.005  # share of unknown subwords from which it is said
MIN_EVIDENCE = 0.05  # from which it may be why a language is not supported
_IGNORED = "scores there ignore that part of the text"


def findings(results: CoreResults) -> list[str]:
    """Return the sentences: what is not supported, languages, concept types, and the whole.

    What the grid has nothing on is left out.
    """
    if results.collapsed:
        return [
            "The encoder has collapsed: it gives every text the same vector, so it distinguishes "
            "nothing and its calibrated scores are 0."
        ]
    core = {
        Place.SUPPORT: _support(results),
        Place.UNKNOWN: _unknown_subwords(results),
        Place.WHOLE: [_discriminability(results), _ceiling(results)],
    }
    found = [Finding(place, said) for place, several in core.items() for said in several if said]
    found += (finding for own in shown(results).values() for finding in own.findings)
    return [finding.sentence for finding in sorted(found, key=lambda finding: finding.place)]


def _support(results: CoreResults) -> list[str]:
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
    return said


def judged(results: CoreResults, verdict: str) -> list[str]:
    """Return the languages of one verdict on their support, the worst first."""
    codes = [code for code, own in results.support.items() if own.verdict == verdict]
    return sorted(codes, key=lambda code: results.support[code].among_10 or 0)


def _not_supported(results: CoreResults, codes: list[str]) -> str:
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


def _found(results: CoreResults, codes: list[str]) -> str:
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


def _unknown_subwords(results: CoreResults) -> list[str]:
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


def _discriminability(results: CoreResults) -> str:
    gap = results.headlines()["gap"]
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
    known = results.among_supported
    without = f"; {signed(known['gap'])} without the languages not supported" if known else ""
    return f"{verdict} (gap {signed(gap.value)}, 95 % CI {signed_interval(gap.interval)}{without})."


def _ceiling(results: CoreResults) -> str:
    """Say it where few languages keep even a perfect model from a published score of 1."""
    k, others = results.provenance.k, len(results.languages) - 1
    if not 0 < others < k:
        return ""
    return (
        f"With {counted(others + 1, 'language')} only {others} of {k} neighbours can be "
        f"translations, so nearest-neighbour accuracy is at most {others / k:.3f}; the calibrated "
        "accuracy counts this as 1."
    )
