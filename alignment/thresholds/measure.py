"""Thresholds in numbers: one for all language pairs by use, and each pair's own."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from alignment.grids import ConceptGrid
from alignment.measure import hits
from alignment.measure.arrays import Bools, Floats, Ints, Vectors
from alignment.measure.measurement import Measurement, surfaces_of
from alignment.measure.metrics import mean_present, ratio
from alignment.record.analysis import Context
from alignment.record.numbers import table
from alignment.seam import Request
from alignment.stats.estimates import COSINE_DIGITS, Estimate, estimate, number, numbers
from alignment.stats.intervals import mean_interval, statistic_interval, weighted_mean
from alignment.thresholds import cut_offs
from alignment.thresholds.cut_offs import EQUAL_ERROR, LEVELS, STEPS, Distributions, crossing
from alignment.thresholds.record import (
    BITEXT,
    FALSE_SHARES,
    PairShare,
    PairSpread,
    Threshold,
    Thresholds,
)

MAX_SPREADS = 100
MIN_PASSING = 10  # pairs of concepts that may pass, of which a share that small can be told
_ABOUT_EQUAL = 0.01  # what an equal error may be: fewer concepts seldom show one at all
USES = {use: LEVELS.index(share) for use, share in FALSE_SHARES.items()} | {BITEXT: EQUAL_ERROR}


def measure(request: Request, context: Context) -> Thresholds:
    """Look for the thresholds of a run's grid."""
    return threshold_numbers(context.measurement, context.compared)


def threshold_numbers(m: Measurement, languages: list[int]) -> Thresholds:
    """Return the record of the thresholds of a grid that was measured.

    Args:
        m: of the grid.
        languages: the places of those that one threshold is to serve.
    """
    codes, (a, b) = m.grid.languages, np.triu_indices(len(m.grid.languages), k=1)
    served = np.isin(range(len(codes)), languages)
    texts = m.X, m.present, surfaces_of(m.grid), served
    found = cut_offs.distributions(*texts)
    between_served = served[a] & served[b]
    gold = np.where(m.identical[:, a, b] | ~between_served, np.nan, m.paired.gold)
    undefined = undefined_uses(int(np.isfinite(gold).any(axis=1).sum()))
    names = [(codes[i], codes[j]) for i, j in zip(a, b, strict=True)]
    uses = [use for use in USES if use not in undefined]
    error = (found.missed + found.false)[:, EQUAL_ERROR] / 2
    worst = np.flatnonzero(between_served)
    worst = worst[np.argsort(-np.nan_to_num(error[worst]), kind="stable")]
    return Thresholds(
        recommended=recommend(uses, found, gold, names, *texts, m.seed),
        languages=[codes[j] for j in languages],
        undefined=undefined,
        **_tables(m.grid, found, error),
        pairs=[_spread(names[p], error[p], found.spread[p]) for p in worst[:MAX_SPREADS]],
        pair_count=len(worst),
        negatives=int(found.count.sum()),
    )


def _spread(names: tuple[str, str], error: float, spread: Floats) -> PairSpread:
    return PairSpread(*names, number(error), *numbers(spread))


def undefined_uses(C: int) -> dict[str, str]:
    """Return {use: why C concepts with translations give no cut-off for it}."""
    needed = {use: _concepts_for(FALSE_SHARES.get(use, _ABOUT_EQUAL)) for use in USES}
    return {
        use: f"{C:,} concepts with translations are too few; it takes {concepts:,}"
        for use, concepts in needed.items()
        if concepts > C
    }


def _concepts_for(share: float) -> int:
    """Return how many concepts have ``MIN_PASSING`` pairs of which so small a share passes."""
    return math.ceil((1 + math.sqrt(1 + 8 * MIN_PASSING / share)) / 2)


def _tables(grid: ConceptGrid, found: Distributions, error: Floats) -> dict[str, Any]:
    one, five = LEVELS.index(0.01), LEVELS.index(0.05)
    values = {
        "one_percent": found.own[:, one],
        "one_percent_passed": 1 - found.missed[:, one],
        "five_percent": found.own[:, five],
        "five_percent_passed": 1 - found.missed[:, five],
        "equal_error": error,
        "equal_error_cosine": found.own[:, EQUAL_ERROR],
    }
    a, b = np.triu_indices(len(grid.languages), k=1)
    cells = np.full((len(grid.languages),) * 2, np.nan)
    tables = {}
    for name, own in values.items():
        cells[a, b] = cells[b, a] = own
        tables[name] = table(grid, cells, COSINE_DIGITS)
    return tables


