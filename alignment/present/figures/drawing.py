"""Drawing: what the pictures share: the look, pages and titles, text cut to its room, saving."""

import io
import logging
import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontPath, FontProperties, findfont, fontManager, get_font
from rich.cells import split_graphemes

from alignment.present.words import extent
from alignment.record.json_record import Record
from alignment.record.results import AlignmentResults

STYLE = Path(__file__).with_name("alignment.mplstyle")
PAGE_WIDTH = 12.0  # inches, as all lengths here
MARGIN = 0.3
ROOM = PAGE_WIDTH - 2 * MARGIN
SMALL = 9
_NOTEBOOK_DPI = 100
INK = "#444444"
BAND = "#e8e8e8"  # of an interval, behind everything
_TITLE: dict[str, Any] = {"size": 15, "weight": "bold"}
_NOTE: dict[str, Any] = {"size": 10, "color": INK}
_UNSEEN = ("Cf", "Zs")  # joiners, directions, spaces
_HEAD, _HEADING, _AXIS = 0.95, 0.4, 0.5  # above, on top of, and below the columns of a table
_GAP = 0.35  # between them


@contextmanager
def look(record: Record | None = None) -> Iterator[None]:
    """Draw in the style of the style file, on matplotlib's own defaults.

    Letters of the record that its font lacks are drawn with fonts of this machine that have them.
    """
    log = logging.getLogger("matplotlib.font_manager")
    level = log.level
    log.setLevel(logging.ERROR)  # a font may lack bold letters
    try:
        with matplotlib.rc_context(fname=STYLE):
            if record is not None:
                matplotlib.rcParams["font.family"] = _families(record.letters())
            yield
    finally:
        log.setLevel(level)


