"""Forms of the text in one picture: languages down, forms across, the change in retrieval."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from alignment.diagnosis.record import Diagnosis
from alignment.diagnosis.show import change
from alignment.grids.languages import ALL
from alignment.record.core import CoreResults
from alignment.report.figures import drawing, pages, plots
from alignment.report.words import language
from alignment.stats.estimates import Estimate

_MAX_LANGUAGES = 40
_STEPS = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)


def draw(found: Diagnosis, results: CoreResults) -> Figure:
    """Return the picture of a record that was probed."""
    forms = found.forms or {}
    contrasts = [row.contrast for rows in forms.values() for row in rows.values()]
    ends = [end for c in contrasts for end in (c.difference, *c.interval) if end is not None]
    reach = max(0.05, 1.05 * max(map(abs, ends), default=0))  # of all axes, to compare them
    changes = dict.fromkeys(results.languages, 0.0)
    for rows in forms.values():
        for code in rows.keys() & changes.keys():
            changes[code] = max(changes[code], abs(rows[code].contrast.difference or 0))
    most = sorted(changes, key=lambda code: -changes[code])[:_MAX_LANGUAGES]
    shown = [*(code for code in results.languages if code in most), ALL]

    def draw_panel(ax: Axes, form: str, _: range) -> None:
        rows = [forms[form].get(code) for code in shown]
        estimates: list[Estimate | None] = [None] * len(rows)
        for y, row in enumerate(rows):
            if row and row.contrast.difference is not None and row.contrast.verdict != "unchanged":
                estimates[y] = Estimate(row.contrast.difference, row.contrast.interval)
            else:
                style = {"size": 8, "color": drawing.INK, "backgroundcolor": "white"}
                ax.text(0, y, change(row), style, ha="center", va="center")
        filled = [bool(row and row.contrast.significant) for row in rows]
        plots.draw_estimates(ax, estimates, filled, 0, "C0o")
        ax.axvline(0, color=drawing.INK, zorder=1)
        step = max(step for step in _STEPS if step <= reach)
        ax.set_xlim(-reach, reach)
        ax.set_xticks((-step, 0, step), [f"−{step:g}", "0", f"+{step:g}"])

    title = f"What changes retrieval? {results.model} in other forms of the texts"
    note = "change in retrieval from the texts as they are; lines: 95 % CI over concepts; "
    note += "filled: significant (p ≤ .05, corrected)"
    names = [(language(code), "bold" if code == ALL else "normal") for code in shown]
    return pages.table((title, note), names, list(forms), draw_panel)
