"""The cost of cheaper vectors in one picture: bytes against retrieval, mean and worst language."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from alignment.cost.record import Variant
from alignment.cost.show import name_of, smallest_level
from alignment.cost.variants import PRECISIONS
from alignment.record.core import CoreResults
from alignment.report.figures import drawing, pages
from alignment.report.figures.drawing import BAND, INK
from alignment.report.words import language

_LOOKS = dict(zip(PRECISIONS, ("C0o", "C1D", "C2s", "C3^", "C4v"), strict=True))


def draw(variants: list[Variant], results: CoreResults) -> Figure:
    """Return the picture of the variants."""
    margin = results.provenance.margin
    best, full = front(variants), _mean(variants[0])

    def draw_panel(ax: Axes, _: str) -> None:
        for variant in variants:
            look = _LOOKS[variant.precision]
            ax.plot(variant.bytes, _mean(variant), look, ms=7, label=variant.precision)
            if variant in best:
                ax.plot(variant.bytes, _worst(variant)[0], look, ms=7, mfc="white")
        sizes, worst = [variant.bytes for variant in best], [_worst(variant)[0] for variant in best]
        label = "mean, best of each size"
        ax.plot(sizes, list(map(_mean, best)), color=INK, zorder=1, label=label)
        ax.plot(sizes, worst, "--", color=INK, zorder=1, label="its worst language (open)")
        label = "as good as the full vectors"
        ax.axhspan(full - margin, full + margin, color=BAND, linewidth=0, zorder=0, label=label)
        if level := smallest_level(variants):
            label = f"level: {name_of(level)}"
            ax.plot(level.bytes, _mean(level), "o", color=INK, ms=11, mfc="none", label=label)
        ax.set_xscale("log", base=2)
        ax.xaxis.set_major_formatter("{x:,.0f}")
        ax.margins(0.08, 0.15)
        ax.set(xlabel="bytes a vector", ylabel="cross-lingual retrieval")

    head = f"What cheaper vectors cost {results.model}", drawing.about(results)
    fig, axes = pages.panels(head, [["cost"]], draw_panel, [3.8])
    _name_points(axes["cost"], best)
    return fig


def _mean(variant: Variant) -> float:
    return variant.retrieval.value or 0.0


def _worst(variant: Variant) -> tuple[float, str]:
    """Return the lowest retrieval of a language with these vectors, and the language."""
    costs = variant.by_language.items()
    values = [(cost.value, code) for code, cost in costs if cost.value is not None]
    return min(values, key=lambda pair: pair[0])


def front(variants: list[Variant]) -> list[Variant]:
    """Return the Pareto-optimal variants by bytes: no other is both as small and better."""
    best: list[Variant] = []
    for variant in sorted(variants, key=lambda variant: (variant.bytes, -_mean(variant))):
        if not best or _mean(variant) > _mean(best[-1]):
            best.append(variant)
    return best


def _name_points(ax: Axes, best: list[Variant]) -> None:
    """Name the worst languages, and above the means the best of each size where there is room."""
    style: dict[str, Any] = {"size": drawing.SMALL, "textcoords": "offset points"}
    style["path_effects"] = [withStroke(linewidth=3, foreground="white")]  # on top of lines
    end = float("inf")
    for variant in reversed(best):
        mean, (worst, code), name = _mean(variant), _worst(variant), name_of(variant)
        ax.annotate(language(code), (variant.bytes, worst), (6, -4), ha="left", va="top", **style)
        at = ax.transData.transform((variant.bytes, mean))[0] / ax.figure.dpi
        half = drawing.text_width(name) / 2
        if at + half <= end:
            end = at - half - 0.05
            ax.annotate(name, (variant.bytes, mean), (0, 9), ha="center", va="bottom", **style)