def recommend(
    uses: list[str],
    found: Distributions,
    gold: Floats,
    names: list[tuple[str, str]],
    X: Vectors,
    present: Bools,
    surfaces: Ints,
    known: Bools,
    seed: int = 0,
) -> dict[str, Threshold]:
    """Return one threshold for all language pairs for each use.

    Args:
        uses: of ``USES``.
        found: on X.
        gold: (C, P), cosines of translations; NaN where there are none, they are written alike, or
            a language is not known.
        names: of the P pairs.
        X, present, surfaces, known: as of ``measure.cut_offs``.
        seed: of resampling.
    """
    curves = {use: _curve(use, found) for use in uses}
    at = [STEPS[crossing(*curves[use])] for use in uses]
    own_error = found.own[:, [EQUAL_ERROR]]
    asked = np.concatenate([np.broadcast_to(at, (len(names), len(at))), own_error], axis=1)
    false = cut_offs.passing(X, present, surfaces, known, asked)
    P = int(np.isfinite(gold).any(axis=0).sum())
    step = 1 / P if P > 1 else 0  # one pair of a concept; a single pair's own threshold saves 0
    cut = {}
    for k, use in enumerate(uses):
        missed, own = (_Missed.of(gold, level) for level in (at[k], found.own[:, USES[use]]))
        passed, saved = false.by_concept[:, k], missed.by_concept - own.by_concept
        if use == BITEXT:
            saved = (saved + passed - false.by_concept[:, -1]) / 2
        cut[use] = Threshold(
            cosine=_cosine(*curves[use], passed, missed.by_concept, seed),
            false=_estimate(passed, 0, 2 / (P * len(gold)), seed),
            missed=_estimate(missed.by_concept, 0, 1, seed),
            most_false=_largest(names, false.shares[:, k]),
            most_missed=_largest(names, missed.shares),
            saved=_estimate(saved, -step, step, seed),
        )
    return cut


def _largest(names: list[tuple[str, str]], shares: Floats) -> PairShare:
    most = np.nanargmax(shares)
    return PairShare(*names[most], number(shares[most]))


def _curve(use: str, found: Distributions) -> tuple[Floats, float]:
    """Return what rises with the cosine, and the level at which the cut-off is."""
    if use == BITEXT:
        return 1 - found.translations - found.unrelated, 0
    return -found.unrelated, -FALSE_SHARES[use]


def _cosine(rising: Floats, level: float, false: Floats, missed: Floats, seed: int) -> Estimate:
    """Return a cut-off and its interval: that of the curve there, read along the curve.

    So Woodruff (1952) has it for quantiles. Where translations count too, so few of them fail that
    the interval of the curve has a pseudo-concept of which all do, and what the curve may be above
    what was seen is what the cut-off may be below it.

    Args:
        rising, level: the curve, and where on it the cut-off is: at 0 where translations count too.
        false, missed: (C,), what passes and does not, by concept.
        seed: of resampling.
    """
    if level:
        moved = level + false.mean() + statistic_interval(-false[:, None], weighted_mean, seed)
    else:
        values = (missed - false)[:, None]
        moved = values.mean() - mean_interval(values, values.min(), 1, seed)[::-1]
    ends = [STEPS[crossing(rising, end)] for end in moved[:, 0]]
    return estimate(STEPS[crossing(rising, level)], ends)


@dataclass(frozen=True)
class _Missed:
    """Translations that do not pass: shares (P,) of language pairs, influences (C,) on the mean."""

    shares: Floats
    by_concept: Floats

    @classmethod
    def of(cls, gold: Floats, cut_off: Floats) -> "_Missed":
        there = np.isfinite(gold)
        fails = there & ~hits.reaches(gold, cut_off)
        count = there.sum(axis=0)
        shares = ratio(fails.sum(axis=0), count)
        weight = ratio(np.ones(len(count)), count * (count > 0).sum())
        more = np.nan_to_num((fails - np.where(there, shares, 0)) * weight).sum(axis=1)
        return cls(shares, mean_present(shares) + len(gold) * more)


def _estimate(by_concept: Floats, low: float, high: float, seed: int) -> Estimate:
    """Return a mean and its interval, for which another concept may be the worst or the best.

    Args:
        low, high: what such a concept may be at least; those that were seen may be more extreme.
    """
    values = by_concept[:, None]
    ends = mean_interval(values, min(values.min(), low), max(values.max(), high), seed)
    return estimate(values.mean(), ends[:, 0])
