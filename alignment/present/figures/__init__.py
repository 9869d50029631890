"""Figures: the record in pictures, drawn from the record alone."""

from collections.abc import Callable
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from alignment.engines.files import staged
from alignment.present.figures import dotplot, drawing, heatmap, panels
from alignment.present.figures.cost import cost_figure
from alignment.present.figures.diagram import experiment_diagram
from alignment.present.figures.drawing import MARGIN, PAGE_WIDTH, ROOM, fit, text_width, write
from alignment.present.figures.forms import forms_figure
from alignment.present.figures.search import search_figure
from alignment.present.figures.support import support_figure
from alignment.present.figures.thresholds import thresholds_figure
from alignment.record import RESULTS_FILE
from alignment.record.results import AlignmentResults

_GUTTER = 0.5
_SLOT = (ROOM - _GUTTER) / 2  # a panel's width, its words and values included
_ABOVE, _BELOW, _RIGHT = 0.55, 0.5, 0.5  # room for a panel's words, its axis, and its values
_TITLE, _KEY_LINE, _LABEL_LINE = 0.95, 0.22, 0.15
_MAX_PITCH = 0.5
_MAX_HEAT_MAP = 3.3


@drawing.in_style
def save_figures(results: AlignmentResults, folder: Path) -> None:
    """Write the pictures of a record into a folder, as PNG and as PDF: all of them, or none.

    The same record gives the same bytes.

    Raises:
        OSError: when they cannot be written.
    """
    figures = {name: draw(results) for name, draw in drawn(results).items()}
    figures["experiment_diagram"] = experiment_diagram(results)
    with staged(folder) as stage:
        for name, figure in figures.items():
            drawing.save(figure, stage / name, results, RESULTS_FILE)


def drawn(results: AlignmentResults) -> dict[str, Callable[[AlignmentResults], Figure]]:
    """Return what can be drawn of what a record holds, by the names of the files."""
    figures: dict[str, Callable[[AlignmentResults], Figure]]
    figures = {"cross_lingual_alignment_figure": alignment_figure}
    if results.diagnosis and results.diagnosis.forms:
        figures["probes"] = forms_figure
    if results.search:
        figures["search"] = search_figure
    if results.cost:
        figures["cost"] = cost_figure
    if results.thresholds and results.thresholds.pairs:
        figures["thresholds"] = thresholds_figure
    verdicts = {own.verdict for own in results.support.values()}
    if verdicts - {"supported"} or len(results.languages) > heatmap.MAX_NAMED:
        figures["support"] = support_figure
    return figures


@drawing.in_style
def alignment_figure(results: AlignmentResults) -> Figure:
    """Return the six panels, on a page as tall as the grid needs."""
    heights, key = _panel_heights(results), _key_lines(results)
    foot = sum(heights) + len(heights) * (_ABOVE + _BELOW)
    title = f"Cross-lingual alignment of {results.model}"
    fig = drawing.page(foot + _TITLE + _KEY_LINE * key, title, drawing.about(results))
    if key:
        _draw_key(fig, results, key)
    axes = {}
    for row, height in zip(("ab", "cd", "ef"), heights, strict=True):
        foot -= _ABOVE + height
        for letter, left in zip(row, (MARGIN, MARGIN + _SLOT + _GUTTER), strict=True):
            axes[letter] = _add_panel(fig, results, letter, left, foot, height)
        foot -= _BELOW
    for column in ("ace", "df"):
        _make_room_for_labels(fig, [axes[letter] for letter in column if axes[letter].axison])
    return fig


def _panel_heights(results: AlignmentResults) -> list[float]:
    """Return the heights of the three rows of panels, by how many lines they have to show."""
    rows = panels.count_rows(results)
    dots = max(2.2, rows * (0.22 if rows <= dotplot.FEW_ROWS else 0.165))
    _, labels = panels.pairs_to_show(results)
    lines = max((label.count("\n") + 1 for label in labels), default=1)
    pairs = len(labels) * (lines * _LABEL_LINE + 0.05)
    heat_map = min(heatmap.SMALLEST_ROW * len(results.languages), _MAX_HEAT_MAP)
    groups = min(len(results.categories), panels.MAX_CATEGORIES)
    return [max(dots, heat_map), max(dots, pairs), max(2.0, 0.2 * groups)]


def _add_panel(
    fig: Figure, results: AlignmentResults, letter: str, left: float, foot: float, height: float
) -> Axes:
    """Draw a panel in its slot, its words above it; the labels' room is taken from it later."""
    W, H = fig.get_size_inches()
    ax = fig.add_axes((left / W, foot / H, (_SLOT - _RIGHT) / W, height / H))
    title, note = panels.draw_panel(ax, results, letter)
    above, indent = foot + height + _ABOVE - 0.05, left + 0.25
    write(fig, left, above, letter, size=12, weight="bold")
    write(fig, indent, above, title, size=11, weight="bold")
    small = {"size": drawing.SMALL, "color": drawing.INK}
    write(fig, indent, above - 0.22, fit(note, _SLOT - 0.25), **small)
    return ax


def _make_room_for_labels(fig: Figure, axes: list[Axes]) -> None:
    """Move the left ends of a column of dot plots so far in that their widest label fits."""
    labels = [label for ax in axes for label in ax.get_yticklabels()]
    widths = [
        text_width(line, float(w.get_fontsize()))
        for w in labels
        for line in w.get_text().splitlines()
    ]
    room = (max(widths, default=0) + 0.15) / PAGE_WIDTH
    for ax in axes:
        x, y, width, height = ax.get_position().bounds
        used = min(height, len(ax.get_yticks()) * _MAX_PITCH / fig.get_figheight())
        ax.set_position((x + room, y + height - used, width - room, used))


def _key_lines(results: AlignmentResults) -> int:
    """Return how many lines the key of the categories takes; none where all share one colour."""
    if len(set(dotplot.category_marks(results).values())) == 1:
        return 0
    widest = max(text_width(fit(name, dotplot.LABEL_ROOM)) for name in results.categories)
    return -(-len(results.categories) // int(ROOM / (widest + 0.4)))


def _draw_key(fig: Figure, results: AlignmentResults, lines: int) -> None:
    marks = dotplot.category_marks(results)
    signs = [Line2D([], [], color=hue, marker=mark, ls="") for hue, mark in marks.values()]
    names = [fit(name, dotplot.LABEL_ROOM) for name in marks]
    corner = MARGIN / PAGE_WIDTH, 1 - (_TITLE - 0.05) / fig.get_figheight()
    columns = -(-len(marks) // lines)
    fig.legend(signs, names, ncols=columns, loc="upper left", bbox_to_anchor=corner)
