"""SVG: a figure of matplotlib as a part of the page.

Texts stay texts, so they can be found, copied and read aloud. Styles become classes of the page's
one style sheet, because its policy allows no other.
"""

import io
import re
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree

import matplotlib
from matplotlib.figure import Figure

from alignment.record.json_record import Record
from alignment.report.figures import drawing

_DECIMALS = re.compile(r"-?\d+\.\d+")
_FAMILY = re.compile(r"font-family: [^;]*;?\s*")
_REFERENCE = re.compile(r"#([\w.-]+)")
_NUMBERS = ("d", "x", "y", "width", "height", "transform", "points", "viewBox")
_AS_TEXT: Any = {"svg.fonttype": "none", "svg.hashsalt": "alignment"}
_GROUND = ("path", "fill: #ffffff")  # of a page or a panel: the page's own shows instead


class Styles:
    """The styles of all figures of a page, each with a class."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self.figures = 0

    def name(self, style: str) -> str:
        """Return the class of a style."""
        return self._names.setdefault(style, f"f{len(self._names)}")

    def css(self) -> str:
        """Return the rules of all classes."""
        return "".join(f"svg .{name}{{{style}}}\n" for style, name in self._names.items())


def inline(
    draw: Callable[[Any], Figure], record: Record, title: str, description: str, styles: Styles
) -> Any:
    """Return a figure of the record, with words for those who do not see it, as Markup."""
    from markupsafe import Markup

    with drawing.look(record), matplotlib.rc_context(_AS_TEXT):
        written = io.StringIO()
        draw(record).savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    svg = ElementTree.fromstring(written.getvalue())
    styles.figures += 1
    prefix = f"s{styles.figures}"
    _tidy(svg, styles, _names(svg, prefix))
    svg.attrib = {"viewBox": svg.attrib["viewBox"], "role": "img"}
    for n, (tag, text) in enumerate((("title", title), ("desc", description))):
        own = ElementTree.Element(tag, id=f"{prefix}-{tag}")
        own.text = text
        svg.insert(n, own)
    svg.set("aria-labelledby", f"{prefix}-title")
    svg.set("aria-describedby", f"{prefix}-desc")
    return Markup(ElementTree.tostring(svg, encoding="unicode"))


def _names(svg: ElementTree.Element, prefix: str) -> dict[str, str]:
    """Return {id that something refers to: one that no other figure of the page has}."""
    used = (
        found.group(1)
        for part in svg.iter()
        for name, value in part.attrib.items()
        if (name.endswith("href") and value.startswith("#")) or value.startswith("url(#")
        for found in [_REFERENCE.search(value)]
        if found
    )
    return {old: f"{prefix}-{n}" for n, old in enumerate(dict.fromkeys(used))}


def _tidy(part: ElementTree.Element, styles: Styles, names: dict[str, str]) -> None:
    part.tag = part.tag.rpartition("}")[2]
    part.tail = None
    if part.tag != "text":
        part.text = None
    part.attrib = dict(_attributes(part, styles, names))
    kept = []
    for child in part:
        _tidy(child, styles, names)
        if child.tag == "g" and not child.attrib:
            kept += list(child)
        elif child.tag not in ("metadata", "style") and (len(child) or child.tag != "defs"):
            kept.append(child)
    part[:] = kept


def _attributes(
    part: ElementTree.Element, styles: Styles, names: dict[str, str]
) -> Iterator[tuple[str, str]]:
    for name, value in part.attrib.items():
        name = name.rpartition("}")[2]
        if name == "id":
            if value in names:
                yield name, names[value]
        elif name == "style":
            style = "fill: none" if (part.tag, value) == _GROUND else _FAMILY.sub("", value)
            if style := style.strip("; "):
                yield "class", styles.name(style)
        elif name in ("href", "clip-path") and not value.startswith("data:"):
            yield name, _REFERENCE.sub(lambda own: f"#{names[own[1]]}", value)
        elif name in _NUMBERS:
            if not value.startswith("rotate(-0 "):
                yield name, _DECIMALS.sub(_shorter, " ".join(value.split()))
        else:
            yield name, value


def _shorter(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")
