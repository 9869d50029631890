"""The ranking in one picture: a row for each model, its published and its calibrated scores."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from alignment.compare.models import Comparison
from alignment.record import COMPARISON_FILE
from alignment.report.figures import drawing, pages, plots
from alignment.report.words import SHORT, counted, with_prompt

_SCORES = {"alignment score": "alignment_score"} | {word: name for name, word in SHORT.items()}


@drawing.in_style
def save_ranking(comparison: Comparison, folder: Path, formats: Sequence[str]) -> None:
    """Write the picture of a comparison in some formats; raise OSError where that fails."""
    figure = ranking_figure(comparison)
    drawing.save(figure, folder / "model_comparison", comparison, COMPARISON_FILE, formats)


@drawing.in_style
def ranking_figure(comparison: Comparison) -> Figure:
    """Return the picture: better models further up, models that share a rank on one band."""
    grid, models = comparison.grid, comparison.models
    ranks = sorted({model.rank for model in models})

    def draw(ax: Axes, heading: str, _: range) -> None:
        for y, model in enumerate(models):
            if ranks.index(model.rank) % 2 == 0:
                ax.axhspan(y - 0.5, y + 0.5, color=drawing.BAND, linewidth=0, zorder=0)
            if heading == "rank":
                ax.text(0.5, y, str(model.rank), size=9, weight="bold", ha="center", va="center")
        lowest = 0.0
        for kind, rise in (("", -0.16), ("calibrated_", 0.16)) if heading in _SCORES else ():
            for y, model in enumerate(models):
                score = model.scores[kind + _SCORES[heading]]
                plots.draw_estimate(ax, y + rise, score, not kind, "ko")
                if score.value is not None:
                    lowest = min(lowest, score.value - 0.05)
        ax.set(xlim=(lowest, 1), xticks=[0, 0.5, 1] if heading in _SCORES else [])

    size = f"{counted(grid.concepts, 'concept')} × {counted(grid.languages, 'language')}"
    note = f"{size} (grid: {grid.name}) · filled: published, open: calibrated (0 by chance), "
    note += "lines: 95 % CI · models on one band share a rank"
    rows = [(with_prompt(model), "normal") for model in models]
    widths = [0.15, *[1] * len(_SCORES)]
    head = "Which model aligns its languages best?", note
    return pages.table(head, rows, ["rank", *_SCORES], draw, width_ratios=widths)
