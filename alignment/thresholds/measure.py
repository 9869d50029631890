"""Thresholds in numbers: one by use for all language pairs, and those of each pair."""

import math

import numpy as np

from alignment.grids import ConceptGrid
from alignment.measure import hits
from alignment.measure.arrays import Bools, Floats, Ints, Vectors
from alignment.measure.measurement import surfaces_of
from alignment.measure.metrics import mean_present, ratio
from alignment.record.analysis import Context
from alignment.record.numbers import table
from alignment.seam import Request
from alignment.stats.estimates import COSINE_DIGITS, Estimate, Number, estimate, number, numbers
from alignment.stats.intervals import mean_interval, statistic_interval, weighted_mean
from alignment.thresholds import cosines, record
from alignment.thresholds.cosines import EQUAL_ERROR, LEVELS, STEPS, Distributions, Shares, crossing
from alignment.thresholds.record import BITEXT, FALSE_SHARES

MAX_SPREADS = 100
MIN_PASSING = 10  # least number of passing pairs from which a share is estimated
_ABOUT_EQUAL = 0.01  # an equal error for which fewer concepts seldom have any error
USES = {use: LEVELS.index(share) for use, share in FALSE_SHARES.items()} | {BITEXT: EQUAL_ERROR}


def measure(request: Request, context: Context) -> record.Thresholds:
    """Choose the thresholds of a run's grid, for the pairs of the languages that are compared."""
    m, grid, languages = context.measurement, context.measurement.grid, context.compared
    a, b = np.triu_indices(len(grid.languages), k=1)
    served = np.isin(range(len(grid.languages)), languages)
    texts = m.X, m.present, surfaces_of(grid), served
    counts = cosines.distributions(*texts)
    served_pairs = served[a] & served[b]
    gold = np.where(m.identical[:, a, b] | ~served_pairs, np.nan, m.paired.gold)
    undefined = undefined_uses(int(np.isfinite(gold).any(axis=1).sum()))
    names = [(grid.languages[i], grid.languages[j]) for i, j in zip(a, b, strict=True)]
    uses = [use for use in USES if use not in undefined]
    error = (counts.missed + counts.false)[:, EQUAL_ERROR] / 2
    worst = np.flatnonzero(served_pairs)
    worst = worst[np.argsort(-np.nan_to_num(error[worst]), kind="stable")]
    one, five = LEVELS.index(0.01), LEVELS.index(0.05)
    return record.Thresholds(
        recommended=recommend(uses, counts, gold, names, *texts, m.seed),
        languages=[grid.languages[j] for j in languages],
        undefined=undefined,
        one_percent=_table(grid, counts.thresholds[:, one]),
        one_percent_passed=_table(grid, 1 - counts.missed[:, one]),
        five_percent=_table(grid, counts.thresholds[:, five]),
        five_percent_passed=_table(grid, 1 - counts.missed[:, five]),
        equal_error=_table(grid, error),
        equal_error_cosine=_table(grid, counts.thresholds[:, EQUAL_ERROR]),
        pairs=[
            record.PairSpread(*names[p], number(error[p]), *numbers(counts.spread[p]))
            for p in map(int, worst[:MAX_SPREADS])
        ],
        pair_count=len(worst),
        negatives=int(counts.count.sum()),
    )


def undefined_uses(C: int) -> dict[str, str]:
    """Return {use: why C concepts with translations give no threshold for it}."""
    undefined = {}
    for use in USES:
        pairs = MIN_PASSING / FALSE_SHARES.get(use, _ABOUT_EQUAL)
        needed = math.ceil((1 + math.sqrt(1 + 8 * pairs)) / 2)
        if needed > C:
            undefined[use] = f"{C:,} concepts with translations are too few; it takes {needed:,}"
    return undefined


def _table(grid: ConceptGrid, values: Floats) -> dict[str, dict[str, Number]]:
    """Return values (P,) by language and language, in both directions."""
    a, b = np.triu_indices(len(grid.languages), k=1)
    cells = np.full((len(grid.languages),) * 2, np.nan)
    cells[a, b] = cells[b, a] = values
    return table(grid, cells, COSINE_DIGITS)


