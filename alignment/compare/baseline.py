"""Baseline: the earlier record that a run is compared with, read, and of the same settings."""

import os
from collections.abc import Mapping, Sequence

from alignment import InputError
from alignment.capabilities import capabilities, settings
from alignment.grids import ConceptGrid
from alignment.record import RESULTS_FILE
from alignment.results import AlignmentResults
from alignment.seam import Request

Settings = dict[str, tuple[str, str]]  # {what two runs must share: (as it is shown, compared)}
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


def settings_of(results: AlignmentResults) -> Settings:
    """Return the settings of a record."""
    own, sections = results.provenance, {key: getattr(results, key) for key in capabilities()}
    return _settings(results.languages, (own.grid, own.grid_sha256), own.k, settings(sections))


def settings_of_run(grid: ConceptGrid, k: int, requests: Mapping[str, Request]) -> Settings:
    """Return the settings of a run to come."""
    return _settings(grid.languages, (grid.name, grid.sha256()), k, settings(requests))


def require_same(here: Settings, old: AlignmentResults, name: str | os.PathLike[str]) -> None:
    """Refuse an earlier record, named so, with other settings.

    Raises:
        InputError: that says what differs, and both values.
    """
    for setting, (there, other) in settings_of(old).items():
        shown, own = here[setting]
        if own != other:
            be = "are" if setting.endswith("s") else "is"
            raise InputError(
                f"'{name}' cannot be compared: its {setting} {be} {there}, here {shown}; run "
                "either of them again with the other's"
            )


def _settings(
    languages: Sequence[str], grid: tuple[str, str], k: int, of_sections: Settings
) -> Settings:
    codes, first = ",".join(languages), ",".join(languages[:_MANY])
    many = f"{first}, … ({len(languages)})"
    name, sha256 = grid
    return {
        "languages": (many if len(languages) > _MANY else codes, codes),
        "k": (str(k), str(k)),
        "grid": (f"'{name}' ({sha256[:8]})", sha256),
        **of_sections,
    }
