"""The probes in one picture: languages down, forms across, the change in retrieval."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from alignment.explain import ALL
from alignment.explain.probes import Change
from alignment.present.figures.dotplot import draw_estimates
from alignment.present.figures.drawing import INK, SMALL, draw_table, in_style
from alignment.present.words import language, no_change
from alignment.record.results import AlignmentResults
from alignment.stats.estimates import Estimate

_MAX_LANGUAGES = 40


@in_style
def probes_figure(results: AlignmentResults) -> Figure:
    """Return the picture of a record that has probes."""
    probes, shown = results.probes or {}, _most_changed(results)
    reach = _reach(probes)
    return draw_table(
        f"What changes retrieval? {results.model} in other forms of the texts",
        "change in retrieval from the texts as they are; lines: 95 % CI over concepts; "
        "filled: significant (p ≤ .05, adjusted)",
        [*(("", language(code)) for code in shown), ("all languages", "")],
        list(probes),
        lambda ax, form, _: _draw_form(
            ax, [probes[form].get(name) for name in (*shown, ALL)], reach
        ),
        names=1.5,
        pitch=0.32,
    )


def _most_changed(results: AlignmentResults) -> list[str]:
    """Return the languages, of many those that a form changes most."""
    changes = dict.fromkeys(results.languages, 0.0)
    for rows in (results.probes or {}).values():
        for code in rows.keys() & changes.keys():
            changes[code] = max(changes[code], abs(rows[code].change or 0))
    most = sorted(changes, key=lambda code: -changes[code])[:_MAX_LANGUAGES]
    return [code for code in results.languages if code in most]


def _reach(probes: dict[str, dict[str, Change]]) -> float:
    """Return how far the axes go from 0: the same for all forms, so that they can be compared."""
    ends = [
        abs(end)
        for rows in probes.values()
        for row in rows.values()
        for end in (row.change, *row.interval)
        if end is not None
    ]
    return max(0.05, 1.05 * max(ends, default=0))


def _draw_form(ax: Axes, rows: list[Change | None], reach: float) -> None:
    style: dict[str, Any] = {"size": SMALL - 1, "color": INK, "backgroundcolor": "white"}
    for y, row in enumerate(rows):
        ax.text(0, y, no_change(row), ha="center", va="center", **style)
    changes = [
        None if row is None or no_change(row) else Estimate(row.change, row.interval)
        for row in rows
    ]
    draw_estimates(ax, changes, [bool(row and row.significant) for row in rows], colour="C0")
    ax.axvline(0, color=INK, linewidth=0.8, zorder=0)
    ax.set_xlim(-reach, reach)
    step = max(step for step in (0.02, 0.05, 0.1, 0.2, 0.4, 0.8) if step <= reach)
    ax.set_xticks((-step, 0, step), [f"−{step:g}", "0", f"+{step:g}"])
