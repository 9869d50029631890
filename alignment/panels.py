"""The six panels: each draws one question's answer on an axes, and returns the words above it."""

import math
from typing import NamedTuple

import matplotlib
import numpy as np
from matplotlib.axes import Axes

from alignment.drawing import INK, SMALL, fit, text_width
from alignment.results import AlignmentResults
from alignment.tables import MEASURES, number

LABEL_ROOM = 2.4
MOST_CONCEPTS = 40
MOST_CATEGORIES = 20
MISALIGNED_BELOW = 0.5
_SMALLEST_PRINT = 5
_MARKERS = "osD^v"


class Words(NamedTuple):
    """What stands above a panel."""

    title: str
    note: str


class Row(NamedTuple):
    """A line of a dot plot; ``category`` None is the gap between the best and the worst."""

    label: str
    value: float | None
    category: str | None


def category_marks(results: AlignmentResults) -> dict[str, tuple[str, str]]:
    """Return {category: (colour, marker)}; the markers change when the colours are used up."""
    colours = matplotlib.rcParams["axes.prop_cycle"].by_key()["color"]
    return {
        category: (colours[i % len(colours)], _MARKERS[i // len(colours) % len(_MARKERS)])
        for i, category in enumerate(results.categories)
    }


def intra_concept_similarity(ax: Axes, results: AlignmentResults) -> Words:
    """Panel a: the mean cosine within each concept."""
    title = "Similarity within a concept"
    rows = _concept_rows(results, results.intra_concept_similarity)
    if all(row.value is None for row in rows):
        return _undefined(ax, title, "one language has no language pairs")
    _draw_dots(ax, rows, category_marks(results))
    return Words(title, _mean_line(ax, results, "intra_concept_similarity", "mean cosine"))


def cross_lingual_retrieval(ax: Axes, results: AlignmentResults) -> Words:
    """Panel b: how often a query's best hit in the target language is its translation."""
    title = "Retrieval between languages"
    found, languages = results.cross_lingual_retrieval, results.languages
    if len(languages) == 1:
        return _undefined(ax, title, "one language has no other to search")
    table = np.array([[found[a].get(b, np.nan) for b in languages] for a in languages]) * 100
    lowest = 50 if np.nanmin(table) >= 50 else 0
    cells = ax.pcolormesh(table, vmin=lowest, vmax=100, edgecolor="white", linewidth=0.5)
    ax.invert_yaxis()
    ax.grid(False)
    ax.spines["bottom"].set_visible(False)
    _label_languages(ax, languages)
    _print_cells(ax, cells, table)
    bar = ax.figure.colorbar(cells, cax=ax.inset_axes([1.03, 0, 0.03, 1]))
    bar.outline.set_visible(False)
    return Words(title, "% of concepts whose translation is the best hit")


def nearest_neighbor_accuracy(ax: Axes, results: AlignmentResults) -> Words:
    """Panel c: the share of each concept's nearest neighbours that are its translations."""
    k = results.provenance["k"]
    rows = _concept_rows(results, results.nearest_neighbor_accuracy)
    _draw_dots(ax, rows, category_marks(results))
    note = _mean_line(ax, results, "nearest_neighbor_accuracy", f"translations among the {k} nearest")
    return Words("Nearest-neighbour accuracy", note)


def lowest_pairs(ax: Axes, results: AlignmentResults) -> Words:
    """Panel d: the lowest pairs of all, against the bound below which a pair is misaligned."""
    title = "Most misaligned pairs"
    if not results.lowest_pairs:
        return _undefined(ax, title, "one language has no language pairs")
    rows = []
    for concept, a, b, similarity, *_ in results.lowest_pairs:
        languages = fit(f" {a}–{b}", LABEL_ROOM / 2)
        concept_room = LABEL_ROOM - text_width(f" {languages}")
        label = f"{fit(concept, concept_room)} {languages}"
        rows.append(Row(label, similarity, results.concept_categories[concept]))
    _draw_dots(ax, rows, category_marks(results))
    ax.axvline(MISALIGNED_BELOW, color=INK, linewidth=1, linestyle="--")
    below = len(results.misaligned_pairs)
    count = f"{below:,} {'pair' if below == 1 else 'pairs'}" if below else "no pair"
    return Words(title, f"{count} below 0.5 (dashed); the {len(rows)} lowest cosines")


def summary(ax: Axes, results: AlignmentResults) -> Words:
    """Panel e: the three means, their weights, and the score they make."""
    labels = [
        f"{words.replace(' ', chr(10), 1)} × {results.weights[name]:g}"
        for name, words in MEASURES.items()
    ]
    values = [*(results.summary[name] for name in MEASURES), results.alignment_score]
    at = range(len(values))
    bars = ax.barh(at, [value or 0 for value in values], height=0.55, color="#999999")
    bars[-1].set_color("black")
    _rows_axis(ax, [*labels, "alignment score"], values)
    if results.alignment_score is None:
        return Words("Alignment score", "undefined: the grid is too small for all of its parts")
    return Words("Alignment score", f"weighted sum of the three: {number(values[-1])}, {results.grade}")


def categories(ax: Axes, results: AlignmentResults) -> Words:
    """Panel f: each category's mean, and its concepts."""
    title = "Similarity by category"
    means, own = results.categories, results.concept_categories
    if all(mean is None for mean in means.values()):
        return _undefined(ax, title, "one language has no language pairs")
    rows = _best_and_worst([Row(c, mean, c) for c, mean in means.items()], MOST_CATEGORIES)
    marks, lines = category_marks(results), {row.category: y for y, row in enumerate(rows)}
    similarity = results.intra_concept_similarity
    for category, y in lines.items():
        of_it = [v for c, v in similarity.items() if own[c] == category and v is not None]
        colour, marker = marks.get(category, ("none", "o"))
        ax.plot(of_it, [y] * len(of_it), marker, color=colour, markersize=4, alpha=0.4, mew=0)
    shown = [row.value for row in rows if row.value is not None]
    at = [y for y, row in enumerate(rows) if row.value is not None]
    ax.plot(shown, at, "|", color="black", markersize=14, markeredgewidth=2)
    _rows_axis(ax, [row.label for row in rows], [row.value for row in rows], similarity.values())
    return Words(title, "bar: mean of the category; points: its concepts")


def _undefined(ax: Axes, title: str, why: str) -> Words:
    ax.set_axis_off()
    ax.text(0.5, 0.5, f"undefined:\n{why}", ha="center", va="center", color=INK)
    return Words(title, "")


def _concept_rows(results: AlignmentResults, values: dict) -> list[Row]:
    rows = [Row(c, value, results.concept_categories[c]) for c, value in values.items()]
    return _best_and_worst(rows, MOST_CONCEPTS)


def _best_and_worst(rows: list[Row], most: int) -> list[Row]:
    """Sort the rows, the best first; of too many keep both ends, and say how many are between."""
    rows = sorted(rows, key=lambda row: -math.inf if row.value is None else row.value, reverse=True)
    if len(rows) <= most:
        return rows
    half = most // 2
    gap = Row(f"… {len(rows) - 2 * half:,} between …", None, None)
    return [*rows[:half], gap, *rows[-half:]]


def _draw_dots(ax: Axes, rows: list[Row], marks: dict) -> None:
    """Draw a dot a row; rows share a category's mark, so that one call draws them all."""
    for category, (colour, marker) in marks.items():
        at = [y for y, row in enumerate(rows) if row.category == category]
        values = [math.nan if rows[y].value is None else rows[y].value for y in at]
        ax.plot(values, at, marker, color=colour, markersize=6, clip_on=False)
    _rows_axis(ax, [row.label for row in rows], [row.value for row in rows])
