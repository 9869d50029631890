"""Pages: panels below a title, a note and a key, laid out by matplotlib."""

from collections.abc import Callable
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.transforms import blended_transform_factory

from alignment.report.figures import drawing
from alignment.report.figures.drawing import INK, MARGIN, PAGE_WIDTH, ROOM, SMALL, fit, write

FEW_ROWS = 20  # more have smaller labels, and are nearer to each other
_TOP = 0.95  # title and note of a page
_BLOCK, _MAX_BLOCKS = 45, 4  # rows of a table; four blocks hold any number of rows

Head = tuple[str, str]  # title and note of a page or a panel
Draw = Callable[[Axes, str], Head | None]
DrawRows = Callable[[Axes, str, range], None]


def panels(
    head: Head, mosaic: list[Any], draw: Draw, heights: list[float] | None = None, **grid: Any
) -> tuple[Figure, dict[str, Axes]]:
    """Return a page of panels, and {name: axes}.

    ``Figure.subplot_mosaic`` takes the mosaic of names and the further options. ``draw`` fills the
    axes of a name, and may return a title and a note, which are written above the panel after its
    name, a letter. A key on top explains what was drawn with a label. Without ``heights``, rows of
    panels are as high as their labels need.
    """
    fig = drawing.Page(MARGIN, *head)
    axes = fig.subplot_mosaic(mosaic, **grid)
    heads = {name: words for name, ax in axes.items() if (words := draw(ax, name))}
    cells = {name: ax.get_subplotspec().get_topmost_subplotspec() for name, ax in axes.items()}
    heights = heights or [
        max(2.2, *(_label_height(axes[name]) for name in axes if cells[name].rowspan.start == row))
        for row in range(len(mosaic))
    ]
    between, pad = (0.75, 0.25) if heads else (0.3, 0.9 / len(axes))
    above = _TOP + _draw_key(fig) + 0.15 * bool(heads)
    fig.set_figheight(above + sum(heights) + len(heights) * (between + 0.28))
    next(iter(cells.values())).get_gridspec().set_height_ratios(heights)
    for ax in fig.axes:
        for artist in (*ax.lines, *ax.patches, *ax.collections):
            artist.set_in_layout(False)  # only words take room beside a panel
    side = (MARGIN - pad) / PAGE_WIDTH
    rect = side, 0, 1 - 2 * side, 1 - above / fig.get_figheight()
    pads: dict[str, Any] = {"w_pad": pad, "h_pad": between / 2, "wspace": 0, "hspace": 0}
    ConstrainedLayoutEngine(**pads, rect=rect).execute(fig)  # once for all formats
    end = PAGE_WIDTH
    for column in sorted({cells[name].colspan.start for name in heads}, reverse=True):
        names = [name for name in heads if cells[name].colspan.start == column]
        left = min(_left(axes[name]) for name in names)
        for name in names:
            top = (axes[name].get_position().y1 - 1) * fig.get_figheight() + 0.5
            title, note = heads[name]
            write(fig, left, top, name, size=12, weight="bold")
            write(fig, left + 0.25, top, title, size=11, weight="bold")
            note = fit(note, end - pad - left - 0.25)
            write(fig, left + 0.25, top - 0.22, note, size=SMALL, color=INK)
        end = left
    return fig, axes


def table(
    head: Head, rows: list[tuple[str, str]], columns: list[str], draw: DrawRows, **grid: Any
) -> Figure:
    """Return a page of plots that share their rows, whose names are written left of the first.

    A row has a name and its font weight. ``draw`` fills the axes of a column for a range of rows,
    row i at y = i. Many rows are split into blocks beside each other.
    """
    blocks = min(-(-len(rows) // _BLOCK), _MAX_BLOCKS)
    tall = -(-len(rows) // blocks)
    pitch = min(0.4, 0.065 + 4.6 / tall)  # many rows are nearer to each other
    room, width = 3.4 if blocks == 1 else 1.3, 0.7 * ROOM / blocks / len(columns)
    bold: dict[str, Any] = {"size": min(SMALL, 60 * pitch), "weight": "bold"}

    def draw_column(ax: Axes, name: str) -> None:
        block, _, heading = name.partition(" ")
        shown = range(len(rows))[int(block) * tall :][:tall]
        draw(ax, heading, shown)
        ax.set_title(drawing.wrap(heading, width, 2, **bold), **bold)
        ax.tick_params(axis="x", labelsize=bold["size"])
        named = shown if heading == columns[0] else shown[:0]
        ax.set_yticks(named, [fit(rows[i][0], room, **bold) for i in named], **bold)
        ax.set_ylim(shown.start + tall - 0.5, shown.start - 0.5)

    mosaic = [[f"{block} {heading}" for block in range(blocks) for heading in columns]]
    fig, axes = panels(head, mosaic, draw_column, [pitch * tall], **grid)
    for ax in list(axes.values())[:: len(columns)]:  # left-align the names
        left, place = _left(ax), blended_transform_factory(fig.dpi_scale_trans, ax.transData)
        for i, label in zip(ax.get_yticks(), ax.get_yticklabels(), strict=True):
            style = bold | {"weight": rows[i][1], "va": "center", "transform": place}
            fig.text(left, i, label.get_text(), **style)
        ax.set_yticks([])
    return fig


def _draw_key(fig: Figure) -> float:
    """Draw the key of a page below its note; return how tall it is."""
    signs: dict[str, Any] = {}
    for ax in fig.axes:
        for sign, label in zip(*ax.get_legend_handles_labels(), strict=True):
            signs.setdefault(fit(label, 2.6), sign)
    if not signs:
        return 0
    widths = [drawing.text_width(name) + 0.45 for name in signs]
    lines = 1 if sum(widths) <= ROOM else -(-len(signs) // int(ROOM / max(widths)))
    legend = fig.legend(signs.values(), signs, ncols=-(-len(signs) // lines), loc="upper left")
    legend.set_bbox_to_anchor((0, 1), drawing.place(fig, MARGIN, 0.05 - _TOP))
    return lines * 0.22


def _label_height(ax: Axes) -> float:
    labels = [label.get_text() for label in ax.get_yticklabels()]
    more = max((label.count("\n") for label in labels), default=0)
    return len(labels) * ((0.22 if len(labels) <= FEW_ROWS else 0.165) + 0.15 * more)


def _left(ax: Axes) -> float:
    """Return how far from the left of the page an axes begins, with its labels."""
    box: Any = ax.get_tightbbox(for_layout_only=True)
    return float(box.x0 / ax.figure.dpi)
