"""The six panels: each draws one answer on an axes, and returns the title and note above it."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from alignment.present.figures.dotplot import (
    LABEL_ROOM,
    Row,
    best_and_worst,
    category_marks,
    draw_dots,
    draw_estimates,
    finish_rows,
)
from alignment.present.figures.drawing import BAND, INK, wrap
from alignment.present.figures.heatmap import draw_heat_map
from alignment.present.tables import MEASURES, concept_label, number, with_interval
from alignment.record.results import MISALIGNED_BELOW, AlignmentResults

MOST_CONCEPTS = 40
MOST_CATEGORIES = 20
MOST_CONFUSIONS = 5
MOST_LINES = 3  # of a label


def intra_concept_similarity(ax: Axes, results: AlignmentResults) -> tuple[str, str]:
    """Panel a: the mean cosine of each concept's language pairs."""
    title = "Similarity within a concept"
    if results.summary["intra_concept_similarity"] is None:
        return title, _say_why(ax, results, "intra_concept_similarity")
    _draw_concepts(ax, results, results.intra_concept_similarity)
    return title, _draw_mean(ax, results, "intra_concept_similarity", "cosine over language pairs")


def cross_lingual_retrieval(ax: Axes, results: AlignmentResults) -> tuple[str, str]:
    """Panel b: how often the best hit in a target language is the query's translation."""
    title = "Retrieval between languages"
    mean = results.summary["cross_lingual_retrieval"]
    if mean is None:
        return title, _say_why(ax, results, "cross_lingual_retrieval")
    found, languages = results.cross_lingual_retrieval, results.languages
    shares = np.array([[found[a].get(b) for b in languages] for a in languages], dtype=float)
    draw_heat_map(ax, languages, 100 * shares)
    words = with_interval(mean, results.intervals["cross_lingual_retrieval"])
    return title, f"% of concepts whose best hit is the translation; mean {words}"


def nearest_neighbor_accuracy(ax: Axes, results: AlignmentResults) -> tuple[str, str]:
    """Panel c: the share of each concept's nearest neighbours that are its translations."""
    title = "Nearest-neighbour accuracy"
    if results.summary["nearest_neighbor_accuracy"] is None:
        return title, _say_why(ax, results, "nearest_neighbor_accuracy")
    _draw_concepts(ax, results, results.nearest_neighbor_accuracy)
    words = f"share of translations among the {results.provenance['k']} nearest"
    return title, _draw_mean(ax, results, "nearest_neighbor_accuracy", words)


def lowest_pairs(ax: Axes, results: AlignmentResults) -> tuple[str, str]:
    """Panel d: the lowest pairs, those of the costliest confusions among them, and what came."""
    title = "Lowest pairs, costliest confusions"
    if not results.lowest_pairs:
        return title, _say_why(ax, results, "intra_concept_similarity")
    pairs = _named_pairs(results)
    rows = [
        Row(label, pair.similarity, results.concept_categories[pair.concept])
        for label, pair in zip(pair_labels(results), pairs, strict=True)
    ]
    draw_dots(ax, results, rows)
    ax.axvline(MISALIGNED_BELOW, color=INK, linewidth=1, linestyle="--", zorder=1)
    unrelated = [results.thresholds[pair.a][pair.b] for pair in pairs]
    ax.plot(unrelated, range(len(rows)), "|", color=INK, markersize=8)
    found = [pair.found for pair in pairs]
    ax.plot(found, range(len(rows)), "o", color=INK, markerfacecolor="none", clip_on=False)
    below = results.counts["misaligned_pairs"]
    count = "no pair is" if not below else "1 pair is" if below == 1 else f"{below:,} pairs are"
    return (
        title,
        f"{count} below {MISALIGNED_BELOW} (dashed); ring: found instead; tick: 99 % of unrelated",
    )


class Pair(NamedTuple):
    """A concept in two languages, and what was found in its place: its concept and similarity."""

    concept: str
    a: str
    b: str
    similarity: float
    instead: str = ""
    found: float | None = None


def _named_pairs(results: AlignmentResults) -> list[Pair]:
    """Return as many pairs as the record has lowest ones: first those of the costliest confusions.

    What was found instead is that of the direction that costs more. The lowest stand first.
    """
    failed = {}
    for row in results.confusions["failed"]:
        (concept, a, _), (_, b, _) = row["query"], row["expected"]
        pair = Pair(concept, a, b, row["similarity"][0], row["retrieved"][0], row["similarity"][1])
        failed.setdefault((concept, frozenset((a, b))), pair)
    costliest = dict(list(failed.items())[:MOST_CONFUSIONS])
    lowest = {
        (concept, frozenset((a, b))): failed.get(
            (concept, frozenset((a, b))), Pair(concept, a, b, similarity)
        )
        for concept, a, b, similarity, *_ in results.lowest_pairs
    }
    chosen = list((costliest | lowest).values())[: len(lowest)]
    return sorted(chosen, key=lambda pair: pair.similarity)


