"""Table: rows of words, as Markdown, LaTeX or comma-separated values."""

import csv
import io
from typing import NamedTuple

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