def recommend(
    uses: list[str],
    counts: Distributions,
    gold: Floats,
    names: list[tuple[str, str]],
    X: Vectors,
    present: Bools,
    surfaces: Ints,
    served: Bools,
    seed: int = 0,
) -> dict[str, record.Threshold]:
    """Return {use: one threshold for all language pairs}.

    Args:
        uses: keys of ``USES``.
        counts: the distributions of the cosines of X.
        gold: (C, P), cosines of translations; NaN where there are none, they are identical, or a
            language is not served.
        names: the two languages of each of the P pairs.
        X, present, surfaces, served: the arguments of `cosines.distributions`.
        seed: for resampling.
    """
    curves = {use: _curve(use, counts) for use in uses}
    chosen = [STEPS[crossing(*curves[use])] for use in uses]
    by_pair = np.hstack([np.tile(chosen, (len(names), 1)), counts.thresholds[:, [EQUAL_ERROR]]])
    false = cosines.passing(X, present, surfaces, served, by_pair)
    P = int(np.isfinite(gold).any(axis=0).sum())
    step = 1 / P if P > 1 else 0  # one pair of a concept; a single pair saves nothing
    recommended = {}
    for k, use in enumerate(uses):
        missed, missed_by_pair = (
            _missed(gold, threshold) for threshold in (chosen[k], counts.thresholds[:, USES[use]])
        )
        passed, saved = false.by_concept[:, k], missed.by_concept - missed_by_pair.by_concept
        if use == BITEXT:
            saved = (saved + passed - false.by_concept[:, -1]) / 2
        recommended[use] = record.Threshold(
            cosine=_cosine(*curves[use], passed, missed.by_concept, seed),
            false=_estimate(passed, 0, 2 / (P * len(gold)), seed),
            missed=_estimate(missed.by_concept, 0, 1, seed),
            most_false=_largest(names, false.shares[:, k]),
            most_missed=_largest(names, missed.shares),
            saved=_estimate(saved, -step, step, seed),
        )
    return recommended


def _largest(names: list[tuple[str, str]], shares: Floats) -> record.PairShare:
    most = np.nanargmax(shares)
    return record.PairShare(*names[most], number(shares[most]))


def _curve(use: str, counts: Distributions) -> tuple[Floats, float]:
    """Return a curve that rises with the cosine, and its level at the threshold."""
    if use == BITEXT:
        return 1 - counts.translations - counts.negatives, 0
    return -counts.negatives, -FALSE_SHARES[use]


def _cosine(rising: Floats, level: float, false: Floats, missed: Floats, seed: int) -> Estimate:
    """Return the threshold where a curve reaches a level, which is 0 for the equal error.

    Its interval is the curve's interval at this point, converted to cosines along the curve as
    Woodruff (1952) does for quantiles. At the equal error few translations fail, so the curve's
    interval includes a pseudo-concept whose translations all fail. ``false`` and ``missed`` (C,)
    are the influences of the concepts.
    """
    if level:
        moved = level + false.mean() + statistic_interval(-false[:, None], weighted_mean, seed)
    else:
        values = (missed - false)[:, None]
        moved = values.mean() - mean_interval(values, values.min(), 1, seed)[::-1]
    ends = [STEPS[crossing(rising, end)] for end in moved[:, 0]]
    return estimate(STEPS[crossing(rising, level)], ends)


def _missed(gold: Floats, threshold: Floats) -> Shares:
    """Return the translations (C, P) that do not pass: shares (P,) and influences (C,)."""
    present = np.isfinite(gold)
    fails = present & ~hits.reaches(gold, threshold)
    count = present.sum(axis=0)
    shares = ratio(fails.sum(axis=0), count)
    weight = ratio(np.ones(len(count)), count * (count > 0).sum())
    influence = np.nan_to_num((fails - np.where(present, shares, 0)) * weight).sum(axis=1)
    return Shares(shares, mean_present(shares) + len(gold) * influence)


def _estimate(by_concept: Floats, low: float, high: float, seed: int) -> Estimate:
    """Return a mean and its interval, which allows for an unseen concept between low and high."""
    values = by_concept[:, None]
    ends = mean_interval(values, min(values.min(), low), max(values.max(), high), seed)
    return estimate(values.mean(), ends[:, 0])
