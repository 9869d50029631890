"""Forms of the text in one picture: languages down, forms across, the change in retrieval."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from alignment.explain import ALL
from alignment.explain.probes import FormChange
from alignment.present.figures.dotplot import draw_estimates
from alignment.present.figures.drawing import INK, SMALL, draw_table, in_style
from alignment.present.tables import change
from alignment.present.words import language
from alignment.record.results import AlignmentResults
from alignment.stats.estimates import Estimate

_MAX_LANGUAGES = 40


@in_style
def forms_figure(results: AlignmentResults) -> Figure:
    """Return the picture of a record that was probed."""
    forms = (results.diagnosis.forms if results.diagnosis else None) or {}
    shown, reach = _most_changed(results.languages, forms), _reach(forms)
    return draw_table(
        f"What changes retrieval? {results.model} in other forms of the texts",
        "change in retrieval from the texts as they are; lines: 95 % CI over concepts; "
        "filled: significant (p ≤ .05, corrected)",
        [*(("", language(code)) for code in shown), ("all languages", "")],
        list(forms),
        lambda ax, form, _: _draw_form(
            ax, [forms[form].get(name) for name in (*shown, ALL)], reach
        ),
        names=1.5,
        pitch=0.32,
    )


def _most_changed(languages: list[str], forms: dict[str, dict[str, FormChange]]) -> list[str]:
    """Return the languages, of many those that a form changes most."""
    changes = dict.fromkeys(languages, 0.0)
    for rows in forms.values():
        for code in rows.keys() & changes.keys():
            changes[code] = max(changes[code], abs(rows[code].contrast.difference or 0))
    most = sorted(changes, key=lambda code: -changes[code])[:_MAX_LANGUAGES]
    return [code for code in languages if code in most]


def _reach(forms: dict[str, dict[str, FormChange]]) -> float:
    """Return how far the axes go from 0: the same for all forms, so that they can be compared."""
    ends = [
        abs(end)
        for rows in forms.values()
        for row in rows.values()
        for end in (row.contrast.difference, *row.contrast.interval)
        if end is not None
    ]
    return max(0.05, 1.05 * max(ends, default=0))


def _draw_form(ax: Axes, rows: list[FormChange | None], reach: float) -> None:
    style: dict[str, Any] = {"size": SMALL - 1, "color": INK, "backgroundcolor": "white"}
    for y, row in enumerate(rows):
        if not _moves(row):
            ax.text(0, y, change(row), ha="center", va="center", **style)
    changes = [
        Estimate(row.contrast.difference, row.contrast.interval) if row and _moves(row) else None
        for row in rows
    ]
    filled = [bool(row and row.contrast.significant) for row in rows]
    draw_estimates(ax, changes, filled, colour="C0")
    ax.axvline(0, color=INK, linewidth=0.8, zorder=0)
    ax.set_xlim(-reach, reach)
    step = max(step for step in (0.02, 0.05, 0.1, 0.2, 0.4, 0.8) if step <= reach)
    ax.set_xticks((-step, 0, step), [f"−{step:g}", "0", f"+{step:g}"])


def _moves(row: FormChange | None) -> bool:
    """Return whether a form changes anything."""
    if row is None or row.contrast.difference is None:
        return False
    return row.contrast.verdict != "unchanged"
