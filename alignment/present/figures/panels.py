"""The six panels: each draws one answer on an axes, and returns the note above it."""

import math
from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes

from alignment.measure.errors import RetrievalError
from alignment.present.figures.dotplot import (
    LABEL_ROOM,
    Row,
    best_and_worst,
    category_marks,
    draw_dots,
    draw_estimates,
    finish_rows,
)
from alignment.present.figures.drawing import BAND, INK, can_show, fit, text_width, wrap
from alignment.present.figures.heatmap import draw_heat_map
from alignment.present.labels import names
from alignment.present.words import (
    MEASURES,
    estimate,
    grade,
    in_few,
    isolated,
    language,
    number,
)
from alignment.record.results import MIN_LISTED, MISALIGNED_BELOW, AlignmentResults
from alignment.stats.estimates import Estimate, Number

MAX_CONCEPTS = 40  # of more, where they are is drawn by language
MAX_LANGUAGES = 11
MAX_WORST = 3  # concepts, below the languages
MAX_CATEGORIES = 20
MAX_LINES = 3  # of a label
MAX_PAIR_LINES = 20  # of all labels of panel d
SIMILARITY, NEAREST, RETRIEVAL = MEASURES


def draw_panel(ax: Axes, results: AlignmentResults, letter: str) -> tuple[str, str]:
    """Draw a panel, or say why there is none; return its title and its note."""
    title, needs, draw = PANELS[letter]
    if needs is not None and results.summary[needs] is None:
        absent = f"undefined:\n{results.undefined.get(needs, 'the grid is too small')}"
    elif letter == "f" and len(results.categories) == 1:
        absent = (
            "The grid has no categories to compare.\nA column “category” in it fills this place."
        )
    else:
        below = results.counts["misaligned_pairs"]
        return title.format(f"{below:,}" if below else "none"), draw(ax, results)
    ax.set_axis_off()
    ax.text(0.5, 0.5, absent, ha="center", va="center", color=INK, transform=ax.transAxes)
    return title.partition(" (")[0], ""


def intra_concept_similarity(ax: Axes, results: AlignmentResults) -> str:
    """Panel a: the mean cosine of each concept's language pairs."""
    words = "mean cosine of language pairs"
    return _draw_concepts(ax, results, results.intra_concept_similarity, SIMILARITY, words)


def nearest_neighbor_accuracy(ax: Axes, results: AlignmentResults) -> str:
    """Panel c: the share of each concept's nearest neighbours that are its translations."""
    words = f"share of translations among the {results.provenance.k} nearest"
    return _draw_concepts(ax, results, results.nearest_neighbor_accuracy, NEAREST, words)


def _draw_concepts(
    ax: Axes, results: AlignmentResults, values: dict[str, Number], name: str, words: str
) -> str:
    """Draw a value for each concept, or where they are by language; and their mean."""
    mean, own = results.headlines()[name], results.concept_categories
    if len(values) <= MAX_CONCEPTS:
        rows = [Row(_named(results, c), value, own[c]) for c, value in values.items()]
        draw_dots(ax, results, best_and_worst(rows, MAX_CONCEPTS))
    else:
        worst = sorted(values, key=lambda concept: values[concept] or 0)[:MAX_WORST]
        rows = [Row(_named(results, c), values[c], own[c]) for c in worst]
        between = Row(f"worst of {len(values):,}:", None, None)
        draw_dots(ax, results, [*_by_language(results, name), between, *rows])
        against = "baseline" if name == SIMILARITY else "chance"
        words = f"dot: mean, bar: half, line: 90 % of the texts; tick: {against}"
    low, high = mean.interval
    ax.axvline(mean.value or 0, color=INK, linewidth=1, linestyle="--", zorder=1)
    if low is not None and high is not None:
        ax.axvspan(low, high, color=BAND, linewidth=0, zorder=0)
    return f"{words}; dashed: " + (
        f"mean {estimate(mean)}" if len(values) <= MAX_CONCEPTS else number(mean.value)
    )


def count_rows(results: AlignmentResults) -> int:
    """Return how many rows the panels of concepts have."""
    concepts = len(results.intra_concept_similarity)
    by_language = min(len(results.languages), MAX_LANGUAGES) + 1 + MAX_WORST
    return concepts if concepts <= MAX_CONCEPTS else by_language


def _by_language(results: AlignmentResults, name: str) -> list[Row]:
    """Return how each language's values are spread, beside those of the negatives."""
    rows = []
    for code, spread in results.distributions[name].items():
        baseline = results.chance.get(name)
        if name == SIMILARITY:
            unrelated = [value for value in results.baselines[code].values() if value is not None]
            baseline = sum(unrelated) / len(unrelated) if unrelated else None
        mean = results.by_language[code][name].value
        rows.append(Row(fit(language(code), LABEL_ROOM), mean, "", spread, baseline))
    return best_and_worst(rows, MAX_LANGUAGES)


def cross_lingual_retrieval(ax: Axes, results: AlignmentResults) -> str:
    """Panel b: how often the nearest text in a target language is the query's translation."""
    found, languages = results.cross_lingual_retrieval, results.languages
    shares = np.array([[found[a].get(b) for b in languages] for a in languages], dtype=float)
    draw_heat_map(ax, results.scripts, 100 * shares)
    mean = estimate(results.headlines()[RETRIEVAL])
    return f"% of texts whose nearest text is the translation; mean {mean}"


