"""Thresholds in one picture: how cosines are spread by language pair, and each pair's own cut-off.

The pairs with the largest equal error are named; beside them stand the cut-offs of all.
"""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from alignment.present.figures import drawing
from alignment.present.figures.drawing import BAND, INK, MARGIN, PAGE_WIDTH, ROOM, SMALL, fit, write
from alignment.present.thresholds import USES, extent, language_pairs
from alignment.present.words import counted, language
from alignment.record.results import AlignmentResults
from alignment.record.thresholds import PairSpread, Thresholds

_NAMED = 30  # language pairs
_NAMES, _GAP = 2.2, 0.5  # room for the names, and between the panels
_LEFT = 5.4  # the width of the panel of the named pairs
_TITLE, _ABOVE, _BELOW, _ROW = 0.95, 0.85, 0.55, 0.2
_TRANSLATIONS, _UNRELATED = "C0", "C1"
_LINES: dict[str, Any] = {"duplicates": "-", "bitext_mining": "--", "semantic_cache": ":"}


@drawing.in_style
def thresholds_figure(results: AlignmentResults) -> Figure:
    """Return the picture of a record that has thresholds of language pairs."""
    found = results.thresholds
    assert found is not None
    named = found.pairs[:_NAMED]
    body = max(2.4, _ROW * len(named))
    height = _TITLE + _ABOVE + body + _BELOW
    title = f"Thresholds of {results.model} by language pair"
    note = f"{drawing.about(results)} · lines: thresholds for {extent(found)}, with 95 % CI"
    fig = drawing.page(height, title, note)
    width = ROOM - _NAMES - _LEFT - _GAP
    lefts = MARGIN + _NAMES, MARGIN + _NAMES + _LEFT + _GAP
    axes = [
        fig.add_axes((left / PAGE_WIDTH, _BELOW / height, wide / PAGE_WIDTH, body / height))
        for left, wide in zip(lefts, (_LEFT, width), strict=True)
    ]
    _draw_spreads(axes[0], named)
    _draw_own(axes[1], found)
    for ax in axes:
        _draw_recommended(ax, found)
        low = min(min(map(_least, named)), *ax.get_xlim())
        ax.set(xlim=(low, 1.0), xlabel="cosine")
    which = "all" if len(named) == found.pair_count else f"the worst {len(named)} of"
    pairs = f"{which} {counted(found.pair_count, 'language pair')}"
    _write_head(fig, MARGIN, "a", "Translations and negatives", f"{pairs}, worst first")
    of_all = f"own thresholds of {counted(found.pair_count, 'pair')}, sorted"
    _write_head(fig, lefts[1], "b", "Does one threshold fit all?", of_all)
    _draw_keys(fig, axes, found)
    return fig


def _least(pair: PairSpread) -> float:
    return min((ends[0] for ends in (pair.negatives, pair.translations) if ends[0]), default=0.0)


def _draw_spreads(ax: Axes, named: list[PairSpread]) -> None:
    for y, pair in enumerate(named):
        kinds = (pair.negatives, _UNRELATED, -0.15), (pair.translations, _TRANSLATIONS, 0.15)
        for spread, colour, rise in kinds:
            p5, p25, p75, p95 = np.array(spread, dtype=float)
            at = [y + rise] * 2
            ax.plot([p5, p95], at, linewidth=1, color=colour, solid_capstyle="butt")
            ax.plot([p25, p75], at, linewidth=4, color=colour, solid_capstyle="butt")
    names = [f"{language(pair.a)}–{language(pair.b)}" for pair in named]
    ax.set_yticks(range(len(named)), [fit(name, _NAMES - 0.2) for name in names], size=SMALL)
    ax.set_ylim(len(named) - 0.5, -0.5)
    ax.grid(axis="y", visible=False)


def _draw_own(ax: Axes, found: Thresholds) -> None:
    """Draw the own cut-offs of all language pairs, each kind in its order."""
    kinds = (found.one_percent, "o", "black"), (found.equal_error_cosine, "D", "C2")
    for table, marker, colour in kinds:
        cuts = (table[a][b] for a, b in language_pairs(found))
        own = np.sort([cut for cut in cuts if cut is not None])
        size = 3.5 if len(own) <= 100 else 1.5
        ax.plot(own, np.arange(len(own)), marker, ms=size, color=colour, ls="", clip_on=False)
    ax.set_ylim(found.pair_count - 0.5, -0.5)
    ax.set_yticks([])
    ax.set_ylabel("language pairs")


def _draw_recommended(ax: Axes, found: Thresholds) -> None:
    for use, own in found.recommended.items():
        low, high = own.cosine.interval
        if own.cosine.value is None:
            continue
        if low is not None and high is not None:
            ax.axvspan(low, high, color=BAND, linewidth=0, zorder=0)
        ax.axvline(own.cosine.value, color=INK, linewidth=1, linestyle=_LINES[use], zorder=1)


def _write_head(fig: Figure, left: float, letter: str, title: str, note: str) -> None:
    top = fig.get_figheight() - _TITLE
    write(fig, left, top, letter, size=12, weight="bold")
    write(fig, left + 0.25, top, title, size=11, weight="bold")
    write(fig, left + 0.25, top - 0.22, note, size=SMALL, color=INK)


def _draw_keys(fig: Figure, axes: list[Axes], found: Thresholds) -> None:
    """Say what the marks are, above the panels."""
    spreads = [Line2D([], [], color=colour, linewidth=4) for colour in (_TRANSLATIONS, _UNRELATED)]
    uses = [use for use in _LINES if use in found.recommended]
    lines = [Line2D([], [], color=INK, linewidth=1, linestyle=_LINES[use]) for use in uses]
    marks = [
        Line2D([], [], color=colour, marker=marker, ls="", ms=4)
        for marker, colour in (("o", "black"), ("D", "C2"))
    ]
    keys = (
        (spreads + lines, ["translations", "negatives (5–95 %, half)", *(USES[u] for u in uses)]),
        (marks, ["1 % of negatives pass", "equal error"]),
    )
    for ax, (signs, names) in zip(axes, keys, strict=True):
        box = ax.get_position()
        start = MARGIN / PAGE_WIDTH + 0.02 if ax is axes[0] else box.x0
        at = start, box.y1 + 0.27 / fig.get_figheight()
        fig.legend(signs, names, ncols=5, loc="upper left", bbox_to_anchor=at, handlelength=1.6)
