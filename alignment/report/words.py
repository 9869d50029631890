"""Words: the one format of numbers, languages and models in tables, sentences and pictures."""

import re
from collections.abc import Callable
from functools import cache
from operator import ge, gt
from typing import Any

from rich.cells import cell_len, split_text

from alignment.grids.languages import ALL, language_name
from alignment.record.core import CoreResults
from alignment.stats.contrast import Contrast
from alignment.stats.estimates import Estimate, Interval, Number

MEASURES = {
    "intra_concept_similarity": "intra-concept similarity",
    "nearest_neighbor_accuracy": "nearest-neighbour accuracy",
    "cross_lingual_retrieval": "cross-lingual retrieval",
}
SHORT = dict(zip(MEASURES, ("similarity", "neighbours", "retrieval"), strict=True))

MAX_CELLS = 40  # most cells of a text in a table or a sentence; a Chinese letter takes two

_R = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
# A text ends at brackets, a dash or an arrow, which belong to the line.
_RIGHT_TO_LEFT = re.compile(f"{_R}(?:[^()–→]*{_R})?(?:[\\s\\d]*[\\d.,!?…])*")


def number(value: Number) -> str:
    """Return three decimals; a dash where the grid is too small for a value."""
    return "–" if value is None else f"{value:.3f}".replace("-", "−")


def signed(value: Number) -> str:
    """Return three decimals behind a sign; a dash where there is no number."""
    if value is None:
        return "–"
    return "0.000" if abs(value) < 5e-4 else f"{value:+.3f}".replace("-", "−")


def estimate(of: Estimate) -> str:
    """Return a value and its interval, if any: "0.929 [0.898, 0.952]"."""
    low, high = of.interval
    return number(of.value) + ("" if low is None else f" [{number(low)}, {number(high)}]")


def signed_interval(ends: Interval) -> str:
    """Return "[−0.171, +0.019]"."""
    return f"[{signed(ends.low)}, {signed(ends.high)}]"


def points(share: float) -> str:
    """Return a difference in percentage points: "4.9 points"."""
    return f"{100 * abs(share):.1f} points"


def signed_points(share: Number) -> str:
    """Return a difference in percentage points, signed: "−4.9"."""
    return "–" if share is None else f"{100 * share:+.1f}".replace("-", "−")


def percent(share: Number, digits: int = 0) -> str:
    """Return a share in percent, without the sign; a dash where there is none."""
    return "–" if share is None else f"{100 * share:.{digits}f}"


def points_interval(ends: Interval) -> str:
    """Return "95 % CI −17.1 to +1.9"; "no interval" where there is none."""
    if ends.low is None:
        return "no interval"
    return f"95 % CI {signed_points(ends.low)} to {signed_points(ends.high)}"


def p_value(p: Number) -> str:
    """Return "p = .012", "p < .001"."""
    if p is None:
        return "p undefined"
    if p < 0.001:
        return "p < .001"
    return f"p = {p:.{3 if p < 0.1 else 2}f}".replace("0.", ".")


def in_points(contrast: Contrast) -> str:
    """Return the interval and p of a difference: "95 % CI −17.1 to +1.9, p = .012"."""
    return f"{points_interval(contrast.interval)}, {p_value(contrast.p)}"


def how_sure(difference: Number, ends: Interval, p: Number) -> str:
    """Return a difference, its interval and its p: "+0.165, 95 % CI [+0.021, +0.267], p < .001"."""
    interval = "" if ends.low is None else f", 95 % CI {signed_interval(ends)}"
    return f"{signed(difference)}{interval}, {p_value(p)}"


def capital(sentence: str) -> str:
    """Return a sentence that begins with a capital letter."""
    return sentence[:1].upper() + sentence[1:]


def on_these(verdict: str) -> str:
    """Return " on these concepts" where a verdict is limited to them; else nothing."""
    return " on these concepts" if verdict.endswith("on these concepts") else ""


def compared(verdict: str) -> str:
    """Return a verdict in words that follow "is": "worse on these concepts"."""
    return "not significantly different" if verdict == "inconclusive" else verdict


def detects(difference: str) -> str:
    """Say which differences the grid detects, given the smallest: "4.9 points"."""
    power = f"this grid detects differences of {difference} or more (80 % power)"
    return f"{power} if all texts are affected alike"


def counted(count: int, thing: str) -> str:
    """Return "1 language", "8 languages"."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def listed(names: list[str], most: int | None = None) -> str:
    """Return "a, b and c"; beyond ``most`` names "a, b and 3 more"."""
    if most and len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most:,} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


@cache
def language(code: str) -> str:
    """Return the English name of a language: "German"; the code where it has none."""
    return "all languages" if code == ALL else language_name(code)


def languages(codes: list[str], most: int = 8) -> str:
    """Return the languages by name: "German, Arabic and 3 more"."""
    return listed([language(code) for code in codes], most)


def grade(results: CoreResults) -> str:
    """Return the published word for the alignment score."""
    return _grade(results.alignment_score, (0.8, 0.6, 0.4), gt)


def concept_grade(results: CoreResults, concept: str) -> str:
    """Return the published word for a concept's intra-concept similarity."""
    return _grade(results.intra_concept_similarity[concept], (0.9, 0.8, 0.6), ge)


def _grade(
    value: Number, bounds: tuple[float, float, float], reaches: Callable[[float, float], bool]
) -> str:
    if value is None:
        return "–"
    value = round(value, 9)  # .8 may come as .8000000000000003
    grades = zip(("Excellent", "Good", "Moderate"), bounds, strict=True)
    return next((name for name, bound in grades if reaches(value, bound)), "Poor")


def extent(results: CoreResults) -> str:
    """Return the numbers of concepts and languages, and of texts where some are missing."""
    covered = results.coverage
    concepts, languages = len(covered.concepts), len(covered.languages)
    present = f", {covered.texts:,} of {covered.cells:,} texts present"
    return (
        f"{counted(concepts, 'concept')} × {counted(languages, 'language')}"
        f"{present if covered.texts < covered.cells else ''}"
    )


def heading(results: CoreResults) -> list[str]:
    """Return the model and the grid, and the requested model where it was replaced."""
    lines = [f"Cross-lingual alignment of {results.model}: {extent(results)}"]
    if results.provenance.fallback:
        lines.append(f"(used instead of {results.provenance.requested_model})")
    return lines


def with_prompt(model: Any) -> str:
    """Return the name of a compared model, and its prompt if any."""
    prompt = model.prompt.strip()
    return f'{model.name} ("{prompt}")' if prompt else model.name


def in_few(results: CoreResults, concept: str) -> str:
    """Return " (2 of 8)" for a concept in fewer than half of the languages; else nothing."""
    present, languages = results.coverage.concepts[concept], len(results.languages)
    return f" ({present} of {languages})" if 2 * present < languages else ""


def isolated(line: str) -> str:
    """Keep texts that run from right to left from reordering their neighbours on a line."""
    return _RIGHT_TO_LEFT.sub("\u2068\\g<0>\u2069", line)


def shortened(text: str, room: int = MAX_CELLS) -> str:
    """Return a text on one line of at most ``room`` cells, cut after a word if words are short."""
    text = " ".join(text.split())
    if cell_len(text) <= room:
        return text
    cut = split_text(text, max(room - 1, 0))[0].rstrip()
    words = cut.rpartition(" ")[0]
    return f"{words if 2 * cell_len(words) > room else cut}…"
