"""Support in one picture: which languages the model supports, by script, the worst first."""

from collections import Counter

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from alignment.record.core import CoreResults
from alignment.report.figures import drawing, pages
from alignment.report.words import language

_COLUMNS = {  # heading: what is drawn, and what the note says of it
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
    counts: Counter[str] = Counter(row.verdict for row in support.values())
    columns = [
        heading
        for heading, (name, _) in _COLUMNS.items()
        if any(getattr(row, name) is not None for row in support.values())
    ]

    def draw(ax: Axes, heading: str, shown: range) -> None:
        name, _ = _COLUMNS[heading]
        for verdict, look in _LOOKS.items():
            at = [y for y in shown if rows[y] in support and support[rows[y]].verdict == verdict]
            values = np.array([getattr(support[rows[y]], name) for y in at], dtype=float)
            ax.plot(values, at, look, ms=6 if len(rows) < 60 else 3, clip_on=False)
        ax.set_xlim(-0.03, 1.03)
        ax.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
        if name == "among_10":
            ax.axvline(next(iter(support.values())).chance or 0, color=drawing.INK, zorder=1)
        elif name == "subwords_per_character":
            highest = max(row.subwords_per_character or 0 for row in support.values())
            ticks = range(0, int(highest) + 2, 2 if highest < 10 else 5)
            ax.set_xlim(0, 1.05 * max(1, highest))
            ax.set_xticks(ticks, map(str, ticks))
            ax.axvline(1, color=drawing.INK, zorder=1)

    note = f"{counts['supported']} supported (dot), {counts['weak']} weak (diamond), "
    note += f"{counts['not supported']} not supported (cross) · "
    note += ", ".join(_COLUMNS[heading][1] for heading in columns)
    names = [(language(row), "normal") if row in support else (row, "bold") for row in rows]
    head = f"Which languages does {results.model} support?", note
    return pages.table(head, names, columns, draw)
