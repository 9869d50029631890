"""Table: typed columns and rows of raw values; the kind of a column formats its cells."""

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Any, NamedTuple

from alignment.report import words
from alignment.report.labels import Text
from alignment.report.words import MAX_CELLS, percent, signed
from alignment.seam import Show
from alignment.stats.contrast import Contrast
from alignment.stats.estimates import Estimate

MAX_ROWS = 10  # most rows of a short table; longer ones show the best and the worst
_ENDS = 3  # rows of each end
GAP = "…"  # in place of rows that are left out
ITSELF = "·"  # in a cell that compares a thing with itself


class Kind(NamedTuple):
    """The format of the cells of a column."""

    write: Callable[[Any], str]  # formats a value; words in place of a value are not formatted
    numeric: bool = True  # whether cells are aligned to the right, and never cut
    parts: tuple[str, ...] = ("",)  # endings of the names of the data columns of a value
    # returns one raw number or text for each of the parts
    split: Callable[[Any], tuple[Any, ...]] = lambda value: (value,)
    narrow: Callable[[Any], str] | None = None  # formats a value without its interval

    def cell(self, value: Any, room: int = MAX_CELLS, narrow: bool = False) -> str:
        """Return a value in words, a text of the grid cut to ``room`` cells."""
        if isinstance(value, Text):
            return value.cut(room)
        if self._lacks(value):
            return "–" if value is None else str(value)
        return (self.narrow if narrow and self.narrow else self.write)(value)

    def data(self, value: Any) -> tuple[Any, ...]:
        """Return the raw numbers or texts of a value, all None where it is missing."""
        return (None,) * len(self.parts) if self._lacks(value) else self.split(value)

    def _lacks(self, value: Any) -> bool:
        """Return whether a value is missing or replaced by words."""
        words_instead = isinstance(value, str) and (self.numeric or value in ("", GAP))
        return value is None or words_instead


def _with_interval(value: Estimate | Contrast) -> str:
    if isinstance(value, Estimate):
        return words.estimate(value)
    return f"{_starred(value)} {words.signed_interval(value.interval)}"


def _without_interval(value: Estimate | Contrast) -> str:
    return words.number(value.value) if isinstance(value, Estimate) else _starred(value)


def _starred(value: Contrast, write: Callable[[Any], str] = signed) -> str:
    return write(value.difference) + "*" * value.significant


def _interval_parts(value: Estimate | Contrast) -> tuple[Any, ...]:
    return sortable(value), *value.interval


def _contrast_parts(value: Contrast) -> tuple[Any, ...]:
    return value.difference, *value.interval, value.p, value.detectable, value.verdict


def decimals(digits: int) -> Kind:
    """Return the kind of numbers with this number of decimals."""
    return Kind(lambda value: f"{value:,.{digits}f}".replace("-", "−"))


_INTERVAL = ("", "_low", "_high")
_CONTRAST = (*_INTERVAL, "_p", "_detectable", "_verdict")

WORDS = Kind(str, numeric=False)
LANGUAGE = Kind(words.language, numeric=False)
CONCEPT = Kind(Text.cut, numeric=False, split=lambda value: (value.concept,))
PAIR = Kind("–".join, numeric=False, parts=("a", "b"), split=tuple)  # two language codes
TEXT = Kind(Text.cut, numeric=False, split=lambda value: (value.text if value.language else None,))
MODEL = Kind(words.with_prompt, numeric=False, split=lambda value: (value.name,))
YES_NO = Kind(lambda value: "yes" if value else "no", numeric=False)
COUNT = Kind(lambda value: f"{value:,}")
NUMBER = Kind(words.number)
SIGNED = Kind(signed)
PERCENT = Kind(percent)
PERCENT_1 = Kind(lambda value: percent(value, 1))
SHARE = Kind(lambda value: f"{percent(value)} %")
ESTIMATE = Kind(_with_interval, True, _INTERVAL, _interval_parts, _without_interval)
DIFFERENCE = ESTIMATE  # a contrast whose p and verdict stand in other columns
CONTRAST = Kind(_with_interval, True, _CONTRAST, _contrast_parts, _without_interval)
CHANGE = Kind(_starred, parts=_CONTRAST, split=_contrast_parts)
POINTS = CHANGE._replace(write=lambda value: _starred(value, words.signed_points))


