"""The heat map of a (L, L) table between languages."""

from collections import Counter
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh

from alignment.present.figures.drawing import INK, SMALL, fit, text_width

LABEL_ROOM = 1.0
SMALLEST_ROW = 0.11
MAX_NAMED = 29  # languages; more are grouped by script
_LINE = 0.18  # what a line of labels takes below the axes
_SMALLEST_LABEL = 6
_SMALLEST_NUMBER = 5
_WIDEST_NUMBER = 1.91  # "100", in units of its font size
_SMALLEST_GROUP = 0.04  # share of the languages, from which a script has a place of its own
_OTHERS = "other scripts"


def draw_heat_map(ax: Axes, scripts: dict[str, str], percent: np.ndarray) -> None:
    """Draw the table, one row per query language, its labels inside the room that the axes had.

    Many languages are grouped by script, the best in the mean first, and have no numbers.

    The colours run to 100 from 0, or from 50 where nothing is below it, and never from the lowest
    value: the figures of two runs are then mostly on the same scale.
    """
    lowest = 0 if (percent < 50).any() else 50
    many = len(scripts) > MAX_NAMED
    groups = dict.fromkeys(scripts, 1)  # {label: how many rows it has}
    if many:
        order, groups = _by_script(list(scripts.values()), percent)
        percent = percent[np.ix_(order, order)]
    frames = {"rasterized": True} if many else {"edgecolor": "white", "linewidth": 0.5}
    cells = ax.pcolormesh(percent, vmin=lowest, vmax=100, **frames)
    ax.set_facecolor(matplotlib.rcParams["grid.color"])  # seen on the empty diagonal
    ax.invert_yaxis()
    ax.grid(False)
    ax.spines["bottom"].set_visible(False)
    _label_groups(ax, groups)
    if not many:
        print_numbers(ax, cells, percent)
    bar = ax.figure.colorbar(cells, cax=ax.inset_axes((1.03, 0, 0.03, 1)))
    bar.outline.set_visible(False)
    ax.set_xlabel("target language")
    ax.set_ylabel("query language")


def _by_script(scripts: list[str], percent: np.ndarray) -> tuple[np.ndarray, dict[str, int]]:
    """Return the order of the rows, the largest group first, and how many are in each group."""
    least = _SMALLEST_GROUP * len(scripts)
    sizes = Counter(scripts)
    own = [script if sizes[script] >= least else _OTHERS for script in scripts]
    groups = dict(sorted(Counter(own).items(), key=lambda group: (group[0] == _OTHERS, -group[1])))
    places = [list(groups).index(script) for script in own]
    means = np.nansum(percent, axis=0) + np.nansum(percent, axis=1)
    return np.lexsort((-means, places)), groups


def _label_groups(ax: Axes, groups: dict[str, int]) -> None:
    """Name the rows and the columns, and take the room for that from the axes.

    Columns too narrow for their names have them upright. The cells are no taller than wide, unless
    the row labels need it.
    """
    names, sizes = [fit(name, LABEL_ROOM) for name in groups], np.array(list(groups.values()))
    widest = max(map(text_width, names))
    page, dpi = ax.figure.bbox, ax.figure.dpi
    W, H = page.width / dpi, page.height / dpi
    left, low, right, high = ax.get_position().extents
    left += (widest + 0.3) / W
    upright = widest > 0.9 * (right - left) * W * sizes.min() / sizes.sum()
    low += (widest - _LINE) / H if upright else 0
    low = max(low, high - max((right - left) * W, SMALLEST_ROW * sizes.sum()) / H)
    ax.set_position((left, low, right - left, high - low))
    ends = np.cumsum(sizes)
    for axis, length in ((ax.xaxis, (right - left) * W), (ax.yaxis, (high - low) * H)):
        size = 0.8 * 72 * length * sizes.min() / sizes.sum()
        axis.set_ticks(ends - sizes / 2, names, size=min(SMALL, max(_SMALLEST_LABEL, size)))
    ax.tick_params(axis="x", length=0, rotation=90 if upright else 0)
    if len(groups) < sizes.sum():
        for end in ends[:-1]:
            ax.axvline(end, color=INK, linewidth=0.6)
            ax.axhline(end, color=INK, linewidth=0.6)


def print_numbers(ax: Axes, cells: QuadMesh, percent: np.ndarray) -> None:
    """Print each cell's number, as large as it fits; none where that is too small to read."""
    box = ax.get_window_extent()
    height, width = 72 / ax.figure.dpi * np.array([box.height, box.width]) / percent.shape
    size = min(SMALL, 0.85 * width / _WIDEST_NUMBER, 0.7 * height)
    if size < _SMALLEST_NUMBER:
        return
    style: dict[str, Any] = {"size": size, "ha": "center", "va": "center"}
    for (row, column), value in np.ndenumerate(percent):
        if not np.isnan(value):
            bright = np.dot(cells.to_rgba(value)[:3], (0.299, 0.587, 0.114)) > 0.5
            style["color"] = "black" if bright else "white"
            ax.text(column + 0.5, row + 0.5, f"{value:.0f}", **style)
