"""Figures: the record in pictures, drawn from the record alone."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from matplotlib.figure import Figure

from alignment.capabilities import capabilities, shown
from alignment.engines.files import staged
from alignment.record import RESULTS_FILE
from alignment.record.core import CoreResults
from alignment.report.figures import drawing, pages, plots
from alignment.report.figures.diagram import experiment_diagram
from alignment.report.figures.panels import draw_panel
from alignment.report.figures.support import support_figure

_PANELS = (
    "Similarity, retrieval, neighbours, the least similar translations, the score and the "
    "categories"
)


class Drawing(NamedTuple):
    """A figure of a record: its caption, and the function of the record that draws it."""

    caption: str
    draw: Callable[[CoreResults], Figure]


@drawing.in_style
def save_figures(results: CoreResults, folder: Path) -> None:
    """Write the pictures of a record into a folder, as PNG and as PDF: all of them, or none.

    The same record gives the same bytes.

    Raises:
        OSError: when they cannot be written.
    """
    figures = {name: own.draw(results) for name, own in drawn(results).items()}
    figures["experiment_diagram"] = experiment_diagram(results)
    with staged(folder) as stage:
        for name, figure in figures.items():
            drawing.save(figure, stage / name, results, RESULTS_FILE)


def drawn(results: CoreResults) -> dict[str, Drawing]:
    """Return what can be drawn of a record, by the names of the files."""
    figures = {"cross_lingual_alignment_figure": Drawing(_PANELS, alignment_figure)}
    for key, section in shown(results).items():
        if section.figure:
            name, caption = section.figure
            figures[name] = Drawing(caption, drawing.in_style(partial(_draw, key)))
    doubtful = any(row.verdict != "supported" for row in results.support.values())
    if doubtful or len(results.languages) > plots.MAX_NAMED:
        figures["support"] = Drawing("Which languages the model knows", support_figure)
    return figures


def _draw(key: str, results: CoreResults) -> Figure:
    return capabilities()[key].draw(getattr(results, key), results)


@drawing.in_style
def alignment_figure(results: CoreResults) -> Figure:
    """Return the six panels, on a page as tall as the grid needs."""
    head = f"Cross-lingual alignment of {results.model}", drawing.about(results)
    mosaic = [["a", [["b"]]], ["c", "d"], ["e", "f"]]  # the labels of d and f do not narrow b
    fig, axes = pages.panels(head, mosaic, lambda ax, letter: draw_panel(ax, results, letter))
    if axes["b"].axison:
        plots.fit_to_cells(axes["b"])
    return fig
