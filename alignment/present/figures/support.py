"""Support in one picture: which languages the model supports, by script, the worst first."""

from collections import Counter

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from alignment.present.figures.drawing import INK, draw_table, in_style
from alignment.present.words import language
from alignment.record.results import AlignmentResults

COLUMNS = {  # heading: what is drawn, and what the note says of it
    "retrieval": ("among_10", "retrieval among ten (line: chance)"),
    "unknown": ("unknown", "unknown subwords"),
    "subwords": ("subwords_per_character", "subwords a character (line: English)"),
}
_MARKS = {
    "supported": ("o", "C0", "dot"),
    "weak": ("D", "C4", "diamond"),
    "not supported": ("x", "C1", "cross"),
}
_MAX_ROWS = 45  # of a block
_MAX_BLOCKS = 4


@in_style
def support_figure(results: AlignmentResults) -> Figure:
    """Return the picture of a record of two languages or more."""
    rows = _rows(results)
    blocks = min(-(-len(rows) // _MAX_ROWS), _MAX_BLOCKS)
    tall = -(-len(rows) // blocks)
    counts: Counter[str] = Counter(own.verdict for own in results.support.values())
    known = ", ".join(
        f"{counts[verdict]} {verdict} ({mark})" for verdict, (*_, mark) in _MARKS.items()
    )
    evidence = results.support.values()
    columns = {
        heading: (name, note)
        for heading, (name, note) in COLUMNS.items()
        if any(getattr(own, name) is not None for own in evidence)
    }
    return draw_table(
        f"Which languages does {results.model} support?",
        f"{known} · {', '.join(note for _, note in columns.values())}",
        [("", language(row)) if row in results.support else (row, "") for row in rows],
        list(columns),
        lambda ax, heading, shown: _draw_column(ax, results, rows, shown, columns[heading][0]),
        names=2.2 if blocks == 1 else 1.35,
        pitch=min(0.26, 11.5 / tall),
        blocks=blocks,
    )


def _rows(results: AlignmentResults) -> list[str]:
    """Return the scripts, each before its languages; the language least retrieved comes first."""
    found = {code: own.among_10 or 0 for code, own in results.support.items()}
    groups: dict[str, list[str]] = {}
    for code in sorted(found, key=lambda code: found[code]):
        groups.setdefault(results.scripts[code], []).append(code)
    return [row for script, codes in groups.items() for row in (script, *codes)]


def _draw_column(
    ax: Axes, results: AlignmentResults, rows: list[str], shown: range, name: str
) -> None:
    evidence = results.support
    known = [y for y in shown if rows[y] in evidence]
    for verdict, (marker, colour, _) in _MARKS.items():
        at = [y for y in known if evidence[rows[y]].verdict == verdict]
        values = np.array([getattr(evidence[rows[y]], name) for y in at], dtype=float)
        ax.plot(values, at, marker, color=colour, ms=6 if len(rows) < 60 else 3, clip_on=False)
    highest = max((getattr(own, name) or 0 for own in evidence.values()), default=0)
    ax.set_xlim(-0.03, 1.03)
    ax.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
    if name == "subwords_per_character":
        ax.axvline(1, color=INK, linewidth=0.8, zorder=0)
        ax.set_xlim(0, 1.05 * max(1, highest))
        ticks = range(0, int(highest) + 2, 2 if highest < 10 else 5)
        ax.set_xticks(ticks, map(str, ticks))
    elif name == "among_10":
        chance = next(iter(evidence.values())).chance
        ax.axvline(chance or 0, color=INK, linewidth=0.8, zorder=0)
