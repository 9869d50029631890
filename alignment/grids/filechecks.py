"""What is found wrong in a file, all of it at once, and what was tidied.

Errors speak to the person who has the file open in a spreadsheet or an editor.
"""

import re
from pathlib import Path

from alignment import InputError

SHOWN = 10  # problems shown of a file
LONGEST = 10_000  # characters of a cell

# control characters other than tab and line ends, halves of UTF-16 pairs, lost letters
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffd]")


class Check:
    """What was found in one file: problems, which end the reading, and cells that were tidied."""

    def __init__(self, path: Path):
        self.path = path
        self.problems = []
        self._advised = set()
        self.tidied = 0

    def problem(self, place: str, what: str, remedy: str = "") -> None:
        """Note where a problem is, what is wrong and what to do; the same advice is given once."""
        advice = f" ({remedy})" if remedy and remedy not in self._advised else ""
        self._advised.add(remedy)
        self.problems.append(f"{place}: {what}{advice}")

    def room_for_more(self) -> bool:
        """Tell whether another problem would be shown."""
        return len(self.problems) < SHOWN

    def cell(self, value: str, place: str) -> str:
        """Return a cell's text, every run of white space one space; note what it may not hold."""
        if len(value) > LONGEST:
            self.problem(
                place,
                f"{shorten(value)} has {len(value):,} characters, and a cell at most {LONGEST:,}",
                "shorten it, or look for a quotation mark that is not closed",
            )
        elif found := _UNREADABLE.search(value):
            self.problem(
                place,
                f"{shorten(value)} holds U+{ord(found[0]):04X}, a control character or a letter "
                "that was lost when the file was converted",
                "type the cell again",
            )
        tidy = " ".join(value.split())
        if tidy and not any(letter.isprintable() for letter in tidy):
            self.problem(place, f"{shorten(value)} has only invisible characters", "empty the cell")
        self.tidied += tidy != value and bool(tidy)
        return tidy

    def raise_problems(self) -> None:
        """Raise the first problems, and how many more there are, as one InputError."""
        if self.problems:
            more = len(self.problems) - SHOWN
            said = "; ".join(self.problems[:SHOWN]) + (f"; and {more} more" if more > 0 else "")
            raise InputError(f"file '{self.path}': {said}")

    def notices(self) -> list[str]:
        """Return what was tidied, in sentences."""
        if not self.tidied:
            return []
        return [
            f"file '{self.path}': white space in {count(self.tidied, 'cell')} (line breaks, tabs, "
            "non-breaking or repeated spaces, spaces at an end) is read as single spaces"
        ]


def count(number: int, noun: str) -> str:
    """Return "1 cell", "2 cells"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def shorten(value: str, length: int = 40) -> str:
    """Return a value in quotes, cut, with what cannot be seen spelt out."""
    cut = value if len(value) <= length else value[: length - 1] + "…"
    seen = (c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)
    return f"'{''.join(seen)}'"
