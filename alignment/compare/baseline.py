"""Baseline: read the earlier record of a comparison, and check that its settings are the same."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from alignment import InputError
from alignment.capabilities import sections, settings
from alignment.grids import ConceptGrid
from alignment.record import RESULTS_FILE
from alignment.results import AlignmentResults
from alignment.seam import Request

Settings = dict[str, tuple[str, str]]  # {what two runs must share: (as shown, as compared)}
_MANY = 20  # languages that an error names


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


def settings_of(results: AlignmentResults) -> Settings:
    """Return the settings of a record."""
    run = results.provenance
    return _settings(results.languages, run.grid, run.grid_sha256, run.k, sections(results))


def settings_of_run(grid: ConceptGrid, k: int, requests: Mapping[str, Request]) -> Settings:
    """Return the settings of a run that has not started yet."""
    return _settings(grid.languages, grid.name, grid.sha256(), k, requests)


def require_same(here: Settings, old: AlignmentResults, name: str | os.PathLike[str]) -> None:
    """Refuse an earlier record, called ``name`` in errors, whose settings differ from these.

    Raises:
        InputError: naming the setting that differs, and both values.
    """
    for setting, (shown_there, there) in settings_of(old).items():
        shown_here, compared = here[setting]
        if compared != there:
            be = "are" if setting.endswith("s") else "is"
            raise InputError(
                f"'{name}' cannot be compared: its {setting} {be} {shown_there}, here "
                f"{shown_here}; run either of them again with the other's"
            )


def _settings(
    languages: Sequence[str], grid: str, sha256: str, k: int, asked: Mapping[str, Any]
) -> Settings:
    codes, first = ",".join(languages), ",".join(languages[:_MANY])
    shown = f"{first}, … ({len(languages)})" if len(languages) > _MANY else codes
    return {
        "languages": (shown, codes),
        "k": (str(k), str(k)),
        "grid": (f"'{grid}' ({sha256[:8]})", sha256),
        **settings(asked),
    }
