"""Intervals: against scipy, by hand, and how often they hold the truth."""

import numpy as np
import pytest
from scipy import stats

from alignment.stats import intervals
from alignment.stats.estimates import MIN_CONCEPTS, Interval


def values(seed, *shape):
    return np.random.default_rng(seed).beta(8, 2, size=shape)


def test_the_statistic_of_many_concepts_has_the_percentiles_of_scipys_bootstrap():
    sample = values(0, 400, 1)
    ours = intervals.statistic_interval(sample, intervals.weighted_mean, seed=1)[:, 0]
    theirs = stats.bootstrap((sample[:, 0],), np.mean, method="percentile", rng=2)
    assert ours == pytest.approx(list(theirs.confidence_interval), abs=2e-3)
    assert intervals.mean_interval(sample, 0, 1)[:, 0] == pytest.approx(ours, abs=3e-3)


def test_an_interval_holds_its_mean_and_has_a_width():
    perfect, few = np.ones((15, 1)), values(1, MIN_CONCEPTS, 3)
    for sample in (perfect, few, values(2, 40, 2)):
        low, high = intervals.mean_interval(sample, 0, 1)
        assert (low <= sample.mean(axis=0)).all() and (sample.mean(axis=0) <= high).all()
        assert (high - low > 0).all()
    assert intervals.mean_interval(perfect, 0, 1)[0, 0] < 0.95
    assert np.isnan(intervals.mean_interval(values(3, MIN_CONCEPTS - 1, 2), 0, 1)).all()


def test_more_concepts_have_narrower_intervals():
    widths = [
        np.diff(intervals.mean_interval(np.ones((C, 1)), 0, 1), axis=0).item()
        for C in (5, 15, 50, 200)
    ]
    assert widths == sorted(widths, reverse=True) and widths[-1] < 0.01


def test_missing_values_are_no_concepts():
    sample = values(4, 30, 2)
    sample[20:, 1] = np.nan
    alone = intervals.mean_interval(sample[:20], 0, 1)
    both = intervals.mean_interval(sample, 0, 1)
    assert both[:, 1] == pytest.approx(alone[:, 1], abs=0.02)
    sample[4:, 1] = np.nan
    assert np.isnan(intervals.mean_interval(sample, 0, 1)[:, 1]).all()


def test_a_difference_goes_both_ways():
    difference = values(5, 50, 1) - values(6, 50, 1)
    low, high = intervals.difference_interval(difference)[:, 0]
    assert intervals.difference_interval(-difference)[:, 0] == pytest.approx(
        [-high, -low], abs=0.01
    )


def test_wilson_is_scipys():
    shares, counts = np.array([14 / 15, 0.5, 1.0]), np.array([15, 8, 30])
    ours = intervals.wilson_interval(shares, counts)
    for i, (share, count) in enumerate(zip(shares, counts, strict=True)):
        theirs = stats.binomtest(round(share * count), count).proportion_ci(method="wilson")
        assert ours[:, i] == pytest.approx([theirs.low, theirs.high])


def test_level_is_an_interval_within_the_margin():
    assert Interval(-0.003, 0.01).within(0.01)
    assert not Interval(-0.003, 0.02).within(0.01) and not Interval(None, None).within(1)


@pytest.mark.slow
@pytest.mark.parametrize(("C", "fails"), [(5, 0.02), (15, 0.006), (15, 0.1), (50, 0.04)])
def test_intervals_cover_near_the_ceiling_where_the_bootstrap_does_not(C, fails):
    """A concept that fails has a part of its pairs wrong; the truth is the mean over many."""
    rng = np.random.default_rng(7)

    def concepts(n):
        return 1 - (rng.random(n) < 4 * fails) * rng.beta(1, 3, n)

    truth = concepts(10**6).mean()
    samples = concepts((400, C))
    ends = np.array([intervals.mean_interval(s[:, None], 0, 1)[:, 0] for s in samples])
    plain = np.array(
        [intervals.statistic_interval(s[:, None], intervals.weighted_mean)[:, 0] for s in samples]
    )
    covered, by_bootstrap = (
        ((e[:, 0] <= truth) & (truth <= e[:, 1])).mean() for e in (ends, plain)
    )
    assert covered >= 0.92 and covered > by_bootstrap
