"""What is read off a language pair, against plain implementations of the same definitions."""

from itertools import combinations

import numpy as np
import pytest
from conftest import credits, everywhere, gold_of, random_vectors, unit
from sklearn.metrics import roc_auc_score

from alignment.measure import hits, neighbours, pairs

C, L = 30, 3
X = unit(random_vectors(11, (C, L, 8)) + random_vectors(12, (C, L, 8))[:, :1])


def measure(X, alike=()):
    """Values (C, L) of the pairs of the first language; ``alike`` names its words in the second."""
    C, L, _ = X.shape
    surfaces = np.arange(C * L).reshape(C, L)
    surfaces[list(alike), 1] = surfaces[list(alike), 0]
    there, gold = everywhere(X), gold_of(X)
    _, density = neighbours.search(X, there, gold, 3)
    return pairs.of_language(0, X, there, gold, density, surfaces)


@pytest.fixture(scope="module")
def measured():
    return measure(X)


def similarities(b):
    return X[:, 0] @ X[:, b].T


@pytest.mark.parametrize("b", [1, 2])
def test_csls_is_the_plain_dense_one(measured, b):
    k = 10
    s = similarities(b).astype(np.float64)
    near_target = np.sort(s, axis=1)[:, -k:].mean(axis=1)  # r_b(x)
    near_source = np.sort(s, axis=0)[-k:].mean(axis=0)  # r_a(y)
    csls = 2 * s - near_target[:, None] - near_source[None]
    there, back = (csls.argmax(axis=axis) == np.arange(C) for axis in (1, 0))
    np.testing.assert_allclose(measured["csls"][:, b], (there * 1.0 + back) / 2, atol=1e-5)


@pytest.mark.parametrize("b", [1, 2])
def test_auroc_is_scikit_learns(measured, b):
    theirs = roc_auc_score(np.eye(C, dtype=bool).ravel(), similarities(b).ravel())
    assert measured["auroc"][:, b].mean() == pytest.approx(theirs, abs=1e-7)


def test_auroc_counts_equal_ones_half():
    # all vectors equal: nothing above, nothing below
    assert measure(unit(np.ones((4, 2, 3))))["auroc"][:, 1].tolist() == [0.5] * 4


@pytest.mark.parametrize("b", [1, 2])
def test_rank_and_percentile_are_those_of_a_sort(measured, b):
    s = similarities(b)
    ranks = [
        [list(np.argsort(-row)).index(c) + 1 for c, row in enumerate(view)] for view in (s, s.T)
    ]
    expected = (1 / np.array(ranks)).mean(axis=0)
    np.testing.assert_allclose(measured["reciprocal_rank"][:, b], expected, rtol=1e-6)
    different = s[~np.eye(C, dtype=bool)]
    assert measured["negative_p99"][b] == pytest.approx(np.percentile(different, 99))


def test_mid_ranks_by_hand():
    # Language b has one vector thrice: the translation of 0 shares ranks 1, 2, 3, so 2.
    x, y = np.eye(2)
    tied = unit(np.array([[x, x], [x, x], [x, x], [y, y]]))
    assert measure(tied)["reciprocal_rank"][:, 1].tolist() == [0.5, 0.5, 0.5, 1]


@pytest.mark.parametrize(("nearer", "tied"), [(0, 1), (2, 1), (0, 3), (1, 2), (6, 1), (0, 7)])
def test_the_credit_among_few_is_the_mean_over_all_draws(nearer, tied):
    size, m = 7, 3
    others = [1] * nearer + [0] * (tied - 1) + [-1] * (size - nearer - tied)
    draws = list(combinations(others, m - 1))
    expected = np.mean([(1 not in drawn) / (1 + drawn.count(0)) for drawn in draws])
    found = hits.Standing(np.array([nearer]), np.array([tied]))
    np.testing.assert_allclose(found.credit_among(m, np.array([size])), expected)


def both_ways(X):
    """Retrieval (C, L) of the first language, as the mean of there and back."""
    retrieval, _ = credits(X)
    return (retrieval[:, 0] + retrieval[:, :, 0]) / 2


def test_without_identical_texts_the_retrieval_is_that_of_the_smaller_grid(measured):
    np.testing.assert_allclose(measured["distinct_retrieval"], both_ways(X))
    kept = np.delete(np.arange(C), [2, 5])
    fewer = measure(X, alike=[2, 5])["distinct_retrieval"]
    np.testing.assert_allclose(fewer[kept, 1], both_ways(X[kept])[:, 1])
    np.testing.assert_allclose(fewer[:, 2], measured["distinct_retrieval"][:, 2])
    assert np.isnan(fewer[[2, 5], 1]).all()


@pytest.mark.parametrize("concepts", [1, 2])
def test_too_few_concepts_are_not_measured(concepts):
    small = measure(X[:concepts])
    assert np.isnan(small["csls"]).all()
    assert np.isnan(small["auroc"]).all() == (concepts == 1)
