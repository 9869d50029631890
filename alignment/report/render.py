"""Render: a table as Markdown, LaTeX, CSV, HTML for a notebook, or a DataFrame.

Renderers depend on the kinds of the columns, never on the name of a table.
"""

import csv
import io
from collections.abc import Callable
from html import escape
from math import nan
from typing import TYPE_CHECKING

from alignment import RunError
from alignment.report.table import Table
from alignment.report.words import MAX_CELLS

if TYPE_CHECKING:
    import pandas as pd

_LATEX = str.maketrans(
    {sign: f"\\{sign}" for sign in "&%$#_{}"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    | {"−": "$-$", "×": r"$\times$", "–": "--"}
)


def markdown(
    table: Table, room: int = MAX_CELLS, escaped: Callable[[str], str] = lambda cell: cell
) -> str:
    """Return the table with its full columns, without its title.

    Texts of the grid are cut to ``room`` cells, and ``escaped`` is applied to every cell.
    """
    table = table.shown()
    ruler = ["--:" if column.kind.numeric else ":--" for column in table.columns]
    header, *rows = (
        [escaped(cell).replace("|", r"\|") for cell in line]
        for line in (_headings(table), *table.cells(room))
    )
    return "\n".join(f"| {' | '.join(line)} |" for line in (header, ruler, *rows))


def latex(table: Table) -> str:
    """Return a tabular with the rules of booktabs."""
    table = table.shown()
    header, *rows = (
        " & ".join(cell.translate(_LATEX) for cell in line) + r" \\"
        for line in (_headings(table), *table.cells())
    )
    columns = "".join("r" if column.kind.numeric else "l" for column in table.columns)
    head = [rf"\begin{{tabular}}{{{columns}}}", r"\toprule", header, r"\midrule"]
    return "\n".join([*head, *rows, r"\bottomrule", r"\end{tabular}"])


def as_csv(table: Table) -> str:
    """Return comma-separated raw values, one per cell."""
    names, rows = table.data()
    lines = io.StringIO()
    csv.writer(lines, lineterminator="\n").writerows([names, *rows])
    return lines.getvalue().rstrip("\n")


def html(table: Table) -> str:
    """Return a table element for a notebook."""
    table = table.shown("brief")
    sides = ["right" if column.kind.numeric else "left" for column in table.columns]

    def row(tag: str, cells: tuple[str, ...]) -> str:
        return "".join(
            f'<{tag} style="text-align: {side}"><bdi>{escape(cell)}</bdi></{tag}>'
            for side, cell in zip(sides, cells, strict=True)
        )

    rows = "".join(f"<tr>{row('td', cells)}</tr>" for cells in table.cells())
    head = f"<thead><tr>{row('th', _headings(table))}</tr></thead>"
    title = f'<caption style="text-align: left"><b>{escape(table.title)}</b></caption>'
    return f"<table>{title}{head}<tbody>{rows}</tbody></table>"


def frame(table: Table) -> "pd.DataFrame":
    """Return the raw values for pandas; texts are strings, numbers are numbers, NaN is missing.

    Raises:
        RunError: where pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise RunError("frames need pandas; pip install pandas") from error
    names, rows = table.data()
    values = [[nan if value is None else value for value in row] for row in rows]
    return pd.DataFrame(values, columns=names)


def _headings(table: Table) -> tuple[str, ...]:
    return tuple(column.heading() for column in table.columns)
