"""Earlier: a record to hold a run against, read, found whole, and of the same settings."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from string import hexdigits
from typing import Any, Self

from alignment import InputError
from alignment.grids import ConceptGrid, Questions
from alignment.record import RESULTS_FILE
from alignment.record.comparison import COMPARED, SEARCHED
from alignment.record.results import AlignmentResults

_MANY = 20  # languages; of more, an error names the first
MAX_VALUE = 1000.0  # of a text; calibrated values may lie far below −1, but not so far


def read(path: str | os.PathLike[str]) -> AlignmentResults:
    """Read a record, and see to it that what is compared is there and fits together.

    Raises:
        InputError: for a file that is not a whole record.
        OSError: when it cannot be read.
    """
    try:
        results = AlignmentResults.from_json(path)
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(f"'{path}' does not exist; name a record: {RESULTS_FILE}") from None
    except IsADirectoryError:
        raise InputError(f"'{path}' is a folder; name the record in it: {RESULTS_FILE}") from None
    if wrong := next(_faults(results), ""):
        raise InputError(f"'{path}' does not fit together: {wrong}; run it again")
    return results


def _faults(results: AlignmentResults) -> Iterator[str]:
    """Yield what a record that a run has written never has."""
    codes, concepts = results.languages, results.coverage.concepts
    if len(set(codes)) < len(codes) or not codes or not concepts:
        yield "languages or concepts appear twice or not at all"
    yield from _unlike("values", results.values, COMPARED)
    for metric, by_language in results.values.items():
        yield from _unlike(f"values of {metric}", by_language, codes)
        for code, values in by_language.items():
            if len(values) != len(concepts):
                yield f"{len(values)} values of {metric} in {code} for {len(concepts)} concepts"
            yield from _not_finite(f"{metric} in {code}", values)
    yield from _unlike("failures", results.failures, codes)
    length = -(-len(concepts) // 8) * 2
    for code, targets in results.failures.items():
        yield from _unlike(f"failures of {code}", targets, [own for own in codes if own != code])
        for target, digits in targets.items():
            if len(digits) != length or set(digits) - set(hexdigits):
                yield f"failures of {code}, {target} are not {length} hexadecimal digits"
    if results.search:
        yield from _unlike("by_passage", results.search.by_passage, SEARCHED)
        for metric, by_passage in results.search.by_passage.items():
            if set(by_passage) - set(concepts):
                yield f"{metric} of passages that are not concepts"
            yield from _not_finite(metric, by_passage.values())
    if results.provenance.seed < 0 or not 0 <= results.provenance.margin < 1:
        yield "its seed or its margin is out of range"


def _unlike(what: str, found: dict[str, Any], expected: Iterable[str]) -> Iterator[str]:
    if list(found) != list(expected):
        yield f"{what} are of {_few(found)} instead of {_few(expected)}"


def _few(names: Iterable[str]) -> str:
    names = list(names)
    return ", ".join(names[:5]) + " …" * (len(names) > 5) or "nothing"


def _not_finite(what: str, values: Iterable[float | None]) -> Iterator[str]:
    for value in values:
        if value is not None and not abs(value) <= MAX_VALUE:
            yield f"a value of {what} is {value:g}"


@dataclass(frozen=True)
class Settings:
    """What two runs must have in common, each as it is written and as it is compared.

    Attributes:
        languages: of the grid, in its order.
        grid: with its fingerprint.
        k: nearest neighbours looked at.
        questions: with their fingerprint.
    """

    languages: tuple[str, str]
    grid: tuple[str, str]
    k: tuple[str, str]
    questions: tuple[str, str]

    @classmethod
    def of(cls, results: AlignmentResults) -> Self:
        """Return those of a record."""
        own, search = results.provenance, results.search
        asked = (search.queries, search.queries_sha256) if search else None
        return cls._named(results.languages, (own.grid, own.grid_sha256), own.k, asked)

    @classmethod
    def of_run(cls, grid: ConceptGrid, k: int, queries: Questions | None) -> Self:
        """Return those of a run to come."""
        asked = (queries.name, queries.sha256()) if queries else None
        return cls._named(grid.languages, (grid.name, grid.sha256()), k, asked)

    @classmethod
    def _named(
        cls,
        languages: Sequence[str],
        grid: tuple[str, str],
        k: int,
        asked: tuple[str, str] | None,
    ) -> Self:
        codes, more = ",".join(languages), len(languages) > _MANY
        shown = f"{','.join(languages[:_MANY])}, … ({len(languages)})" if more else codes
        questions = _with_fingerprint(*asked) if asked else ("none", "")
        return cls((shown, codes), _with_fingerprint(*grid), (str(k), str(k)), questions)

    def require(self, old: AlignmentResults, name: str | os.PathLike[str]) -> None:
        """Refuse an earlier record, named so, that is of anything else.

        Raises:
            InputError: that says what differs, and both values.
        """
        theirs = Settings.of(old)
        for setting in ("languages", "grid", "k", "questions"):
            (there, other), (here, own) = getattr(theirs, setting), getattr(self, setting)
            if own != other:
                raise InputError(
                    f"'{name}' cannot be compared: its {setting} {_be(setting)} {there}, here "
                    f"{here}; run either of them again with the other's"
                )


def _with_fingerprint(name: str, sha256: str) -> tuple[str, str]:
    return f"'{name}' ({sha256[:8]})", sha256


def _be(setting: str) -> str:
    return "are" if setting in ("languages", "questions") else "is"
