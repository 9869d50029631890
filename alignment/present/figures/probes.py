"""The probes in one picture: languages down, forms across, the change in retrieval."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from alignment.present.figures.drawing import (
    INK,
    MARGIN,
    PAGE_WIDTH,
    SMALL,
    fit,
    look,
    page,
    write,
    write_title,
)
from alignment.present.tables import no_change
from alignment.present.verdicts import ALL, SURE, signed
from alignment.record.results import AlignmentResults

_ROW = 0.32
_TITLE, _ABOVE, _BELOW = 1.15, 0.35, 0.4
_NAMES, _GAP = 1.2, 0.25


@look()
def probes_figure(results: AlignmentResults) -> Figure:
    """Return the picture of a record that has probes."""
    languages = [*results.languages, ALL]
    body = _ROW * len(languages)
    fig = page(_TITLE + _ABOVE + body + _BELOW)
    write_title(
        fig, results, f"What changes retrieval? {results.model} in other forms of the texts"
    )
    words = (
        "change in retrieval from the bare texts, lines: 95 % over concepts; filled: sure "
        "(p ≤ .05, adjusted for all languages and forms)"
    )
    room = PAGE_WIDTH - 2 * MARGIN
    write(fig, MARGIN, fig.get_figheight() - 0.82, fit(words, room), size=SMALL, color=INK)
    width = (room - _NAMES) / len(results.probes) - _GAP
    reach = _reach(results)
    for column, (form, rows) in enumerate(results.probes.items()):
        left = MARGIN + _NAMES + column * (width + _GAP)
        H = fig.get_figheight()
        ax = fig.add_axes((left / PAGE_WIDTH, _BELOW / H, width / PAGE_WIDTH, body / H))
        _draw_form(ax, [rows.get(name) for name in languages], reach)
        write(fig, left, _BELOW + body + 0.25, fit(form, width), size=SMALL, weight="bold")
    for row, name in enumerate(languages):
        middle = _BELOW + body - _ROW * (row + 0.5) + 0.07
        weight = "bold" if name == ALL else "normal"
        write(fig, MARGIN, middle, fit(name, _NAMES - 0.1), size=SMALL, weight=weight)
    return fig


def _reach(results: AlignmentResults) -> float:
    """Return how far the axes go from 0: the same for all forms, so that they can be compared."""
    ends = [
        abs(end)
        for rows in results.probes.values()
        for row in rows.values()
        for end in (row["change"], *row["interval"])
        if end is not None
    ]
    return max(0.05, 1.05 * max(ends, default=0))


def _draw_form(ax: Axes, rows: list[dict | None], reach: float) -> None:
    for y, row in enumerate(rows):
        if words := no_change(row):
            style = {"size": SMALL - 1, "color": INK, "backgroundcolor": "white"}
            ax.text(0, y, words, ha="center", va="center", **style)
            continue
        if row["interval"][0] is not None:
            ax.plot(row["interval"], [y, y], color="C0", linewidth=1.2)
        face = "C0" if row["p"] <= SURE else "white"
        ax.plot(row["change"], y, "o", color="C0", markerfacecolor=face, markersize=5)
    ax.axvline(0, color=INK, linewidth=0.8, zorder=0)
    ax.set_xlim(-reach, reach)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_yticks([])
    step = max(step for step in (0.02, 0.05, 0.1, 0.2, 0.4) if step <= reach)
    ax.set_xticks(
        [-step, 0, step], [f"{signed(tick):.5}" if tick else "0" for tick in (-step, 0, step)]
    )
