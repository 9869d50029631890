"""The search in one picture: what is found, which version comes first, and what another costs."""

import math
from collections.abc import Callable

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure

from alignment.present.figures import drawing
from alignment.present.figures.dotplot import draw_estimates
from alignment.present.figures.drawing import INK, MARGIN, ROOM, SMALL, fit, text_width, write
from alignment.present.figures.heatmap import print_numbers
from alignment.present.words import counted, language, percent
from alignment.record.results import AlignmentResults
from alignment.record.search import Search
from alignment.stats.estimates import Estimate, Number

_ABOVE, _BELOW, _TITLE = 0.75, 0.6, 0.95
_GAP = 0.35
_MAX_ROW, _MIN_ROW, _MAX_HEIGHT = 0.45, 0.12, 6.0
_MAX_FLAT = 8  # languages, of more the names of columns are upright
_SMALLEST_LABEL = 6


@drawing.in_style
def search_figure(results: AlignmentResults) -> Figure:
    """Return the picture of a record that has a search."""
    search = results.search
    assert search is not None
    names = [language(code) for code in search.between]
    room = min(1.4, max(map(text_width, names)) + 0.15)
    width = (ROOM - 3 * room - 2 * _GAP) / 3
    row = min(_MAX_ROW, max(_MIN_ROW, _MAX_HEIGHT / len(names)))
    body = row * len(names)
    foot = _BELOW + max(map(text_width, search.passages))
    height = foot + body + _ABOVE + _TITLE
    fig = drawing.page(height, f"Search across languages with {results.model}", _about(search))
    panels: dict[str, tuple[str, Callable[[Axes], None]]] = {
        "Found first, %": (
            "passages of one language at a time",
            lambda ax: _draw_matrix(ax, search, _found(search), width),
        ),
        "First version, %": (
            f"one index of all; {percent(1 / len(search.passages))} % would be even",
            lambda ax: _draw_matrix(ax, search, _first(search), width),
        ),
        "Lost in other languages": (
            "nDCG@10, with 95 % CI; filled: significant",
            lambda ax: _draw_penalty(ax, search),
        ),
    }
    W, H = fig.get_size_inches()
    for i, (title, (note, draw)) in enumerate(panels.items()):
        left = MARGIN + room + i * (width + room + _GAP)
        ax = fig.add_axes((left / W, foot / H, width / W, body / H))
        draw(ax)
        _name(ax.yaxis, [fit(name, room - 0.1) for name in names], body)
        top = foot + body + _ABOVE - 0.05
        start = left - room
        write(fig, start, top, "abc"[i], size=12, weight="bold")
        write(fig, start + 0.25, top, title, size=11, weight="bold")
        words = fit(note, width + room - 0.25)
        write(fig, start + 0.25, top - 0.25, words, size=SMALL, color=INK)
    return fig


def _about(search: Search) -> str:
    return (
        f"{counted(search.questions, 'question')} in "
        f"{counted(len(search.between), 'language')}, {counted(search.answered, 'passage')} that "
        f"answer them, {counted(sum(search.passages.values()), 'text')} in one index of "
        f"{counted(len(search.passages), 'language')} · rows: language of the question"
    )


def _found(search: Search) -> list[list[Number]]:
    return [[own.recall_at_1 for own in row.values()] for row in search.between.values()]


def _first(search: Search) -> list[list[Number]]:
    return [list(own.first_language.values()) for own in search.mixed.values()]


def _draw_matrix(ax: Axes, search: Search, shares: list[list[Number]], width: float) -> None:
    """Draw shares from 0 to 100 %, a row for each question language."""
    values = 100 * np.array(shares, dtype=float)
    cells = ax.pcolormesh(values, vmin=0, vmax=100, edgecolor="white", linewidth=0.5)
    ax.set_facecolor(matplotlib.rcParams["grid.color"])
    ax.set(ylim=(len(values), 0), xlabel="language of the passage")
    ax.grid(False)
    _name(ax.xaxis, list(search.passages), width)
    ax.tick_params(length=0, axis="x", rotation=90 if len(search.passages) > _MAX_FLAT else 0)
    print_numbers(ax, cells, values)


def _draw_penalty(ax: Axes, search: Search) -> None:
    rows = [search.penalty[code] for code in search.between]
    values = [Estimate(own.difference, own.interval) for own in rows]
    draw_estimates(ax, values, [own.significant for own in rows], rise=0.5)
    ax.axvline(0, color=INK, linewidth=0.8, zorder=0)
    ax.set(ylim=(len(rows), 0), xlabel="nDCG@10 in the own language − in others")


def _name(axis: Axis, names: list[str], length: float) -> None:
    """Name rows or columns, where they are many only every second, third, …"""
    pitch = 72 * length / len(names)
    size = min(SMALL, max(_SMALLEST_LABEL, 0.8 * pitch))
    at = range(0, len(names), math.ceil(1.3 * size / pitch))
    axis.set_ticks([i + 0.5 for i in at], [names[i] for i in at], size=size)
