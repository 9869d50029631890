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
    ]
    return [sentence for sentence in sentences if sentence]


def _concept_types(results) -> str:
    contrasts = results.contrasts["categories"]
    if not contrasts:
        return ""
    sure = [name for name in contrasts if contrasts[name]["p"] <= SURE]
    if sure:
        each = "; ".join(f"{name} words differ by {_numbers(contrasts[name])}" for name in sure)
        return f"Concept type: the alignment of {each} from the rest."
    name = max(contrasts, key=lambda name: abs(contrasts[name]["difference"]))
    return (
        "Concept type: no category can be told from the rest. Farthest from it are "
        f"{name} words, by {_numbers(contrasts[name])}{_it_takes(results, contrasts[name])}."
    )


def _languages(results) -> str:
    contrasts = results.contrasts["languages"]
    if not contrasts:
        return ""
    below = [name for name in contrasts if contrasts[name]["difference"] < 0]
    sure = [name for name in below if contrasts[name]["p"] <= SURE]
    if sure:
        each = "; ".join(
            f"{name}, by {_numbers(contrasts[name])}{_carried(contrasts[name])}" for name in sure
        )
        return f"Languages: below the rest in retrieval are {each}."
    if not below:
        return "Languages: none diverges; all are retrieved equally well."
    lowest = min(below, key=lambda name: contrasts[name]["difference"])
    contrast = contrasts[lowest]
    return (
        f"Languages: none can be said to diverge. The lowest in retrieval is {lowest}, by "
        f"{_numbers(contrast)}{_carried(contrast)}{_it_takes(results, contrast)}."
    )


def _scripts(results) -> str:
    contrast = results.contrasts["scripts"]
    if not contrast:
        return ""
    if contrast["p"] > SURE:
        verdict = "whether it sets languages apart cannot be told"
    else:
        verdict = "it sets languages apart" if contrast["difference"] > 0 else "it draws them near"
    return (
        f"Script: {verdict}. Centroid distances across scripts exceed those within one by "
        f"{_numbers(contrast)}, with {len(results.languages)} languages."
    )


def _discriminability(results) -> str:
    gap, ends = results.discriminability["gap"], results.intervals["gap"]
    if gap is None or ends[0] is None:
        return ""
    verdict = "concepts stand apart" if ends[0] > 0 else "whether concepts stand apart is not shown"
    return (
        f"Discriminability: {verdict}. A word is closer to its translations than to the other "
        f"words of its language by {_signed(gap)} {_interval(ends)}; by chance 0."
    )


def _emotion(results) -> str:
    contrast = results.contrasts["categories"].get("Emotion")
    if not contrast:
        return ""
    verdict = "differ" if contrast["p"] <= SURE else "cannot be told from the rest; they differ"
    return (
        f"Emotion words: they {verdict} in alignment by {_numbers(contrast)}"
        f"{_it_takes(results, contrast)}."
    )


def _numbers(contrast) -> str:
    return (
        f"{_signed(contrast['difference'])} {_interval(contrast['interval'])} "
        f"(p = {contrast['p']:.2g})"
    )


def _interval(ends) -> str:
    if ends[0] is None:
        return "[no interval]"
    return f"[{_signed(ends[0])}, {_signed(ends[1])}]"


def _signed(value: float) -> str:
    return f"{value:+.3f}".replace("-", "−")


def _carried(contrast) -> str:
    if not contrast["carried_by"]:
        return ""
    words = list(contrast["carried_by"])
    pronoun = "it" if len(words) == 1 else "them"
    left = contrast["without_them"]
    rest = "" if left is None else f" (without {pronoun} {_signed(left)})"
    return f", carried by {', '.join(words)}{rest}"


def _it_takes(results, contrast) -> str:
    needed = contrast["concepts_needed"]
    have = len(results.intra_concept_similarity)
    if contrast["p"] <= SURE or not needed or needed <= have:
        return ""
    return f"; {have} concepts are too few to tell, it would take about {needed:,}"
