"""Checks: what is wrong with the cells of a file, and what of it can be repaired.

An error is what cannot be compared. What can be read is repaired where that is beyond doubt, else
measured as it is; a notice says which cells. Errors speak to the person who has the file open in a
spreadsheet or an editor, and name all places at once.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import NamedTuple
from unicodedata import normalize

from alignment import InputError

MAX_PROBLEMS = 10  # named of a file
MAX_CELL = 10_000  # characters
MAX_UNREAD = 20 * MAX_CELL  # of white space and all: more is not even tidied
INVISIBLE = "only invisible characters, read as empty"
MIXED_FORMS = (
    "letters and accents apart that are one sign elsewhere in their column, composed now (NFC)"
)

_SHORTEN = "shorten it, or look for a quotation mark that is not closed"
_HALVES = re.compile("[\ud800-\udfff]")  # of UTF-16 pairs: no encoding has them


class Damage(NamedTuple):
    """Something readable that a cell should not hold: what it is, and what is made of the text."""

    found: re.Pattern[str]
    said: str
    repaired: Callable[[str], str]


def _converted(text: str) -> str:
    from ftfy import fix_encoding

    return fix_encoding(text)


def _without_controls(text: str) -> str:
    return _CONTROLS.sub(lambda found: " " if found[0].isspace() else "", text)


_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff]")
DAMAGES = (
    Damage(
        re.compile("[\x80-\x9f]"),
        "control characters of a wrong conversion, read as the signs that they stand for",
        _converted,
    ),
    Damage(_CONTROLS, "control characters or byte order marks, left out", _without_controls),
    Damage(re.compile("\ufffd"), "U+FFFD in place of a lost letter, measured as it is", str),
)


class Check:
    """What was found in one source: problems, which end the reading, and cells that were repaired.

    Args:
        source: what it is, such as "file 'terms.csv'".
        strict: whether damage is a problem too.
    """

    def __init__(self, source: str, strict: bool = False):
        self.source = source
        self.problems: list[str] = []
        self._strict = strict
        self._tidied = 0
        self._damaged: dict[str, list[str]] = defaultdict(list)  # {what it holds: places}
        self._advised: set[str] = set()

    def problem(self, place: str, what: str, remedy: str = "") -> None:
        """Note where a problem is, what is wrong and what to do; the same advice is given once."""
        advice = f" ({remedy})" if remedy and remedy not in self._advised else ""
        self._advised.add(remedy)
        self.problems.append(f"{place}: {what}{advice}")

    def damage(self, place: str, value: str, said: str, sign: str = "") -> None:
        """Note what a cell holds, and what is done about it; if strict, it is refused."""
        self._damaged[said].append(place)
        if self._strict:
            what = f"{shorten(value)} holds {said.partition(',')[0]}"
            code = f" (U+{ord(sign):04X})" if sign else ""
            self.problem(place, what + code, "type the cell again, or leave out --strict")

    def cell(self, value: str, place: str) -> str:
        """Return a cell's text, repaired, every run of white space one space."""
        if len(value) > MAX_UNREAD:
            self.problem(place, f"{shorten(value)} has {len(value):,} characters", _SHORTEN)
            return ""
        text = value
        for damage in DAMAGES:
            if found := damage.found.search(text):
                self.damage(place, value, damage.said, found[0])
                text = damage.repaired(text)
        tidy = " ".join(text.split())
        if len(tidy) > MAX_CELL:
            self.problem(
                place,
                f"{shorten(tidy)} has {len(tidy):,} characters, and a cell at most {MAX_CELL:,}",
                _SHORTEN,
            )
        if half := _HALVES.search(tidy):
            what = f"{shorten(tidy)} holds U+{ord(half[0]):04X}, half of a letter"
            self.problem(place, what, "type the cell again")
        elif tidy and not any(letter.isprintable() for letter in tidy):
            self.damage(place, value, INVISIBLE)
            return ""
        self._tidied += tidy != text and bool(tidy)
        return tidy

    def raise_problems(self) -> None:
        """Raise the first problems, and how many more there are, as one InputError."""
        if self.problems:
            more = len(self.problems) - MAX_PROBLEMS
            rest = [f"and {more} more"] if more > 0 else []
            said = "; ".join(self.problems[:MAX_PROBLEMS] + rest)
            raise InputError(f"{self.source}: {said}")

    def notices(self) -> list[str]:
        """Return what was repaired and tidied, in sentences."""
        said = [
            f"{count(len(places), 'cell')} held {what} (first: {places[0]})"
            for what, places in self._damaged.items()
        ]
        if self._tidied:
            said.append(
                f"white space in {count(self._tidied, 'cell')} (line breaks, tabs, non-breaking or "
                "repeated spaces, spaces at an end) is read as single spaces"
            )
        return said


def is_text(value: object) -> bool:
    """Tell whether it is a text that can be read and written: not blank, no half of a letter."""
    return isinstance(value, str) and bool(value.strip()) and not _HALVES.search(value)


def require_texts(place: str, what: str, names: Iterable[object]) -> None:
    """Raise InputError for the first name that is not a text."""
    for name in names:
        if not is_text(name):
            raise InputError(f"{place}: the {what} {name!r:.60} is not text; write one")


def require_unique(what: str, names: Iterable[str]) -> None:
    """Raise InputError where there are no names, or one appears twice, in whichever form it is."""
    times = Counter(normalize("NFC", name) for name in names)
    if not times:
        raise InputError(f"the grid has no {what}s; give at least one")
    name, number = times.most_common(1)[0]
    if number > 1:
        said = "twice" if number == 2 else f"{number} times"
        raise InputError(f"{what} '{name}' appears {said} in the grid; name it once")


def count(number: int, noun: str) -> str:
    """Return "1 cell", "2 cells"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def shorten(value: str, length: int = 40) -> str:
    """Return a value in quotes, cut, with what cannot be seen spelt out."""
    cut = value if len(value) <= length else value[: length - 1] + "…"
    seen = (c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)
    return f"'{''.join(seen)}'"
