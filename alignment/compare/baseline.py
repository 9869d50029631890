"""Baseline: read the earlier record of a comparison, and check that its settings are the same."""

import os
from typing import Any

from alignment import InputError
from alignment.capabilities import sections, settings
from alignment.record import RESULTS_FILE
from alignment.results import AlignmentResults

Settings = dict[str, tuple[str, str]]  # {what two runs must share: (as shown, as compared)}
_MANY = 20  # languages that an error names


def read(path: str | os.PathLike[str]) -> AlignmentResults:
    """Read a record; raise InputError for a file that is not a whole one."""
    try:
        return AlignmentResults.from_json(path)
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(f"'{path}' does not exist; name a record: {RESULTS_FILE}") from None
    except IsADirectoryError:
        raise InputError(f"'{path}' is a folder; name the record in it: {RESULTS_FILE}") from None


def require_same(run: Any, old: AlignmentResults, name: str | os.PathLike[str]) -> None:
    """Refuse an earlier record, called ``name`` in errors, whose settings differ from a run's.

    The run is a record, or an experiment that has not started. Raise InputError that names the
    setting that differs, and both values.
    """
    new_settings = _settings_of(run)
    for setting, (old_words, old_value) in _settings_of(old).items():
        new_words, new_value = new_settings[setting]
        if new_value != old_value:
            be = "are" if setting.endswith("s") else "is"
            raise InputError(
                f"'{name}' cannot be compared: its {setting} {be} {old_words}, here {new_words}; "
                "run either of them again with the other's"
            )


def _settings_of(run: Any) -> Settings:
    if isinstance(run, AlignmentResults):
        languages, source, asked = run.languages, run.provenance, sections(run)
        grid, sha256, k = source.grid, source.grid_sha256, source.k
    else:
        languages, grid, sha256 = run.grid.languages, run.grid.name, run.grid.sha256()
        k, asked = int(run.k), run.requests
    codes, first = ",".join(languages), ",".join(languages[:_MANY])
    shown = f"{first}, … ({len(languages)})" if len(languages) > _MANY else codes
    return {
        "languages": (shown, codes),
        "k": (str(k), str(k)),
        "grid": (f"'{grid}' ({sha256[:8]})", sha256),
        **settings(asked),
    }
