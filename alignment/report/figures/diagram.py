"""The diagram: how the score is computed, with the numbers of this run."""

from itertools import pairwise
from typing import Any

from matplotlib.artist import Artist
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.offsetbox import AnnotationBbox, TextArea, VPacker
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.transforms import Bbox

from alignment.record.core import CoreResults
from alignment.report.figures import drawing
from alignment.report.words import MEASURES, counted, extent, grade, number

_WIDTHS = (1.3, 1.7, 1.3, 1.45, 2.5, 0.05, 1.4)  # the last but one for the weights
_PLAIN: dict[str, Any] = {"size": drawing.SMALL, "weight": "normal"}
_BOLD: dict[str, Any] = {"size": 10, "weight": "bold"}
_LARGE: dict[str, Any] = {"size": 20, "weight": "bold"}
_SCORE = "Alignment score"


@drawing.in_style
def experiment_diagram(results: CoreResults) -> Figure:
    """Return the diagram: grid → encode → normalise → index → measures → score."""
    fig = drawing.Page(4.2, "From the grid to the alignment score", drawing.about(results))
    cells = fig.add_gridspec(3, len(_WIDTHS), width_ratios=_WIDTHS, wspace=0.2, hspace=0.25)
    cells.update(left=0.025, right=0.975, bottom=0.07, top=0.77)
    spans = [cells[:, 0], cells[:, 1], cells[:, 2], cells[1:, 3], cells[:, 6]]
    boxes = [span.get_position(fig) for span in (*spans, cells[0, 4], cells[1, 4], cells[2, 4])]
    for box, (title, lines) in zip(boxes, _texts(results).items(), strict=True):
        _draw_box(fig, box, title, lines)
    for start, end in pairwise(boxes[:4]):
        _draw_arrow(fig, start, end)
    _, _, normalise, index, score, *measures = boxes
    # The first measure needs no search, so its arrow passes the index by.
    for source, box, name in zip((normalise, index, index), measures, MEASURES, strict=True):
        _draw_arrow(fig, source, box)
        _draw_arrow(fig, box, score, f"× {results.weights[name]:g}")
    return fig


def _texts(results: CoreResults) -> dict[str, list[str]]:
    """Return {title: lines} of all boxes."""
    run, covered = results.provenance, results.coverage
    product = [f"= {counted(covered.texts, 'text')}"] * (covered.texts == covered.cells)
    prompt = [f"after “{run.prompt.strip()}”"] if run.prompt else []
    nearest = f"translations among the {run.k} nearest"
    meanings = "mean cosine of language pairs", nearest, "nearest text is the translation"
    return {
        "Grid": [run.grid, extent(results), *product],
        "Encode": [results.model, *prompt, f"{run.dimension:,} dimensions"],
        "Normalise": ["to unit length: inner product = cosine"],
        "Index": ["FAISS IndexFlatIP", "one per language, exact search"],
        _SCORE: [number(results.alignment_score), grade(results)],
    } | {
        words.capitalize(): [meaning, f"mean {number(results.summary[name])}"]
        for (name, words), meaning in zip(MEASURES.items(), meanings, strict=True)
    }


def _draw_box(fig: Figure, box: Bbox, title: str, lines: list[str]) -> None:
    """Draw a box, and in its middle a title above lines, which are wrapped to fit."""
    corner, (width, height) = box.p0 * fig.get_size_inches(), box.size * fig.get_size_inches()
    colour, styles = drawing.INK, [_BOLD, *[_PLAIN] * len(lines)]
    if title.lower() in MEASURES.values():
        colour, styles = "C0", [_BOLD, _PLAIN, _BOLD]
    elif title == _SCORE:
        colour, styles = "C0", [_BOLD, _LARGE, _PLAIN]
    frame = FancyBboxPatch(corner, width, height, "round,pad=0,rounding_size=0.1")
    frame.set(transform=fig.dpi_scale_trans, ec=colour, fc=to_rgba(colour, 0.06))
    fig.add_artist(frame)
    texts: list[Artist] = [
        TextArea(drawing.wrap(line, width - 0.2, 5, **style), textprops=style | {"ma": "center"})
        for line, style in zip((title, *lines), styles, strict=True)
    ]
    stack = VPacker(align="center", pad=0, sep=5, children=texts)
    middle = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    fig.add_artist(AnnotationBbox(stack, middle, xycoords="figure fraction", frameon=False))


def _draw_arrow(fig: Figure, start: Bbox, end: Bbox, words: str = "") -> None:
    """Draw an arrow between two boxes, at the middle of the less tall one, with words above it."""
    y = sum(min(start, end, key=lambda box: box.height).intervaly) / 2
    arrow = FancyArrowPatch((start.x1, y), (end.x0, y), arrowstyle="-|>", mutation_scale=10)
    fig.add_artist(arrow).set(color=drawing.INK, transform=fig.transFigure)
    fig.text((start.x1 + end.x0) / 2, y + 0.02, words, ha="center", va="bottom", size=9)
