"""Dot plots: a line for each item, its label to the left, its value to the right."""

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import matplotlib
import numpy as np
from matplotlib.axes import Axes

from alignment.present.figures.drawing import INK, SMALL, fit
from alignment.present.words import number
from alignment.record.results import AlignmentResults
from alignment.stats.estimates import Estimate, Number

LABEL_ROOM = 2.6
FEW_ROWS = 20  # so many rows have labels of full size
_HISTOGRAM_LINES = 5
_BINS = 60
_MARKERS = "os"


class Row(NamedTuple):
    """A line of a dot plot; a category of None marks those between the best and the worst."""

    label: str
    value: Number
    category: str | None


def category_marks(results: AlignmentResults) -> dict[str, tuple[str, str]]:
    """Return {category: (colour, marker)}: one each, or one for all where they would run out."""
    colours = matplotlib.rcParams["axes.prop_cycle"].by_key()["color"]
    marks = [(colour, marker) for marker in _MARKERS for colour in colours]
    if len(results.categories) > len(marks):
        marks = [marks[0]] * len(results.categories)
    return dict(zip(results.categories, marks, strict=False))


def best_and_worst(rows: list[Row], most: int, histogram: bool = False) -> list[Row]:
    """Sort the rows, the best first; of more than ``most`` keep both ends, with words between.

    A histogram has more room there than the words need.
    """
    rows = sorted(rows, key=lambda row: -math.inf if row.value is None else row.value, reverse=True)
    if len(rows) > most:
        half = (most - (_HISTOGRAM_LINES if histogram else 1)) // 2
        words = [f"… {len(rows) - 2 * half:,} between …"]
        if histogram:
            words = ["", *words, f"grey: all {len(rows):,}"]
            words += [""] * (_HISTOGRAM_LINES - len(words))
        rows = [*rows[:half], *(Row(label, None, None) for label in words), *rows[-half:]]
    return [row._replace(label=fit(row.label, LABEL_ROOM, _label_size(rows))) for row in rows]


def draw_dots(
    ax: Axes, results: AlignmentResults, rows: list[Row], everything: Iterable[Number] = ()
) -> None:
    """Draw a dot for each row, by category, and a histogram of everything where it has room."""
    for category, (colour, marker) in category_marks(results).items():
        at = [y for y, row in enumerate(rows) if row.category == category]
        values = np.array([rows[y].value for y in at], dtype=float)
        ax.plot(values, at, marker, color=colour, markersize=6, clip_on=False)
    if room := [y for y, row in enumerate(rows) if row.category is None]:
        _draw_histogram(ax, [value for value in everything if value is not None], room)
    finish_rows(ax, rows, [*(row.value for row in rows), *everything])


def _draw_histogram(ax: Axes, values: list[float], room: list[int]) -> None:
    """Draw how many values are where, as tall as the rows that are left free."""
    within = np.minimum(values, 1)  # a cosine may be above 1 by rounding
    counts, edges = np.histogram(within, bins=_BINS, range=(min(0, within.min()), 1))
    foot = room[-1] + 0.3
    tops = foot - counts / counts.max() * (foot - room[0] + 0.3)
    ax.stairs(tops, edges, baseline=foot, fill=True, color="#aaaaaa")


def draw_estimates(
    ax: Axes,
    estimates: Iterable[Estimate | None],
    filled: Sequence[bool],
    *,
    marker: str = "o",
    colour: str = "black",
    rise: float = 0.0,
) -> None:
    """Draw a value and its interval on each row, or beside its middle; nothing for None."""
    style: dict[str, Any] = {"color": colour, "clip_on": False, "zorder": 2}
    for y, (own, full) in enumerate(zip(estimates, filled, strict=True)):
        if own is None or own.value is None:
            continue
        low, high = own.interval
        if low is not None and high is not None:
            ax.plot([low, high], [y + rise] * 2, linewidth=1, **style)
        face = colour if full else "white"
        ax.plot(own.value, y + rise, marker, markersize=6, markerfacecolor=face, **style)


def finish_rows(ax: Axes, rows: list[Row], reach: Iterable[Number]) -> None:
    """Label the rows, print their values; the axis begins at 0, or lower for values below it."""
    size = _label_size(rows)
    ax.set_yticks(range(len(rows)), [row.label for row in rows], size=size)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    lowest = min((value for value in reach if value is not None), default=0)
    ax.set_xlim(min(0, math.floor(5 * lowest) / 5), 1)
    style: dict[str, Any] = {"va": "center", "size": size, "color": INK}
    for y, row in enumerate(rows):
        if row.category is not None:
            end = ax.get_yaxis_transform()
            ax.annotate(number(row.value), (1, y), (9, 0), end, "offset points", **style)


def _label_size(rows: list[Row]) -> int:
    return SMALL if len(rows) <= FEW_ROWS else SMALL - 1
