"""Metrics: by hand, against sentence-transformers, and by laws; `test_gaps` has plain loops."""

from types import SimpleNamespace

import numpy as np
import pytest
from conftest import credits, paired, random_vectors, unit
from hypothesis import given, settings
from hypothesis import strategies as st

from alignment.measure import metrics

C, L, K = 15, 8, 3
CHANCE_NEAREST = (L - 1) / (C * L - 1)  # of the 119 others, 7 carry the concept
CHANCE_RETRIEVAL = 1 / C


def measured(X, k=K):
    """Intra (C,), nearest (C,), retrieval (L, L) of X."""
    retrieval, nearest = credits(X, k)
    return paired(X).similarity.mean(axis=1), nearest.mean(axis=1), retrieval.mean(axis=0)


# Encoders whose results are known by hand: (X, intra, nearest, retrieval).
# Where all similarities are equal, every candidate ties: the credit is chance itself.
DEGENERATE = {
    "all equal": (np.ones((C, L, 4)), 1, CHANCE_NEAREST, CHANCE_RETRIEVAL),
    "all orthogonal": (np.eye(C * L).reshape(C, L, -1), 0, CHANCE_NEAREST, CHANCE_RETRIEVAL),
    "perfect": (np.repeat(np.eye(C)[:, None], L, axis=1), 1, 1, 1),
    # each language in a direction of its own: the 14 others of the language are nearest, tied,
    # and in another language all tie
    "by language": (np.repeat(np.eye(L)[None], C, axis=0), 0, 0, CHANCE_RETRIEVAL),
}


@pytest.mark.parametrize("name", DEGENERATE)
def test_degenerate_encoders(name):
    X, *expected = DEGENERATE[name]
    intra, nearest, retrieval = measured(unit(X))
    between = metrics.between_languages_mean(retrieval)
    assert [intra.mean(), nearest.mean(), between] == pytest.approx(expected, abs=1e-6)


def test_random_directions_are_at_chance():
    runs = [measured(random_vectors(seed, (C, L, 256))) for seed in range(8)]
    intra, nearest, retrieval = (np.nanmean([run[part] for run in runs]) for part in range(3))
    # 8 × 840 queries: the standard error is about .003
    assert retrieval == pytest.approx(CHANCE_RETRIEVAL, abs=0.015)
    assert nearest == pytest.approx(CHANCE_NEAREST, abs=0.015)
    assert intra == pytest.approx(0, abs=0.01)


def test_ties_beyond_the_search_depth_are_counted():
    # A query ties with many more candidates than the k + 2 that are searched.
    X = np.repeat(np.eye(2)[:, None], 2, axis=1)  # two concepts, two languages, no tie
    X = np.concatenate([X, np.repeat(X[:1], 20, axis=0)])  # and concept 0 twenty times again
    retrieval, nearest = credits(unit(X), k=1)
    assert retrieval[0, 0, 1] == pytest.approx(1 / 21)
    assert nearest[0, 0] == pytest.approx(1 / 41)  # 42 vectors equal it, itself left out
    assert retrieval[1, 0, 1] == nearest[1, 0] == 1


def test_agrees_with_the_translation_evaluator():
    import torch
    from sentence_transformers.sentence_transformer.evaluation import TranslationEvaluator

    X = unit(random_vectors(3) + random_vectors(4)[:, :1])

    class Lookup:
        """What the evaluator asks of a model: texts "c l" become the vector of (c, l)."""

        model_card_data = SimpleNamespace(set_evaluation_metrics=lambda *arguments: None)

        def encode(self, texts, **options):
            return [torch.tensor(X[tuple(map(int, text.split()))]) for text in texts]

    retrieval = measured(X)[2]
    for a, b in [(0, 1), (2, 5), (7, 3)]:
        texts = ([f"{c} {language}" for c in range(C)] for language in (a, b))
        scores = TranslationEvaluator(*texts, write_csv=False)(Lookup())
        assert scores["src2trg_accuracy"] == pytest.approx(retrieval[a, b])
        assert scores["trg2src_accuracy"] == pytest.approx(retrieval[b, a])


def with_duplicates(seed):
    """Vectors of which some are equal: across languages, and across concepts."""
    X = random_vectors(seed, (6, 4, 5))
    X[1, 2], X[3, 0], X[4, 1] = X[1, 3], X[3, 1], X[5, 1]
    return X


seeds = st.integers(0, 2**32 - 1)


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_a_rotation_changes_nothing(seed):
    X = with_duplicates(seed)
    rotation = np.linalg.qr(np.random.default_rng(seed).normal(size=(5, 5)))[0]
    for before, after in zip(measured(X), measured(unit(X @ rotation)), strict=True):
        np.testing.assert_allclose(before, after, atol=1e-5)


@settings(max_examples=20, deadline=None)
@given(seeds, st.permutations(range(6)), st.permutations(range(4)))
def test_a_permutation_changes_only_the_order(seed, concepts, languages):
    X = with_duplicates(seed)
    intra, nearest, retrieval = measured(X)
    moved = measured(np.ascontiguousarray(X[concepts][:, languages]))
    expected = intra[concepts], nearest[concepts], retrieval[languages][:, languages]
    for before, after in zip(expected, moved, strict=True):
        np.testing.assert_allclose(before, after, atol=1e-6)
