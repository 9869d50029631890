"""The diagram: how a score comes about, with this run's numbers in it."""

from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from alignment.present.figures.drawing import INK, PAGE_WIDTH, SMALL, about, in_style, page, wrap
from alignment.present.words import MEASURES, counted, grade, number
from alignment.record.results import AlignmentResults

_HEIGHT, _FOOT = 4.2, 0.3
_MEASURE, _BETWEEN = 0.85, 0.2  # the height of a measure's box, and from one to the next
_TALL, _SHORT = 3 * _MEASURE + 2 * _BETWEEN, 1.9
_PADDING = 0.1
_MAX_LINES = 4
_PLAIN = {"size": SMALL, "weight": "normal"}
_BOLD = {"size": 10, "weight": "bold"}
_LARGE = {"size": 20, "weight": "bold"}


class Box(NamedTuple):
    """A box, in inches from the lower left corner of the page."""

    x: float
    y: float
    width: float
    height: float


GRID = Box(0.3, _FOOT + (_TALL - _SHORT) / 2, 1.3, _SHORT)
ENCODE = Box(1.9, GRID.y, 1.7, _SHORT)
NORMALISE = Box(3.9, _FOOT, 1.3, _TALL)
INDEX = Box(5.5, _FOOT, 1.45, 2 * _MEASURE + _BETWEEN)
PARTS = [Box(7.25, _FOOT + i * (_MEASURE + _BETWEEN), 2.5, _MEASURE) for i in (2, 1, 0)]
SCORE = Box(10.3, _FOOT, 1.4, _TALL)


@in_style
def experiment_diagram(results: AlignmentResults) -> Figure:
    """Return the diagram: grid → encode → normalise → index → measures → score."""
    fig = page(_HEIGHT, "From the grid to the alignment score", about(results))
    ax = fig.add_axes((0, 0, 1, 1), xlim=(0, PAGE_WIDTH), ylim=(0, _HEIGHT))
    ax.set_axis_off()
    _draw_preparation(ax, results)
    _draw_measures(ax, results)
    return fig


def _draw_preparation(ax: Axes, results: AlignmentResults) -> None:
    run, covered = results.provenance, results.coverage
    steps = {
        GRID: (
            "Grid",
            run.grid,
            counted(len(covered.concepts), "concept"),
            f"× {counted(len(covered.languages), 'language')}",
            ("= " if covered.texts == covered.cells else "of which ")
            + counted(covered.texts, "text"),
        ),
        ENCODE: (
            "Encode",
            results.model,
            f"after “{run.prompt.strip()}”" if run.prompt else "",
            f"{run.dimension:,} dimensions",
        ),
        NORMALISE: ("Normalise", "to unit length: inner product = cosine"),
        INDEX: ("Index", "FAISS IndexFlatIP", "one per language, exact search"),
    }
    for box, (title, *lines) in steps.items():
        _draw_box(ax, box, INK, (_BOLD, title), (_PLAIN, *lines))
    middle = _FOOT + _TALL / 2
    _draw_arrow(ax, GRID, ENCODE, middle)
    _draw_arrow(ax, ENCODE, NORMALISE, middle)
    _draw_arrow(ax, NORMALISE, INDEX, INDEX.y + INDEX.height / 2)


def _draw_measures(ax: Axes, results: AlignmentResults) -> None:
    """Draw the three measures; the first needs no search, so its arrow passes the index by."""
    nearest = f"translations among the {results.provenance.k} nearest"
    meanings = "mean cosine of language pairs", nearest, "nearest text is the translation"
    sources = NORMALISE, INDEX, INDEX
    for name, box, source, meaning in zip(MEASURES, PARTS, sources, meanings, strict=True):
        title, mean = MEASURES[name].capitalize(), f"mean {number(results.summary[name])}"
        _draw_box(ax, box, "C0", (_BOLD, title), (_PLAIN, meaning), (_BOLD, mean))
        middle = box.y + box.height / 2
        _draw_arrow(ax, source, box, middle)
        _draw_arrow(ax, box, SCORE, middle)
        weight = f"× {results.weights[name]:g}"
        ax.text((box.x + box.width + SCORE.x) / 2, middle + 0.12, weight, ha="center", size=SMALL)
    score = (_LARGE, number(results.alignment_score)), (_PLAIN, grade(results))
    _draw_box(ax, SCORE, "C0", (_BOLD, "Alignment score"), *score)


def _draw_box(ax: Axes, box: Box, colour: str, *texts: tuple) -> None:
    """Draw a box with texts in its middle: each a style, and lines that are wrapped to fit."""
    shape = FancyBboxPatch(box[:2], box.width, box.height, "round,pad=0,rounding_size=0.1")
    shape.set(facecolor=to_rgba(colour, 0.06), edgecolor=colour)
    ax.add_patch(shape)
    lines = [
        (part, style, 1.5 * style["size"] / 72)
        for style, *words in texts
        for line in words
        for part in wrap(line, box.width - 2 * _PADDING, _MAX_LINES, **style)
    ]
    top = box.y + (box.height + sum(pitch for *_, pitch in lines)) / 2
    for line, style, pitch in lines:
        ax.text(box.x + box.width / 2, top - pitch / 2, line, ha="center", va="center", **style)
        top -= pitch


def _draw_arrow(ax: Axes, start: Box, end: Box, y: float) -> None:
    style: dict[str, Any] = {
        "arrowstyle": "-|>",
        "mutation_scale": 10,
        "color": INK,
        "shrinkA": 2,
        "shrinkB": 2,
    }
    ax.add_patch(FancyArrowPatch((start.x + start.width, y), (end.x, y), **style))