def pair_labels(results: AlignmentResults) -> list[str]:
    """Return the labels of panel d, on as many lines as they need, at most ``MOST_LINES``."""
    labels = (
        f"{pair.concept} {pair.a}–{pair.b}" + (f" → {pair.instead}" if pair.instead else "")
        for pair in _named_pairs(results)
    )
    return ["\n".join(wrap(label, LABEL_ROOM, MOST_LINES)) for label in labels]


def summary(ax: Axes, results: AlignmentResults) -> tuple[str, str]:
    """Panel e: the three means, their weights, and the score they make."""
    rows = [
        Row(f"{words.replace(' ', chr(10))} × {results.weights[name]:g}", results.summary[name], "")
        for name, words in MEASURES.items()
    ]
    rows.append(Row("alignment score", results.alignment_score, ""))
    names = [*MEASURES, "alignment_score"]
    published = [(results.headlines[name], results.intervals[name]) for name in names]
    calibrated = [
        (results.calibrated[name], results.intervals[f"calibrated_{name}"]) for name in names
    ]
    draw_estimates(ax, published, rise=-0.12, filled=True)
    draw_estimates(ax, calibrated, rise=0.12, filled=False)
    finish_rows(ax, rows, [value for value, _ in published + calibrated])
    if results.alignment_score is None:
        return "Alignment score", "undefined: the grid is too small for one of its parts"
    score = f"{number(results.alignment_score)}, {results.grade}"
    note = f"filled: published, {score}; open: calibrated, {number(calibrated[-1][0])}; lines: 95 %"
    return "Alignment score", note


def categories(ax: Axes, results: AlignmentResults) -> tuple[str, str]:
    """Panel f: each category's mean, and its concepts."""
    title, similarity = "Similarity by category", results.intra_concept_similarity
    if results.summary["intra_concept_similarity"] is None:
        return title, _say_why(ax, results, "intra_concept_similarity")
    means = [Row(category, mean, category) for category, mean in results.categories.items()]
    rows = best_and_worst(means, MOST_CATEGORIES)
    own = {row.category: [] for row in means}
    for concept, value in similarity.items():
        own[results.concept_categories[concept]].append(value)
    marks, faint = category_marks(results), 0.6 if len(similarity) <= 200 else 0.25
    for y, row in enumerate(rows):
        if row.category is not None:
            colour, marker = marks[row.category]
            values = own[row.category]
            at = [y] * len(values)
            ax.plot(values, at, marker, color=colour, markersize=5, alpha=faint, mew=0)
    for y, row in enumerate(rows):
        ends = results.category_intervals.get(row.category, [None])
        if ends[0] is not None:
            ax.plot(ends, [y, y], color="black", linewidth=1, clip_on=False)
    diamond = {"color": "black", "markerfacecolor": "white", "markersize": 6, "clip_on": False}
    ax.plot([row.value for row in rows], range(len(rows)), "D", **diamond)
    finish_rows(ax, rows, similarity.values())
    return title, "diamond: mean of the category, line: 95 %; points: its concepts"


def _say_why(ax: Axes, results: AlignmentResults, name: str) -> str:
    """Say in the panel's place why there is none; it then has no note."""
    words = f"undefined:\n{results.undefined.get(name, 'the grid is too small')}"
    ax.set_axis_off()
    ax.text(0.5, 0.5, words, ha="center", va="center", color=INK, transform=ax.transAxes)
    return ""


def _draw_concepts(ax: Axes, results: AlignmentResults, values: dict[str, float | None]) -> None:
    own = results.concept_categories
    rows = [Row(concept_label(results, c), value, own[c]) for c, value in values.items()]
    draw_dots(ax, results, best_and_worst(rows, MOST_CONCEPTS, histogram=True), values.values())


def _draw_mean(ax: Axes, results: AlignmentResults, name: str, words: str) -> str:
    """Draw the mean of a measure with its interval; return the note that says so."""
    mean, ends = results.summary[name], results.intervals[name]
    ax.axvline(mean, color=INK, linewidth=1, linestyle="--", zorder=1)
    if ends[0] is not None:
        ax.axvspan(*ends, color=BAND, linewidth=0, zorder=0)
    return f"{words}; dashed: mean {with_interval(mean, ends)}"
