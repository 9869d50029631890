"""Gate: compare a run with an earlier one on the same grid, paired by concept.

In each metric, the differences of the concepts are tested by sign flips, overall and for every
language. All questions are one family: with two equal models, anything is called worse in at most
5 % of cases. Two-sided tests would give 2.5 % for independent concepts; but concepts compete with
each other in retrieval, which raises the rate on small grids.
"""

import os
from dataclasses import dataclass
from typing import Any

import numpy as np

from alignment import InputError
from alignment.capabilities import sections, settings
from alignment.compare.models import paired_of
from alignment.grids.languages import ALL
from alignment.measure.arrays import Bools, Floats
from alignment.measure.errors import RetrievalError
from alignment.measure.metrics import mean_present
from alignment.record import RESULTS_FILE
from alignment.results import AlignmentResults
from alignment.seam import Paired
from alignment.stats.contrast import Contrast, Verdict, judge_shifts, moved
from alignment.stats.estimates import Number

Settings = dict[str, tuple[str, str]]  # {what two runs must share: (as shown, as compared)}
_MANY = 20  # languages that an error names
Sides = dict[str, tuple[Floats, Floats]]  # {metric: values before and after}

# The verdict on several questions is the first of these that one of them has.
ORDER: tuple[Verdict, ...] = (
    *("worse", "worse on these concepts", "better", "better on these concepts"),
    *("slightly worse", "slightly better", "inconclusive", "level", "unchanged"),
)


@dataclass(frozen=True)
class MetricShift:
    """The change of a metric, overall or in a language."""

    metric: str
    language: str  # or "all"
    before: Number  # mean in the earlier run
    after: Number  # mean now
    contrast: Contrast  # after − before; p is corrected for all questions


@dataclass(frozen=True)
class Switched:
    """Retrievals that fail in one of two runs and not in the other."""

    total: int
    listed: list[RetrievalError]  # only errors that the run's record lists, the costliest first


@dataclass(frozen=True)
class Gate:
    """A run compared with an earlier one."""

    new: AlignmentResults
    old: AlignmentResults
    margin: float  # differences within ± margin do not matter
    shifts: list[MetricShift]  # by metric: first overall, then by language
    newly_failed: Switched  # retrievals that fail now and did not before
    newly_found: Switched  # retrievals that failed before and do not now

    @property
    def worse(self) -> list[MetricShift]:
        """The shifts that are worse, the largest loss first."""
        worse = [shift for shift in self.shifts if shift.contrast.is_worse]
        return sorted(worse, key=lambda shift: shift.contrast.difference or 0)

    def verdict(self, *languages: str) -> Verdict:
        """Return the first verdict of ``ORDER`` on any metric.

        Only these languages count, or "all" for the overall means; without any, everything counts.
        """
        verdicts = {
            shift.contrast.verdict
            for shift in self.shifts
            if not languages or shift.language in languages
        }
        return min(verdicts, key=ORDER.index, default="inconclusive")


def against(
    new: AlignmentResults,
    old: AlignmentResults,
    margin: float | None = None,
    name: str = "the earlier record",
) -> Gate:
    """Compare a run with an earlier one: the change of each metric, and which retrievals changed.

    Differences within ± margin do not matter; None is the margin of the run. ``name`` is that of
    the earlier record in errors. Raise InputError when the runs cannot be compared.
    """
    require_same(new, old, name)
    margin = new.provenance.margin if margin is None else margin
    if not 0 <= margin < 1:
        raise InputError(f"margin is {margin!r}; give a share from 0 to 1, such as 0.01")
    pairs, others = _before_and_after(paired_of(old), paired_of(new))
    shifts = shifts_of(pairs, new.languages, margin, new.provenance.seed, others)
    now, then = _failed(new), _failed(old)
    newly_failed, newly_found = _switched(new, now & ~then), _switched(old, then & ~now)
    return Gate(new, old, margin, shifts, newly_failed, newly_found)


def shifts_of(
    pairs: Sides, languages: list[str], margin: float, seed: int = 0, others: Sides | None = None
) -> list[MetricShift]:
    """Judge the change of each metric, overall and in every language.

    Args:
        pairs: {metric: values (C, L) before and after}, NaN where there is no text.
        languages: L codes.
        margin: differences within ± margin do not matter.
        seed: for the tests and the intervals.
        others: {metric: values (C, 1) before and after} of metrics without languages.
    """
    stay = np.all([_equal(*sides) for sides in pairs.values()], axis=(0, 1))  # (L,)
    questions, unchanged, before, after = [], [], [], []
    for metric, (old, new) in (pairs | (others or {})).items():
        if metric in pairs:
            codes, unmoved = [ALL, *languages], [stay.all(), *stay]
            old, new = (np.hstack([mean_present(x, axis=1)[:, None], x]) for x in (old, new))
        else:
            codes, unmoved = [ALL], [stay.all() and _equal(old, new).all()]
        questions += [(metric, code) for code in codes]
        unchanged += unmoved
        before.append(old)
        after.append(new)
    judged = judge_shifts(np.hstack(before), np.hstack(after), np.array(unchanged), margin, seed)
    return [
        MetricShift(metric, code, shift.before, shift.after, shift.contrast)
        for (metric, code), shift in zip(questions, judged, strict=True)
    ]


def _equal(before: Floats, after: Floats) -> Bools:
    """Return where values differ by no more than their rounding, or are missing."""
    return np.nan_to_num(moved(before, after)) == 0


def _before_and_after(old: dict[str, Paired], new: dict[str, Paired]) -> tuple[Sides, Sides]:
    """Return {metric: values before and after} of metrics with languages, and of the others.

    All have a row for each unit of any metric, NaN where the metric does not have the unit.
    """
    units = list(dict.fromkeys(unit for paired in new.values() for unit in paired.units))

    def rows(paired: Paired) -> Floats:
        by_unit = dict(zip(paired.units, zip(*paired.values.values(), strict=True), strict=True))
        missing = (None,) * len(paired.values)
        return np.array([by_unit.get(unit, missing) for unit in units], dtype=float)

    sides = {metric: (rows(old[metric]), rows(new[metric])) for metric in new if metric in old}
    others = {metric: sides.pop(metric) for metric in list(sides) if ALL in new[metric].values}
    return sides, others


def _failed(results: AlignmentResults) -> Bools:
    """Return (L, L, C), by query and target language: whether the retrieval of a concept fails."""
    C, codes = len(results.coverage.concepts), results.languages
    itself = "00" * -(-C // 8)
    digits = [results.failures[a][b] if a != b else itself for a in codes for b in codes]
    packed = np.frombuffer(bytes.fromhex("".join(digits)), np.uint8)
    shape = len(codes), len(codes), -1
    return np.unpackbits(packed.reshape(shape), axis=2, count=C).astype(bool)


def _switched(results: AlignmentResults, where: Bools) -> Switched:
    """Return the failures of a run that are at ``where`` (L, L, C)."""
    codes = {code: place for place, code in enumerate(results.languages)}
    concepts = {concept: place for place, concept in enumerate(results.coverage.concepts)}

    def is_there(row: RetrievalError) -> bool:
        place = codes.get(row.query), codes.get(row.target), concepts.get(row.concept)
        return None not in place and bool(where[place])

    return Switched(int(where.sum()), [row for row in results.errors.failed if is_there(row)])


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
