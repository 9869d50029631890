"""What the pictures share: the look, text cut to the room it has, and saving."""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from alignment.present.tables import extent
from alignment.record.results import AlignmentResults, Record

STYLE = Path(__file__).with_name("alignment.mplstyle")
PAGE_WIDTH = 12.0  # inches, as all lengths here
MARGIN = 0.3
LINE = 0.18  # from one line of small text to the next
SMALL = 9
INK = "#444444"
BAND = "#e8e8e8"  # of an interval, behind everything


@contextmanager
def look() -> Iterator[None]:
    """Draw in the style of the style file, on matplotlib's own defaults.

    A letter that the font lacks shows as a box; that is no news for the terminal.
    """
    with matplotlib.rc_context(fname=STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield


def page(height: float) -> Figure:
    """Return an empty figure that can draw itself, without pyplot and its windows."""
    fig = Figure(figsize=(PAGE_WIDTH, height))
    FigureCanvasAgg(fig)
    return fig


@cache
def text_width(text: str, size: float = SMALL, weight: str = "normal") -> float:
    """Return how many inches wide a line of text is."""
    ruler = RendererAgg(1, 1, matplotlib.rcParams["figure.dpi"])
    font = FontProperties(size=size, weight=weight)
    return ruler.get_text_width_height_descent(text, font, False)[0] / ruler.dpi


def fit(text: str, room: float, size: float = SMALL, weight: str = "normal") -> str:
    """Return the text on one line, its middle left out where it is wider than the room.

    The end stays, because long names often differ there.
    """
    text = cut = "".join(c for c in " ".join(text.split()) if c.isprintable())
    kept = int(len(text) * room / max(room, text_width(text, size, weight)))
    while kept > 1 and text_width(cut, size, weight) > room:
        tail = kept // 3
        cut = f"{text[: kept - tail]}…{text[len(text) - tail :]}"
        kept -= 1
    return cut


def wrap(text: str, room: float, most: int, size: float = SMALL, weight="normal") -> list[str]:
    """Return the text on at most so many lines, broken after spaces, slashes and hyphens."""
    lines: list[str] = []
    for piece in re.findall(r"[^ /_-]+[ /_-]*|[ /_-]+", " ".join(text.split())):
        longer = "".join(lines[-1:]) + piece
        if lines and (len(lines) == most or text_width(longer.strip(), size, weight) <= room):
            lines[-1] = longer
        else:
            lines.append(piece)
    return [fit(line, room, size, weight) for line in lines]


def write(fig: Figure, x: float, y: float, words: str, **style) -> None:
    """Write words whose top left corner is x from the left and y from the foot of the page."""
    W, H = fig.get_size_inches()
    fig.text(x / W, y / H, words, va="top", **style)


def write_title(fig: Figure, results: AlignmentResults, title: str) -> None:
    """Write the title at the top of the page; under it the grid, and whether it is a fallback."""
    room, top = PAGE_WIDTH - 2 * MARGIN, fig.get_figheight()
    name = fit(results.provenance["grid"], room / 4, size=10)
    words = f"{extent(results)} (grid: {name})"
    if results.fallback:
        words += " · fallback: the embedded model ran in place of "
        requested = results.provenance["requested_model"]
        words += fit(requested, room - text_width(words, size=10), size=10)
    bold = {"size": 15, "weight": "bold"}
    write(fig, MARGIN, top - 0.25, fit(title, room, **bold), **bold)
    write(fig, MARGIN, top - 0.6, words, size=10, color=INK)


def save(fig: Figure, stem: Path, record: Record, file: str) -> None:
    """Write the figure as PNG and PDF that name the record they were drawn from, without a date."""
    source = f"{file} sha256:{record.sha256()}"
    quick = {"compress_level": 3}  # half the time of the default, and no larger
    fig.savefig(stem.with_suffix(".png"), metadata={"Source": source}, pil_kwargs=quick)
    fig.savefig(stem.with_suffix(".pdf"), metadata={"Subject": source, "CreationDate": None})
