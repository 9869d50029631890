"""Gate: a run held against an earlier one of the same grid, paired by concept.

In each metric the differences of the concepts are tested by flipping their signs: overall, and for
every language. All questions are one family, so that of two equal models one is called worse,
anywhere, in at most 5 % of cases. By the two-sided p it would be half as many, were concepts
independent; but they are each other's rivals in retrieval, which on small grids takes up the rest.
"""

from dataclasses import dataclass
from math import isfinite

import numpy as np

from alignment import InputError
from alignment.explain import ALL, COSINE_DIGITS
from alignment.explain.confusions import Confusion
from alignment.measure.arrays import Bools, Floats
from alignment.measure.metrics import mean_present
from alignment.record.comparison import COMPARED, SEARCHED
from alignment.record.earlier import Settings
from alignment.record.results import AlignmentResults
from alignment.stats.estimates import POWER, Contrast, Interval, Number, Verdict
from alignment.stats.intervals import difference_interval
from alignment.stats.permutation import NORMAL, Z, sign_flip_test

# Rounding goes either way near the edge of a step: so much is no difference between records.
STEP = 1.5 * 10**-COSINE_DIGITS
_POWER = NORMAL.inv_cdf(POWER)


@dataclass(frozen=True)
class Shift:
    """What became of a metric, overall or in a language.

    Attributes:
        metric: of ``COMPARED``, or of ``SEARCHED``.
        language: or "all".
        before: its mean in the earlier run.
        after: its mean now.
        contrast: after minus before; p is adjusted for all questions.
        verdict: worse or better, where p ≤ .05 and the means differ by more than the margin; level,
            where the interval lies within the margin, or no text has moved at all.
    """

    metric: str
    language: str
    before: Number
    after: Number
    contrast: Contrast
    verdict: Verdict


@dataclass(frozen=True)
class Switched:
    """Retrievals that fail in one of two runs and not in the other.

    Attributes:
        total: how many.
        listed: those that the record of the run lists among its failures, the costliest first.
    """

    total: int
    listed: list[Confusion]


@dataclass(frozen=True)
class Gate:
    """A run held against an earlier one.

    Attributes:
        new: the run.
        old: the earlier run.
        margin: differences within it do not matter.
        shifts: a metric at a time: overall, then by language.
        newly_failed: retrievals that fail now and did not before.
        newly_found: that failed before and do not now.
    """

    new: AlignmentResults
    old: AlignmentResults
    margin: float
    shifts: list[Shift]
    newly_failed: Switched
    newly_found: Switched

    @property
    def worse(self) -> list[Shift]:
        """What is significantly worse, the largest loss first."""
        return sorted(
            (shift for shift in self.shifts if shift.verdict == "worse"),
            key=lambda shift: shift.contrast.difference or 0,
        )

    def verdict(self, *languages: str) -> Verdict:
        """Sum up the metrics of these languages ("all" is overall), or of everything.

        Worse where any is worse, else better where any is better, and level where all are.
        """
        found = {
            shift.verdict for shift in self.shifts if not languages or shift.language in languages
        }
        for verdict in ("worse", "better", "inconclusive", "level"):
            if verdict in found:
                return verdict
        return "inconclusive"


