"""The cost of cheaper vectors in one picture: bytes against retrieval, mean and worst language."""

from collections.abc import Callable
from typing import Any

import matplotlib
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke

from alignment.present.cost import name_of, smallest_level
from alignment.present.figures import drawing
from alignment.present.figures.drawing import BAND, INK, MARGIN, PAGE_WIDTH, ROOM, SMALL, text_width
from alignment.record.cost import Variant
from alignment.record.results import AlignmentResults

_HEIGHT, _HEAD, _KEY, _FOOT, _LEFT = 5.6, 0.95, 0.35, 0.6, 0.55
_CLEAR = [withStroke(linewidth=3, foreground="white")]  # no line runs through a word
_MARKS = {
    "float32": "o",
    "float16": "D",
    "int8": "s",
    "binary": "^",
    "binary-rescored": "v",
}


@drawing.in_style
def cost_figure(results: AlignmentResults) -> Figure:
    """Return the picture of a record that has variants."""
    variants = results.cost
    assert variants is not None
    fig = drawing.page(
        _HEIGHT, f"What cheaper vectors cost {results.model}", drawing.about(results)
    )
    W, H = fig.get_size_inches()
    size = (ROOM - _LEFT) / W, (_HEIGHT - _HEAD - _KEY - _FOOT) / H
    ax = fig.add_axes(((MARGIN + _LEFT) / W, _FOOT / H, *size))
    values = [_mean(own) for own in variants] + [_worst(own)[1] for own in front(variants)]
    room = 0.12 * max(max(values) - min(values), 0.05)
    ax.set(
        xscale="log",
        xlabel="bytes a vector",
        ylabel="cross-lingual retrieval",
        ylim=(min(values) - 2 * room, max(values) + 2 * room),
        xlim=(min(own.bytes for own in variants) / 1.5, max(own.bytes for own in variants) * 1.5),
    )
    ax.axhspan(*_as_good(results, variants[0]), color=BAND, linewidth=0, zorder=0)
    _draw(ax, variants, _mean, filled=True)
    _draw(ax, variants, lambda own: _worst(own)[1], filled=False)
    level = smallest_level(variants)
    if level:
        at = [level.bytes], [_mean(level)]
        ax.scatter(*at, s=170, facecolor="none", edgecolor=INK, linewidth=1.2, zorder=4)
    _name_points(ax, variants)
    _draw_key(fig, results, level)
    return fig


def _mean(variant: Variant) -> float:
    return variant.retrieval.value or 0.0


def _worst(variant: Variant) -> tuple[str, float]:
    """Return the language that retrieves least with these vectors, and its retrieval."""
    values = {code: own.value for code, own in variant.by_language.items() if own.value is not None}
    code = min(values, key=lambda code: values[code])
    return code, values[code]


def _as_good(results: AlignmentResults, full: Variant) -> tuple[float, float]:
    margin = results.provenance.margin
    return _mean(full) - margin, _mean(full) + margin


def front(variants: list[Variant]) -> list[Variant]:
    """Return those to which no other is better that takes as few bytes, by bytes."""
    best: list[Variant] = []
    for own in sorted(variants, key=lambda own: (own.bytes, -_mean(own))):
        if not best or _mean(own) > _mean(best[-1]):
            best.append(own)
    return best


def _draw(
    ax: Axes, variants: list[Variant], value: Callable[[Variant], float], filled: bool
) -> None:
    """Draw a line through the best of each size; of the means all variants."""
    best = front(variants)
    through = [own.bytes for own in best], [value(own) for own in best]
    ax.plot(*through, color=INK, linewidth=1.2, linestyle="-" if filled else "--", zorder=1)
    for own in variants if filled else best:
        hue, mark = _hue(own.precision), _MARKS[own.precision]
        face = hue if filled else "white"
        ax.plot([own.bytes], [value(own)], mark, color=hue, markerfacecolor=face, markersize=7)


def _hue(precision: str) -> str:
    hues = matplotlib.rcParams["axes.prop_cycle"].by_key()["color"]
    return str(hues[list(_MARKS).index(precision) % len(hues)])


def _name_points(ax: Axes, variants: list[Variant]) -> None:
    """Name the best of each size above the means, where there is room, and the worst languages."""
    end = float("inf")
    for own in reversed(front(variants)):
        (code, worst), mean = _worst(own), _mean(own)
        _name(ax, own, worst, code, (6, -4), "left", "top")
        at = ax.transData.transform((own.bytes, mean))[0] / ax.figure.dpi
        half = text_width(name_of(own)) / 2
        if at + half <= end:
            end = at - half - 0.05
            _name(ax, own, mean, name_of(own), (0, 9), "center", "bottom")
    ticks: list[int] = []
    for size in sorted({own.bytes for own in variants}):
        if not ticks or size >= 1.3 * ticks[-1]:
            ticks.append(size)
    ax.set_xticks(ticks, [f"{size:,}" for size in ticks])
    ax.minorticks_off()


def _name(
    ax: Axes, own: Variant, y: float, text: str, shift: tuple[int, int], ha: str, va: str
) -> None:
    word = ax.annotate(text, (own.bytes, y), shift, textcoords="offset points", size=SMALL)
    word.set(ha=ha, va=va, path_effects=_CLEAR)


def _draw_key(fig: Figure, results: AlignmentResults, level: Variant | None) -> None:
    variants = results.cost or []
    kinds = dict.fromkeys(own.precision for own in variants)
    signs: list[Artist] = [
        Line2D([], [], color=_hue(kind), marker=_MARKS[kind], ls="") for kind in kinds
    ]
    names: list[str] = list(kinds)
    signs += [
        Line2D([], [], color=INK, marker="o", ls="-"),
        Line2D([], [], color=INK, marker="o", markerfacecolor="white", ls="--"),
        Patch(color=BAND),
    ]
    names += ["mean, best of each size", "worst language", "as good as the full ones"]
    if level:
        ring = Line2D([], [], color=INK, marker="o", ls="", markersize=11, markerfacecolor="none")
        signs.append(ring)
        names.append(f"level: {name_of(level)}")
    corner = MARGIN / PAGE_WIDTH, 1 - (_HEAD - 0.1) / fig.get_figheight()
    key: dict[str, Any] = {"handletextpad": 0.4, "columnspacing": 1.2, "fontsize": SMALL}
    fig.legend(signs, names, ncols=len(names), loc="upper left", bbox_to_anchor=corner, **key)
