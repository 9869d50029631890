"""Cut-offs in numbers: one for all language pairs by use, and each pair's own."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from alignment.engines import Engine, one_machine
from alignment.explain import COSINE_DIGITS
from alignment.grids import ConceptGrid
from alignment.measure import cut_offs, hits
from alignment.measure.arrays import Bools, Floats, Ints, Vectors
from alignment.measure.cut_offs import EQUAL_ERROR, LEVELS, STEPS, Distributions, crossing
from alignment.measure.measurement import Measurement, surfaces_of
from alignment.measure.metrics import mean_present, ratio
from alignment.record.cut_offs import BITEXT, FALSE_SHARES, CutOff, CutOffs, PairShare, PairSpread
from alignment.record.numbers import between
from alignment.stats.estimates import Estimate, Interval
from alignment.stats.intervals import mean_interval, statistic_interval, weighted_mean

MAX_SPREADS = 100
MIN_PASSING = 10  # pairs of concepts that may pass, of which a share that small can be told
_ABOUT_EQUAL = 0.01  # what an equal error may be: fewer concepts seldom show one at all
USES = {use: LEVELS.index(share) for use, share in FALSE_SHARES.items()} | {BITEXT: EQUAL_ERROR}


def cut_off_numbers(m: Measurement) -> CutOffs:
    """Return the record of the cut-offs of a grid that was measured."""
    codes, (a, b) = m.grid.languages, np.triu_indices(len(m.grid.languages), k=1)
    undefined = undefined_uses(*m.present.shape)
    if not len(a):
        return CutOffs({}, undefined, *({} for _ in range(6)), [], 0, 0)
    texts = m.X, m.present, surfaces_of(m.grid)
    found = cut_offs.distributions(*texts, m.engine)
    gold = np.where(m.identical[:, a, b], np.nan, m.paired.gold)
    names = [(codes[i], codes[j]) for i, j in zip(a, b, strict=True)]
    uses = [use for use in USES if use not in undefined]
    error = (found.missed + found.false)[:, EQUAL_ERROR] / 2
    worst = np.argsort(-np.nan_to_num(error), kind="stable")[:MAX_SPREADS]
    return CutOffs(
        recommended=recommend(uses, found, gold, names, *texts, m.seed, m.engine),
        undefined=undefined,
        **_tables(m.grid, found, error),
        pairs=[PairSpread(*names[p], error[p], *found.spread[p].tolist()) for p in worst],
        pair_count=len(names),
        unrelated=int(found.count.sum()),
    )


def undefined_uses(C: int, L: int) -> dict[str, str]:
    """Return {use: why there is no cut-off for it}."""
    if L < 2:
        return dict.fromkeys(USES, "one language has no translations")
    needed = {use: _concepts_for(FALSE_SHARES.get(use, _ABOUT_EQUAL)) for use in USES}
    return {
        use: f"{C:,} concepts are too few; it takes {concepts:,}"
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
    table = np.full((len(grid.languages),) * 2, np.nan)
    tables = {}
    for name, own in values.items():
        table[a, b] = table[b, a] = own.round(COSINE_DIGITS)
        tables[name] = between(grid, table)
    return tables


def recommend(
    uses: list[str],
    found: Distributions,
    gold: Floats,
    names: list[tuple[str, str]],
    X: Vectors,
    present: Bools,
    surfaces: Ints,
    seed: int = 0,
    engine: Engine = one_machine,
) -> dict[str, CutOff]:
    """Return one cut-off for all language pairs for each use.

    Args:
        uses: of ``USES``.
        found: on X.
        gold: (C, P), cosines of translations; NaN where there are none, or they are written alike.
        names: of the P pairs.
        X, present, surfaces: as of ``measure.cut_offs``.
        seed: of resampling.
        engine: goes through the languages.
    """
    curves = {use: _curve(use, found) for use in uses}
    at = [STEPS[crossing(*curves[use])] for use in uses]
    own_error = found.own[:, [EQUAL_ERROR]]
    asked = np.concatenate([np.broadcast_to(at, (len(names), len(at))), own_error], axis=1)
    false = cut_offs.passing(X, present, surfaces, asked, engine)
    cut = {}
    for k, use in enumerate(uses):
        missed, own = (_Missed.of(gold, level) for level in (at[k], found.own[:, USES[use]]))
        saved = missed.by_concept - own.by_concept
        if use == BITEXT:
            saved = (saved + false.by_concept[:, k] - false.by_concept[:, -1]) / 2
        shares = false.shares[:, k], missed.shares
        values = np.stack([false.by_concept[:, k], saved], axis=1)
        cut[use] = CutOff(
            _cosine(*curves[use], values[:, 0], missed.by_concept if use == BITEXT else None, seed),
            _estimate(values[:, :1], statistic_interval(values[:, :1], weighted_mean, seed)),
            _estimate(missed.values, mean_interval(missed.values, 0, 1, seed)),
            *(
                PairShare(*names[worst], share[worst])
                for share in shares
                for worst in (np.nanargmax(share), np.nanargmin(share))
            ),
            _estimate(values[:, 1:], statistic_interval(values[:, 1:], weighted_mean, seed)),
        )
    return cut


def _curve(use: str, found: Distributions) -> tuple[Floats, float]:
    """Return what rises with the cosine, and the level at which the cut-off is."""
    if use == BITEXT:
        return 1 - found.translations - found.unrelated, 0
    return -found.unrelated, -FALSE_SHARES[use]


def _cosine(
    rising: Floats, level: float, false: Floats, missed: Floats | None, seed: int
) -> Estimate:
    """Return a cut-off and its interval: that of the curve there, read along the curve.

    So Woodruff (1952) has it for quantiles. Where translations count too, so few of them fail that
    the interval of the curve has a pseudo-concept of which all do, and what the curve may be above
    what was seen is what the cut-off may be below it.
    """
    at = crossing(rising, level)
    if missed is None:
        moved = level + statistic_interval(-false[:, None], weighted_mean, seed) + false.mean()
    else:
        values = (missed - false)[:, None]
        moved = level + values.mean() - mean_interval(values, values.min(), 1, seed)[::-1]
    low, high = (float(STEPS[crossing(rising, end)]) for end in moved[:, 0])
    return Estimate(float(STEPS[at]), Interval(low, high))


@dataclass(frozen=True)
class _Missed:
    """Which translations do not pass: shares (P,) of language pairs, influences (C,) on the mean."""

    shares: Floats
    by_concept: Floats

    @property
    def values(self) -> Floats:
        return self.by_concept[:, None]

    @classmethod
    def of(cls, gold: Floats, cut_off: Floats) -> "_Missed":
        there = np.isfinite(gold)
        fails = there & ~hits.reaches(gold, cut_off)
        count = there.sum(axis=0)
        shares = ratio(fails.sum(axis=0), count)
        weight = ratio(np.ones(len(count)), count * (count > 0).sum())
        more = np.nan_to_num((fails - np.where(there, shares, 0)) * weight).sum(axis=1)
        return cls(shares, mean_present(shares) + len(gold) * more)


def _estimate(values: Floats, ends: Floats) -> Estimate:
    return Estimate(float(values.mean()), Interval(*ends[:, 0].tolist()))
