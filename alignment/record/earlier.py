"""Earlier: a record that a run is compared with, read, and of the same settings."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from alignment import InputError
from alignment.grids import ConceptGrid, Questions
from alignment.record import RESULTS_FILE
from alignment.record.results import AlignmentResults

_MANY = 20  # languages; of more, an error names the first


def read(path: str | os.PathLike[str]) -> AlignmentResults:
    """Read a record that a person named.

    Raises:
        InputError: for a file that is not a whole record.
        OSError: when it cannot be read.
    """
    try:
        return AlignmentResults.from_json(path)
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(f"'{path}' does not exist; name a record: {RESULTS_FILE}") from None
    except IsADirectoryError:
        raise InputError(f"'{path}' is a folder; name the record in it: {RESULTS_FILE}") from None


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
