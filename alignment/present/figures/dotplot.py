"""Dot plots: a line for each item, its label to the left, its value to the right."""

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import matplotlib
import numpy as np
from matplotlib.axes import Axes

from alignment.present.figures.drawing import INK, SMALL
from alignment.present.words import number
from alignment.record.results import AlignmentResults, Quantiles
from alignment.stats.estimates import Estimate, Number

LABEL_ROOM = 2.6
FEW_ROWS = 20  # so many rows have labels of full size
_MARKERS = "os"


class Row(NamedTuple):
    """A line of a dot plot.

    It has a value, marked by its category, and may have the spread of many values and what these
    are compared with. A category of None marks words between lines.
    """

    label: str
    value: Number
    category: str | None
    spread: Quantiles | None = None
    baseline: Number = None


def category_marks(results: AlignmentResults) -> dict[str, tuple[str, str]]:
    """Return {category: (colour, marker)}: one each, or one for all where they would run out."""
    colours = matplotlib.rcParams["axes.prop_cycle"].by_key()["color"]
    marks = [(colour, marker) for marker in _MARKERS for colour in colours]
    if len(results.categories) > len(marks):
        marks = [marks[0]] * len(results.categories)
    return dict(zip(results.categories, marks, strict=False))


def best_and_worst(rows: list[Row], most: int) -> list[Row]:
    """Sort the rows, the best first; of more than ``most`` keep both ends, with words between."""
    rows = sorted(rows, key=_above_baseline, reverse=True)
    if len(rows) > most:
        half = (most - 1) // 2
        between = Row(f"… {len(rows) - 2 * half:,} between …", None, None)
        rows = [*rows[:half], between, *rows[-half:]]
    return rows


def _above_baseline(row: Row) -> float:
    return -math.inf if row.value is None else row.value - (row.baseline or 0)


def draw_dots(ax: Axes, results: AlignmentResults, rows: list[Row]) -> None:
    """Draw the rows: dots by category, or spreads: nine of ten values, a half, and the mean."""
    for category, (colour, marker) in category_marks(results).items():
        at = [y for y, row in enumerate(rows) if row.category == category]
        values = np.array([rows[y].value for y in at], dtype=float)
        ax.plot(values, at, marker, color=colour, markersize=6, clip_on=False)
    style: dict[str, Any] = {"color": "#999999", "solid_capstyle": "butt", "clip_on": False}
    for y, row in enumerate(rows):
        p5, p25, p75, p95 = np.array(row.spread or [np.nan] * 4, dtype=float)
        ax.plot([p5, p95], [y, y], linewidth=1, **style)
        ax.plot([p25, p75], [y, y], linewidth=6, **style)
        if row.spread:
            ax.plot(np.array(row.value, dtype=float), y, "o", color="black", ms=4, clip_on=False)
        ax.plot(np.array(row.baseline, dtype=float), y, "|", color=INK, markersize=8)
    ends = [(row.value, row.baseline, *(row.spread or ())) for row in rows]
    finish_rows(ax, rows, [end for own in ends for end in own])


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
    size = SMALL if len(rows) <= FEW_ROWS else SMALL - 1
    ax.set_yticks(range(len(rows)), [row.label for row in rows], size=size)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    lowest = min((value for value in reach if value is not None), default=0)
    ax.set_xlim(min(0, math.floor(5 * lowest) / 5), 1)
    style: dict[str, Any] = {"va": "center", "size": size, "color": INK}
    for y, row in enumerate(rows):
        if row.category is not None:
            end = ax.get_yaxis_transform()
            ax.annotate(number(row.value), (1, y), (9, 0), end, "offset points", **style)
