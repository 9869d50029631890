"""Figures: the record in pictures, drawn from the record alone."""

from pathlib import Path
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from alignment.present.figures import panels
from alignment.present.figures.diagram import experiment_diagram
from alignment.present.figures.dotplot import FEW_ROWS, LABEL_ROOM, category_marks
from alignment.present.figures.drawing import (
    INK,
    MARGIN,
    PAGE_WIDTH,
    SMALL,
    fit,
    look,
    page,
    save,
    text_width,
    write,
    write_title,
)
from alignment.present.figures.heatmap import SMALLEST_ROW
from alignment.present.figures.probes import probes_figure
from alignment.record.results import RESULTS_FILE, AlignmentResults

PANELS = {
    "a": panels.intra_concept_similarity,
    "b": panels.cross_lingual_retrieval,
    "c": panels.nearest_neighbor_accuracy,
    "d": panels.lowest_pairs,
    "e": panels.summary,
    "f": panels.categories,
}
_GUTTER = 0.5
_SLOT = (PAGE_WIDTH - 2 * MARGIN - _GUTTER) / 2  # a panel's width, its words and values included
_ABOVE, _BELOW = 0.55, 0.5  # the room of a panel's words, and of its axis
_VALUES = 0.5  # the room to the right of a panel
_TITLE = 0.95
_KEY_LINE = 0.22
_MOST_PITCH = 0.5
_LABEL_LINE = 0.15
_TALLEST = 6.5  # of a heat map


class Key(NamedTuple):
    """The categories' names, and how they stand on the page."""

    names: list[str]
    columns: int
    lines: int


@look()
def save_figures(results: AlignmentResults, folder: Path) -> None:
    """Write the six panels, the diagram, and the probes if any into a folder, as PNG and as PDF.

    The same record gives the same bytes.

    Raises:
        OSError: when they cannot be written.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    figure, diagram = alignment_figure(results), experiment_diagram(results)
    save(figure, folder / "cross_lingual_alignment_figure", results, RESULTS_FILE)
    save(diagram, folder / "experiment_diagram", results, RESULTS_FILE)
    if results.probes:
        save(probes_figure(results), folder / "probes", results, RESULTS_FILE)


@look()
def alignment_figure(results: AlignmentResults) -> Figure:
    """Return the six panels, on a page as tall as the grid needs."""
    key, heights = _key(results), _panel_heights(results)
    top = _TITLE + _KEY_LINE * key.lines
    fig = page(top + sum(heights) + len(heights) * (_ABOVE + _BELOW))
    write_title(fig, results, f"Cross-lingual alignment of {results.model}")
    _draw_key(fig, results, key)
    axes = []
    foot = fig.get_figheight() - top
    for row, height in enumerate(heights):
        foot -= _ABOVE + height
        for column, letter in enumerate(list(PANELS)[2 * row : 2 * row + 2]):
            left = MARGIN + column * (_SLOT + _GUTTER)
            axes.append(_add_panel(fig, results, letter, left, foot, height))
        foot -= _BELOW
    _make_room_for_labels([ax for ax, letter in zip(axes, PANELS, strict=True) if letter != "b"])
    return fig


def _panel_heights(results: AlignmentResults) -> list[float]:
    """Return the heights of the three rows of panels, by how many lines they have to show."""
    concepts = min(len(results.intra_concept_similarity), panels.MOST_CONCEPTS)
    languages = len(results.languages)
    groups = min(len(results.categories), panels.MOST_CATEGORIES)
    dots = max(2.2, concepts * (0.22 if concepts <= FEW_ROWS else 0.165))
    labels = panels.pair_labels(results)
    lines = max((label.count("\n") + 1 for label in labels), default=1)
    pairs = len(labels) * (lines * _LABEL_LINE + 0.05)
    heat_map = min(SMALLEST_ROW * languages, _TALLEST)
    return [max(dots, heat_map), max(dots, pairs), max(2.0, 0.2 * groups)]


def _add_panel(fig: Figure, results, letter: str, left: float, foot: float, height: float) -> Axes:
    """Draw a panel in its slot, its words above it; the labels' room is taken from it later."""
    W, H = fig.get_size_inches()
    ax = fig.add_axes((left / W, foot / H, (_SLOT - _VALUES) / W, height / H))
    title, note = PANELS[letter](ax, results)
    above, indent = foot + height + _ABOVE - 0.05, left + 0.25
    write(fig, left, above, letter, size=12, weight="bold")
    write(fig, indent, above, title, size=11, weight="bold")
    write(fig, indent, above - 0.22, fit(note, _SLOT - 0.25), size=SMALL, color=INK)
    return ax


def _make_room_for_labels(axes: list[Axes]) -> None:
    """Move the left ends of the dot plots so far in that the widest label of all fits."""
    drawn = [ax for ax in axes if ax.axison]
    lines = [
        text_width(line, label.get_size())
        for ax in drawn
        for label in ax.get_yticklabels()
        for line in label.get_text().splitlines()
    ]
    room = (max(lines) + 0.15) / PAGE_WIDTH
    for ax in drawn:
        x, y, width, height = ax.get_position().bounds
        used = min(height, len(ax.get_yticks()) * _MOST_PITCH / ax.figure.get_figheight())
        ax.set_position((x + room, y + height - used, width - room, used))


def _key(results: AlignmentResults) -> Key:
    """Lay out the key of the colours; it has no lines where all share one."""
    names = [fit(category, LABEL_ROOM) for category in results.categories]
    column = max(map(text_width, names)) + 0.4
    columns = min(len(names), int((PAGE_WIDTH - 2 * MARGIN) / column))
    coloured = len(set(category_marks(results).values())) > 1
    return Key(names, columns, -(-len(names) // columns) if coloured else 0)


def _draw_key(fig: Figure, results: AlignmentResults, key: Key) -> None:
    if key.lines:
        marks = category_marks(results).values()
        fig.legend(
            [Line2D([], [], color=colour, marker=mark, linestyle="") for colour, mark in marks],
            key.names,
            ncols=key.columns,
            loc="upper left",
            bbox_to_anchor=(MARGIN / PAGE_WIDTH, 1 - (_TITLE - 0.05) / fig.get_figheight()),
        )
