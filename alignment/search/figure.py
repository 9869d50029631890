"""The search in one picture: the first hits, the version that comes first, and the drop."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from alignment.record.core import CoreResults
from alignment.report.figures import drawing, pages, plots
from alignment.report.words import counted, language, percent
from alignment.search.record import Search
from alignment.stats.estimates import Estimate


def draw(search: Search, results: CoreResults) -> Figure:
    """Return the picture of a search."""
    names = [drawing.fit(language(code), 1.3) for code in search.between]
    codes = list(search.passages)

    def draw_panel(ax: Axes, letter: str) -> pages.Head:
        ax.set_yticks(np.arange(len(names)) + 0.5, names)
        if letter == "c":
            for y, code in enumerate(search.between):
                drop = search.penalty[code]
                estimate = Estimate(drop.difference, drop.interval)
                plots.draw_estimate(ax, y + 0.5, estimate, drop.significant, "ko")
            ax.axvline(0, color=drawing.INK, zorder=1)
            ax.set(ylim=(len(names), 0), xlabel="nDCG@10 in the own language − in others")
            return "Drop in other languages", "nDCG@10, with 95 % CI; filled: significant"
        if letter == "a":
            rows = search.between.values()
            shares = [[cell.recall_at_1 for cell in row.values()] for row in rows]
            head = "Found first, %", "passages of one language at a time"
        else:
            shares = [list(row.first_language.values()) for row in search.mixed.values()]
            even = percent(1 / len(codes))
            head = "First version, %", f"one index of all; {even} % would be even"
        cells, at = 100 * np.array(shares, dtype=float), np.arange(len(codes)) + 0.5
        plots.draw_cells(ax, cells, at, codes, 2 / len(codes))
        ax.set_xlabel("language of the passage")
        return head

    note = (
        f"{counted(search.questions, 'question')} in {counted(len(names), 'language')}, "
        f"{counted(search.answered, 'passage')} that answer them, "
        f"{counted(sum(search.passages.values()), 'text')} in one index of "
        f"{counted(len(codes), 'language')} · rows: language of the question"
    )
    head = f"Search across languages with {results.model}", note
    fig, axes = pages.panels(head, [["a", "b", "c"]], draw_panel)
    for letter in "ab":
        plots.fit_to_cells(axes[letter])
    return fig
