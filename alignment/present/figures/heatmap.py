"""The heat map of a (L, L) table between languages."""

import math
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import QuadMesh

from alignment.present.figures.drawing import SMALL, fit, text_width

LABEL_ROOM = 1.0
SMALLEST_ROW = 0.11
_LINE = 0.18  # what a line of labels takes below the axes
_MAX_FRAMED = 25
_SMALLEST_LABEL = 6
_SMALLEST_NUMBER = 5
_WIDEST_NUMBER = 1.91  # "100", in units of its font size


def draw_heat_map(ax: Axes, languages: list[str], percent: np.ndarray) -> None:
    """Draw the table, one row per query language, its labels inside the room that the axes had.

    So many languages that their cells have no frames are ordered, the best in the mean first.

    The colours run to 100 from 0, or from 50 where nothing is below it, and never from the lowest
    value: the figures of two runs are then mostly on the same scale.
    """
    lowest = 0 if (percent < 50).any() else 50
    many = len(languages) > _MAX_FRAMED
    if many:
        order = np.argsort(-np.nan_to_num(np.nanmean([percent, percent.T], axis=(0, 1))))
        languages, percent = [languages[i] for i in order], percent[np.ix_(order, order)]
    cells = ax.pcolormesh(
        percent, vmin=lowest, vmax=100, edgecolor="white", linewidth=0 if many else 0.5
    )
    ax.set_facecolor(matplotlib.rcParams["grid.color"])  # seen on the empty diagonal
    ax.invert_yaxis()
    ax.grid(False)
    ax.spines["bottom"].set_visible(False)
    _label_languages(ax, languages)
    _print_numbers(ax, cells, percent)
    bar = ax.figure.colorbar(cells, cax=ax.inset_axes((1.03, 0, 0.03, 1)))
    bar.outline.set_visible(False)
    ax.set_xlabel("target language")
    ax.set_ylabel("query language")


def _label_languages(ax: Axes, languages: list[str]) -> None:
    """Name the rows and the columns, and take the room for that from the axes.

    Columns too narrow for their names have them upright; of names too many for their size only
    every second, third, … stands. The cells are no taller than wide, unless the row labels need it.
    """
    names = [fit(language, LABEL_ROOM) for language in languages]
    widest = max(map(text_width, names))
    page, dpi = ax.figure.bbox, ax.figure.dpi
    W, H = page.width / dpi, page.height / dpi
    left, low, right, high = ax.get_position().extents
    left += (widest + 0.3) / W
    upright = widest > 0.9 * (right - left) * W / len(names)
    low += (widest - _LINE) / H if upright else 0
    low = max(low, high - max((right - left) * W, SMALLEST_ROW * len(names)) / H)
    ax.set_position((left, low, right - left, high - low))
    _name(ax.xaxis, names, (right - left) * W, upright)
    _name(ax.yaxis, names, (high - low) * H, True)
    ax.tick_params(axis="x", length=0, rotation=90 if upright else 0)


def _name(axis: Axis, names: list[str], length: float, thinned: bool) -> None:
    pitch = 72 * length / len(names)
    size = min(SMALL, max(_SMALLEST_LABEL, 0.8 * pitch))
    step = math.ceil(1.2 * size / pitch) if thinned else 1
    at = range(0, len(names), step)
    axis.set_ticks([i + 0.5 for i in at], [names[i] for i in at], size=size)


def _print_numbers(ax: Axes, cells: QuadMesh, percent: np.ndarray) -> None:
    """Print each cell's number, as large as it fits; none where that is too small to read."""
    box = ax.get_window_extent()
    per_cell = 72 / ax.figure.dpi / len(percent)
    width, height = box.width * per_cell, box.height * per_cell
    size = min(SMALL, 0.85 * width / _WIDEST_NUMBER, 0.7 * height)
    if size < _SMALLEST_NUMBER:
        return
    style: dict[str, Any] = {"size": size, "ha": "center", "va": "center"}
    for (row, column), value in np.ndenumerate(percent):
        if not np.isnan(value):
            bright = np.dot(cells.to_rgba(value)[:3], (0.299, 0.587, 0.114)) > 0.5
            style["color"] = "black" if bright else "white"
            ax.text(column + 0.5, row + 0.5, f"{value:.0f}", **style)
