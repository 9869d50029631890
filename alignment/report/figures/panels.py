"""The six panels: each shows one result on its axes, and returns the note above them."""

import math
import textwrap
from collections.abc import Callable
from functools import partial
from itertools import filterfalse

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from alignment.measure.errors import RetrievalError
from alignment.record.core import MIN_LISTED, MISALIGNED_BELOW, CoreResults
from alignment.report.figures import drawing, pages, plots
from alignment.report.figures.drawing import INK, fit
from alignment.report.figures.plots import LABEL_ROOM, Row
from alignment.report.labels import names
from alignment.report.words import MEASURES, estimate, grade, in_few, isolated, language, number
from alignment.stats.estimates import Estimate, Number

_MAX_CONCEPTS = 40  # with more concepts, the spread is drawn by language
_MAX_LANGUAGES, _MAX_WORST = 11, 3  # rows of that drawing: languages, and below them concepts
_MAX_CATEGORIES, _MAX_PAIR_LINES = 20, 20  # rows of panel f; lines of all labels of panel d
_SIMILARITY, _NEAREST, _RETRIEVAL = MEASURES


@drawing.in_style
def alignment_figure(results: CoreResults) -> Figure:
    """Return the six panels, on a page as tall as the grid needs."""
    head = f"Cross-lingual alignment of {results.model}", drawing.about(results)
    mosaic = [["a", [["b"]]], ["c", "d"], ["e", "f"]]  # the labels of d and f do not narrow b
    fig, axes = pages.panels(head, mosaic, lambda ax, letter: _draw_panel(ax, results, letter))
    if axes["b"].axison:
        plots.fit_to_cells(axes["b"])
    return fig


def _draw_panel(ax: Axes, results: CoreResults, letter: str) -> pages.Head:
    """Draw a panel, or write why there is none; return its title and its note."""
    title, needs, draw = _PANELS[letter]
    if needs is not None and results.summary[needs] is None:
        absent = f"undefined:\n{results.undefined.get(needs, 'the grid is too small')}"
    elif letter == "f" and len(results.categories) == 1:
        absent = "The grid has no categories to compare.\n"
        absent += "A column “category” in it fills this place."
    else:
        below = results.counts["misaligned_pairs"]
        return title.format(f"{below:,}" if below else "none"), draw(ax, results)
    ax.set_axis_off()
    ax.text(0.5, 0.5, absent, ha="center", va="center", color=INK, transform=ax.transAxes)
    return title.partition(" (")[0], ""


def _draw_concepts(ax: Axes, results: CoreResults, name: str) -> str:
    """Draw the value of each concept, or for large grids the spread by language, and the mean."""
    values: dict[str, Number] = getattr(results, name)
    mean, nearest = results.headlines()[name], name == _NEAREST

    def row(concept: str) -> Row:
        return Row(_named(results, concept), values[concept], results.concept_categories[concept])

    if len(values) <= _MAX_CONCEPTS:
        rows = plots.best_and_worst(list(map(row, values)), _MAX_CONCEPTS)
        among = f"translations among the {results.provenance.k} nearest"
        note = f"{among if nearest else 'mean cosine of language pairs'}; dashed: mean "
        note += estimate(mean)
    else:
        worst = sorted(values, key=lambda concept: values[concept] or 0)[:_MAX_WORST]
        between = Row(f"worst of {len(values):,}:", None, None)
        rows = [*_by_language(results, name), between, *map(row, worst)]
        note = "dot: mean, bar: half, line: 90 % of the texts; tick: "
        note += f"{'chance' if nearest else 'baseline'}; dashed: {number(mean.value)}"
    plots.draw_dots(ax, results, rows)
    plots.mark(ax, mean, linestyle="--")
    return note


def _by_language(results: CoreResults, name: str) -> list[Row]:
    """Return the spread of each language's values, with a baseline to compare it with."""
    rows = []
    for code, spread in results.distributions[name].items():
        table = results.baselines[code] if name == _SIMILARITY else {code: results.chance[name]}
        baselines = [value for value in table.values() if value is not None]
        baseline = sum(baselines) / len(baselines) if baselines else None
        mean = results.by_language[code][name].value
        rows.append(Row(fit(language(code), LABEL_ROOM), mean, "", spread, baseline))
    return plots.best_and_worst(rows, _MAX_LANGUAGES)


def _draw_retrieval(ax: Axes, results: CoreResults) -> str:
    table, languages = results.cross_lingual_retrieval, results.languages
    shares = np.array([[table[a].get(b) for b in languages] for a in languages], dtype=float)
    plots.draw_heat_map(ax, results.scripts, 100 * shares)
    mean = estimate(results.headlines()[_RETRIEVAL])
    return f"% of texts whose nearest text is the translation; mean {mean}"


def _draw_pairs(ax: Axes, results: CoreResults) -> str:
    pairs, labels = _pairs_to_show(results)
    categories = [results.concept_categories[pair.concept] for pair in pairs]
    similarity = [pair.similarity for pair in pairs]
    plots.draw_dots(ax, results, list(map(Row, labels, similarity, categories)))
    ax.axvline(MISALIGNED_BELOW, color=INK, linestyle="--", zorder=1)
    negatives = np.array([results.negative_p99[p.query][p.target] for p in pairs], dtype=float)
    ax.plot(negatives, range(len(pairs)), "|", color=INK, markersize=8)
    retrieved = [pair.similarity_retrieved for pair in pairs]
    ax.plot(retrieved, range(len(pairs)), "o", color=INK, markerfacecolor="none", clip_on=False)
    errors = any(pair.retrieved for pair in pairs)
    rings = "and worst errors (ring: retrieved instead); " if errors else ""
    return f"{rings}tick: 99 % of the negatives are below"