def against(
    new: AlignmentResults,
    old: AlignmentResults,
    margin: float | None = None,
    name: str = "the earlier record",
) -> Gate:
    """Hold a run against an earlier one: what is worse, better, level, and which retrievals.

    Args:
        new: the run.
        old: the earlier one, of the same grid, k and questions.
        margin: differences within it do not matter; None: that of the run.
        name: of the earlier one, in errors.

    Raises:
        InputError: when the runs cannot be compared.
    """
    Settings.of(new).require(old, name)
    margin = new.provenance.margin if margin is None else margin
    if not 0 <= margin < 1:
        raise InputError(f"margin is {margin!r}; give a share from 0 to 1, such as 0.01")
    pairs = {name: (_values(old, name), _values(new, name)) for name in COMPARED}
    shifts = shifts_of(pairs, new.languages, margin, new.provenance.seed, _searched(new, old))
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
    searched: dict[str, tuple[Floats, Floats]] | None = None,
) -> list[Shift]:
    """Test what became of each metric, overall and in every language.

    Args:
        pairs: {metric: values (C, L) before and after}, NaN where there is no text.
        languages: L codes.
        margin: differences within it do not matter.
        seed: of the tests and the intervals.
        searched: {metric: values (C, 1) before and after} that have no languages.
    """
    moved = {name: _moved(*pair) for name, pair in pairs.items()}
    still = ~np.any([~np.isnan(d) & (d != 0) for d in moved.values()], axis=(0, 1))  # (L,)
    overall = {
        name: tuple(mean_present(side, axis=1)[:, None] for side in pair)
        for name, pair in pairs.items()
    } | (searched or {})
    columns, named, alike = [], [], []
    for family, codes in ((overall, [ALL]), (pairs, languages)):
        columns += list(family.values())
        named += [(name, code) for name in family for code in codes]
        alike += list(still if family is pairs else [still.all()]) * len(family)
    before, after = (np.concatenate([pair[side] for pair in columns], axis=1) for side in (0, 1))
    shifts = one_family(named, before, after, np.array(alike), margin, seed)
    order = list(overall)
    return sorted(shifts, key=lambda shift: order.index(shift.metric))


def _moved(before: Floats, after: Floats) -> Floats:
    """Return after − before; 0 within a step of the rounding, NaN where either is missing."""
    difference = after - before
    return np.where(np.abs(difference) <= STEP, 0 * difference, difference)


def one_family(
    named: list[tuple[str, str]],
    before: Floats,
    after: Floats,
    alike: Bools,
    margin: float,
    seed: int,
) -> list[Shift]:
    """Test M questions at once: values (C, M) before and after; ``alike``, where nothing moved."""
    difference = _moved(before, after)
    there = np.isfinite(difference)
    ends = difference_interval(difference, seed)
    ends[:, alike & there.any(axis=0) & (np.nan_to_num(difference) == 0).all(axis=0)] = 0
    family = sign_flip_test(difference, seed=seed)
    # the test counts a missing text as one that did not move; the mean is over those there are
    share = there.mean(axis=0)
    found = family.detectable / np.where(share > 0, share, np.nan)
    # more than Z and _POWER standard errors: to lie beyond the margin too takes _POWER of them
    detectable = np.maximum(found, margin + found * _POWER / (Z + _POWER))
    means = [
        mean_present(np.where(there, values, np.nan), axis=0)
        for values in (before, after, difference)
    ]
    shifts = []
    for n, (metric, language) in enumerate(named):
        was, now, moved = (_number(own[n]) for own in means)
        contrast = Contrast(
            difference=moved,
            interval=Interval(*map(_number, ends[:, n])),
            p=float(family.p_adjusted[n]) if moved is not None else None,
            detectable=_number(detectable[n]),
        )
        shifts.append(Shift(metric, language, was, now, contrast, _verdict(contrast, margin)))
    return shifts


def _verdict(contrast: Contrast, margin: float) -> Verdict:
    if contrast.interval.within(margin):
        return "level"
    if contrast.significant and abs(contrast.difference or 0) > margin:
        return "worse" if (contrast.difference or 0) < 0 else "better"
    return "inconclusive"


def _number(value: float) -> Number:
    return float(value) if isfinite(value) else None


def _values(results: AlignmentResults, metric: str) -> Floats:
    """Return (C, L), NaN where there is no text."""
    return np.array(list(results.values[metric].values()), dtype=float).T


def _searched(new: AlignmentResults, old: AlignmentResults) -> dict[str, tuple[Floats, Floats]]:
    """Return {metric: values (C, 1) before and after} of a search, by the passages' concepts."""
    if not (new.search and old.search):
        return {}
    then, now = old.search.by_passage, new.search.by_passage
    names = list(new.coverage.concepts)
    return {
        metric: (_column(then[metric], names), _column(now[metric], names)) for metric in SEARCHED
    }


def _column(by_concept: dict[str, Number], names: list[str]) -> Floats:
    return np.array([[by_concept.get(name)] for name in names], dtype=float)


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
        for row in results.confusions.failed
        if row.concept in concepts
        and {row.query, row.target} <= set(codes)
        and where[codes[row.query], codes[row.target], concepts[row.concept]]
    ]
    return Switched(int(where.sum()), listed)
