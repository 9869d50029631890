"""Figures: the record in pictures, drawn from the record alone."""

from collections.abc import Callable
from pathlib import Path

from matplotlib.figure import Figure

from alignment.engines.files import staged
from alignment.present.figures import drawing, pages, plots
from alignment.present.figures.cost import cost_figure
from alignment.present.figures.diagram import experiment_diagram
from alignment.present.figures.forms import forms_figure
from alignment.present.figures.panels import draw_panel
from alignment.present.figures.search import search_figure
from alignment.present.figures.support import support_figure
from alignment.present.figures.thresholds import thresholds_figure
from alignment.record import RESULTS_FILE
from alignment.record.results import AlignmentResults


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
    """Return what can be drawn of a record, by the names of the files."""
    many = len(results.languages) > plots.MAX_NAMED
    doubtful = any(row.verdict != "supported" for row in results.support.values())
    possible = {
        "cross_lingual_alignment_figure": (alignment_figure, True),
        "probes": (forms_figure, results.diagnosis and results.diagnosis.forms),
        "search": (search_figure, results.search),
        "cost": (cost_figure, results.cost),
        "thresholds": (thresholds_figure, results.thresholds and results.thresholds.pairs),
        "support": (support_figure, many or doubtful),
    }
    return {name: draw for name, (draw, shown) in possible.items() if shown}


@drawing.in_style
def alignment_figure(results: AlignmentResults) -> Figure:
    """Return the six panels, on a page as tall as the grid needs."""
    head = f"Cross-lingual alignment of {results.model}", drawing.about(results)
    mosaic = [["a", [["b"]]], ["c", "d"], ["e", "f"]]  # the labels of d and f do not narrow b
    fig, axes = pages.panels(head, mosaic, lambda ax, letter: draw_panel(ax, results, letter))
    if axes["b"].axison:
        plots.fit_to_cells(axes["b"])
    return fig
