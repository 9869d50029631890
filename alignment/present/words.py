"""Words: how numbers, languages and models are written, in tables, sentences and pictures alike."""

from functools import cache

from alignment.explain.probes import Change
from alignment.record.comparison import ComparedModel
from alignment.record.results import AlignmentResults
from alignment.stats.estimates import Estimate, Interval, Number

MEASURES = {
    "intra_concept_similarity": "intra-concept similarity",
    "nearest_neighbor_accuracy": "nearest-neighbour accuracy",
    "cross_lingual_retrieval": "cross-lingual retrieval",
}
SHORT = dict(zip(MEASURES, ("similarity", "neighbours", "retrieval"), strict=True))

_CONCEPT_GRADES = ((0.9, "Excellent"), (0.8, "Good"), (0.6, "Moderate"))
_MODEL_GRADES = ((0.8, "Excellent"), (0.6, "Good"), (0.4, "Moderate"))


def number(value: Number) -> str:
    """Return three decimals, or a dash where the grid is too small for a value."""
    return "–" if value is None else f"{value:.3f}".replace("-", "−")


def signed(value: Number) -> str:
    """Return three decimals behind a sign; a dash where there is no number."""
    if value is None:
        return "–"
    return "0.000" if abs(value) < 5e-4 else f"{value:+.3f}".replace("-", "−")


def estimate(of: Estimate) -> str:
    """Return the value and its interval: "0.929 [0.898, 0.952]"."""
    return f"{number(of.value)} [{number(of.interval.low)}, {number(of.interval.high)}]"


def signed_interval(ends: Interval) -> str:
    """Return "[−0.171, +0.019]"."""
    return f"[{signed(ends.low)}, {signed(ends.high)}]"


def points(share: float) -> str:
    """Return a difference in percentage points: "4.9 points"."""
    return f"{100 * abs(share):.1f} points"


def signed_points(share: Number) -> str:
    """Return a difference in percentage points, signed: "−4.9"."""
    return "–" if share is None else f"{100 * share:+.1f}".replace("-", "−")


def percent(share: Number) -> str:
    """Return a share in whole percent, without the sign; a dash where there is none."""
    return "–" if share is None else f"{100 * share:.0f}"


def points_interval(ends: Interval) -> str:
    """Return "95 % CI −17.1 to +1.9"; "no interval" where there is none."""
    if ends.low is None or ends.high is None:
        return "no interval"
    return f"95 % CI {signed_points(ends.low)} to {signed_points(ends.high)}"


def p_value(p: Number) -> str:
    """Return "p = .012", "p < .001"."""
    if p is None:
        return "p undefined"
    if p < 0.001:
        return "p < .001"
    return f"p = {p:.3f}".replace("0.", ".") if p < 0.1 else f"p = {p:.2f}".replace("0.", ".")


def counted(count: int, thing: str) -> str:
    """Return "1 language", "8 languages"."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def listed(names: list[str], most: int | None = None) -> str:
    """Return "a, b and c"; of more than ``most`` the first, "and 3 more"."""
    if most and len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most:,} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


@cache
def language(code: str) -> str:
    """Return what English calls a language: "German"; the code where it has no name for it."""
    from alignment.grids.languages import language_name

    return language_name(code)


def languages(codes: list[str], most: int = 8) -> str:
    """Return the languages by name: "German, Arabic and 3 more"."""
    return listed([language(code) for code in codes], most)


def grade(results: AlignmentResults) -> str:
    """Return the published word for the alignment score."""
    return _grade(results.alignment_score, _MODEL_GRADES, above=True)


def concept_grade(results: AlignmentResults, concept: str) -> str:
    """Return the published word for a concept's intra-concept similarity."""
    return _grade(results.intra_concept_similarity[concept], _CONCEPT_GRADES)


def _grade(value: Number, steps: tuple[tuple[float, str], ...], above: bool = False) -> str:
    if value is None:
        return "–"
    value = round(value, 9)  # .8 may come as .8000000000000003
    reached = (name for bound, name in steps if (value > bound if above else value >= bound))
    return next(reached, "Poor")


def extent(results: AlignmentResults) -> str:
    """Return how many concepts in how many languages there are, and what is missing."""
    covered = results.coverage
    words = (
        f"{counted(len(covered.concepts), 'concept')} × "
        f"{counted(len(covered.languages), 'language')}"
    )
    if covered.texts < covered.cells:
        words += f", {covered.texts:,} of {covered.cells:,} texts present"
    return words


def concept_label(results: AlignmentResults, concept: str) -> str:
    """Name a concept, and in how many languages it is where these are fewer than half.

    Where the record has its English text it is called by that, else by the grid's own name.
    """
    english = _english(results, concept)
    name = shortened(english) if english else concept
    present, all_languages = results.coverage.concepts[concept], len(results.languages)
    return name if 2 * present >= all_languages else f"{name} ({present} of {all_languages})"


def with_prompt(model: ComparedModel) -> str:
    """Return the name of a compared model, and the prompt that it ran with."""
    prompt = model.prompt.strip()
    return f'{model.name} ("{prompt}")' if prompt else model.name


def label(results: AlignmentResults, concept: str, length: int = 40) -> str:
    """Name a concept by its text in English, else in the grid's first language that has one."""
    texts = results.texts.get(concept, {})
    return shortened(_english(results, concept) or next(iter(texts.values()), concept), length)


def _english(results: AlignmentResults, concept: str) -> str | None:
    texts = results.texts.get(concept, {})
    return next((texts[code] for code in texts if code.split("-")[0] == "en"), None)


def text_label(results: AlignmentResults, concept: str, code: str) -> str:
    """Name a concept's text in a language, and what it is: "anger (Wut)"."""
    text = shortened(results.texts.get(concept, {}).get(code, ""))
    name = label(results, concept)
    return name if text in ("", name) else f"{name} ({text})"


def text(results: AlignmentResults, concept: str, code: str) -> str:
    """Return a concept's text in a language, as far as the record has it, else its name."""
    return shortened(results.texts.get(concept, {}).get(code, concept))


def no_change(row: Change | None) -> str:
    """Say why a form shows no change; "" where it shows one."""
    if row is None:
        return "no template"
    if row.change is None:
        return "undefined"
    return "no change" if row.p is None else ""


def shortened(text: str, length: int = 40) -> str:
    """Return a text on one line, cut at a word."""
    text = " ".join(text.split())
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    words = cut.rpartition(" ")[0]
    return f"{words if len(words) > length / 2 else cut}…"
