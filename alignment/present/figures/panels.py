"""The six panels: each draws one answer on an axes, and returns the note above it."""

import math
from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes

from alignment.explain.confusions import Confusion
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
from alignment.present.words import MEASURES, concept_label, estimate, grade, label, number
from alignment.record.results import MIN_LISTED, MISALIGNED_BELOW, AlignmentResults
from alignment.stats.estimates import Estimate, Number

MAX_CONCEPTS = 40
MAX_CATEGORIES = 20
MAX_ERRORS = 5  # worst retrieval errors, among the least similar translations
MAX_LINES = 3  # of a label
_LONG = 200  # letters, more than any label has room for
SIMILARITY, NEAREST, RETRIEVAL = MEASURES


def draw_panel(ax: Axes, results: AlignmentResults, letter: str) -> tuple[str, str]:
    """Draw a panel, or say why there is none; return its title and its note."""
    title, needs, draw = PANELS[letter]
    if needs is None or results.summary[needs] is not None:
        below = results.counts["misaligned_pairs"]
        return title.format(f"{below:,}" if below else "none"), draw(ax, results)
    words = f"undefined:\n{results.undefined.get(needs, 'the grid is too small')}"
    ax.set_axis_off()
    ax.text(0.5, 0.5, words, ha="center", va="center", color=INK, transform=ax.transAxes)
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
    """Draw a value for each concept, and their mean with its interval."""
    own, mean = results.concept_categories, results.headlines[name]
    rows = [Row(concept_label(results, c), value, own[c]) for c, value in values.items()]
    draw_dots(ax, results, best_and_worst(rows, MAX_CONCEPTS, histogram=True), values.values())
    low, high = mean.interval
    ax.axvline(mean.value or 0, color=INK, linewidth=1, linestyle="--", zorder=1)
    if low is not None and high is not None:
        ax.axvspan(low, high, color=BAND, linewidth=0, zorder=0)
    return f"{words}; dashed: mean {estimate(mean)}"


def cross_lingual_retrieval(ax: Axes, results: AlignmentResults) -> str:
    """Panel b: how often the nearest text in a target language is the query's translation."""
    found, languages = results.cross_lingual_retrieval, results.languages
    shares = np.array([[found[a].get(b) for b in languages] for a in languages], dtype=float)
    draw_heat_map(ax, languages, 100 * shares)
    mean = estimate(results.headlines[RETRIEVAL])
    return f"% of texts whose nearest text is the translation; mean {mean}"


def least_similar_translations(ax: Axes, results: AlignmentResults) -> str:
    """Panel d: the least similar translations, the worst retrieval errors among them."""
    pairs, category = pairs_to_show(results), results.concept_categories
    rows = [Row(pair_label(results, p), p.similarity, category[p.concept]) for p in pairs]
    draw_dots(ax, results, rows)
    ax.axvline(MISALIGNED_BELOW, color=INK, linewidth=1, linestyle="--", zorder=1)
    unrelated = np.array([results.thresholds[p.query][p.target] for p in pairs], dtype=float)
    ax.plot(unrelated, range(len(pairs)), "|", color=INK, markersize=8)
    retrieved = [p.similarity_retrieved for p in pairs]
    ax.plot(retrieved, range(len(pairs)), "o", color=INK, markerfacecolor="none", clip_on=False)
    errors = any(p.retrieved for p in pairs)
    rings = "and worst errors (ring: retrieved instead); " if errors else ""
    return f"{rings}tick: 99 % of unrelated texts are below"


def pairs_to_show(results: AlignmentResults) -> list[Confusion]:
    """Return the pairs of panel d, the least similar first; some have nothing retrieved instead.

    What was retrieved instead is that of the direction that costs more.
    """
    failed: dict[tuple, Confusion] = {}
    for row in results.confusions.failed:
        failed.setdefault((row.concept, frozenset((row.query, row.target))), row)
    lowest = {}
    for concept, a, b, similarity in results.lowest_pairs[:MIN_LISTED]:
        key = concept, frozenset((a, b))
        lowest[key] = failed.get(key) or Confusion(concept, a, b, "", similarity, math.nan)
    worst = dict(list(failed.items())[:MAX_ERRORS])
    shown = list((worst | lowest).values())[: len(lowest)]
    return sorted(shown, key=lambda pair: pair.similarity)


def pair_label(results: AlignmentResults, pair: Confusion) -> str:
    """Return the texts of a pair, as "гнев (ru) – Wut (de) → Angst", on the lines that it needs."""
    query, target = f" ({pair.query}) – ", f" ({pair.target}) "
    parts = [_text(results, pair.concept, pair.query, LABEL_ROOM - text_width(query)) + query]
    parts += [_text(results, pair.concept, pair.target, LABEL_ROOM - text_width(target)) + target]
    if pair.retrieved:
        room = LABEL_ROOM - text_width("→ ")
        parts.append("→ " + _text(results, pair.retrieved, pair.target, room))
    return "\n".join(wrap(parts, LABEL_ROOM, MAX_LINES))


def _text(results: AlignmentResults, concept: str, code: str, room: float) -> str:
    """Return a concept's text in a language, or its name where the font cannot show the text."""
    text = results.texts.get(concept, {}).get(code, "")
    return fit(text if text and can_show(text) else label(results, concept, _LONG), room)


def alignment_score(ax: Axes, results: AlignmentResults) -> str:
    """Panel e: the three means, their weights, and the score they make."""
    names = [*MEASURES, "alignment_score"]
    words = [f"{MEASURES[n].replace(' ', chr(10))} × {results.weights[n]:g}" for n in MEASURES]
    reach = []
    for kind, rise in (("", -0.12), ("calibrated_", 0.12)):
        estimates = [results.headlines[kind + name] for name in names]
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
    means = [Row(category, mean, category) for category, mean in results.categories.items()]
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
