"""Figures: the record in pictures, drawn from the record alone."""

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from alignment.present.figures.diagram import experiment_diagram
from alignment.present.figures.dotplot import FEW_ROWS, LABEL_ROOM, category_marks
from alignment.present.figures.drawing import (
    INK,
    MARGIN,
    PAGE_WIDTH,
    ROOM,
    SMALL,
    about,
    fit,
    look,
    page,
    save,
    text_width,
    write,
)
from alignment.present.figures.heatmap import SMALLEST_ROW
from alignment.present.figures.panels import (
    MAX_CATEGORIES,
    MAX_CONCEPTS,
    PANELS,
    draw_panel,
    pair_label,
    pairs_to_show,
)
from alignment.present.figures.probes import probes_figure
from alignment.record import RESULTS_FILE
from alignment.record.results import AlignmentResults

_GUTTER = 0.5
_SLOT = (ROOM - _GUTTER) / 2  # a panel's width, its words and values included
_ABOVE, _BELOW = 0.55, 0.5  # the room of a panel's words, and of its axis
_VALUES = 0.5  # the room to the right of a panel
_TITLE = 0.95
_KEY_LINE = 0.22
_MAX_PITCH = 0.5
_LABEL_LINE = 0.15
_TALLEST = 6.5  # of a heat map


@look()
def save_figures(results: AlignmentResults, folder: Path) -> None:
    """Write the six panels, the diagram, and the probes if any into a folder, as PNG and as PDF.

    The same record gives the same bytes.

    Raises:
        OSError: when they cannot be written.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    figures = {
        "cross_lingual_alignment_figure": alignment_figure(results),
        "experiment_diagram": experiment_diagram(results),
    }
    if results.probes:
        figures["probes"] = probes_figure(results)
    for name, figure in figures.items():
        save(figure, folder / name, results, RESULTS_FILE)


@look()
def alignment_figure(results: AlignmentResults) -> Figure:
    """Return the six panels, on a page as tall as the grid needs."""
    heights, (columns, lines) = _panel_heights(results), _key(results)
    foot = sum(heights) + len(heights) * (_ABOVE + _BELOW)
    title = f"Cross-lingual alignment of {results.model}"
    fig = page(foot + _TITLE + _KEY_LINE * lines, title, about(results))
    if lines:
        _draw_key(fig, results, columns)
    axes = {}
    for row, height in enumerate(heights):
        foot -= _ABOVE + height
        for column, letter in enumerate(list(PANELS)[2 * row : 2 * row + 2]):
            left = MARGIN + column * (_SLOT + _GUTTER)
            axes[letter] = _add_panel(fig, results, letter, left, foot, height)
        foot -= _BELOW
    for column in ("ace", "df"):
        _make_room_for_labels([axes[letter] for letter in column if axes[letter].axison])
    return fig


def _panel_heights(results: AlignmentResults) -> list[float]:
    """Return the heights of the three rows of panels, by how many lines they have to show."""
    concepts = min(len(results.intra_concept_similarity), MAX_CONCEPTS)
    dots = max(2.2, concepts * (0.22 if concepts <= FEW_ROWS else 0.165))
    labels = [pair_label(results, pair) for pair in pairs_to_show(results)]
    lines = max((label.count("\n") + 1 for label in labels), default=1)
    pairs = len(labels) * (lines * _LABEL_LINE + 0.05)
    heat_map = min(SMALLEST_ROW * len(results.languages), _TALLEST)
    groups = min(len(results.categories), MAX_CATEGORIES)
    return [max(dots, heat_map), max(dots, pairs), max(2.0, 0.2 * groups)]


def _add_panel(
    fig: Figure, results: AlignmentResults, letter: str, left: float, foot: float, height: float
) -> Axes:
    """Draw a panel in its slot, its words above it; the labels' room is taken from it later."""
    W, H = fig.get_size_inches()
    ax = fig.add_axes((left / W, foot / H, (_SLOT - _VALUES) / W, height / H))
    title, note = draw_panel(ax, results, PANELS[letter])
    above, indent = foot + height + _ABOVE - 0.05, left + 0.25
    write(fig, left, above, letter, size=12, weight="bold")
    write(fig, indent, above, title, size=11, weight="bold")
    write(fig, indent, above - 0.22, fit(note, _SLOT - 0.25), size=SMALL, color=INK)
    return ax


def _make_room_for_labels(axes: list[Axes]) -> None:
    """Move the left ends of a column of dot plots so far in that their widest label fits."""
    lines = [
        text_width(line, label.get_size())
        for ax in axes
        for label in ax.get_yticklabels()
        for line in label.get_text().splitlines()
    ]
    room = (max(lines, default=0) + 0.15) / PAGE_WIDTH
    for ax in axes:
        x, y, width, height = ax.get_position().bounds
        used = min(height, len(ax.get_yticks()) * _MAX_PITCH / ax.figure.get_figheight())
        ax.set_position((x + room, y + height - used, width - room, used))


def _key(results: AlignmentResults) -> tuple[int, int]:
    """Return how many columns and lines the key has; no lines where all share one colour."""
    names = [fit(category, LABEL_ROOM) for category in results.categories]
    columns = min(len(names), int(ROOM / (max(map(text_width, names)) + 0.4)))
    coloured = len(set(category_marks(results).values())) > 1
    return columns, -(-len(names) // columns) if coloured else 0


def _draw_key(fig: Figure, results: AlignmentResults, columns: int) -> None:
    marks = category_marks(results)
    fig.legend(
        [Line2D([], [], color=hue, marker=mark, linestyle="") for hue, mark in marks.values()],
        [fit(category, LABEL_ROOM) for category in marks],
        ncols=columns,
        loc="upper left",
        bbox_to_anchor=(MARGIN / PAGE_WIDTH, 1 - (_TITLE - 0.05) / fig.get_figheight()),
    )
