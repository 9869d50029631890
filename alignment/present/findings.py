"""Findings: what the record shows, in sentences; each only as strong as its interval and test."""

from alignment.present.verdicts import ALL, SURE, TELLING, interval, it_takes, numbers, signed
from alignment.record.results import AlignmentResults

MOST_LANGUAGES = 8


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
        *_languages(results),
        _unknown_subwords(results),
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
            f"{numbers(contrasts[name])}"
            for name in sure
        )
        return f"Concept type: {each}."
    name = max(contrasts, key=lambda name: abs(contrasts[name]["difference"]))
    return (
        "Concept type: no category can be told from the rest; the largest difference is that of "
        f"{name} words, {numbers(contrasts[name])}{_it_takes(results, contrasts[name])}."
    )


def _languages(results) -> list[str]:
    """One line for each language that fails, or has words that do; the others share one."""
    found = results.diagnosis
    order = sorted(
        found, key=lambda code: (found[code]["standing"] != "lower", found[code]["difference"])
    )
    speaking = [
        code for code in order if found[code]["standing"] == "lower" or found[code]["words"]
    ]
    silent = [code for code in order if code not in speaking]
    lines = [f"{code}: {found[code]['verdict']}." for code in speaking[:MOST_LANGUAGES]]
    if len(speaking) > MOST_LANGUAGES:
        lines.append(f"And {len(speaking) - MOST_LANGUAGES} more languages, under diagnosis.")
    if silent:
        lines.append(f"{', '.join(silent)}: no sign that they are retrieved worse than the others.")
    return lines


def _unknown_subwords(results) -> str:
    tokens = results.tokens or {}
    unknown = {
        code: row["unknown"] for code, row in tokens.items() if (row["unknown"] or 0) >= TELLING
    }
    unknown.pop(ALL, None)
    if not unknown:
        return ""
    shares = ", ".join(
        f"{code} {100 * unknown[code]:.0f} %" for code in sorted(unknown, key=lambda c: -unknown[c])
    )
    return (
        f"Warning: subwords unknown to {results.model}: {shares}; what it scores there rests on "
        "the rest of the text."
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
        f"Script: {verdict}; difference in centroid distance {numbers(contrast)}, "
        f"{len(results.languages)} languages."
    )


def _discriminability(results) -> str:
    gap, ends = results.headlines["gap"], results.intervals["gap"]
    if gap is None or ends[0] is None:
        return ""
    if ends[0] > 0:
        verdict = "words are closer to their translations than to other words of their language"
    elif ends[1] < 0:
        verdict = "words are closer to other words of their language than to their translations"
    else:
        verdict = "whether words are closer to their translations cannot be told"
    return f"Discriminability: {verdict}; gap {signed(gap)} {interval(ends)}, by chance 0."


def _emotion(results) -> str:
    contrast = results.contrasts["categories"].get("Emotion")
    if not contrast or "Emotion words" in _concept_types(results):
        return ""
    if contrast["p"] <= SURE:
        return f"Emotion words: aligned {_better(contrast)} than the rest, {numbers(contrast)}."
    return (
        f"Emotion words: cannot be told from the rest, {numbers(contrast)}"
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


def _it_takes(results, contrast) -> str:
    said = it_takes(contrast, len(results.intra_concept_similarity))
    return f"; {said}" if said else ""
