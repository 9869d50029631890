"""Findings: what the record shows, in sentences: what it means, the number, how sure it is."""

from alignment.present.cost import variant_findings
from alignment.present.language_findings import (
    judged,
    of_standing,
    of_support,
    of_unknown_subwords,
)
from alignment.present.search_findings import search_findings
from alignment.present.thresholds import threshold_findings
from alignment.present.words import counted, how_sure, on_these, p_value, signed, signed_interval
from alignment.record.results import AlignmentResults
from alignment.stats.contrast import Contrast
from alignment.stats.estimates import ALPHA


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
        *of_support(results),
        *(search_findings(results.search) if results.search else ()),
        *variant_findings(results),
        *_thresholds(results),
        *of_standing(results),
        *of_unknown_subwords(results),
        *_concept_types(results),
        _scripts(results),
        _discriminability(results),
        _ceiling(results),
    ]
    return [sentence for sentence in sentences if sentence]


def _thresholds(results: AlignmentResults) -> list[str]:
    found = results.thresholds
    return threshold_findings(found, results.provenance.margin) if found else []


def _concept_types(results: AlignmentResults) -> list[str]:
    contrasts = results.diagnosis.categories if results.diagnosis else {}
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


def _scripts(results: AlignmentResults) -> str:
    contrast = results.diagnosis.scripts if results.diagnosis else None
    if not contrast:
        return ""
    set_aside = len(judged(results, "not supported")) if results.among_supported else 0
    different = contrast.p is not None and contrast.p <= ALPHA
    farther = "farther apart" if (contrast.difference or 0) > 0 else "nearer to each other"
    verdict = farther if different else "neither significantly farther apart nor nearer"
    return (
        f"Languages of different scripts are {verdict} than languages of one script (difference "
        f"in centroid distance {signed(contrast.difference)}, {p_value(contrast.p)}, "
        f"{len(results.languages) - set_aside} languages)."
    )


def _discriminability(results: AlignmentResults) -> str:
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
