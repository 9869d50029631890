"""Analysis: the context of a run, and the core of its record."""

import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from typing import Any

from alignment import DEFAULT_MARGIN
from alignment.measure.arrays import Vectors
from alignment.measure.errors import worst_errors
from alignment.measure.measurement import Measurement
from alignment.measure.subwords import Subwords, count_subwords
from alignment.measure.support import LanguageSupport, compared, support_of
from alignment.models import Model
from alignment.record.core import Hubness, Provenance
from alignment.record.lists import held_texts, named_pairs, neighbors_of_texts
from alignment.record.numbers import core_numbers
from alignment.seam import Request
from alignment.stats.estimates import number


@dataclass
class Context:
    """The data that a capability may use; it may only add to ``texts`` and ``packages``."""

    measured: Measurement | None  # everything measured on the grid; None for a run on a corpus
    model: Model  # the model that embedded the texts
    embed: Callable[..., Vectors]  # maps n texts and their role to (n, D) unit vectors
    requests: Mapping[str, Request] = field(default_factory=dict)  # {capability: request}
    margin: float = DEFAULT_MARGIN  # differences within ± margin do not matter
    sections: dict[str, Any] = field(default_factory=dict)  # {capability: section} so far
    # (concept, language) of texts that the record must contain, since a section names them
    texts: set[tuple[str, str]] = field(default_factory=set)
    packages: set[str] = field(default_factory=set)  # distributions with versions in the provenance
    _made: dict[Any, Any] = field(default_factory=dict)

    @property
    def measurement(self) -> Measurement:
        """The measurement, for a capability that needs a grid."""
        assert self.measured is not None
        return self.measured

    def once(self, make: Callable[..., Any], *arguments: Any) -> Any:
        """Return ``make(*arguments)``, computed once, so that one capability may use another's."""
        if make not in self._made:
            self._made[make] = make(*arguments)
        return self._made[make]

    @cached_property
    def subwords(self) -> Subwords | None:
        """Counts of subwords; None where the model does not show its tokeniser."""
        tokenise = self.model.tokenise
        return count_subwords(self.measurement.grid, tokenise) if tokenise else None

    @cached_property
    def support(self) -> dict[str, LanguageSupport]:
        """Whether the model supports each language."""
        return support_of(self.measurement, self.subwords)

    @cached_property
    def compared(self) -> list[int]:
        """The places of the languages that are compared with each other."""
        return compared(self.support, len(self.measurement.grid.languages))

    @cached_property
    def among(self) -> Measurement:
        """The measurement of the compared languages without the others."""
        return self.measurement.among(self.compared)


def core_of(context: Context) -> dict[str, Any]:
    """Return the fields of ``CoreResults`` without notices and findings."""
    m, among = context.measurement, context.among
    numbers = core_numbers(m)
    means = {name: number(value) for name, value in among.means.items()}
    return {
        "model": context.model.name,
        "languages": list(m.grid.languages),
        **numbers,
        **_singled_out(context, numbers["hubness"]),
        "support": context.support,
        "among_supported": None if among is m else means,
        "provenance": _provenance(context),
    }


def _singled_out(context: Context, hubness: Hubness) -> dict[str, Any]:
    """Return the pairs and errors that the record lists, and the texts that it names."""
    m = context.measurement
    lists, neighbors = named_pairs(m), neighbors_of_texts(m)
    errors = worst_errors(m.X, m.paired.gold, m.grid, m.near.answer)
    pairs = lists["misaligned_pairs"] + lists["next_lowest_pairs"] + lists["identical_strings"]
    named = context.texts | {(pair.concept, code) for pair in pairs for code in (pair.a, pair.b)}
    for failed in errors.failed:
        named |= {(failed.concept, failed.query), (failed.concept, failed.target)}
        named.add((failed.retrieved, failed.target))
    named |= {(hub.concept, hub.language) for hub in hubness.hubs}
    named |= {(name, "") for pair in errors.pairs for name in (pair.expected, pair.retrieved)}
    return lists | {
        "errors": errors,
        "texts": held_texts(m, named, neighbors),
        "text_neighbors": neighbors,
    }


def _provenance(context: Context) -> Provenance:
    m, model = context.measurement, context.model.provenance()
    versions = {name: version(name) for name in ("numpy", "faiss-cpu", *sorted(context.packages))}
    return Provenance(
        **model
        | {"versions": {"python": platform.python_version(), **versions} | model["versions"]},
        dimension=m.X.shape[2],
        k=m.k,
        seed=m.seed,
        margin=context.margin,
        grid=m.grid.name,
        grid_sha256=m.grid.sha256(),
    )