def least_similar_translations(ax: Axes, results: AlignmentResults) -> str:
    """Panel d: the least similar translations, the worst retrieval errors among them."""
    pairs, labels = pairs_to_show(results)
    rows = [
        Row(label, pair.similarity, results.concept_categories[pair.concept])
        for pair, label in zip(pairs, labels, strict=True)
    ]
    draw_dots(ax, results, rows)
    ax.axvline(MISALIGNED_BELOW, color=INK, linewidth=1, linestyle="--", zorder=1)
    unrelated = np.array([results.negative_p99[p.query][p.target] for p in pairs], dtype=float)
    ax.plot(unrelated, range(len(pairs)), "|", color=INK, markersize=8)
    retrieved = [p.similarity_retrieved for p in pairs]
    ax.plot(retrieved, range(len(pairs)), "o", color=INK, markerfacecolor="none", clip_on=False)
    errors = any(p.retrieved for p in pairs)
    rings = "and worst errors (ring: retrieved instead); " if errors else ""
    return f"{rings}tick: 99 % of the negatives are below"


def pairs_to_show(results: AlignmentResults) -> tuple[list[RetrievalError], list[str]]:
    """Return the pairs of panel d and their labels, the least similar first.

    Half of them are the worst retrieval errors, in the direction that costs more; the others have
    nothing retrieved instead. Longer labels leave room for fewer.
    """
    failed: dict[tuple, RetrievalError] = {}
    for row in results.errors.failed:
        failed.setdefault((row.concept, frozenset((row.query, row.target))), row)
    lowest = {}
    for concept, a, b, similarity in results.lowest_pairs()[:MIN_LISTED]:
        key = concept, frozenset((a, b))
        lowest[key] = failed.get(key) or RetrievalError(concept, a, b, "", similarity, math.nan)
    shown, most = [], len(lowest)
    while True:
        shown = list((dict(list(failed.items())[: most // 2]) | lowest).values())[:most]
        shown.sort(key=lambda pair: pair.similarity)
        labels = [_pair_label(results, pair) for pair in shown]
        tallest = max((label.count("\n") + 1 for label in labels), default=1)
        if most * tallest <= MAX_PAIR_LINES:
            return shown, labels
        most -= 1


def _pair_label(results: AlignmentResults, pair: RetrievalError) -> str:
    """Return the texts of a pair, as "гнев (ru) – Wut (de) → Angst", on the lines that it needs."""
    parts = [
        _named(results, pair.concept, pair.query, after=f" ({pair.query}) – "),
        _named(results, pair.concept, pair.target, after=f" ({pair.target}) "),
    ]
    if pair.retrieved:
        parts.append("→ " + _named(results, pair.retrieved, pair.target, after="  "))
    return "\n".join(wrap(parts, LABEL_ROOM, MAX_LINES))


def _named(results: AlignmentResults, concept: str, *codes: str, after: str | None = None) -> str:
    """Name a concept in its room: by the first of its names that the fonts can show."""
    known = names(results.texts, concept, *codes)
    text = next(filter(can_show, known), concept)
    after = in_few(results, concept) if after is None else after
    return isolated(fit(text, LABEL_ROOM - text_width(after))) + after


def alignment_score(ax: Axes, results: AlignmentResults) -> str:
    """Panel e: the three means, their weights, and the score they make."""
    names = [*MEASURES, "alignment_score"]
    words = [f"{MEASURES[n].replace(' ', chr(10))} × {results.weights[n]:g}" for n in MEASURES]
    reach = []
    for kind, rise in (("", -0.12), ("calibrated_", 0.12)):
        estimates = [results.headlines()[kind + name] for name in names]
        draw_estimates(ax, estimates, [not kind] * len(names), rise=rise)
        reach += [own.value for own in estimates]
    published = zip([*words, "alignment score"], reach[: len(names)], strict=True)
    finish_rows(ax, [Row(label, value, "") for label, value in published], reach)
    if results.alignment_score is None:
        return "undefined: the grid is too small for one of its parts"
    score = f"{number(results.alignment_score)}, {grade(results)}"
    return f"filled: published, {score}; open: calibrated, {number(reach[-1])}; lines: 95 % CI"


def categories(ax: Axes, results: AlignmentResults) -> str:
    """Panel f: each category's mean, and its concepts."""
    similarity, marks = results.intra_concept_similarity, category_marks(results)
    own: dict[str, list[Number]] = {category: [] for category in results.categories}
    for concept, value in similarity.items():
        own[results.concept_categories[concept]].append(value)
    means = [
        Row(fit(category, LABEL_ROOM), mean, category)
        for category, mean in results.categories.items()
    ]
    rows = best_and_worst(means, MAX_CATEGORIES)
    faint = 0.6 if len(similarity) <= 200 else 0.25
    for y, row in enumerate(rows):
        if row.category is not None:
            colour, marker = marks[row.category]
            values = np.array(own[row.category], dtype=float)
            ax.plot(values, 0 * values + y, marker, color=colour, ms=5, alpha=faint, mew=0)
    ends = results.category_intervals
    estimates = [
        None if row.category is None else Estimate(row.value, ends[row.category]) for row in rows
    ]
    draw_estimates(ax, estimates, [False] * len(rows), marker="D")
    finish_rows(ax, rows, similarity.values())
    return "diamond: mean of the category, line: 95 % CI; points: its concepts"


_LEAST = f"Least similar translations ({{}} below {MISALIGNED_BELOW})"
PANELS: dict[str, tuple[str, str | None, Callable[[Axes, AlignmentResults], str]]] = {
    "a": ("Similarity within a concept", SIMILARITY, intra_concept_similarity),
    "b": ("Retrieval between languages", RETRIEVAL, cross_lingual_retrieval),
    "c": ("Nearest-neighbour accuracy", NEAREST, nearest_neighbor_accuracy),
    "d": (_LEAST, SIMILARITY, least_similar_translations),
    "e": ("Alignment score", None, alignment_score),
    "f": ("Similarity by category", SIMILARITY, categories),
}  # letter: title, the mean that it needs, and what draws it and returns its note