def _pairs_to_show(results: CoreResults) -> tuple[list[RetrievalError], list[str]]:
    """Return pairs and their labels, the least similar first.

    Half of them are the worst retrieval errors, in the costlier direction. Longer labels leave room
    for fewer pairs.
    """
    errors: dict[tuple, RetrievalError] = {}
    for error in results.errors.failed:
        errors.setdefault((error.concept, frozenset((error.query, error.target))), error)
    lowest = {}
    for concept, a, b, similarity in results.lowest_pairs()[:MIN_LISTED]:
        key = concept, frozenset((a, b))
        lowest[key] = errors.get(key) or RetrievalError(concept, a, b, "", similarity, math.nan)
    for most in range(len(lowest), 0, -1):
        chosen = list((dict(list(errors.items())[: most // 2]) | lowest).values())[:most]
        pairs = sorted(chosen, key=lambda pair: pair.similarity)
        labels = [_pair_label(results, pair) for pair in pairs]
        if most * max(label.count("\n") + 1 for label in labels) <= _MAX_PAIR_LINES:
            return pairs, labels
    return [], []


def _pair_label(results: CoreResults, pair: RetrievalError) -> str:
    """Return the texts of a pair, as "гнев (ru) – Wut (de) → Angst", on as few lines as fit."""
    parts = [
        _named(results, pair.concept, pair.query, after=f" ({pair.query}) – "),
        _named(results, pair.concept, pair.target, after=f" ({pair.target}) "),
    ]
    if pair.retrieved:
        parts.append("→ " + _named(results, pair.retrieved, pair.target, after="  "))
    return drawing.wrap(parts, LABEL_ROOM, 3)


def _named(results: CoreResults, concept: str, *codes: str, after: str | None = None) -> str:
    """Return the first name of a concept that the fonts can show, cut to its room."""
    text = next(filterfalse(drawing.undrawable, names(results.texts, concept, *codes)), concept)
    after = in_few(results, concept) if after is None else after
    return isolated(fit(text, LABEL_ROOM - drawing.text_width(after))) + after


def _draw_score(ax: Axes, results: CoreResults) -> str:
    weighted = [f"{MEASURES[name]} × {weight:g}" for name, weight in results.weights.items()]
    labels = [textwrap.fill(label, 17, break_on_hyphens=False) for label in weighted]
    scores = (*MEASURES, "alignment_score")
    for kind, rise in (("", -0.12), ("calibrated_", 0.12)):
        estimates = [results.headlines()[kind + name] for name in scores]
        for y, score in enumerate(estimates):
            plots.draw_estimate(ax, y + rise, score, not kind, "ko")
    values = [results.headlines()[name].value for name in scores]
    plots.finish_rows(ax, list(map(Row, [*labels, "alignment score"], values, [""] * 4)))
    if results.alignment_score is None:
        return "undefined: the grid is too small for one of its parts"
    published = f"filled: published, {number(results.alignment_score)}, {grade(results)}"
    calibrated = number(results.calibrated["alignment_score"])
    return f"{published}; open: calibrated, {calibrated}; lines: 95 % CI"


def _draw_categories(ax: Axes, results: CoreResults) -> str:
    similarity, looks = results.intra_concept_similarity, plots.category_looks(results)
    means = [Row(fit(name, LABEL_ROOM), mean, name) for name, mean in results.categories.items()]
    rows = plots.best_and_worst(means, _MAX_CATEGORIES)
    for y, row in enumerate(rows):
        if row.category is not None:
            members = [c for c, name in results.concept_categories.items() if name == row.category]
            values = np.array([similarity[concept] for concept in members], dtype=float)
            faint = 0.6 if len(similarity) <= 200 else 0.25
            ax.plot(values, 0 * values + y, looks[row.category], ms=5, alpha=faint, mew=0)
            estimate = Estimate(row.value, results.category_intervals[row.category])
            plots.draw_estimate(ax, y, estimate, False, "kD")
    plots.finish_rows(ax, rows)
    return "diamond: mean of the category, line: 95 % CI; points: its concepts"


_PANELS: dict[str, tuple[str, str | None, Callable[[Axes, CoreResults], str]]] = {
    "a": ("Similarity within a concept", _SIMILARITY, partial(_draw_concepts, name=_SIMILARITY)),
    "b": ("Retrieval between languages", _RETRIEVAL, _draw_retrieval),
    "c": ("Nearest-neighbour accuracy", _NEAREST, partial(_draw_concepts, name=_NEAREST)),
    "d": (f"Least similar translations ({{}} below {MISALIGNED_BELOW})", _SIMILARITY, _draw_pairs),
    "e": ("Alignment score", None, _draw_score),
    "f": ("Similarity by category", _SIMILARITY, _draw_categories),
}  # letter: title, the mean that it needs, and what draws it and returns its note
