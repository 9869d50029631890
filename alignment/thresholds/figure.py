"""Thresholds in one picture: the cosines of the worst language pairs, the thresholds of all."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from alignment.record.core import CoreResults
from alignment.report.figures import drawing, pages, plots
from alignment.report.words import counted, language
from alignment.thresholds.record import Thresholds
from alignment.thresholds.show import USES, extent, language_pairs

_NAMED = 30  # language pairs
_LINES = {"duplicates": "-", "bitext_mining": "--", "semantic_cache": ":"}


def draw(thresholds: Thresholds, results: CoreResults) -> Figure:
    """Return the picture of a record that has thresholds of language pairs."""
    worst, count = thresholds.pairs[:_NAMED], thresholds.pair_count
    pairs = counted(count, "language pair")

    def draw_panel(ax: Axes, letter: str) -> pages.Head:
        if letter == "a":
            label = "translations (5–95 %, half)"
            for y, pair in enumerate(worst):
                plots.draw_spread(ax, y + 0.15, pair.translations, "C0", linewidth=4, label=label)
                plots.draw_spread(
                    ax, y - 0.15, pair.negatives, "C1", linewidth=4, label="negatives"
                )
            names = [f"{language(pair.a)}–{language(pair.b)}" for pair in worst]
            ax.set_yticks(range(len(worst)), [drawing.fit(name, 2) for name in names])
            ax.set_ylim(len(worst) - 0.5, -0.5)
            ax.grid(axis="y", visible=False)
            which = "all" if len(worst) == count else f"the worst {len(worst)} of"
            head = "Translations and negatives", f"{which} {pairs}, worst first"
        else:
            for table, look, label in (
                (thresholds.one_percent, "ko", "1 % of negatives pass"),
                (thresholds.equal_error_cosine, "C2D", "equal error"),
            ):
                cosines = [table[a][b] for a, b in language_pairs(thresholds)]
                values = np.sort([cosine for cosine in cosines if cosine is not None])
                size = 3.5 if count <= 100 else 1.5
                ax.plot(values, np.arange(len(values)), look, ms=size, clip_on=False, label=label)
            ax.set(ylim=(count - 0.5, -0.5), yticks=[], ylabel="language pairs")
            head = "Does one threshold fit all?", f"thresholds of {pairs}, sorted"
        for use, threshold in thresholds.recommended.items():
            plots.mark(ax, threshold.cosine, linestyle=_LINES[use], label=USES[use])
        ends = [ends[0] or 0.0 for pair in worst for ends in (pair.negatives, pair.translations)]
        ax.set(xlim=(min(*ends, ax.get_xlim()[0]), 1.0), xlabel="cosine")
        return head

    note = f"{drawing.about(results)} · lines: thresholds for {extent(thresholds)}, with 95 % CI"
    head = f"Thresholds of {results.model} by language pair", note
    return pages.panels(head, [["a", "b"]], draw_panel, width_ratios=[5, 3])[0]
