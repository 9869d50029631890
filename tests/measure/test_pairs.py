"""Language pairs and retrieval errors: by hand, against scikit-learn, and against all draws."""

from itertools import combinations

import numpy as np
import pytest
from conftest import credits, everywhere, gold_of, grid_of, random_vectors, unit
from sklearn.metrics import roc_auc_score

from alignment.measure import errors, hits, neighbours, pairs
from alignment.measure.measurement import measure

C, L = 30, 3
X = unit(random_vectors(11, (C, L, 8)) + random_vectors(12, (C, L, 8))[:, :1])


def values(X):
    """Return the values (C, L) of the pairs of the first language."""
    present, gold = everywhere(X), gold_of(X)
    _, density = neighbours.search(X, present, gold, 3)
    return pairs.of_language(0, X, present, gold, density, np.arange(X[..., 0].size).reshape(C, L))


@pytest.mark.parametrize("b", [1, 2])
def test_auroc_is_scikit_learns(b):
    theirs = roc_auc_score(np.eye(C, dtype=bool).ravel(), (X[:, 0] @ X[:, b].T).ravel())
    assert values(X)["auroc"][:, b].mean() == pytest.approx(theirs, abs=1e-7)


@pytest.mark.parametrize(("nearer", "tied"), [(0, 1), (2, 1), (0, 3), (1, 2), (6, 1), (0, 7)])
def test_the_credit_among_candidates_is_the_mean_over_all_draws(nearer, tied):
    size, m = 7, 3
    others = [1] * nearer + [0] * (tied - 1) + [-1] * (size - nearer - tied)
    draws = list(combinations(others, m - 1))
    expected = np.mean([(1 not in drawn) / (1 + drawn.count(0)) for drawn in draws])
    counts = hits.RankCounts(np.array([nearer]), np.array([tied]))
    np.testing.assert_allclose(counts.credit_among(m, np.array([size])), expected)


def test_errors_by_hand():
    # c0 and c1 are right in en; in de both lie near c0, and c1 is the nearer to c1
    x, y, z = np.eye(3)
    grid = grid_of(2, ("en", "de"))
    X = unit(np.array([[x, x + 0.3 * z], [y, x + 0.31 * z + 0.1 * y]]))
    m = measure(X, grid, 1)
    worst = errors.worst_errors(X, m.paired.gold, grid, m.near.answer)
    # only c1 from de to en fails: c0 is retrieved
    right, wrong = X[1, 1] @ X[1, 0], X[1, 1] @ X[0, 0]
    assert worst.total == 1
    (row,) = worst.failed
    assert (row.concept, row.query, row.target, row.retrieved) == ("c1", "de", "en", "c0")
    assert (row.similarity, row.similarity_retrieved) == pytest.approx((right, wrong), abs=1e-4)
    assert row.similarity_lost == pytest.approx(wrong - right, abs=2e-4)
    assert worst.pairs == [errors.ConfusedConcepts("c1", "c0", 1, {"de": 1, "en": 1})]
    assert list(errors.every_error(X, grid, m.near.answer)) == worst.failed


def test_errors_are_the_retrievals_that_earn_nothing():
    X = unit(random_vectors(8, (15, 1, 32)) + 2 * random_vectors(9, (15, 8, 32)))
    grid = grid_of(15, 8)
    m = measure(X, grid, 3)
    worst = errors.worst_errors(X, m.paired.gold, grid, m.near.answer)
    everything = list(errors.every_error(X, grid, m.near.answer))
    assert worst.total == len(everything) == np.nansum(credits(X)[0] == 0)
    assert len(worst.failed) == min(worst.total, errors.MAX_LISTED)
    lost = [row.similarity_lost for row in worst.failed]
    assert lost == pytest.approx(sorted(lost, reverse=True), abs=2e-4) and lost[-1] > 0
    assert lost[0] == pytest.approx(max(row.similarity_lost for row in everything))
    assert sum(pair.count for pair in worst.pairs) <= worst.total
    assert all(sum(pair.languages.values()) == 2 * pair.count for pair in worst.pairs)
