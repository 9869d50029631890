"""Drawing: the style of all figures, fonts for every script, texts cut to fit, and saving."""

import io
import logging
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, wraps
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontPath, FontProperties, findfont, fontManager, get_font
from matplotlib.transforms import Transform, offset_copy
from rich.cells import split_graphemes

from alignment import FIGURE_FORMATS, InputError
from alignment.record.core import CoreResults
from alignment.record.json_record import Record
from alignment.report.words import extent, shortened

PAGE_WIDTH, MARGIN = 12.0, 0.3  # all lengths are in inches
ROOM = PAGE_WIDTH - 2 * MARGIN
SMALL = 9
INK = "#444444"
BAND = "#e8e8e8"  # an interval, or rows that belong together
_TITLE: dict[str, Any] = {"size": 15, "weight": "bold"}
_QUICK = {"compress_level": 3}


@contextmanager
def look(record: Record | None = None) -> Iterator[None]:
    """Draw in the package's style, with further fonts for letters that its font lacks."""
    log = logging.getLogger("matplotlib.font_manager")
    level = log.level
    log.setLevel(logging.ERROR)  # some fonts have no bold letters
    try:
        with matplotlib.rc_context(fname=Path(__file__).with_name("alignment.mplstyle")):
            if record is not None:
                matplotlib.rcParams["font.family"] = families(record.letters())
            yield
    finally:
        log.setLevel(level)


def in_style(draw: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a function whose first argument is a record to run within ``look(record)``."""

    @wraps(draw)
    def styled(record: Record, *arguments: Any) -> Any:
        with look(record):
            return draw(record, *arguments)

    return styled


@cache
def families(letters: frozenset[str]) -> list[str]:
    """Return the style's font, and installed fonts for the letters it lacks, Noto Sans first."""
    names = list(matplotlib.rcParams["font.family"])
    missing = {c for c in undrawable(letters) if c.isprintable()}
    faces = {
        entry.name: FontPath(entry.fname, entry.index)
        for entry in fontManager.ttflist
        if entry.style == "normal"
        and not entry.fname.startswith(matplotlib.get_data_path())  # signs, and the last resort
        and "Color" not in entry.name
    }
    for name in sorted(faces, key=lambda name: (not name.startswith("Noto Sans"), name)):
        if supplied := {c for c in missing if get_font(faces[name]).get_char_index(ord(c))}:
            names.append(name)
            missing -= supplied
    return names


def undrawable(letters: Iterable[str]) -> set[str]:
    """Return the visible letters that no font has."""
    families = matplotlib.rcParams["font.family"]
    fonts = [get_font(findfont(FontProperties(family=[family]))) for family in families]
    # Joiners, marks of direction and spaces need no glyph.
    visible = {c for c in letters if unicodedata.category(c) not in ("Cf", "Zs")}
    return {c for c in visible if not any(font.get_char_index(ord(c)) for font in fonts)}


def text_width(text: str, size: float = SMALL, weight: str = "normal") -> float:
    """Return the width of a line of text, in inches."""
    ruler = _ruler(matplotlib.rcParams["figure.dpi"])
    font = FontProperties(size=size, weight=weight)
    return ruler.get_text_width_height_descent(text, font, False)[0] / ruler.dpi


@cache
def _ruler(dpi: float) -> RendererAgg:
    return RendererAgg(1, 1, dpi)


def fit(text: str, room: float, size: float = SMALL, weight: str = "normal") -> str:
    """Return a text on one line; where it is wider than the room, its middle is left out.

    The end stays, because long names often differ there. The cut is between words if the words are
    short. Letters that no font has become "?".
    """
    text = " ".join(text.split())
    text = re.sub("\0+", "?", text.translate(dict.fromkeys(map(ord, undrawable(text)), "\0")))
    width = text_width(text, size, weight)
    if width <= room:
        return text
    letters = [text[start:end] for start, end, _ in split_graphemes(text)[0]]
    for units, space, least in ((text.split(), " ", 0.6 * room), (letters, "", 0)):
        for count in range(int(len(units) * room / width) + 1, 1, -1):
            end = max(1, count // 3)
            cut = space.join((*units[: count - end], "…", *units[-end:]))
            if least <= text_width(cut, size, weight) <= room:
                return cut
    return "…"


def wrap(text: str | list[str], room: float, most: int, **font: Any) -> str:
    """Break a text, or a list of its parts, into at most ``most`` lines, each cut to the room."""
    lines = [""]
    for part in re.split("(?<=[ /_-])", text) if isinstance(text, str) else text:
        longer = lines[-1] + part
        if len(lines) == most or text_width(longer.strip(), **font) <= room:
            lines[-1] = longer
        else:
            lines.append(part)
    return "\n".join(fit(line, room, **font) for line in lines if line)


class Page(Figure):
    """A figure with a title and a note at its top, which a notebook shows without pyplot."""

    def __init__(self, height: float, title: str, note: str):
        super().__init__(figsize=(PAGE_WIDTH, height))
        FigureCanvasAgg(self)
        write(self, MARGIN, -0.25, fit(title, ROOM, **_TITLE), **_TITLE)
        write(self, MARGIN, -0.6, fit(note, ROOM, 10), size=10, color=INK)

    def _repr_png_(self) -> bytes:
        picture = io.BytesIO()
        with look():
            self.savefig(picture, format="png", dpi=100)
        return picture.getvalue()


def about(results: CoreResults) -> str:
    """Return the note on a run: its grid, and whether its model is a fallback."""
    run = results.provenance
    fallback = f" · fallback: {results.model} used instead of {run.requested_model}"
    return f"{extent(results)} (grid: {shortened(run.grid)}){fallback * run.fallback}"


def write(fig: Figure, x: float, y: float, words: str, **style: Any) -> None:
    """Write words below and to the right of ``place(fig, x, y)``."""
    fig.text(0, 1, words, va="top", transform=place(fig, x, y), **style)


def place(fig: Figure, x: float, y: float) -> Transform:
    """Return the transform that takes (0, 1) to (x, y) from the page's top left corner, y up."""
    return offset_copy(fig.transFigure, fig, x, y)


def save(fig: Figure, stem: Path, record: Record, file: str, formats: Sequence[str]) -> None:
    """Write a figure in formats; each file names the record, its digest and the fonts, no date.

    Raises:
        InputError: for a format that is not one of ``FIGURE_FORMATS``.
    """
    stem.parent.mkdir(parents=True, exist_ok=True)
    source = f"{file} sha256:{record.digest()}"
    fonts = ", ".join(matplotlib.rcParams["font.family"])
    options: dict[str, dict[str, Any]] = {  # a low level of compression halves the time
        "png": {"metadata": {"Source": source, "Fonts": fonts}, "pil_kwargs": _QUICK},
        "pdf": {"metadata": {"Subject": source, "Keywords": fonts, "CreationDate": None}},
        "svg": {"metadata": {"Source": source, "Keywords": [fonts], "Date": None}},
    }
    for name in formats:
        if name not in options:
            choice = ", ".join(FIGURE_FORMATS)
            raise InputError(f"figure format '{name}' does not exist; choose from {choice}")
        fig.savefig(f"{stem}.{name}", **options[name])
