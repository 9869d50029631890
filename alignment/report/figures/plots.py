"""Plots: rows of dots, of estimates and of spreads, and tables of percentages as cells."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import matplotlib
import numpy as np
from matplotlib.axes import Axes

from alignment.record.core import CoreResults, Quantiles
from alignment.report.figures.drawing import BAND, INK, SMALL, fit, text_width
from alignment.report.figures.pages import FEW_ROWS
from alignment.report.words import number
from alignment.stats.estimates import Estimate, Number

LABEL_ROOM = 2.6
MAX_NAMED = 29  # languages of a heat map; more are grouped by script
_OTHERS = "other scripts"


class Row(NamedTuple):
    """A row of a dot plot: a value, or words between rows, whose category is None."""

    label: str
    value: Number
    category: str | None
    spread: Quantiles | None = None
    baseline: Number = None


def category_looks(results: CoreResults) -> dict[str, str]:
    """Return {category: colour and marker}; all share one where there are too many to differ."""
    looks = [f"C{colour}{marker}" for marker in "os" for colour in range(7)]
    differ = len(results.categories) <= len(looks)
    return {name: looks[i if differ else 0] for i, name in enumerate(results.categories)}


def best_and_worst(rows: list[Row], most: int) -> list[Row]:
    """Sort rows, the best first; keep both ends of more than ``most``, with words between them."""
    rows = sorted(rows, key=lambda row: (row.value is None, (row.baseline or 0) - (row.value or 0)))
    half = (most - 1) // 2
    between = Row(f"… {len(rows) - 2 * half:,} between …", None, None)
    return rows if len(rows) <= most else [*rows[:half], between, *rows[-half:]]


def draw_dots(ax: Axes, results: CoreResults, rows: list[Row]) -> None:
    """Draw rows: a dot in the look of its category, or the mean and spread of its values."""
    looks = category_looks(results)
    for category, look in looks.items():
        at = [y for y, row in enumerate(rows) if row.category == category]
        values = np.array([rows[y].value for y in at], dtype=float)
        label = category if len(set(looks.values())) > 1 else None
        ax.plot(values, at, look, clip_on=False, label=label)
    for y, row in enumerate(rows):
        if row.spread and row.value is not None:
            draw_spread(ax, y, row.spread, "#999999", linewidth=6)
            ax.plot(row.value, y, "ko", markersize=4, clip_on=False)
        if row.baseline is not None:
            ax.plot(row.baseline, y, "|", color=INK, markersize=8)
    finish_rows(ax, rows)


def draw_spread(ax: Axes, y: float, ends: Sequence[Number], colour: str, **bar: Any) -> None:
    """Draw 90 % of the values as a thin line, and half of them as a bar of the given style."""
    p5, p25, p75, p95 = np.array(ends, dtype=float)
    ax.plot([p5, p95], [y, y], color=colour, clip_on=False)
    ax.plot([p25, p75], [y, y], color=colour, clip_on=False, **bar)


def draw_estimate(ax: Axes, y: float, estimate: Estimate, filled: bool, look: str) -> None:
    """Draw a value, if there is one, and its interval in a colour and marker."""
    if estimate.value is not None:
        ax.plot(np.array(estimate.interval, dtype=float), [y, y], look[:-1], clip_on=False)
        face = None if filled else "white"
        ax.plot(estimate.value, y, look, clip_on=False, markerfacecolor=face)


def mark(ax: Axes, estimate: Estimate, **style: Any) -> None:
    """Draw a line through all rows at a value, on the band of its interval."""
    low, high = estimate.interval
    if low is not None and high is not None:
        ax.axvspan(low, high, color=BAND, linewidth=0, zorder=0)
    if estimate.value is not None:
        ax.axvline(estimate.value, color=INK, zorder=1, **style)


def finish_rows(ax: Axes, rows: list[Row]) -> None:
    """Label rows and print their values; the axis begins at 0, or lower if the data do."""
    size = SMALL if len(rows) <= FEW_ROWS else SMALL - 1
    ax.set_yticks(range(len(rows)), [row.label for row in rows], size=size)
    ax.set(ylim=(len(rows) - 0.5, -0.5), xlim=(math.floor(5 * min(0, ax.dataLim.x0)) / 5, 1))
    style: dict[str, Any] = {"transform": ax.get_yaxis_transform(), "va": "center", "color": INK}
    for y, row in enumerate(rows):
        if row.category is not None:
            ax.text(1.04, y, number(row.value), size=size, **style)


def draw_heat_map(ax: Axes, scripts: dict[str, str], percent: np.ndarray) -> None:
    """Draw a table with a row per query language and a column per target language.

    Many languages are grouped by script, the highest mean first; rare scripts share a group. The
    colours begin at 0, or at 50 where no value is lower, so that two runs mostly share a scale.
    """
    lowest = 0 if (percent < 50).any() else 50
    groups = dict.fromkeys(scripts, 1)  # {name: how many rows it has}
    if len(scripts) > MAX_NAMED:
        count, least = Counter(scripts.values()), 0.04 * len(scripts)
        named = [name if count[name] >= least else _OTHERS for name in scripts.values()]
        by_size = sorted(Counter(named).items(), key=lambda item: (item[0] == _OTHERS, -item[1]))
        groups = dict(by_size)
        means = np.nansum(percent, axis=0) + np.nansum(percent, axis=1)
        order = np.lexsort((-means, [list(groups).index(name) for name in named]))
        percent = percent[np.ix_(order, order)]
    sizes = np.array(list(groups.values()))
    ends = np.cumsum(sizes)
    names, middles = [fit(name, 1) for name in groups], ends - sizes / 2
    ax.set_yticks(middles, names)
    draw_cells(ax, percent, middles, names, 2.8 * sizes.min() / sizes.sum(), lowest)
    if len(groups) < len(scripts):
        ax.hlines(ends[:-1], 0, len(scripts), color=INK, linewidth=0.6)
        ax.vlines(ends[:-1], 0, len(scripts), color=INK, linewidth=0.6)
    bar = ax.figure.colorbar(ax.collections[0], cax=ax.inset_axes((1.03, 0.02, 0.03, 0.96)))
    bar.outline.set_visible(False)
    ax.set(xlabel="target language", ylabel="query language")


def draw_cells(
    ax: Axes, percent: np.ndarray, at: Any, names: list[str], width: float, lowest: float = 0
) -> None:
    """Draw percentages as cells; names of columns wider than ``width`` are turned upright."""
    framed = len(percent) <= MAX_NAMED
    frames = {"edgecolor": "white", "linewidth": 0.5} if framed else {"rasterized": True}
    ax.pcolormesh(percent, vmin=lowest, vmax=100, **frames)
    ax.set_facecolor(matplotlib.rcParams["grid.color"])  # seen where there is no number
    ax.invert_yaxis()
    ax.grid(False)
    ax.spines["bottom"].set_visible(False)
    ax.tick_params(length=0)
    ax.set_xticks(at, names, rotation=90 if max(map(text_width, names)) > 0.9 * width else 0)


def fit_to_cells(ax: Axes) -> None:
    """After the layout, keep cells flat, thin out names, and print the numbers if these fit."""
    cells: Any = ax.collections[0]
    percent = np.ma.filled(cells.get_array(), np.nan)
    rows, columns = percent.shape
    x, y, width, height = ax.get_position().bounds
    W, H = 72 / ax.figure.dpi * np.array(ax.figure.bbox.size)
    flat = min(height, W * width * rows / columns / H)
    ax.set_position((x, y + height - flat, width, flat))
    width, height = W * width / columns, H * flat / rows  # a cell, in points
    for axis, pitch in ((ax.xaxis, width), (ax.yaxis, height)):
        ticks, names = axis.get_ticklocs(), [name.get_text() for name in axis.get_ticklabels()]
        pitch *= np.diff(ticks).min(initial=rows)
        size = min(SMALL, max(6, 0.8 * pitch))
        step = math.ceil(1.1 * size / pitch)
        axis.set_ticks(ticks[::step], names[::step], size=size)
    size = min(SMALL, 0.85 * width / 1.91, 0.7 * height)  # "100" is 1.91 times as wide as high
    for (row, column), value in np.ndenumerate(percent):
        if size >= 5 and not np.isnan(value):
            bright = np.dot(cells.to_rgba(value)[:3], (0.299, 0.587, 0.114)) > 0.5
            style: dict[str, Any] = {"size": size, "color": "black" if bright else "white"}
            ax.text(column + 0.5, row + 0.5, f"{value:.0f}", style, ha="center", va="center")
