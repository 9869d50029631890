"""Drawing: what the pictures share: the look, pages and titles, text cut to its room, saving."""

import re
import unicodedata
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font

from alignment.present.words import extent
from alignment.record.json_record import Record
from alignment.record.results import AlignmentResults

STYLE = Path(__file__).with_name("alignment.mplstyle")
PAGE_WIDTH = 12.0  # inches, as all lengths here
MARGIN = 0.3
ROOM = PAGE_WIDTH - 2 * MARGIN
SMALL = 9
INK = "#444444"
BAND = "#e8e8e8"  # of an interval, behind everything
_TITLE: dict[str, Any] = {"size": 15, "weight": "bold"}
_NOTE: dict[str, Any] = {"size": 10, "color": INK}
_HEAD, _HEADING, _AXIS = 0.95, 0.4, 0.5  # above, on top of, and below the columns of a table
_GAP = 0.35  # between them


@contextmanager
def look() -> Iterator[None]:
    """Draw in the style of the style file, on matplotlib's own defaults.

    A letter that the font lacks shows as a box; no warning of it is printed.
    """
    with matplotlib.rc_context(fname=STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield


def page(height: float, title: str, note: str) -> Figure:
    """Return a page with a title and a note below it, without pyplot and its windows."""
    fig = Figure(figsize=(PAGE_WIDTH, height))
    FigureCanvasAgg(fig)
    write(fig, MARGIN, height - 0.25, fit(title, ROOM, **_TITLE), **_TITLE)
    write(fig, MARGIN, height - 0.6, fit(note, ROOM, _NOTE["size"]), **_NOTE)
    return fig


def about(results: AlignmentResults) -> str:
    """Return the note on a run: its grid, and whether it is a fallback."""
    words = f"{extent(results)} (grid: {fit(results.provenance.grid, ROOM / 4, 10)})"
    if results.provenance.fallback:
        words += f" · fallback: {results.model} used instead of "
        words += fit(results.provenance.requested_model, ROOM - text_width(words, 10), 10)
    return words


def draw_table(
    title: str,
    note: str,
    rows: list[tuple[str, str]],
    columns: list[str],
    draw: Callable[[Axes, str], None],
    *,
    names: float,
    pitch: float,
) -> Figure:
    """Return a page of plots side by side, a row for each (bold word, name) in all of them.

    Each heading has a column, of which ``draw`` fills the axes, row i at y = i. ``names`` is the
    room for the names, ``pitch`` the way from one row to the next.
    """
    body = pitch * len(rows)
    height = _HEAD + _HEADING + body + _AXIS
    fig = page(height, title, note)
    width = (ROOM - names) / len(columns) - _GAP
    for i, heading in enumerate(columns):
        left = MARGIN + names + i * (width + _GAP)
        ax = fig.add_axes(
            (left / PAGE_WIDTH, _AXIS / height, width / PAGE_WIDTH, body / height),
            ylim=(len(rows) - 0.5, -0.5),
            yticks=[],
        )
        draw(ax, heading)
        heading = "\n".join(wrap(heading, width + _GAP / 2, 2, weight="bold"))
        write(fig, left, _AXIS + body + 0.1, heading, size=SMALL, weight="bold", va="bottom")
    for i, (bold, name) in enumerate(rows):
        y, left = _AXIS + body - pitch * (i + 0.5), MARGIN + (0.3 if bold else 0)
        name = fit(name, MARGIN + names - left - 0.15)
        write(fig, MARGIN, y, bold, size=SMALL, weight="bold", va="center")
        write(fig, left, y, name, size=SMALL, va="center")
    return fig


@cache
def text_width(text: str, size: float = SMALL, weight: str = "normal") -> float:
    """Return how many inches wide a line of text is."""
    ruler = RendererAgg(1, 1, matplotlib.rcParams["figure.dpi"])
    font = FontProperties(size=size, weight=weight)
    return ruler.get_text_width_height_descent(text, font, False)[0] / ruler.dpi


@cache
def can_show(text: str) -> bool:
    """Whether the font has all letters of a text, and they run from left to right."""
    font = get_font(findfont(FontProperties()))
    return all(
        font.get_char_index(ord(c)) and unicodedata.bidirectional(c) not in ("R", "AL")
        for c in text
    )


def fit(text: str, room: float, size: float = SMALL, weight: str = "normal") -> str:
    """Return the text on one line, its middle left out where it is wider than the room.

    The end stays, because long names often differ there. Whole words are left out where these
    are not too long for that.
    """
    text = "".join(c for c in " ".join(text.split()) if c.isprintable())
    width = text_width(text, size, weight)
    if width <= room:
        return text
    for units, space, least in ((text.split(), " ", 0.6 * room), (list(text), "", 0)):
        for kept in range(int(len(units) * room / width) + 1, 1, -1):
            end = max(1, kept // 3)
            head, tail = units[: kept - end], units[-end:]
            cut = space.join((*head, "…", *tail))
            if least <= text_width(cut, size, weight) <= room:
                return cut
    return "…"


def wrap(
    text: str | list[str], room: float, most: int, size: float = SMALL, weight: str = "normal"
) -> list[str]:
    """Return a text on at most so many lines, each cut to the room.

    A text is broken after spaces, slashes and hyphens, a list of parts only between these.
    """
    if isinstance(text, str):
        text = re.findall(r"[^ /_-]+[ /_-]*|[ /_-]+", " ".join(text.split()))
    lines: list[str] = []
    for part in text:
        longer = "".join(lines[-1:]) + part
        if lines and (len(lines) == most or text_width(longer.strip(), size, weight) <= room):
            lines[-1] = longer
        else:
            lines.append(part)
    return [fit(line, room, size, weight) for line in lines]


def write(fig: Figure, x: float, y: float, words: str, **style) -> None:
    """Write words whose top left corner is x from the left and y from the foot of the page."""
    W, H = fig.get_size_inches()
    fig.text(x / W, y / H, words, **{"va": "top", **style})


def save(fig: Figure, stem: Path, record: Record, file: str) -> None:
    """Write the figure as PNG and PDF that name the record they were drawn from, without a date."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    source = f"{file} sha256:{record.sha256()}"
    quick = {"compress_level": 3}  # half the time of the default, and no larger
    fig.savefig(stem.with_suffix(".png"), metadata={"Source": source}, pil_kwargs=quick)
    fig.savefig(stem.with_suffix(".pdf"), metadata={"Subject": source, "CreationDate": None})
