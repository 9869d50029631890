"""The ranking: a comparison in one picture, a row for each model, published beside calibrated."""

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from alignment.present.figures.dotplot import draw_estimates
from alignment.present.figures.drawing import BAND, draw_table, in_style, save
from alignment.present.words import SHORT, counted, with_prompt
from alignment.record import COMPARISON_FILE
from alignment.record.comparison import Comparison

COLUMNS = {"alignment score": "alignment_score"} | {word: name for name, word in SHORT.items()}


@in_style
def save_ranking(comparison: Comparison, folder: Path) -> None:
    """Write the picture of a comparison as PNG and PDF.

    Raises:
        OSError: when it cannot be written.
    """
    stem = Path(folder, "model_comparison")
    save(ranking_figure(comparison), stem, comparison, COMPARISON_FILE)


@in_style
def ranking_figure(comparison: Comparison) -> Figure:
    """Return the picture: the better models above, those that share a rank on one ground."""
    grid, models = comparison.grid, comparison.models
    size = f"{counted(grid.concepts, 'concept')} × {counted(grid.languages, 'language')}"
    return draw_table(
        "Which model aligns its languages best?",
        f"{size} (grid: {grid.name}) · filled: published, open: calibrated (0 by chance), "
        "lines: 95 % CI · models on one band share a rank",
        [(str(model.rank), with_prompt(model)) for model in models],
        list(COLUMNS),
        lambda ax, heading, shown: _draw_column(ax, comparison, COLUMNS[heading]),
        names=3.4,
        pitch=0.5,
    )


def _draw_column(ax: Axes, comparison: Comparison, name: str) -> None:
    models = comparison.models
    values = []
    for kind, rise in (("", -0.14), ("calibrated_", 0.14)):
        estimates = [model.scores[kind + name] for model in models]
        draw_estimates(ax, estimates, [not kind] * len(models), rise=rise)
        values += [own.value for own in estimates if own.value is not None]
    ranks = sorted({model.rank for model in models})
    for row, model in enumerate(models):
        if ranks.index(model.rank) % 2 == 0:
            ax.axhspan(row - 0.5, row + 0.5, color=BAND, linewidth=0, zorder=0)
    ax.set_xlim(min(0, min(values, default=0) - 0.05), 1)
    ax.set_xticks([0, 0.5, 1])