class Column(NamedTuple):
    """A column of a table."""

    key: str  # its name in data
    # returns the value of an item; None: the item's attribute of that name
    value: Callable[[Any], Any] | None = None
    kind: Kind = WORDS
    title: str | None = None  # its heading; None: the key
    show: Show = "brief"

    def heading(self, narrow: bool = False) -> str:
        """Return the title, with a note where cells have intervals."""
        title = self.key.replace("_", " ") if self.title is None else self.title
        return f"{title} [95 % CI]".strip() if self.kind.narrow and not narrow else title


class Table(NamedTuple):
    """A table of raw values; None is a missing one, and words may replace a number."""

    key: str  # its name in a record's ``frame``
    title: str
    columns: tuple[Column, ...]
    rows: list[tuple[Any, ...]]  # a value for each column
    note: str = ""  # a remark below the title

    @classmethod
    def of(
        cls, key: str, title: str, items: Iterable[Any], *columns: Column, note: str = ""
    ) -> "Table":
        """Make a table with a row for each item."""
        values = [column.value or attrgetter(column.key) for column in columns]
        return cls(key, title, columns, [tuple(v(item) for v in values) for item in items], note)

    @classmethod
    def named(
        cls, key: str, title: str, items: Mapping[str, Any], name: Column, *columns: Column
    ) -> "Table":
        """Make a table with a row for each named item; the first column holds the names."""
        table = cls.of(key, title, items.values(), *columns)
        rows = [(item, *row) for item, row in zip(items, table.rows, strict=True)]
        return table._replace(columns=(name, *columns), rows=rows)

    def shown(self, show: Show = "full") -> "Table":
        """Return the table with the columns that are shown in a place."""
        places = ("brief",) if show == "brief" else ("brief", "full")
        return self.select(*(column.key for column in self.columns if column.show in places))

    def select(self, *keys: str) -> "Table":
        """Return the table with these columns, in this order."""
        places = [self._place(key) for key in keys]
        columns = tuple(self.columns[n] for n in places)
        rows = [tuple(row[n] for n in places) for row in self.rows]
        return self._replace(columns=columns, rows=rows)

    def by(self, key: str, *, descending: bool = False) -> "Table":
        """Return the table with its rows in the order of a column's values; None comes last."""
        place, sign = self._place(key), -1 if descending else 1

        def order(row: tuple[Any, ...]) -> tuple[bool, float]:
            value = sortable(row[place])
            return value is None, sign * (value or 0)

        return self._replace(rows=sorted(self.rows, key=order))

    def defined(self, key: str) -> "Table":
        """Return the table without the rows that have no value in a column."""
        place = self._place(key)
        return self._replace(rows=[row for row in self.rows if row[place] is not None])

    def head(self, most: int) -> "Table":
        """Return the table with its first rows."""
        return self._replace(rows=self.rows[:most])

    def best_and_worst(self) -> "Table":
        """Return a short table unchanged, and the first and last rows of a longer one."""
        if len(self.rows) <= MAX_ROWS:
            return self
        gap = (GAP, *[""] * (len(self.columns) - 1))
        title = f"{self.title}: best and worst of {len(self.rows):,}"
        return self._replace(title=title, rows=[*self.rows[:_ENDS], gap, *self.rows[-_ENDS:]])

    def cells(self, room: int = MAX_CELLS, narrow: bool = False) -> list[tuple[str, ...]]:
        """Return the rows in words, texts of the grid cut to ``room`` cells."""
        kinds = [column.kind for column in self.columns]
        return [
            tuple(kind.cell(value, room, narrow) for kind, value in zip(kinds, row, strict=True))
            for row in self.rows
        ]

    def data(self) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Return names and rows of raw values, one per cell: an estimate takes three cells."""
        names = [column.key + end for column in self.columns for end in column.kind.parts]
        rows = (zip(self.columns, row, strict=True) for row in self.rows)
        return names, [
            tuple(part for col, value in row for part in col.kind.data(value)) for row in rows
        ]

    def _place(self, key: str) -> int:
        return [column.key for column in self.columns].index(key)


def sortable(value: Any) -> float | None:
    """Return the number by which a value is sorted; None without one."""
    if isinstance(value, Estimate):
        return value.value
    value = getattr(value, "difference", value)  # a contrast or a pair of models
    return value if isinstance(value, int | float) else None
