"""Table: rows of words, as Markdown, LaTeX or comma-separated values."""

import csv
import io
from html import escape
from typing import NamedTuple

MAX_ROWS = 10  # of a short table; of more, the best and the worst
_MAX_ENDS = 3  # rows of each end
_LATEX_WORDS = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "−": "$-$",
    "×": r"$\times$",
    "–": "--",
}


class Table(NamedTuple):
    """A title, a header, and rows as wide as the header; all of them text."""

    title: str
    header: tuple[str, ...]
    rows: list[tuple[str, ...]]

    def best_and_worst(self) -> "Table":
        """Return a table of few rows as it is, of more its first and its last."""
        if len(self.rows) <= MAX_ROWS:
            return self
        gap = ("…", *[""] * (len(self.header) - 1))
        title = f"{self.title}: best and worst of {len(self.rows):,}"
        ends = [*self.rows[:_MAX_ENDS], gap, *self.rows[-_MAX_ENDS:]]
        return self._replace(title=title, rows=ends)

    def html(self) -> str:
        """Return a table element; the first column to the left, others to the right."""

        def row(tag: str, cells: tuple[str, ...]) -> str:
            sides = ("left", *["right"] * (len(cells) - 1))
            return "".join(
                f'<{tag} style="text-align: {side}"><bdi>{escape(cell)}</bdi></{tag}>'
                for side, cell in zip(sides, cells, strict=True)
            )

        rows = "".join(f"<tr>{row('td', cells)}</tr>" for cells in self.rows)
        head = f"<thead><tr>{row('th', self.header)}</tr></thead>"
        title = f'<caption style="text-align: left"><b>{escape(self.title)}</b></caption>'
        return f"<table>{title}{head}<tbody>{rows}</tbody></table>"

    def markdown(self) -> str:
        """Return the table without its title; the first column to the left, others to the right."""
        ruler = (":--", *["--:"] * (len(self.header) - 1))
        lines = ([cell.replace("|", "\\|") for cell in row] for row in (self.header, *self.rows))
        header, *rows = (f"| {' | '.join(line)} |" for line in lines)
        return "\n".join([header, f"| {' | '.join(ruler)} |", *rows])

    def latex(self) -> str:
        """Return a tabular in the manner of booktabs."""
        special = str.maketrans({c: f"\\{c}" for c in "&%$#_{}"} | _LATEX_WORDS)
        header, *rows = (
            " & ".join(cell.translate(special) for cell in row) + r" \\"
            for row in (self.header, *self.rows)
        )
        columns = "l" + "r" * (len(self.header) - 1)
        start = rf"\begin{{tabular}}{{{columns}}}"
        return "\n".join(
            [start, r"\toprule", header, r"\midrule", *rows, r"\bottomrule", r"\end{tabular}"]
        )

    def csv(self) -> str:
        """Return comma-separated values, quoted where they must be."""
        lines = io.StringIO()
        csv.writer(lines, lineterminator="\n").writerows([self.header, *self.rows])
        return lines.getvalue().rstrip("\n")