def in_style(draw: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function that is given a record first draw in the style, with letters for it."""

    @wraps(draw)
    def drawn(record: Record, *arguments: Any) -> Any:
        with look(record):
            return draw(record, *arguments)

    return drawn


@cache
def _families(letters: frozenset[str]) -> list[str]:
    """Return the style's font, and the machine's fonts that have letters which it lacks.

    Noto's come first, then others by name: the same for the same letters on one machine.
    """
    families = list(matplotlib.rcParams["font.family"])
    missing = {letter for letter in letters if letter.isprintable() and not can_show(letter)}
    faces = {
        entry.name: FontPath(entry.fname, entry.index)
        for entry in fontManager.ttflist
        if entry.style == "normal"
        and not entry.fname.startswith(matplotlib.get_data_path())  # signs, and the last resort
        and "Color" not in entry.name
    }
    for name in sorted(faces, key=lambda name: (not name.startswith("Noto Sans"), name)):
        font = get_font(faces[name]) if missing else None
        if font and (found := {c for c in missing if font.get_char_index(ord(c))}):
            families.append(name)
            missing -= found
    return families


class Page(Figure):
    """A figure without pyplot and its windows, which a notebook shows all the same."""

    def _repr_png_(self) -> bytes:
        picture = io.BytesIO()
        with look():
            self.savefig(picture, format="png", dpi=_NOTEBOOK_DPI)
        return picture.getvalue()


def page(height: float, title: str, note: str) -> Figure:
    """Return a page with a title and a note below it."""
    fig = Page(figsize=(PAGE_WIDTH, height))
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
    draw: Callable[[Axes, str, range], None],
    *,
    names: float,
    pitch: float,
    blocks: int = 1,
) -> Figure:
    """Return a page of plots side by side, a row for each (bold word, name) in all of them.

    Each heading has a column, of which ``draw`` fills the axes, row i at y = i, for a range of
    rows; many rows stand in blocks beside each other. ``names`` is the room for the names,
    ``pitch`` the way from one row to the next.
    """
    tall = -(-len(rows) // blocks)
    height = _HEAD + _HEADING + pitch * tall + _AXIS
    fig = page(height, title, note)
    size, gap = min(SMALL, 60 * pitch), _GAP / blocks
    width = (ROOM / blocks - names) / len(columns) - gap
    for block in range(blocks):
        shown = range(block * tall, min((block + 1) * tall, len(rows)))
        start, foot = MARGIN + block * ROOM / blocks, _AXIS + pitch * (tall - len(shown))
        body = pitch * len(shown)
        for i, heading in enumerate(columns):
            left = start + names + i * (width + gap)
            ax = fig.add_axes(
                (left / PAGE_WIDTH, foot / height, width / PAGE_WIDTH, body / height),
                ylim=(shown[-1] + 0.5, shown[0] - 0.5),
                yticks=[],
            )
            ax.tick_params(axis="x", labelsize=min(SMALL, 14 * width))
            draw(ax, heading, shown)
            bold: dict[str, Any] = {"size": min(SMALL, 14 * width), "weight": "bold"}
            lines = "\n".join(wrap(heading, width + gap / 2, 2, **bold))
            write(fig, left, foot + body + 0.1, lines, va="bottom", **bold)
        for i in shown:
            bold_word, name = rows[i]
            y = foot + body - pitch * (i - shown[0] + 0.5)
            left = start + (0.3 if bold_word and name else 0)
            name = fit(name, start + names - left - 0.1, size)
            write(fig, start, y, bold_word, size=size, weight="bold", va="center")
            write(fig, left, y, name, size=size, va="center")
    return fig


def text_width(text: str, size: float = SMALL, weight: str = "normal") -> float:
    """Return how many inches wide a line of text is."""
    return _width(text, size, weight, tuple(matplotlib.rcParams["font.family"]))


@cache
def _width(text: str, size: float, weight: str, _families: tuple[str, ...]) -> float:
    ruler = RendererAgg(1, 1, matplotlib.rcParams["figure.dpi"])
    font = FontProperties(size=size, weight=weight)
    return ruler.get_text_width_height_descent(text, font, False)[0] / ruler.dpi


def can_show(text: str) -> bool:
    """Whether the fonts have all letters of a text."""
    faces = _faces(tuple(matplotlib.rcParams["font.family"]))
    return all(
        any(face.get_char_index(ord(c)) for face in faces) or unicodedata.category(c) in _UNSEEN
        for c in text
    )


@cache
def _faces(families: tuple[str, ...]) -> list[Any]:
    return [get_font(findfont(FontProperties(family=[family]))) for family in families]


def fit(text: str, room: float, size: float = SMALL, weight: str = "normal") -> str:
    """Return the text on one line, its middle left out where it is wider than the room.

    The end stays, because long names often differ there. Whole words are left out where these
    are not too long for that. "?" stands for letters that no font has.
    """
    text = "".join(c if can_show(c) else "\0" for c in " ".join(text.split()))
    text = re.sub("\0+", "?", text)
    width = text_width(text, size, weight)
    if width <= room:
        return text
    for units, space, least in ((text.split(), " ", 0.6 * room), (_graphemes(text), "", 0)):
        for kept in range(int(len(units) * room / width) + 1, 1, -1):
            end = max(1, kept // 3)
            head, tail = units[: kept - end], units[-end:]
            cut = space.join((*head, "…", *tail))
            if least <= text_width(cut, size, weight) <= room:
                return cut
    return "…"


def _graphemes(text: str) -> list[str]:
    return [text[start:end] for start, end, _ in split_graphemes(text)[0]]


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
    """Write the figure as PNG and PDF, without a date.

    They name the record that they were drawn from, and the fonts.
    """
    stem.parent.mkdir(parents=True, exist_ok=True)
    source = f"{file} sha256:{record.digest()}"
    fonts = ", ".join(matplotlib.rcParams["font.family"])
    in_png = {"Source": source, "Fonts": fonts}
    in_pdf = {"Subject": source, "Keywords": fonts, "CreationDate": None}
    quick = {"compress_level": 3}  # half the time of the default, and no larger
    fig.savefig(stem.with_suffix(".png"), metadata=in_png, pil_kwargs=quick)
    fig.savefig(stem.with_suffix(".pdf"), metadata=in_pdf)
