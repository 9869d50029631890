"""Intervals and tests against scipy, arithmetic, and their own promises by simulation."""

import numpy as np
import pytest
from scipy import stats

from alignment.stats import intervals

DRAWS = 500


def normal(seed, shape):
    return np.random.default_rng(seed).normal(size=shape)


def test_the_percentile_interval_is_scipys():
    values = normal(0, (15, 2))
    ours = intervals.bootstrap_interval(values, seed=7)
    for column in range(2):
        theirs = stats.bootstrap(
            (values[:, column],),
            np.mean,
            n_resamples=intervals.RESAMPLES,
            method="percentile",
            rng=np.random.default_rng(7),
        ).confidence_interval
        np.testing.assert_allclose(ours[:, column], theirs, rtol=1e-12)


def test_the_interval_of_equal_values_has_no_width():
    values = np.full((15, 1), 0.1)
    assert intervals.bootstrap_interval(values).tolist() == [[0.1], [0.1]]


def test_another_statistic_may_be_given():
    values = normal(1, (30, 1))

    def difference_of_halves(values, weights):
        half = len(values) // 2
        first, second = np.split(weights, [half], axis=1)
        return intervals.weighted_mean(values[:half], first) - intervals.weighted_mean(
            values[half:], second
        )

    low, high = intervals.bootstrap_interval(values, difference_of_halves)[:, 0]
    assert low < values[:15].mean() - values[15:].mean() < high


def test_missing_values_and_grids_too_small():
    values = np.array([[1.0], [np.nan], [3.0]])
    assert intervals.weighted_mean(values, np.array([[1, 5, 1]])) == [[2.0]]
    assert np.isnan(intervals.bootstrap_interval(np.ones((intervals.FEWEST - 1, 1)))).all()
    assert np.isnan(intervals.bootstrap_interval(np.full((9, 1), np.nan))).all()


@pytest.mark.parametrize(("right", "count"), [(14, 15), (0, 15), (15, 15), (700, 1923)])
def test_wilson_is_scipys(right, count):
    theirs = stats.binomtest(right, count).proportion_ci(method="wilson")
    ours = intervals.wilson_interval(right / count, count)
    np.testing.assert_allclose(ours, [theirs.low, theirs.high], atol=1e-12)


def test_holm_by_hand():
    # sorted .01 .02 .04 · 3 2 1 = .03 .04 .04
    adjusted = intervals.holm(np.array([0.04, 0.01, 0.02]))
    assert adjusted.tolist() == pytest.approx([0.04, 0.03, 0.04])
    assert intervals.holm(np.array([0.9, 0.8])).tolist() == [1, 1]


def test_no_difference_has_p_one():
    assert intervals.sign_flip_test(np.zeros((15, 1))) == [1]
    difference, p, _ = intervals.group_test(np.ones(15), np.arange(15)[:, None] < [3, 8])
    assert difference.tolist() == [0, 0] and p.tolist() == [1, 1]


def test_group_differences_are_those_of_their_means():
    values, members = normal(6, 10), np.arange(10) < 4
    difference, p, drawn = intervals.group_test(values, members[:, None], permutations=20_000)
    assert difference[0] == pytest.approx(values[members].mean() - values[~members].mean())
    exact = stats.permutation_test(
        (values[members], values[~members]),
        lambda a, b: abs(np.mean(a) - np.mean(b)),
        alternative="greater",
    ).pvalue
    assert p[0] == pytest.approx(exact, abs=0.01) and drawn.shape == (20_000, 1)


def test_sign_flips_agree_with_all_of_them():
    differences = normal(2, 10) + 0.5
    exact = stats.permutation_test(
        (differences,), np.mean, permutation_type="samples", n_resamples=2**10
    ).pvalue
    ours = intervals.sign_flip_test(differences[:, None], permutations=20_000)[0]
    assert ours == pytest.approx(exact, abs=0.01)


def test_concepts_needed_by_hand():
    # 100 concepts with a standard error of .1: a deviation of 1. For a difference of .5 it takes
    # (1.96 + 0.84)² · (1 / .5)² = 7.849 · 4 = 31.4, rounded up
    assert intervals.concepts_needed(0.5, 0.1, 100) == 32
    assert intervals.concepts_needed(0, 0.1, 100) is None
    # for five questions at once, z of .05 / 5: (2.576 + 0.842)² · 4 = 46.7
    assert intervals.concepts_needed(0.5, 0.1, 100, questions=5) == 47
    assert intervals.smallest_difference(1.0, 32) == pytest.approx(0.495, abs=1e-3)


@pytest.mark.slow
def test_the_interval_covers_the_truth():
    # skewed values bounded by 1, as credits are; the truth is 5 / 6
    draws = np.random.default_rng(3).beta(5, 1, (DRAWS, 60))
    covered = []
    for seed, values in enumerate(draws):
        low, high = intervals.bootstrap_interval(values[:, None], seed=seed)[:, 0]
        covered.append(low <= 5 / 6 <= high)
    assert 0.92 <= np.mean(covered) <= 0.97


@pytest.mark.slow
@pytest.mark.parametrize("test", ["sign flips", "groups"])
def test_p_is_uniform_where_there_is_nothing(test):
    members = np.arange(20) < 7
    p = [
        intervals.sign_flip_test(values[:, None], seed=seed)[0]
        if test == "sign flips"
        else intervals.group_test(values, members[:, None], seed=seed)[1][0]
        for seed, values in enumerate(normal(4, (DRAWS, 20)))
    ]
    assert 0.03 <= np.mean(np.array(p) <= 0.05) <= 0.07
