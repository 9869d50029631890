"""Table: typed columns and rows of raw values; what a cell looks like is said once, by its kind."""

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Any, Literal, NamedTuple

from alignment.report import words
from alignment.report.labels import Text
from alignment.report.words import MAX_CELLS, number, percent, signed
from alignment.stats.contrast import Contrast
from alignment.stats.estimates import Estimate

MAX_ROWS = 10  # of a short table; of more, the best and the worst
MAX_ENDS = 3  # rows of each end
GAP = "…"  # in place of rows that are left out
ITSELF = "·"  # in a cell that compares a thing with itself
Show = Literal["brief", "full", "data"]  # where a column stands; each place has the ones before too


class Kind(NamedTuple):
    """What the cells of a column are.

    Attributes:
        write: a value in words. Words in place of a value are shown as they are.
        numeric: whether it is set to the right, and never cut.
        parts: endings of the names of the columns of data that a value takes.
        split: a value as so many raw numbers or texts.
        narrow: the value without its interval, where it has one and a line lacks room.
    """

    write: Callable[[Any], str]
    numeric: bool = True
    parts: tuple[str, ...] = ("",)
    split: Callable[[Any], tuple[Any, ...]] = lambda value: (value,)
    narrow: Callable[[Any], str] | None = None


def _with_ends(value: Estimate | Contrast) -> str:
    if isinstance(value, Estimate):
        return words.estimate(value)
    return f"{_starred(value)} {words.signed_interval(value.interval)}"


def _without_ends(value: Estimate | Contrast) -> str:
    return number(value.value) if isinstance(value, Estimate) else _starred(value)


def _starred(value: Contrast) -> str:
    return signed(value.difference) + "*" * value.significant


def _in_points(value: Contrast) -> str:
    return words.signed_points(value.difference) + "*" * value.significant


def _of_estimate(value: Estimate | Contrast) -> tuple[Any, ...]:
    own = value.value if isinstance(value, Estimate) else value.difference
    return own, *value.interval


def _of_contrast(value: Contrast) -> tuple[Any, ...]:
    return value.difference, *value.interval, value.p, value.detectable, value.verdict


def decimals(digits: int) -> Kind:
    """Return the kind of numbers with so many decimals."""
    return Kind(lambda value: f"{value:,.{digits}f}".replace("-", "−"))


_ENDS = ("", "_low", "_high")
_CONTRAST = (*_ENDS, "_p", "_detectable", "_verdict")

WORDS = Kind(str, numeric=False)
LANGUAGE = Kind(words.language, numeric=False)
CONCEPT = Kind(Text.cut, numeric=False, split=lambda value: (value.concept,))
PAIR = Kind("–".join, numeric=False, parts=("a", "b"), split=tuple)  # of language codes
TEXT = Kind(Text.cut, numeric=False, split=lambda value: (value.text if value.language else None,))
MODEL = Kind(words.with_prompt, numeric=False, split=lambda value: (value.name,))
YES_NO = Kind(lambda value: "yes" if value else "no", numeric=False)
COUNT = Kind(lambda value: f"{value:,}")
NUMBER = Kind(number)
SIGNED = Kind(signed)
PERCENT = Kind(percent)
PERCENT_1 = Kind(lambda value: percent(value, 1))
SHARE = Kind(lambda value: f"{percent(value)} %")
ESTIMATE = Kind(_with_ends, parts=_ENDS, split=_of_estimate, narrow=_without_ends)
CONTRAST = Kind(_with_ends, parts=_CONTRAST, split=_of_contrast, narrow=_without_ends)
DIFFERENCE = Kind(_with_ends, parts=_ENDS, split=_of_estimate, narrow=_without_ends)
CHANGE = Kind(_starred, parts=_CONTRAST, split=_of_contrast)
POINTS = Kind(_in_points, parts=_CONTRAST, split=_of_contrast)


