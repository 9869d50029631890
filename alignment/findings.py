"""Findings: what the record shows, in sentences; each only as strong as its interval and test."""

from alignment.results import AlignmentResults

SURE = 0.05


def findings(results: AlignmentResults) -> list[str]:
    """Return the sentences, in the order of the published page's five topics.

    Concept type, languages that diverge, script and distance, discriminability, emotion words.
    A topic that the grid has nothing on is left out.
    """
    if results.collapsed:
        return [
            "The encoder has collapsed: it gives every text one vector, so it tells nothing apart "
            "and its calibrated scores are 0."
        ]
    sentences = [
        _concept_types(results),
        _languages(results),
        _scripts(results),
        _discriminability(results),
        _emotion(results),
        _ceiling(results),
    ]
    return [sentence for sentence in sentences if sentence]


def _concept_types(results) -> str:
    contrasts = results.contrasts["categories"]
    if not contrasts:
        return ""
    sure = [name for name in contrasts if contrasts[name]["p"] <= SURE]
    if sure:
        each = "; ".join(
            f"{name} words are aligned {_better(contrasts[name])} than the rest, "
            f"{_numbers(contrasts[name])}"
            for name in sure
        )
        return f"Concept type: {each}."
    name = max(contrasts, key=lambda name: abs(contrasts[name]["difference"]))
    return (
        "Concept type: no category can be told from the rest; the largest difference is that of "
        f"{name} words, {_numbers(contrasts[name])}{_it_takes(results, contrasts[name])}."
    )


def _languages(results) -> str:
    contrasts = {
        name: contrast
        for name, contrast in results.contrasts["languages"].items()
        if contrast["interval"][0] is not None
    }
    if not contrasts:
        return ""
    sure = [name for name in contrasts if contrasts[name]["p"] <= SURE]
    if sure:
        each = "; ".join(
            f"{name} is retrieved {_better(contrasts[name])} than the rest, "
            f"{_numbers(contrasts[name])}{_carried(contrasts[name])}"
            for name in sure
        )
        return f"Languages: {each}."
    lowest = min(contrasts, key=lambda name: contrasts[name]["difference"])
    contrast = contrasts[lowest]
    if _signed(contrast["difference"]) in {_signed(0.0), _signed(-0.0)}:
        return "Languages: none diverges; all are retrieved equally well."
    return (
        f"Languages: none can be said to diverge; the lowest in retrieval is {lowest}, "
        f"{_numbers(contrast)}{_carried(contrast)}{_it_takes(results, contrast)}."
    )


def _scripts(results) -> str:
    contrast = results.contrasts["scripts"]
    if not contrast:
        return ""
    farther = "farther apart" if contrast["difference"] > 0 else "nearer"
    if contrast["p"] > SURE:
        verdict = "whether it sets languages apart cannot be told with so few of them"
    else:
        verdict = f"languages of different scripts lie {farther} than those of one"
    return (
        f"Script: {verdict}; difference in centroid distance {_numbers(contrast)}, "
        f"{len(results.languages)} languages."
    )


def _discriminability(results) -> str:
    gap, ends = results.discriminability["gap"], results.intervals["gap"]
    if gap is None or ends[0] is None:
        return ""
    if ends[0] > 0:
        verdict = "words are closer to their translations than to other words of their language"
    elif ends[1] < 0:
        verdict = "words are closer to other words of their language than to their translations"
    else:
        verdict = "whether words are closer to their translations cannot be told"
    return f"Discriminability: {verdict}; gap {_signed(gap)} {_interval(ends)}, by chance 0."


def _emotion(results) -> str:
    contrast = results.contrasts["categories"].get("Emotion")
    if not contrast:
        return ""
    if contrast["p"] <= SURE:
        return f"Emotion words: aligned {_better(contrast)} than the rest, {_numbers(contrast)}."
    return (
        f"Emotion words: cannot be told from the rest, {_numbers(contrast)}"
        f"{_it_takes(results, contrast)}."
    )


def _ceiling(results) -> str:
    """Say it where few languages keep even a perfect model from a published score of 1."""
    k, others = results.provenance["k"], len(results.languages) - 1
    if not 0 < others < k:
        return ""
    return (
        f"Ceiling: with {others + 1} languages only {others} of {k} neighbours can be "
        f"translations, so nearest-neighbour accuracy is at most {others / k:.3f}; the calibrated "
        "one takes this as 1."
    )


def _better(contrast) -> str:
    return "better" if contrast["difference"] > 0 else "worse"


def _numbers(contrast) -> str:
    return (
        f"{_signed(contrast['difference'])} {_interval(contrast['interval'])}, "
        f"adjusted p {contrast['p']:.2g}"
    )


def _interval(ends) -> str:
    return f"[{_signed(ends[0])}, {_signed(ends[1])}]"


def _signed(value: float) -> str:
    return f"{value:+.3f}".replace("-", "−")


def _carried(contrast) -> str:
    words = list(contrast["carried_by"])
    if not words:
        return ""
    pronoun = "it" if len(words) == 1 else "them"
    left = contrast["without_them"]
    rest = "" if left is None else f" (without {pronoun} {_signed(left)})"
    return f", carried by {', '.join(words)}{rest}"


def _it_takes(results, contrast) -> str:
    needed = contrast["concepts_needed"]
    have = len(results.intra_concept_similarity)
    if not needed or needed <= have:
        return ""
    return f"; {have} concepts are too few, it would take about {needed:,}"
