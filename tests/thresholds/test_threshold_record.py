"""The record of thresholds: one for all language pairs, its interval, and when there is none."""

import numpy as np
import pytest
from conftest import analysed, grid_of, random_vectors, unit

from alignment.results import AlignmentResults
from alignment.thresholds.measure import undefined_uses
from alignment.thresholds.record import BITEXT, CACHE, DUPLICATES


def vectors(C, L, noise=1.0, seed=0, D=24):
    rng = np.random.default_rng(seed)
    return unit(rng.normal(size=(C, 1, D)) + noise * rng.normal(size=(C, L, D)))


def cut(X):
    """The thresholds of languages l0, l1 …"""
    return analysed(X, grid_of(*X.shape[:2]), thresholds=True).thresholds


@pytest.fixture(scope="module")
def found():
    return cut(vectors(150, 3))


def rates(X, cosine):
    """Of each pair of languages, what of unrelated texts passes, and what of translations not."""
    own, L = np.eye(len(X), dtype=bool), X.shape[1]
    s = [X[:, a] @ X[:, b].T for a in range(L) for b in range(a + 1, L)]
    return np.array([[(p[~own] >= cosine).mean(), (p[own] < cosine).mean()] for p in s])


def test_what_is_recommended_is_what_passes_in_the_mean_and_in_the_worst_pair(found):
    X = vectors(150, 3)
    for use, share in ((DUPLICATES, 0.01), (CACHE, 0.001)):
        own = found.recommended[use]
        by_pair = rates(X, own.cosine.value)
        assert own.false.value == pytest.approx(by_pair[:, 0].mean(), abs=1e-6)
        assert own.missed.value == pytest.approx(by_pair[:, 1].mean(), abs=1e-6)
        assert own.false.value <= share < rates(X, own.cosine.value - 1.01e-4)[:, 0].mean()
        ends = own.most_false.share, own.most_missed.share
        assert ends == pytest.approx(by_pair.max(axis=0), abs=1e-6)
        for estimate in (own.cosine, own.false, own.missed, own.saved):
            assert estimate.interval.low <= estimate.value <= estimate.interval.high
    equal = found.recommended[BITEXT]
    assert equal.false.value == pytest.approx(equal.missed.value, abs=1 / 150)


def test_own_thresholds_help_where_languages_lie_in_cones_of_their_own():
    X = vectors(60, 4)
    cones = X.copy()
    cones[:, 2:] += unit(np.ones(24))  # two languages of four are close to each other throughout
    even, uneven = (cut(unit(V)).recommended[DUPLICATES] for V in (X, cones))
    assert uneven.saved.interval.low > 0.05 > even.saved.interval.high
    assert (uneven.most_false.a, uneven.most_false.b) == ("l2", "l3")
    assert uneven.most_false.share > 0.05


def test_small_grids_have_none_and_say_why():
    assert undefined_uses(46) == {CACHE: "46 concepts with translations are too few; it takes 142"}
    assert set(undefined_uses(45)) == {DUPLICATES, BITEXT, CACHE} and not undefined_uses(142)
    few = cut(vectors(15, 3))
    assert few.recommended == {} and set(few.undefined) == {DUPLICATES, BITEXT, CACHE}
    assert few.one_percent["l0"]["l1"] is not None  # as a description, without an interval
    for C, L in ((1, 3), (2, 2), (15, 1)):
        tiny = cut(vectors(C, L))
        assert tiny.recommended == {} and len(tiny.undefined) == 3
        assert tiny.pair_count == L * (L - 1) // 2


def test_they_are_there_only_where_asked_for():
    assert analysed(vectors(6, 2), grid_of(6, 2)).thresholds is None


def test_languages_that_the_model_does_not_know_are_not_served():
    X = vectors(60, 4, 0.5)
    X[:, 3] = random_vectors(1, (60, 24))
    served = cut(X)
    assert served.languages == ["l0", "l1", "l2"] and served.pair_count == 3
    alone = cut(np.ascontiguousarray(X[:, :3]))
    assert served.recommended == alone.recommended
    assert served.equal_error["l0"]["l3"] > 0.3 > served.equal_error["l0"]["l1"]


def test_tables_are_of_both_directions_and_lists_are_cut(tmp_path):
    results = analysed(vectors(20, 16), grid_of(20, 16), thresholds=True)
    found = results.thresholds
    for a, row in found.five_percent.items():
        assert list(row) == [code for code in found.five_percent if code != a]
        assert all(found.five_percent[b][a] == own for b, own in row.items())
    errors = [pair.equal_error for pair in found.pairs]
    assert errors == sorted(errors, reverse=True)
    assert len(errors) == 100 and found.pair_count == 120
    results.to_json(tmp_path / "record.json")
    assert AlignmentResults.from_json(tmp_path / "record.json") == results


@pytest.mark.slow
def test_intervals_of_thresholds_hold_the_truth():
    from thresholds import judged

    draws = 100
    for apart in (False, True):
        for use, (*held, helps, width) in judged(50, 4, 0.8, apart, draws).items():
            least = 0.95 - 3 * (0.95 * 0.05 / draws) ** 0.5
            assert min(held) >= least, (use, held)  # too seldom by chance: 1 in 700
            assert 0 < width < 0.2 and helps <= apart
