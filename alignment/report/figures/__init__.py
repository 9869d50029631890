"""Figures: the pictures of a record, drawn from the record alone."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from matplotlib.figure import Figure

from alignment.capabilities import capabilities, shown
from alignment.engines.files import staged
from alignment.record import RESULTS_FILE
from alignment.record.core import CoreResults
from alignment.report.figures import drawing, plots
from alignment.report.figures.diagram import experiment_diagram
from alignment.report.figures.panels import alignment_figure as alignment_figure
from alignment.report.figures.support import support_figure


class Drawing(NamedTuple):
    """The caption of a figure, and the function that draws the figure of a record."""

    caption: str
    draw: Callable[[CoreResults], Figure]


@drawing.in_style
def save_figures(results: CoreResults, folder: Path, formats: Sequence[str] = ("png",)) -> None:
    """Write all figures of a record into a folder, or none; one record gives the same bytes.

    Raises:
        InputError: for a format that is not one of ``FIGURE_FORMATS``.
        OSError: when the files cannot be written.
    """
    figures = {name: figure.draw(results) for name, figure in drawn(results).items()}
    figures["experiment_diagram"] = experiment_diagram(results)
    with staged(folder) as stage:
        for name, figure in figures.items():
            drawing.save(figure, stage / name, results, RESULTS_FILE, formats)


def drawn(results: CoreResults) -> dict[str, Drawing]:
    """Return {file name without suffix: figure} of a record; the diagram is not among them."""
    caption = "Similarity, retrieval, neighbours, the least similar translations, the score and "
    panels = Drawing(caption + "the categories", alignment_figure)
    figures = {"cross_lingual_alignment_figure": panels}
    for key, section in shown(results).items():
        if section.figure:
            name, caption = section.figure
            draw = partial(capabilities()[key].draw, getattr(results, key))
            figures[name] = Drawing(caption, drawing.in_style(draw))
    doubtful = any(row.verdict != "supported" for row in results.support.values())
    if doubtful or len(results.languages) > plots.MAX_NAMED:
        figures["support"] = Drawing("Which languages the model knows", support_figure)
    return figures
