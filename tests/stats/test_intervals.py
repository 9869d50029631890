"""Intervals: against scipy, by hand, and their coverage in worlds whose truth is known."""

import coverage
import numpy as np
import pytest
import synthetic
from scipy import stats

from alignment.measure.measurement import measure
from alignment.stats import intervals
from alignment.stats.estimates import MIN_CONCEPTS


def values(seed, *shape):
    return np.random.default_rng(seed).beta(8, 2, size=shape)


def test_the_statistic_of_many_concepts_has_the_percentiles_of_scipys_bootstrap():
    sample = values(0, 400, 1)
    ours = intervals.statistic_interval(sample, intervals.weighted_mean, seed=1)[:, 0]
    theirs = stats.bootstrap((sample[:, 0],), np.mean, method="percentile", rng=2)
    assert ours == pytest.approx(list(theirs.confidence_interval), abs=2e-3)
    assert intervals.mean_interval(sample, 0, 1)[:, 0] == pytest.approx(ours, abs=3e-3)


def test_an_interval_holds_its_mean_and_has_a_width():
    perfect = np.ones((15, 1))
    for sample in (perfect, values(1, MIN_CONCEPTS, 3), values(2, 40, 2)):
        low, high = intervals.mean_interval(sample, 0, 1)
        assert (low <= sample.mean(axis=0)).all() and (sample.mean(axis=0) <= high).all()
        assert (high - low > 0).all()
    assert intervals.mean_interval(perfect, 0, 1)[0, 0] < 0.95
    assert np.isnan(intervals.mean_interval(values(3, MIN_CONCEPTS - 1, 2), 0, 1)).all()


def test_more_concepts_have_narrower_intervals():
    ends = [intervals.mean_interval(np.ones((C, 1)), 0, 1)[:, 0] for C in (5, 15, 50, 200)]
    widths = [high - low for low, high in ends]
    assert widths == sorted(widths, reverse=True) and widths[-1] < 0.02


def test_missing_values_are_no_concepts():
    sample = values(4, 30, 2)
    sample[20:, 1] = np.nan
    alone = intervals.mean_interval(sample[:20], 0, 1)
    both = intervals.mean_interval(sample, 0, 1)
    assert both[:, 1] == pytest.approx(alone[:, 1], abs=0.02)
    sample[4:, 1] = np.nan
    assert np.isnan(intervals.mean_interval(sample, 0, 1)[:, 1]).all()


def test_wilson_is_scipys():
    shares, counts = np.array([14 / 15, 0.5, 1.0]), np.array([15, 8, 30])
    ours = intervals.wilson_interval(shares, counts)
    for i, (share, count) in enumerate(zip(shares, counts, strict=True)):
        theirs = stats.binomtest(round(share * count), count).proportion_ci(method="wilson")
        assert ours[:, i] == pytest.approx([theirs.low, theirs.high])


def test_equal_differences_leave_no_room_for_an_outlier():
    equal, uneven = np.full((15, 1), -0.2), np.zeros((15, 1))
    uneven[:3] = -1  # the same mean
    (low, high), (wide_low, wide_high) = (
        intervals.difference_interval(sample)[:, 0] for sample in (equal, uneven)
    )
    assert wide_low < low < -0.2 < high < 0 < wide_high


# ---- coverage


def test_the_worlds_of_the_benchmark_measure_what_the_package_does():
    X = coverage.vectors(12, 4, (0.8,), 1, np.random.default_rng(0))[0]
    values, _ = coverage.measured(X)
    m = measure(X[0], synthetic.grid(12, 4), 3)
    retrieval = "cross_lingual_retrieval"
    for i, name in enumerate(("alignment_score", "calibrated_alignment_score", retrieval)):
        assert values[i, 0] == pytest.approx(m.by_concept[name], abs=1e-5)
    assert values[3, 0] == pytest.approx(m.values[retrieval][:, 0])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("C", "L", "noise", "draws", "least"),
    [
        (15, 8, 0.5, 100, 0.77),  # of .93; once in a million it is less
        *(
            pytest.param(*world, 200, 0.89, marks=pytest.mark.nightly)  # .93, less two errors
            for world in ((5, 8, 0.8), (15, 2, 1.3), (15, 8, 0.5), (50, 2, 0.35))
        ),
    ],
)
def test_intervals_cover(C, L, noise, draws, least):
    judged = coverage.judged(C, L, noise, draws=draws)
    for name in coverage.MEANS + coverage.DIFFERENCES:
        (share, width), _ = judged[name]
        assert share >= least and width > 0, name


@pytest.mark.slow
@pytest.mark.parametrize("kind", coverage.KINDS)
@pytest.mark.parametrize("C", coverage.CONCEPTS)
def test_intervals_cover_where_concepts_fail_entirely_and_seldom(C, kind):
    share, width = coverage.worst(C, *coverage.KINDS[kind], intervals.PSEUDO_CONCEPT)
    assert share >= 0.93 and width > 0
    assert coverage.worst(C, *coverage.KINDS[kind], 0.1)[0] < 0.9  # so the world is a hard one
