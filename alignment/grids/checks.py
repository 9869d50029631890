"""Checks: find and repair damage in the cells of a source, and collect its problems.

Damage is repaired if the repair is certain, and is otherwise measured as it is; a notice names the
cells. Cells that cannot be compared are problems. One error names the places of all problems, for
a person who has the file open in a spreadsheet or an editor.
"""

import re
from collections import defaultdict
from numbers import Integral
from typing import Any

from alignment import DEFAULT_K, InputError

NO_CATEGORY = "All"
SLOT = "{}"  # the place of a text in a template
MAX_NAMED = 5  # concepts or languages named in a notice
MAX_PROBLEMS = 10  # problems that an error names
MAX_CELL = 10_000  # characters
MAX_UNREAD = 20 * MAX_CELL  # characters with white space; a longer cell is not even tidied
_SHORTEN = "shorten it, or look for a quotation mark that is not closed"
_HALVES = re.compile("[\ud800-\udfff]")  # halves of UTF-16 pairs, which no encoding has
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff]")


def _converted(text: str) -> str:
    from ftfy import fix_encoding

    return fix_encoding(text)


def _without_controls(text: str) -> str:
    return _CONTROLS.sub(lambda match: " " if match[0].isspace() else "", text)


_DAMAGES = (  # a pattern, a name for the damage and its treatment, and the function that repairs
    (
        re.compile("[\x80-\x9f]"),
        "control characters of a wrong conversion, read as the signs that they stand for",
        _converted,
    ),
    (_CONTROLS, "control characters or byte order marks, left out", _without_controls),
    (re.compile("\ufffd"), "U+FFFD in place of a lost letter, measured as it is", str),
)


class Check:
    """The problems and the repaired cells of one source.

    Args:
        source: the name of the source, such as "file 'terms.csv'".
        strict: whether damage is a problem too.
    """

    def __init__(self, source: str, strict: bool = False):
        self.source = source
        self.problems: list[str] = []
        self._strict = strict
        self._tidied = 0
        self._damaged: dict[str, list[str]] = defaultdict(list)  # {damage: places}
        self._advised: set[str] = set()

    def problem(self, place: str, what: str, remedy: str = "") -> None:
        """Add a problem with its place and its remedy; a remedy is named only once."""
        advice = f" ({remedy})" if remedy and remedy not in self._advised else ""
        self._advised.add(remedy)
        self.problems.append(f"{place}: {what}{advice}")

    def damage(self, place: str, value: str, what: str, sign: str = "") -> None:
        """Add damage of a cell, of which ``what`` says the repair too; a problem if strict."""
        self._damaged[what].append(place)
        if self._strict:
            code = f" (U+{ord(sign):04X})" if sign else ""
            problem = f"{shorten(value)} holds {what.partition(',')[0]}{code}"
            self.problem(place, problem, "type the cell again, or leave out --strict")

    def cell(self, value: str, place: str) -> str:
        """Return the repaired text of a cell, with every run of white space as one space."""
        if len(value) > MAX_UNREAD:
            self.problem(place, f"{shorten(value)} has {len(value):,} characters", _SHORTEN)
            return ""
        text = value
        for pattern, what, repair in _DAMAGES:
            if match := pattern.search(text):
                self.damage(place, value, what, match[0])
                text = repair(text)
        tidy = " ".join(text.split())
        if len(tidy) > MAX_CELL:
            long = f"{shorten(tidy)} has {len(tidy):,} characters, and a cell at most {MAX_CELL:,}"
            self.problem(place, long, _SHORTEN)
        if half := _HALVES.search(tidy):
            what = f"{shorten(tidy)} holds U+{ord(half[0]):04X}, half of a letter"
            self.problem(place, what, "type the cell again")
        elif tidy and not any(map(str.isprintable, tidy)):
            self.damage(place, value, "only invisible characters, read as empty")
            return ""
        self._tidied += tidy != text and bool(tidy)
        return tidy

    def raise_problems(self) -> None:
        """Raise an InputError with the first problems and the number of the others, if any."""
        if self.problems:
            more = len(self.problems) - MAX_PROBLEMS
            rest = [f"and {more} more"] if more > 0 else []
            raise InputError(f"{self.source}: {'; '.join(self.problems[:MAX_PROBLEMS] + rest)}")

    def notices(self, *remarks: str) -> tuple[str, ...]:
        """Return a sentence on each kind of repair, and then the remarks, with their source."""
        repairs = [
            f"{count(len(places), 'cell')} held {what} (first: {places[0]})"
            for what, places in self._damaged.items()
        ]
        if self._tidied:
            repairs.append(
                f"white space in {count(self._tidied, 'cell')} (line breaks, tabs, non-breaking or "
                "repeated spaces, spaces at an end) is read as single spaces"
            )
        return tuple(f"{self.source}: {sentence}" for sentence in (*repairs, *remarks))


def is_text(value: object) -> bool:
    """Return whether a value is a text that can be written: not blank, no half of a letter."""
    return isinstance(value, str) and bool(value.strip()) and not _HALVES.search(value)


def count(number: int, noun: str) -> str:
    """Return "1 cell", "2 cells"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def shorten(value: str, length: int = 40) -> str:
    """Return a value in quotation marks, cut, with invisible characters as codes."""
    cut = value if len(value) <= length else value[: length - 1] + "…"
    visible = (c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)
    return f"'{''.join(visible)}'"


def check_numbers(texts: int, k: Any, seed: Any, margin: float) -> None:
    """Raise InputError if a grid with this number of texts cannot be measured with the options."""
    others = texts - 1
    if not others:
        raise InputError("a grid of one text has nothing to compare; add concepts or languages")
    if not isinstance(k, Integral) or not (1 <= int(k) <= others or k == DEFAULT_K):
        raise InputError(
            f"k is {k!r}, but a text of this grid has {others} others for neighbours; "
            f"give a whole number from 1 to {others}"
        )
    if not isinstance(seed, int) or seed < 0:
        raise InputError(f"seed is {seed!r}; give a whole number from 0 on")
    if not 0 <= margin < 1:
        raise InputError(f"margin is {margin!r}; give a share from 0 to 1, such as 0.01")
