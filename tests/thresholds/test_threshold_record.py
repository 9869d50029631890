"""The record of thresholds: one for all language pairs, its interval, and when it is missing."""

import numpy as np
import pytest
from conftest import analysed, grid_of, random_vectors, unit

from alignment.results import AlignmentResults
from alignment.thresholds.measure import undefined_uses
from alignment.thresholds.record import BITEXT, CACHE, DUPLICATES


def vectors(C, L, noise=1.0, D=24):
    rng = np.random.default_rng(0)
    return unit(rng.normal(size=(C, 1, D)) + noise * rng.normal(size=(C, L, D)))


def thresholds(X):
    """The thresholds of languages l0, l1 …"""
    return analysed(X, grid_of(*X.shape[:2]), thresholds=True).thresholds


def rates(X, cosine):
    """By pair of languages: the shares of negatives that pass and of translations that do not."""
    same, L = np.eye(len(X), dtype=bool), X.shape[1]
    s = [X[:, a] @ X[:, b].T for a in range(L) for b in range(a + 1, L)]
    return np.array([[(p[~same] >= cosine).mean(), (p[same] < cosine).mean()] for p in s])


def test_what_is_recommended_is_what_passes_in_the_mean_and_in_the_worst_pair():
    X = vectors(150, 3)
    record = thresholds(X)
    for use, share in ((DUPLICATES, 0.01), (CACHE, 0.001)):
        best = record.recommended[use]
        by_pair = rates(X, best.cosine.value)
        assert (best.false.value, best.missed.value) == pytest.approx(by_pair.mean(0), abs=1e-6)
        assert best.false.value <= share < rates(X, best.cosine.value - 1.01e-4)[:, 0].mean()
        ends = best.most_false.share, best.most_missed.share
        assert ends == pytest.approx(by_pair.max(axis=0), abs=1e-6)
        for estimate in (best.cosine, best.false, best.missed, best.saved):
            assert estimate.interval.low <= estimate.value <= estimate.interval.high
    equal = record.recommended[BITEXT]
    assert equal.false.value == pytest.approx(equal.missed.value, abs=1 / 150)


def test_thresholds_by_pair_help_where_some_languages_lie_in_a_cone():
    X = vectors(60, 4)
    cones = X.copy()
    cones[:, 2:] += unit(np.ones(24))  # two languages of four are close to each other throughout
    even, uneven = (thresholds(unit(V)).recommended[DUPLICATES] for V in (X, cones))
    assert uneven.saved.interval.low > 0.05 > even.saved.interval.high
    assert (uneven.most_false.a, uneven.most_false.b) == ("l2", "l3")
    assert uneven.most_false.share > 0.05


def test_small_grids_have_none_and_say_why():
    assert undefined_uses(46) == {CACHE: "46 concepts with translations are too few; it takes 142"}
    assert set(undefined_uses(45)) == {DUPLICATES, BITEXT, CACHE} and not undefined_uses(142)
    for C, L in ((15, 3), (1, 3), (2, 2), (15, 1)):
        small = thresholds(vectors(C, L))
        assert small.recommended == {} and set(small.undefined) == {DUPLICATES, BITEXT, CACHE}
        assert small.pair_count == L * (L - 1) // 2
    # as a description, without an interval
    assert thresholds(vectors(15, 3)).one_percent["l0"]["l1"] is not None


def test_without_the_option_none_are_measured():
    assert analysed(vectors(6, 2), grid_of(6, 2)).thresholds is None


def test_unsupported_languages_are_left_out():
    X = vectors(60, 4, 0.5)
    X[:, 3] = random_vectors(1, (60, 24))
    served = thresholds(X)
    assert served.languages == ["l0", "l1", "l2"] and served.pair_count == 3
    alone = thresholds(np.ascontiguousarray(X[:, :3]))
    assert served.recommended == alone.recommended
    assert served.equal_error["l0"]["l3"] > 0.3 > served.equal_error["l0"]["l1"]


def test_tables_are_of_both_directions_and_lists_are_cut(tmp_path):
    results = analysed(vectors(20, 16), grid_of(20, 16), thresholds=True)
    record = results.thresholds
    for a, row in record.five_percent.items():
        assert list(row) == [code for code in record.five_percent if code != a]
        assert all(record.five_percent[b][a] == cosine for b, cosine in row.items())
    errors = [pair.equal_error for pair in record.pairs]
    assert errors == sorted(errors, reverse=True)
    assert len(errors) == 100 and record.pair_count == 120
    results.to_json(tmp_path / "record.json")
    assert AlignmentResults.from_json(tmp_path / "record.json") == results


@pytest.mark.slow
@pytest.mark.parametrize(
    ("draws", "least"), [(20, 0.55), pytest.param(100, 0.88, marks=pytest.mark.nightly)]
)
def test_intervals_of_thresholds_hold_the_truth(draws, least):
    """An interval that holds the truth in 95 % of draws fails this once in a million (or 700)."""
    from thresholds import judged

    for cones in (False, True):
        for use, (*shares, helps, width) in judged(50, 4, 0.8, cones, draws).items():
            assert min(shares) >= least, (use, shares)
            assert 0 < width < 0.2 and helps <= cones
