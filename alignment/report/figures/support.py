"""Support in one picture: which languages the model supports, by script, the worst first."""

from collections import Counter
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from alignment.record.core import CoreResults
from alignment.report.figures import drawing, pages
from alignment.report.words import language

_COLUMNS = {  # heading: the field drawn, and its words in the note
    "retrieval": ("among_10", "retrieval among ten (line: chance)"),
    "unknown": ("unknown", "unknown subwords"),
    "subwords": ("subwords_per_character", "subwords a character (line: English)"),
}
_LOOKS = {"supported": "C0o", "weak": "C4D", "not supported": "C1x"}


@drawing.in_style
def support_figure(results: CoreResults) -> Figure:
    """Return the picture of a record of two languages or more."""
    support, groups = results.support, dict[str, list[str]]()
    for code in sorted(support, key=lambda code: support[code].among_10 or 0):
        groups.setdefault(results.scripts[code], []).append(code)
    rows = [row for script, codes in groups.items() for row in (script, *codes)]

    def value(heading: str, code: str) -> Any:
        return getattr(support[code], _COLUMNS[heading][0])

    columns = [name for name in _COLUMNS if any(value(name, c) is not None for c in support)]

    def draw(ax: Axes, heading: str, shown: range) -> None:
        for verdict, look in _LOOKS.items():
            at = [y for y in shown if rows[y] in support and support[rows[y]].verdict == verdict]
            values = np.array([value(heading, rows[y]) for y in at], dtype=float)
            ax.plot(values, at, look, ms=6 if len(rows) < 60 else 3, clip_on=False)
        ax.set(xlim=(-0.03, 1.03), xticks=[0, 0.5, 1], xticklabels=["0", "0.5", "1"])
        if heading == "retrieval":
            ax.axvline(next(iter(support.values())).chance or 0, color=drawing.INK, zorder=1)
        elif heading == "subwords":
            highest = max(value(heading, code) or 0 for code in support)
            ticks = range(0, int(highest) + 2, 2 if highest < 10 else 5)
            ax.set(xlim=(0, 1.05 * max(1, highest)), xticks=ticks, xticklabels=ticks)
            ax.axvline(1, color=drawing.INK, zorder=1)

    counts: Counter[str] = Counter(row.verdict for row in support.values())
    note = f"{counts['supported']} supported (dot), {counts['weak']} weak (diamond), "
    note += f"{counts['not supported']} not supported (cross) · "
    note += ", ".join(_COLUMNS[heading][1] for heading in columns)
    names = [(language(row), "normal") if row in support else (row, "bold") for row in rows]
    head = f"Which languages does {results.model} support?", note
    return pages.table(head, names, columns, draw)
