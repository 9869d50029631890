"""The seam: the contract between the core and the capabilities.

A capability measures something that the published experiment does not need, such as search. Its
folder holds all of its code, and one line of `alignment.capabilities` names it. The core, the
command line, the report and the comparison loop over that list and use only this contract.
"""

from argparse import ArgumentTypeError
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from importlib import import_module
from typing import Any, Literal, NamedTuple

Show = Literal["brief", "full", "data"]  # on the console and the page; the page; only in ``frame``


class Place(IntEnum):
    """The place of a finding among all findings: the order in which a reader asks."""

    SUPPORT = 0  # languages that the model does not support
    USES = 1  # results that an option requested
    LANGUAGES = 2
    UNKNOWN = 3  # subwords
    KINDS = 4  # categories of concepts, and scripts
    WHOLE = 5


class Finding(NamedTuple):
    """A sentence about what the record shows, and its place."""

    place: Place
    sentence: str


class Part(NamedTuple):
    """A part of the page."""

    id: str
    title: str


class Entry(NamedTuple):
    """A table that can be made from a record."""

    make: Callable[[], Any]  # returns a `report.table.Table`
    part: Part  # where the table is on the page
    show: Show = "full"
    ends: bool = False  # whether the console shows only the first and last rows of a long table


class Shown(NamedTuple):
    """The findings, tables and figure that the report shows of a section."""

    findings: Sequence[Finding] = ()
    tables: Mapping[str, Entry] = {}  # by key
    figure: tuple[str, str] | None = None  # the name of its file, and its caption
    next: str = ""  # a sentence on what to run next


class Metric(NamedTuple):
    """The name of a metric in a sentence, and above a column of a table."""

    words: str
    heading: str


class Paired(NamedTuple):
    """The values of a metric, by which runs on the same units are compared."""

    units: list[str]  # names of the concepts or passages
    values: dict[str, list[float | None]]  # {language, or "all": the value of each unit, if any}


@dataclass(frozen=True, kw_only=True)
class Request:
    """The task of a capability in a run; a capability with options adds its fields."""

    notices: tuple[str, ...] = ()  # decisions made while the request was read, for the record
    embeds: str = ""  # the option that needs more texts embedded than the grid's, if any


class Capability:
    """The methods in the order in which a run calls them: request, measure, show, compare.

    By default the folder has ``record.Section``, ``measure.measure``, ``show.show`` and
    ``figure.draw``. They are imported when they are first used, so that ``--help`` stays fast.
    """

    key: str  # the section in the record, and the name of the folder
    metrics: Mapping[str, Metric] = {}  # runs are compared by them
    needs: Mapping[str, str] = {}  # {table that a run may lack: what to do to get it}

    def add_options(self, group: Any) -> None:
        """Add the flags to a group of argparse; the experiment takes them as keywords too."""

    def request(self, options: Mapping[str, Any], data: Any) -> Request | None:
        """Return the checked request, before a model is loaded; None without a request.

        ``options`` is {keyword: value} for all capabilities and ``strict``, ``data`` a ConceptGrid.
        Raise InputError where the request cannot be measured on the data.
        """

    def measure(self, request: Any, context: Any) -> Any:
        """Return the section, measured in a `record.analysis.Context`."""
        return self._file("measure").measure(request, context)

    def means(self, request: Any, context: Any) -> dict[str, float]:
        """Return only the means, which the evaluator reports while a model is trained."""
        return {}

    @property
    def Section(self) -> Any:
        """The type of the section in the record; every field may be None."""
        return self._file("record").Section

    def show(self, section: Any, results: Any) -> Shown:
        """Return what the report shows of the section, made from the record alone."""
        return self._file("show").show(section, results)

    def draw(self, section: Any, results: Any) -> Any:
        """Return the figure of the section."""
        return self._file("figure").draw(section, results)

    def settings(self, asked: Any) -> dict[str, tuple[str, str]]:
        """Return {setting: (as shown, as compared)}, which must be equal in compared runs.

        ``asked`` is a request or a section, or None without one.
        """
        return {}

    def paired(self, section: Any) -> dict[str, Paired]:
        """Return {metric: its values} for each of ``metrics``."""
        return {}

    @property
    def Kept(self) -> Any:
        """The type of the part of a section that a comparison keeps; None to keep nothing."""
        return None

    def kept(self, section: Any) -> Any:
        """Return the part of a section that a comparison keeps, of the type ``Kept``."""
        return section

    def ranking(self, comparison: Any) -> Any:
        """Return a table of the models of a comparison by the metrics; None for no table."""
        return None

    def _file(self, name: str) -> Any:
        return import_module(f"{type(self).__module__}.{name}")


def separated(text: str, kind: Callable[[str], Any] = str, example: str = "") -> list[Any]:
    """Return the comma-separated parts of an option's value; an error shows the example."""
    try:
        return [kind(part.strip()) for part in text.split(",") if part.strip()]
    except ValueError:
        raise ArgumentTypeError(f"'{text}': write {example}") from None
