"""SVG: a small figure inside the page, whose texts stay texts."""

import io
import re
from collections.abc import Callable
from typing import Any

import matplotlib
from matplotlib.figure import Figure

from alignment.record.json_record import Record
from alignment.report.figures import drawing

_NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))
_TAG = re.compile(r"<[^>]+>\s*")  # matplotlib escapes both signs in texts and in attributes
_LEFT_OUT = re.compile(  # ids of groups, rotations by nothing, and fonts: the page has its own
    r'(?<=<g) id="[^"]*"| transform="rotate\(-0 [^"]*"|font-family: [^;"]*(; )?|xlink:(?=href)'
)
_DECIMALS = re.compile(r"-?\d+\.\d+")


def inline(
    draw: Callable[[Any], Figure], record: Record, key: str, title: str, description: str
) -> Any:
    """Return the figure that ``draw`` makes of the record as Markup.

    The key makes the ids of the figure unique in the page; title and description are for readers
    who do not see it.
    """
    from markupsafe import Markup

    as_text: Any = {"svg.fonttype": "none", "svg.hashsalt": key}  # the salt makes ids unique
    written = io.StringIO()
    with drawing.look(record), matplotlib.rc_context(as_text):
        figure = draw(record)
        figure.savefig(written, format="svg", metadata=_NO_METADATA)
    _, start, body = written.getvalue().partition('<g id="figure_1">')  # after the style sheet
    width, height = 72 * figure.get_size_inches()  # in points
    head = Markup(
        '<svg viewBox="0 0 {1:g} {2:g}" role="img" '
        'aria-labelledby="{0}-title" aria-describedby="{0}-desc">'
        '<title id="{0}-title">{3}</title><desc id="{0}-desc">{4}</desc>'
    )
    head = head.format(key, width, height, title, description)
    return head + Markup(_TAG.sub(_shortened, start + body))


def _shortened(tag: re.Match[str]) -> str:
    text = _LEFT_OUT.sub("", " ".join(tag[0].split()))
    if 'href="data:' not in text:  # an image's letters are no numbers
        text = _DECIMALS.sub(lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), text)
    # The ground of a page or a panel shows the page's colour, which may be dark.
    return text.replace('style="fill: #ffffff"', 'style="fill: none"')
