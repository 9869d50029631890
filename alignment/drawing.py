"""What the pictures share: the look, text cut to the room it has, and saving."""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from alignment.results import RESULTS_FILE, AlignmentResults

STYLE = Path(__file__).resolve().parents[1] / "fig" / "alignment.mplstyle"
PAGE_WIDTH = 12.0  # inches, as all lengths here
MARGIN = 0.3
LINE = 0.18  # from one line of small text to the next
SMALL = 9
INK = "#444444"


@contextmanager
def look() -> Iterator[None]:
    """Draw in the style of the style file, on matplotlib's own defaults.

    A letter that the font lacks shows as a box; that is no news for the terminal.
    """
    with matplotlib.rc_context(fname=STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield


def page(height: float) -> Figure:
    """Return an empty figure that can measure and draw itself; pyplot's state stays untouched."""
    fig = Figure(figsize=(PAGE_WIDTH, height))
    FigureCanvasAgg(fig)
    return fig


def text_width(text: str, size: float = SMALL, weight: str = "normal") -> float:
    """Return how many inches wide a line of text is."""
    ruler = RendererAgg(1, 1, matplotlib.rcParams["figure.dpi"])
    font = FontProperties(size=size, weight=weight)
    return ruler.get_text_width_height_descent(text, font, False)[0] / ruler.dpi


def fit(text: str, room: float, size: float = SMALL, weight: str = "normal") -> str:
    """Return the text on one line, its middle left out where it is wider than the room.

    The end stays, because long names often differ there.
    """
    text = "".join(c for c in " ".join(text.split()) if c.isprintable())
    width = text_width(text, size, weight)
    kept = len(text) if width <= room else int(len(text) * room / width)
    cut = text
    while kept > 1 and text_width(cut, size, weight) > room:
        tail = kept // 3
        cut = f"{text[: kept - tail]}…{text[len(text) - tail :]}"
        kept -= 1
    return cut


def wrap(text: str, room: float, most: int, size: float = SMALL, weight="normal") -> list[str]:
    """Return the text on at most so many lines, broken after spaces, slashes and hyphens."""
    lines = [""]
    for piece in re.findall(r".+?(?:[ /_-]+|$)", " ".join(text.split())):
        longer = lines[-1] + piece
        if lines[-1] and len(lines) < most and text_width(longer.strip(), size, weight) > room:
            lines.append(piece)
        else:
            lines[-1] = longer
    return [fit(line, room, size, weight) for line in lines]


def write_title(fig: Figure, results: AlignmentResults, title: str) -> None:
    """Write the title at the top left, under it the grid's size, the score and any fallback."""
    C, L = len(results.intra_concept_similarity), len(results.languages)
    words = f"grid '{results.provenance['grid']}': {C:,} concepts × {L} languages"
    if results.fallback:
        words += f"; fallback: the model ran in place of {results.provenance['requested_model']}"
    room = PAGE_WIDTH - 2 * MARGIN
    for line, down, size, weight in ((title, 0.25, 15, "bold"), (words, 0.6, 10, "normal")):
        fig.text(
            MARGIN / PAGE_WIDTH,
            1 - down / fig.get_figheight(),
            fit(line, room, size, weight),
            size=size,
            weight=weight,
            color="black" if weight == "bold" else INK,
            va="top",
        )


def save(fig: Figure, stem: Path, results: AlignmentResults) -> None:
    """Write the figure as PNG and PDF that name the record they were drawn from, without a date."""
    source = f"{RESULTS_FILE} sha256:{results.sha256()}"
    fig.savefig(stem.with_suffix(".png"), metadata={"Source": source})
    fig.savefig(stem.with_suffix(".pdf"), metadata={"Subject": source, "CreationDate": None})
