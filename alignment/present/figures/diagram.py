"""The diagram: how a score comes about, with this run's numbers in it."""

from typing import NamedTuple

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from alignment.present.figures.drawing import (
    INK,
    PAGE_WIDTH,
    SMALL,
    about,
    look,
    page,
    pieces,
    wrap,
)
from alignment.present.words import MEASURES, counted, grade, number
from alignment.record.results import AlignmentResults

_HEIGHT = 4.2
_FOOT = 0.3
_MEASURE, _BETWEEN = 0.85, 0.2  # the height of a measure's box, and from one to the next
_TALL, _SHORT = 3 * _MEASURE + 2 * _BETWEEN, 1.9
_PADDING = 0.1
_PLAIN = {"size": SMALL, "weight": "normal"}
_BOLD = {"size": 10, "weight": "bold"}
_LARGE = {"size": 20, "weight": "bold"}
_MAX_LINES = 4


class Box(NamedTuple):
    """A box, in inches from the lower left corner of the page."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Where arrows leave."""
        return self.x + self.width


GRID = Box(0.3, _FOOT + (_TALL - _SHORT) / 2, 1.3, _SHORT)
ENCODE = Box(1.9, GRID.y, 1.7, _SHORT)
NORMALISE = Box(3.9, _FOOT, 1.3, _TALL)
INDEX = Box(5.5, _FOOT, 1.45, 2 * _MEASURE + _BETWEEN)
PARTS = [Box(7.25, _FOOT + i * (_MEASURE + _BETWEEN), 2.5, _MEASURE) for i in (2, 1, 0)]
SCORE = Box(10.3, _FOOT, 1.4, _TALL)


@look()
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
    grid = (
        run.grid,
        counted(len(covered.concepts), "concept"),
        f"× {counted(len(covered.languages), 'language')}",
        f"{'=' if covered.texts == covered.cells else 'of which'} {counted(covered.texts, 'text')}",
    )
    prompt = f"after “{run.prompt.strip()}”" if run.prompt else ""
    model = results.model, prompt, f"{run.dimension:,} dimensions"
    index = "FAISS IndexFlatIP", "one per language, exact search"
    for box, title, *lines in (
        (GRID, "Grid", *grid),
        (ENCODE, "Encode", *model),
        (NORMALISE, "Normalise", "to unit length: inner product = cosine"),
        (INDEX, "Index", *index),
    ):
        _draw_box(ax, box, INK, (_BOLD, title), (_PLAIN, *lines))
    middle = _FOOT + _TALL / 2
    _draw_arrow(ax, GRID.right, ENCODE.x, middle)
    _draw_arrow(ax, ENCODE.right, NORMALISE.x, middle)
    _draw_arrow(ax, NORMALISE.right, INDEX.x, INDEX.y + INDEX.height / 2)


def _draw_measures(ax: Axes, results: AlignmentResults) -> None:
    """Draw the three measures; the first needs no search, so its arrow passes the index by."""
    blue = matplotlib.rcParams["axes.prop_cycle"].by_key()["color"][0]
    meanings = (
        "mean cosine of language pairs",
        f"translations among the {results.provenance.k} nearest",
        "nearest text is the translation",
    )
    sources = NORMALISE, INDEX, INDEX
    for name, box, source, meaning in zip(MEASURES, PARTS, sources, meanings, strict=True):
        middle = box.y + box.height / 2
        title, mean = MEASURES[name].capitalize(), f"mean {number(results.summary[name])}"
        _draw_box(ax, box, blue, (_BOLD, title), (_PLAIN, meaning), (_BOLD, mean))
        _draw_arrow(ax, source.right, box.x, middle)
        _draw_arrow(ax, box.right, SCORE.x, middle)
        weight = f"× {results.weights[name]:g}"
        ax.text((box.right + SCORE.x) / 2, middle + 0.12, weight, ha="center", size=SMALL)
    score = (_LARGE, number(results.alignment_score)), (_PLAIN, grade(results))
    _draw_box(ax, SCORE, blue, (_BOLD, "Alignment score"), *score)


def _draw_box(ax: Axes, box: Box, colour: str, *texts: tuple) -> None:
    """Draw a box with texts in its middle: each a style, and lines that are wrapped to fit."""
    shape = "round,pad=0,rounding_size=0.1"
    for style in ({"facecolor": colour, "alpha": 0.06}, {"facecolor": "none", "edgecolor": colour}):
        ax.add_patch(FancyBboxPatch(box[:2], box.width, box.height, shape, **style))
    lines = [
        (part, style)
        for style, *words in texts
        for line in words
        for part in wrap(pieces(line), box.width - 2 * _PADDING, _MAX_LINES, **style)
    ]
    top = box.y + box.height / 2 + sum(_pitch(style) for _, style in lines) / 2
    for line, style in lines:
        x, y = box.x + box.width / 2, top - _pitch(style) / 2
        ax.text(x, y, line, ha="center", va="center", **style)
        top -= _pitch(style)


def _pitch(style: dict) -> float:
    return 1.5 * style["size"] / 72


def _draw_arrow(ax: Axes, start: float, end: float, y: float) -> None:
    style = {"arrowstyle": "-|>", "mutation_scale": 10, "color": INK, "shrinkA": 2, "shrinkB": 2}
    ax.add_patch(FancyArrowPatch((start, y), (end, y), **style))
