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


def draw(diagnosis: Diagnosis, results: CoreResults) -> Figure:
    """Return the picture of a diagnosis with forms of the text."""
    forms = diagnosis.forms or {}
    contrasts = [row.contrast for rows in forms.values() for row in rows.values()]
    ends = [end for c in contrasts for end in (c.difference, *c.interval) if end is not None]
    reach = max(0.05, 1.05 * max(map(abs, ends), default=0))  # the same for all axes

    def largest(code: str) -> float:
        rows = [rows[code] for rows in forms.values() if code in rows]
        return max((abs(row.contrast.difference or 0) for row in rows), default=0)

    most = sorted(results.languages, key=largest, reverse=True)[:_MAX_LANGUAGES]
    shown = [*(code for code in results.languages if code in most), ALL]

    def draw_column(ax: Axes, form: str, _: range) -> None:
        for y, code in enumerate(shown):
            row = forms[form].get(code)
            if row and row.contrast.difference is not None and row.contrast.verdict != "unchanged":
                estimate = Estimate(row.contrast.difference, row.contrast.interval)
                plots.draw_estimate(ax, y, estimate, row.contrast.significant, "C0o")
            else:
                style = {"size": 8, "color": drawing.INK, "backgroundcolor": "white"}
                ax.text(0, y, change(row), style, ha="center", va="center")
        ax.axvline(0, color=drawing.INK, zorder=1)
        step = max(step for step in _STEPS if step <= reach)
        ax.set_xlim(-reach, reach)
        ax.set_xticks((-step, 0, step), [f"−{step:g}", "0", f"+{step:g}"])

    title = f"What changes retrieval? {results.model} in other forms of the texts"
    note = "change in retrieval from the texts as they are; lines: 95 % CI over concepts; "
    note += "filled: significant (p ≤ .05, corrected)"
    names = [(language(code), "bold" if code == ALL else "normal") for code in shown]
    return pages.table((title, note), names, list(forms), draw_column)
