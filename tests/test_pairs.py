"""What is read off a language pair, against plain implementations of the same definitions."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from test_metrics import random_vectors, unit

from alignment import metrics, neighbours, pairs

C, L = 30, 3
X = unit(random_vectors(11, (C, L, 8)) + random_vectors(12, (C, L, 8))[:, :1])
NONE = np.zeros((C, L, L), dtype=bool)


def measure(X, identical):
    near = neighbours.search(X, metrics.same_concept_similarity(X), 3)
    return pairs.measure(X, near.density, identical)


@pytest.fixture(scope="module")
def measured():
    return measure(X, NONE)


def similarities(a, b):
    return X[:, a] @ X[:, b].T


def test_csls_is_the_plain_dense_one(measured):
    k = 10
    for a, b in [(0, 1), (1, 0), (2, 1)]:
        s = similarities(a, b).astype(np.float64)
        near_target = np.sort(s, axis=1)[:, -k:].mean(axis=1)  # r_b(x)
        near_source = np.sort(s, axis=0)[-k:].mean(axis=0)  # r_a(y)
        csls = 2 * s - near_target[:, None] - near_source[None]
        credit = csls.argmax(axis=1) == np.arange(C)
        np.testing.assert_allclose(measured.csls[:, a, b], credit, atol=1e-5)


def test_auroc_is_scikit_learns(measured):
    for a, b in [(0, 1), (0, 2), (1, 2)]:
        s = similarities(a, b)
        theirs = roc_auc_score(np.eye(C, dtype=bool).ravel(), s.ravel())
        assert measured.auroc[:, a, b].mean(dtype=np.float64) == pytest.approx(theirs, abs=1e-7)
        assert measured.auroc[:, b, a].tolist() == measured.auroc[:, a, b].tolist()


def test_auroc_counts_equal_ones_half():
    # all vectors equal: nothing above, nothing below
    same = unit(np.ones((4, 2, 3)))
    values = measure(same, np.zeros((4, 2, 2), dtype=bool)).auroc
    assert values[:, 0, 1].tolist() == [0.5] * 4


def test_rank_and_threshold_are_those_of_a_sort(measured):
    for a, b in [(0, 1), (2, 0)]:
        s = similarities(a, b)
        rank = [list(np.argsort(-row)).index(c) + 1 for c, row in enumerate(s)]
        np.testing.assert_allclose(measured.reciprocal_rank[:, a, b], 1 / np.array(rank), rtol=1e-6)
        different = s[~np.eye(C, dtype=bool)]
        assert measured.threshold[a, b] == pytest.approx(np.percentile(different, 99))


def test_mid_ranks_by_hand():
    # Language b has one vector thrice: the translation of 0 shares ranks 1, 2, 3, so 2.
    x, y = np.eye(2)
    tied = unit(np.array([[x, x], [x, x], [x, x], [y, y]]))
    measured = measure(tied, np.zeros((4, 2, 2), dtype=bool))
    assert measured.reciprocal_rank[:, 0, 1].tolist() == [0.5, 0.5, 0.5, 1]


def test_without_identical_texts_the_retrieval_is_that_of_the_smaller_grid(measured):
    np.testing.assert_allclose(
        measured.distinct_retrieval,
        neighbours.search(X, metrics.same_concept_similarity(X), 3).retrieval,
    )
    identical = NONE.copy()
    identical[[2, 5], 0, 1] = identical[[2, 5], 1, 0] = True
    kept = np.delete(np.arange(C), [2, 5])
    fewer = measure(X, identical).distinct_retrieval
    alone = measure(X[kept], NONE[kept]).distinct_retrieval
    np.testing.assert_allclose(fewer[kept, 0, 1], alone[:, 0, 1])
    np.testing.assert_allclose(fewer[kept, 1, 0], alone[:, 1, 0])
    np.testing.assert_allclose(fewer[:, 0, 2], measured.distinct_retrieval[:, 0, 2])
    assert np.isnan(fewer[2, 0, 1])


@pytest.mark.parametrize("concepts", [1, 2])
def test_too_few_concepts_are_not_measured(concepts):
    small = measure(X[:concepts], NONE[:concepts])
    assert np.isnan(small.csls).all()
    assert np.isnan(small.auroc).all() == (concepts == 1)
