"""Findings: sentences on the results; each gives the meaning, the number, and its interval or p."""

from alignment.capabilities import shown
from alignment.record.core import CoreResults
from alignment.report import words
from alignment.report.words import counted, language, languages, listed, percent, signed
from alignment.seam import Finding, Place

MAX_LANGUAGES = 6  # most languages named in a sentence
_MIN_UNKNOWN = 0.005  # smallest share of unknown subwords that is mentioned
_MIN_EVIDENCE = 0.05  # smallest share that may be the reason for "not supported"
_IGNORED = "scores there ignore that part of the text"


def findings(results: CoreResults) -> list[str]:
    """Return the sentences on support, languages, kinds of concepts, and the whole grid.

    Sentences without evidence in the grid are left out.
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
    made = [Finding(place, text) for place, texts in core.items() for text in texts if text]
    made += (finding for section in shown(results).values() for finding in section.findings)
    return [finding.sentence for finding in sorted(made, key=lambda finding: finding.place)]


def _support(results: CoreResults) -> list[str]:
    """Say which languages the model does not support, with the evidence; then the other scores."""
    failing, weak = judged(results, "not supported"), judged(results, "weak")
    if failing and len(failing) == len(results.support):
        return [f"No language is supported by this model: {_evidence(results, failing)}."]
    sentences = [_not_supported(results, failing)] if failing else []
    if failing and (supported := results.among_supported):
        retrieval, score = "cross_lingual_retrieval", "alignment_score"
        sentences.append(
            f"Among the other {counted(len(results.support) - len(failing), 'language')}, which "
            f"alone are compared below, retrieval is {percent(supported[retrieval])} % and the "
            f"calibrated score {supported[f'calibrated_{score}'] or 0:.2f}; over all "
            f"{len(results.support)} they are {percent(results.summary[retrieval])} % and "
            f"{results.calibrated[score] or 0:.2f}."
        )
    if weak:
        evidence = _evidence(results, weak)
        sentences.append(f"{_are(weak)} weakly supported by this model: {evidence}.")
    return sentences


def judged(results: CoreResults, verdict: str) -> list[str]:
    """Return the languages of one verdict on their support, the worst first."""
    codes = [code for code, row in results.support.items() if row.verdict == verdict]
    return sorted(codes, key=lambda code: results.support[code].among_10 or 0)


def _not_supported(results: CoreResults, codes: list[str]) -> str:
    head, evidence = f"{_are(codes)} not supported by this model", _evidence(results, codes)
    shares = _unknown(results, codes, _MIN_EVIDENCE)
    if not shares:
        return f"{head}: {evidence}."
    if len(codes) == 1:
        share = percent(shares[codes[0]])
        return f"{head}: {share} % of its subwords are unknown to the tokeniser, and {evidence}."
    named = [f"{language(code)} ({percent(share)} % unknown)" for code, share in shares.items()]
    return f"{head}: {evidence}. The tokeniser does not know all subwords of {listed(named, 4)}."


def _unknown(results: CoreResults, codes: list[str], least: float) -> dict[str, float]:
    """Return {language: share of unknown subwords} of at least ``least``, the highest first."""
    shares = {code: results.support[code].unknown or 0 for code in codes}
    order = sorted(shares, key=lambda code: -shares[code])
    return {code: shares[code] for code in order if shares[code] >= least}


def _evidence(results: CoreResults, codes: list[str]) -> str:
    """Say how often texts find their translations, also by chance and in supported languages."""
    support = results.support
    rates = [percent(support[code].among_10) for code in codes]
    rate = rates[0] if rates[0] == rates[-1] else f"{rates[0]} to {rates[-1]}"
    chance = support[codes[0]].chance or 0
    among = " among ten candidates" if chance <= 0.1 else ""
    beside = f"chance: {percent(chance)} %"
    if values := [support[code].among_10 or 0 for code in judged(results, "supported")]:
        beside += f"; supported languages: {percent(sum(values) / len(values))} %"
    texts = (
        "its texts find their translation" if len(codes) == 1 else "texts find their translation"
    )
    return f"{texts}{among} in {rate} % of cases ({beside})"


def _are(codes: list[str]) -> str:
    return f"{languages(codes, MAX_LANGUAGES)} {'is' if len(codes) == 1 else 'are'}"


def _unknown_subwords(results: CoreResults) -> list[str]:
    """Warn that the scores of supported languages ignore unknown subwords."""
    codes = [code for code, row in results.support.items() if row.verdict != "not supported"]
    shares = _unknown(results, codes, _MIN_UNKNOWN)
    if len(shares) > 1:
        named = listed([f"{language(code)} ({percent(shares[code])} %)" for code in shares], 6)
        return [f"The tokeniser does not know all subwords of {named}: {_IGNORED}."]
    return [
        f"{percent(share)} % of the subwords of {language(code)} are unknown to the tokeniser: "
        f"{_IGNORED}."
        for code, share in shares.items()
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
    others = results.among_supported
    without = f"; {signed(others['gap'])} without the languages not supported" if others else ""
    interval = words.signed_interval(gap.interval)
    return f"{verdict} (gap {signed(gap.value)}, 95 % CI {interval}{without})."


def _ceiling(results: CoreResults) -> str:
    """Say if the languages are too few for a perfect model to have a published score of 1."""
    k, others = results.provenance.k, len(results.languages) - 1
    if not 0 < others < k:
        return ""
    return (
        f"With {counted(others + 1, 'language')} only {others} of {k} neighbours can be "
        f"translations, so nearest-neighbour accuracy is at most {others / k:.3f}; the calibrated "
        "accuracy counts this as 1."
    )