class Column(NamedTuple):
    """A column of a table.

    Attributes:
        key: its name in data.
        value: of an item of which a row is made; None: the item's attribute of that name.
        kind: of its cells.
        title: its heading; the key where it is left out.
        show: "brief" everywhere, "full" on the page and in documents, "data" in data alone.
    """

    key: str
    value: Callable[[Any], Any] | None = None
    kind: Kind = WORDS
    title: str | None = None
    show: Show = "brief"

    def heading(self, narrow: bool = False) -> str:
        """Return the title, which says where a cell has an interval."""
        title = self.key.replace("_", " ") if self.title is None else self.title
        return f"{title} [95 % CI]".strip() if self.kind.narrow and not narrow else title


class Table(NamedTuple):
    """A table of raw values; None is a missing one, a text in a column of numbers takes its place.

    Attributes:
        key: the name by which a record's ``frame`` gives it.
        title: above it.
        columns: as many as a row is wide.
        rows: values as the columns' kinds have them.
        note: what to know before reading it.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: list[tuple[Any, ...]]
    note: str = ""

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
        """Return the table with the columns that stand in a place."""
        places = ("brief",) if show == "brief" else ("brief", "full")
        return self.select(*(column.key for column in self.columns if column.show in places))

    def select(self, *keys: str) -> "Table":
        """Return the table with these columns, in this order."""
        known = [column.key for column in self.columns]
        at = [known.index(key) for key in keys]
        columns = tuple(self.columns[i] for i in at)
        return self._replace(columns=columns, rows=[tuple(row[i] for i in at) for row in self.rows])

    def by(self, key: str, *, descending: bool = False) -> "Table":
        """Return the table with its rows in the order of a column's values; None comes last."""
        at = [column.key for column in self.columns].index(key)
        value = {n: sortable(row[at]) for n, row in enumerate(self.rows)}
        sign = -1 if descending else 1
        order = sorted(value, key=lambda n: (value[n] is None, sign * (value[n] or 0)))
        return self._replace(rows=[self.rows[n] for n in order])

    def defined(self, key: str) -> "Table":
        """Return the table without the rows that have no value in a column."""
        at = [column.key for column in self.columns].index(key)
        return self._replace(rows=[row for row in self.rows if row[at] is not None])

    def head(self, most: int) -> "Table":
        """Return the table with its first rows."""
        return self._replace(rows=self.rows[:most])

    def best_and_worst(self, most: int = MAX_ROWS, ends: int = MAX_ENDS) -> "Table":
        """Return a table of few rows as it is, of more its first and its last."""
        if len(self.rows) <= most:
            return self
        gap = (GAP, *[""] * (len(self.columns) - 1))
        title = f"{self.title}: best and worst of {len(self.rows):,}"
        return self._replace(title=title, rows=[*self.rows[:ends], gap, *self.rows[-ends:]])

    def cells(self, room: int = MAX_CELLS, narrow: bool = False) -> list[tuple[str, ...]]:
        """Return the rows in words, texts of the grid on at most so many cells."""
        return [
            tuple(
                cell(value, column.kind, room, narrow)
                for value, column in zip(row, self.columns, strict=True)
            )
            for row in self.rows
        ]

    def data(self) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Return names and rows of raw values, one a cell: an estimate takes three."""
        names = [column.key + end for column in self.columns for end in column.kind.parts]
        rows = [
            tuple(
                part
                for value, column in zip(row, self.columns, strict=True)
                for part in _parts(value, column.kind)
            )
            for row in self.rows
        ]
        return names, rows


def cell(value: Any, kind: Kind, room: int = MAX_CELLS, narrow: bool = False) -> str:
    """Return a value in words."""
    if value is None:
        return "–"
    if isinstance(value, Text):
        return value.cut(room)
    if isinstance(value, str) and (kind.numeric or value in ("", GAP)):
        return value
    return (kind.narrow if narrow and kind.narrow else kind.write)(value)


def _parts(value: Any, kind: Kind) -> tuple[Any, ...]:
    if value is None or (isinstance(value, str) and (kind.numeric or value in ("", GAP))):
        return (None,) * len(kind.parts)
    return kind.split(value)


def sortable(value: Any) -> float | None:
    """Return the number by which a value is sorted; None where it has none."""
    if isinstance(value, Estimate):
        return value.value
    value = getattr(value, "difference", value)  # of a contrast, of two models
    return value if isinstance(value, int | float) else None
