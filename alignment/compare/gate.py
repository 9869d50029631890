"""Gate: a run compared with an earlier one of the same grid, paired by concept.

In each metric the differences of the concepts are tested by flipping their signs: overall, and for
every language. All questions are one family, so that of two equal models one is called worse,
anywhere, in at most 5 % of cases. By the two-sided p it would be half as many, were concepts
independent; but they are each other's rivals in retrieval, which on small grids takes up the rest.
"""

from dataclasses import dataclass

import numpy as np

from alignment import InputError
from alignment.compare.baseline import require_same, settings_of
from alignment.compare.models import paired_of
from alignment.grids.languages import ALL
from alignment.measure.arrays import Bools, Floats
from alignment.measure.errors import RetrievalError
from alignment.measure.metrics import mean_present
from alignment.results import AlignmentResults
from alignment.seam import Paired
from alignment.stats.contrast import Contrast, Verdict, judge_shifts, moved
from alignment.stats.estimates import Number

Sides = dict[str, tuple[Floats, Floats]]  # {metric: values before and after}

# A verdict on several questions is the first of these that one of them has.
ORDER: tuple[Verdict, ...] = (
    *("worse", "worse on these concepts", "better", "better on these concepts"),
    *("slightly worse", "slightly better", "inconclusive", "level", "unchanged"),
)


@dataclass(frozen=True)
class MetricShift:
    """The change of a metric, overall or in a language.

    Attributes:
        metric: that both runs have.
        language: or "all".
        before: its mean in the earlier run.
        after: its mean now.
        contrast: after minus before; p is corrected for all questions.
    """

    metric: str
    language: str
    before: Number
    after: Number
    contrast: Contrast


@dataclass(frozen=True)
class Switched:
    """Retrievals that fail in one of two runs and not in the other.

    Attributes:
        total: number of retrievals.
        listed: those that the record of the run lists among its errors, the costliest first.
    """

    total: int
    listed: list[RetrievalError]


@dataclass(frozen=True)
class Gate:
    """A run compared with an earlier one.

    Attributes:
        new: the run.
        old: the earlier run.
        margin: differences within ± margin do not matter.
        shifts: a metric at a time: overall, then by language.
        newly_failed: retrievals that fail now and did not before.
        newly_found: retrievals that failed before and do not now.
    """

    new: AlignmentResults
    old: AlignmentResults
    margin: float
    shifts: list[MetricShift]
    newly_failed: Switched
    newly_found: Switched

    @property
    def worse(self) -> list[MetricShift]:
        """The questions whose answer is worse, the largest loss first."""
        worse = [shift for shift in self.shifts if shift.contrast.is_worse]
        return sorted(worse, key=lambda shift: shift.contrast.difference or 0)

    def verdict(self, *languages: str) -> Verdict:
        """Sum up the metrics of these languages ("all" is overall), or of everything.

        Worse where any is worse, else better where any is better, and so on in ``ORDER``.
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
    """Compare a run with an earlier one: what is worse, better, level, and which retrievals.

    Args:
        new: the run.
        old: the earlier one, of the same grid, k and questions.
        margin: differences within ± margin do not matter; None: that of the run.
        name: of the earlier one, in errors.

    Raises:
        InputError: when the runs cannot be compared.
    """
    require_same(settings_of(new), old, name)
    margin = new.provenance.margin if margin is None else margin
    if not 0 <= margin < 1:
        raise InputError(f"margin is {margin!r}; give a share from 0 to 1, such as 0.01")
    pairs, others = _columns(paired_of(old), paired_of(new))
    shifts = shifts_of(pairs, new.languages, margin, new.provenance.seed, others)
    now, then = _failed(new), _failed(old)
    return Gate(
        new=new,
        old=old,
        margin=margin,
        shifts=shifts,
        newly_failed=_switched(new, now & ~then),
        newly_found=_switched(old, then & ~now),
    )


def shifts_of(
    pairs: dict[str, tuple[Floats, Floats]],
    languages: list[str],
    margin: float,
    seed: int = 0,
    others: dict[str, tuple[Floats, Floats]] | None = None,
) -> list[MetricShift]:
    """Judge the change of each metric, overall and in every language.

    Args:
        pairs: {metric: values (C, L) before and after}, NaN where there is no text.
        languages: L codes.
        margin: differences within ± margin do not matter.
        seed: of the tests and the intervals.
        others: {metric: values (C, 1) before and after} that have no languages.
    """
    still = np.all([np.nan_to_num(moved(*pair)) == 0 for pair in pairs.values()], axis=(0, 1))
    overall = {
        name: tuple(mean_present(side, axis=1)[:, None] for side in pair)
        for name, pair in pairs.items()
    } | (others or {})
    columns, names, unchanged = [], [], []
    for family, codes in ((overall, [ALL]), (pairs, languages)):
        for name, pair in family.items():
            columns.append(pair)
            names += [(name, code) for code in codes]
            unchanged += list(still) if family is pairs else [_still(still, name in pairs, pair)]
    before, after = (np.concatenate([pair[side] for pair in columns], axis=1) for side in (0, 1))
    judged = judge_shifts(before, after, np.array(unchanged), margin, seed)
    shifts = [
        MetricShift(metric, code, own.before, own.after, own.contrast)
        for (metric, code), own in zip(names, judged, strict=True)
    ]
    order = list(overall)
    return sorted(shifts, key=lambda shift: order.index(shift.metric))


def _still(languages: Bools, by_language: bool, pair: tuple[Floats, ...]) -> bool:
    """Return whether no value has moved: of any language, or of a metric without languages."""
    return bool(languages.all() and (by_language or (np.nan_to_num(moved(*pair)) == 0).all()))


def _columns(old: dict[str, Paired], new: dict[str, Paired]) -> tuple[Sides, Sides]:
    """Return {metric: values before and after} of metrics with languages, and of the others.

    A row is a unit of any metric, and NaN where another metric has none.
    """
    units = list(dict.fromkeys(unit for own in new.values() for unit in own.units))

    def column(own: Paired) -> Floats:
        found = dict(zip(own.units, zip(*own.values.values(), strict=True), strict=True))
        nothing = (None,) * len(own.values)
        return np.array([found.get(unit, nothing) for unit in units], dtype=float)

    both = {name: (column(old[name]), column(new[name])) for name in new if name in old}
    split: tuple[Sides, Sides] = {}, {}
    for name, sides in both.items():
        split[ALL in new[name].values][name] = sides
    return split


def _failed(results: AlignmentResults) -> Bools:
    """Return (L, L, C), by query and target language: whether the retrieval of a concept fails."""
    C, codes = len(results.coverage.concepts), results.languages
    digits = "".join(
        results.failures[a][b] if a != b else "00" * -(-C // 8) for a in codes for b in codes
    )
    bits = np.frombuffer(bytes.fromhex(digits), np.uint8).reshape(len(codes), len(codes), -1)
    return np.unpackbits(bits, axis=2, count=C).astype(bool)


def _switched(results: AlignmentResults, where: Bools) -> Switched:
    """Return the failures of a run that are at ``where`` (L, L, C)."""
    codes = {code: j for j, code in enumerate(results.languages)}
    concepts = {name: c for c, name in enumerate(results.coverage.concepts)}
    listed = [
        row
        for row in results.errors.failed
        if row.concept in concepts
        and {row.query, row.target} <= set(codes)
        and where[codes[row.query], codes[row.target], concepts[row.concept]]
    ]
    return Switched(int(where.sum()), listed)
