"""Values of a language pair, against scikit-learn and plain draws; `test_gaps` has the rest."""

from itertools import combinations

import numpy as np
import pytest
from conftest import everywhere, gold_of, random_vectors, unit
from sklearn.metrics import roc_auc_score

from alignment.measure import hits, neighbours, pairs

C, L = 30, 3
X = unit(random_vectors(11, (C, L, 8)) + random_vectors(12, (C, L, 8))[:, :1])


def measure(X):
    """Return the values (C, L) of the pairs of the first language."""
    there, gold = everywhere(X), gold_of(X)
    _, density = neighbours.search(X, there, gold, 3)
    return pairs.of_language(0, X, there, gold, density, np.arange(X[..., 0].size).reshape(C, L))


@pytest.mark.parametrize("b", [1, 2])
def test_auroc_is_scikit_learns(b):
    theirs = roc_auc_score(np.eye(C, dtype=bool).ravel(), (X[:, 0] @ X[:, b].T).ravel())
    assert measure(X)["auroc"][:, b].mean() == pytest.approx(theirs, abs=1e-7)


@pytest.mark.parametrize(("nearer", "tied"), [(0, 1), (2, 1), (0, 3), (1, 2), (6, 1), (0, 7)])
def test_the_credit_among_candidates_is_the_mean_over_all_draws(nearer, tied):
    size, m = 7, 3
    others = [1] * nearer + [0] * (tied - 1) + [-1] * (size - nearer - tied)
    draws = list(combinations(others, m - 1))
    expected = np.mean([(1 not in drawn) / (1 + drawn.count(0)) for drawn in draws])
    counts = hits.RankCounts(np.array([nearer]), np.array([tied]))
    np.testing.assert_allclose(counts.credit_among(m, np.array([size])), expected)
