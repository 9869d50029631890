"""The seam: what a capability is to the rest of the program.

A capability measures something that the published experiment does not need, such as search. Its
folder holds all of it, and one line of `alignment.capabilities` names it. The core, the command
line, the report and the comparison go over that list through what stands here.
"""

from argparse import ArgumentTypeError
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from importlib import import_module
from typing import Any, Literal, NamedTuple

Show = Literal["brief", "full", "data"]  # console and page; page; only ``frame``


class Place(IntEnum):
    """Where a finding stands among all: in the order in which a reader asks."""

    SUPPORT = 0  # which languages the model does not support
    USES = 1  # what was asked for by an option
    LANGUAGES = 2
    UNKNOWN = 3  # subwords
    KINDS = 4  # of concepts, scripts
    WHOLE = 5


class Finding(NamedTuple):
    """A sentence on what the record shows, and its place."""

    place: Place
    sentence: str


class Part(NamedTuple):
    """A part of the page: its id and its title."""

    id: str
    title: str


class Entry(NamedTuple):
    """A table that can be made of a record.

    Attributes:
        make: returns a `report.table.Table`.
        part: where it stands on the page.
        show: "brief" on the console and the page, "full" on the page, "data" in ``frame`` alone.
        ends: whether the console shows only the first and the last rows of a long table.
    """

    make: Callable[[], Any]
    part: Part
    show: Show = "full"
    ends: bool = False


class Shown(NamedTuple):
    """What a section has to show.

    Attributes:
        findings: sentences.
        tables: by key.
        figure: the name of its file and its caption; None where nothing is drawn.
        next: what to run next, in words; "" where it suggests nothing.
    """

    findings: Sequence[Finding] = ()
    tables: Mapping[str, Entry] = {}
    figure: tuple[str, str] | None = None
    next: str = ""


class Metric(NamedTuple):
    """What a metric is called: in a sentence, and above a column of a table."""

    words: str
    heading: str


class Paired(NamedTuple):
    """The values of a metric, by which two runs on the same units can be compared.

    Attributes:
        units: names of the concepts or passages.
        values: {language, or "all": a value for each unit, None where it has none}.
    """

    units: list[str]
    values: dict[str, list[float | None]]


@dataclass(frozen=True, kw_only=True)
class Request:
    """What was asked of a capability.

    Attributes:
        notices: what was decided while it was read, for the record.
        embeds: the option for which more texts are embedded than the grid's; "" for none.
    """

    notices: tuple[str, ...] = ()
    embeds: str = ""


class Capability:
    """A capability. What it imports, it imports when it is asked, so that ``--help`` stays fast.

    Unless it says otherwise, its folder has ``record.Section``, ``measure.measure``,
    ``show.show`` and ``figure.draw``.

    Attributes:
        key: its section in the record, and the name of its folder.
        metrics: what it is called, of each metric that runs are compared by.
        needs: {table: what to ask for, so that there is one}.
    """

    key: str
    metrics: Mapping[str, Metric] = {}
    needs: Mapping[str, str] = {}

    @property
    def Section(self) -> Any:
        """The type of its section in the record; every field may be None."""
        return self._file("record").Section

    @property
    def Kept(self) -> Any:
        """The type of what a comparison keeps of a section; None where it keeps nothing."""
        return None

    def add_options(self, group: Any) -> None:
        """Add its flags to a group of argparse; they are keywords of the experiment too."""

    def request(self, options: Mapping[str, Any], data: Any) -> Request | None:
        """Return what was asked, checked before a model is loaded; None where nothing was.

        Args:
            options: values of the options of all capabilities by keyword, and of ``strict``.
            data: what is measured on, such as a ConceptGrid.

        Raises:
            InputError: where it cannot be measured on the data.
        """

    def settings(self, asked: Any) -> dict[str, tuple[str, str]]:
        """Return what two runs must share to be compared: {setting: (as shown, compared)}.

        Args:
            asked: a request, or a section; None where nothing was asked.
        """
        return {}

    def measure(self, request: Any, context: Any) -> Any:
        """Return its section, with what a `record.analysis.Context` has."""
        return self._file("measure").measure(request, context)

    def means(self, request: Any, context: Any) -> dict[str, float]:
        """Return its means alone, for a model that is being trained."""
        return {}

    def kept(self, section: Any) -> Any:
        """Return what a comparison keeps of a section, of the type ``Kept``."""
        return section

    def paired(self, section: Any) -> dict[str, Paired]:
        """Return the values of each of its metrics."""
        return {}

    def show(self, section: Any, results: Any) -> Shown:
        """Return what its section shows, read from the record alone."""
        shown: Shown = self._file("show").show(section, results)
        return shown

    def draw(self, section: Any, results: Any) -> Any:
        """Return the picture of its section."""
        return self._file("figure").draw(section, results)

    def ranking(self, comparison: Any) -> Any:
        """Return the models of a comparison by its metrics; None where it has no such table."""
        return None

    def _file(self, name: str) -> Any:
        return import_module(f"{type(self).__module__}.{name}")


def separated(text: str, kind: Callable[[str], Any] = str, example: str = "") -> list[Any]:
    """Return the parts of an option's value between commas; argparse tells of an example."""
    try:
        return [kind(part.strip()) for part in text.split(",") if part.strip()]
    except ValueError:
        raise ArgumentTypeError(f"'{text}': write {example}") from None
