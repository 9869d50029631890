"""The ranking: a comparison in one picture, a row a model, published beside calibrated."""

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from alignment.present.figures.dotplot import draw_estimates
from alignment.present.figures.drawing import (
    BAND,
    INK,
    MARGIN,
    PAGE_WIDTH,
    SMALL,
    fit,
    look,
    page,
    save,
    write,
)
from alignment.present.tables import SHORT, with_prompt
from alignment.record.results import COMPARISON_FILE

COLUMNS = {"alignment_score": "alignment score"} | SHORT
_ROW = 0.5
_TITLE, _BELOW, _ABOVE = 0.95, 0.5, 0.4
_NAMES = 3.4  # the room of the ranks and names
_GAP = 0.45


@look()
def save_ranking(comparison, folder: Path) -> None:
    """Write the picture of an `alignment.record.comparison.Comparison` as PNG and PDF.

    Raises:
        OSError: when it cannot be written.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    save(ranking_figure(comparison), folder / "model_comparison", comparison, COMPARISON_FILE)


@look()
def ranking_figure(comparison) -> Figure:
    """Return the picture: the better models above, those that share a rank on one ground."""
    models = comparison.models
    body = _ROW * len(models)
    fig = page(_TITLE + _ABOVE + body + _BELOW)
    _write_words(fig, comparison)
    width = (PAGE_WIDTH - 2 * MARGIN - _NAMES) / len(COLUMNS) - _GAP
    H = fig.get_figheight()
    for column, (name, words) in enumerate(COLUMNS.items()):
        left = MARGIN + _NAMES + column * (width + _GAP)
        ax = fig.add_axes((left / PAGE_WIDTH, _BELOW / H, width / PAGE_WIDTH, body / H))
        _draw_column(ax, models, name)
        write(fig, left, _BELOW + body + 0.27, fit(words, width), size=SMALL, weight="bold")
    for row, model in enumerate(models):
        middle = _BELOW + body - _ROW * (row + 0.5) + 0.08
        write(fig, MARGIN, middle, str(model["rank"]), size=SMALL, weight="bold")
        write(fig, MARGIN + 0.3, middle, fit(with_prompt(model), _NAMES - 0.5), size=SMALL)
    return fig


def _write_words(fig: Figure, comparison) -> None:
    grid, top = comparison.grid, fig.get_figheight()
    room = PAGE_WIDTH - 2 * MARGIN
    write(fig, MARGIN, top - 0.2, "Which model aligns its languages?", size=15, weight="bold")
    words = (
        f"{grid['concepts']:,} concepts × {grid['languages']} languages (grid: {grid['name']}) · "
        "filled: published, open: calibrated (0 by chance), lines: 95 % · models in one band "
        "share a rank"
    )
    write(fig, MARGIN, top - 0.58, fit(words, room), size=SMALL, color=INK)


def _draw_column(ax: Axes, models: list[dict], name: str) -> None:
    published = [_estimate(model, name) for model in models]
    calibrated = [_estimate(model, f"calibrated_{name}") for model in models]
    draw_estimates(ax, published, rise=-0.14, filled=True)
    draw_estimates(ax, calibrated, rise=0.14, filled=False)
    ranks = sorted({model["rank"] for model in models})
    for row, model in enumerate(models):
        if ranks.index(model["rank"]) % 2 == 0:
            ax.axhspan(row - 0.5, row + 0.5, color=BAND, linewidth=0, zorder=0)
    lowest = min((value for value, _ in published + calibrated if value is not None), default=0)
    ax.set_xlim(min(0, lowest - 0.05), 1)
    ax.set_ylim(len(models) - 0.5, -0.5)
    ax.set_yticks([])
    ax.set_xticks([0, 0.5, 1])


def _estimate(model: dict, name: str) -> tuple:
    calibrated = {f"calibrated_{part}": value for part, value in model["calibrated_parts"].items()}
    return (model | model["parts"] | calibrated)[name], model["intervals"][name]
