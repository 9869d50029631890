"""The analysis: encoders that align nothing, and numbers derived by hand."""

import numpy as np
import pytest
from conftest import analysed, grid_of, paired, random_vectors, unit

from alignment import DEFAULT_MARGIN
from alignment.diagnosis import contrasts
from alignment.measure.centroids import centroid_p
from alignment.measure.measurement import PARTS
from alignment.report import tables
from concepts import CONCEPTS

C, L = len(CONCEPTS.concepts), len(CONCEPTS.languages)
D = 64


def cone(seed, cosine):
    """Random directions that share one, so that unrelated vectors have this mean cosine."""
    common = random_vectors(10**6 + seed, (1, 1, D))
    return unit(np.sqrt(cosine) * common + np.sqrt(1 - cosine) * random_vectors(seed, (C, L, D)))


@pytest.mark.simulation
@pytest.mark.parametrize(
    ("cosine", "runs"),
    [(0.5, 8), *(pytest.param(cosine, 40, marks=pytest.mark.nightly) for cosine in (0, 0.5, 0.9))],
)
def test_encoders_that_align_nothing_have_a_calibrated_score_of_0(cosine, runs):
    records = [analysed(cone(seed, cosine), CONCEPTS) for seed in range(runs)]
    names = [f"calibrated_{name}" for name in ("alignment_score", *PARTS)]
    ends = np.array([[record.intervals[name] for name in names] for record in records])
    covered = np.mean((ends[..., 0] <= 0) & (ends[..., 1] >= 0), axis=0)
    assert (covered > 0.95 - 3 * np.sqrt(0.95 * 0.05 / runs)).all()
    scores = [record.calibrated["alignment_score"] for record in records]
    assert np.mean(scores) == pytest.approx(0, abs=0.06 / np.sqrt(runs))


def test_a_constant_encoder_is_named_and_scores_exactly_0():
    # The float32 products of equal vectors of 512 dimensions differ in the last bits.
    vector = np.random.default_rng(1).normal(size=512)
    results = analysed(unit(np.tile(vector, (C, L, 1))), CONCEPTS)
    assert results.collapsed and "collapsed" in results.findings[0]
    assert set(results.calibrated.values()) == {0} and results.further["auroc"] == 0.5
    assert len({hub.times for hub in results.hubness.hubs}) == 1
    low, high = results.intervals["calibrated_alignment_score"]
    assert low <= 0 <= high
    assert results.alignment_score == pytest.approx(0.3 + 0.3 * 7 / 119 + 0.4 / 15)


@pytest.mark.parametrize("languages", [2, 3, L])
def test_a_perfect_encoder_of_few_or_many_languages_scores_1(languages):
    grid = CONCEPTS.in_languages(CONCEPTS.languages[:languages])
    results = analysed(np.repeat(np.eye(C, dtype=np.float32)[:, None], languages, axis=1), grid)
    assert list(results.calibrated.values()) == pytest.approx([1] * 4)
    limited = any("nearest-neighbour accuracy is at most" in line for line in results.findings)
    assert limited == (languages <= 3)
    nearest = results.summary["nearest_neighbor_accuracy"]
    assert nearest == pytest.approx(min(1, (languages - 1) / 3))
    assert results.further["auroc"] == results.further["csls_retrieval"] == 1
    assert {hub.times for hub in results.hubness.hubs} == {languages - 1}
    assert results.language_bias is None and "language_bias" in results.undefined


def test_a_language_pair_that_collapsed_counts_nothing():
    X = random_vectors(12, (C, 3, D))
    X[:, :2] = X[0, 0]
    alone, beside_another = paired(unit(X[:, :2])), paired(unit(X))
    assert (alone.calibrated_similarity == 0).all()
    assert beside_another.calibrated_similarity[:, 0].mean() == pytest.approx(0, abs=0.1)


def test_vectors_that_cancel_out_have_no_centroid():
    X = random_vectors(13, (6, 3, D))
    X[3:, 1] = -X[:3, 1]
    results = analysed(unit(X), grid_of(6, "abc"))
    assert results.centroid_distances["a"]["b"] is None
    assert results.centroid_distances["a"]["c"] is not None
    assert [row[1] is None for row in tables.language_pairs(results).rows] == [True, False, True]


def test_monotone_rescaling_leaves_the_auroc_alone():
    X = unit(random_vectors(1, (C, L, D)) + random_vectors(2, (C, L, D))[:, :1])
    # a common direction takes every cosine s to a + (1 − a) s
    shifted = np.concatenate([np.sqrt(0.3) * X, np.full((C, L, 1), np.sqrt(0.7))], axis=2)
    before, after = analysed(X, CONCEPTS), analysed(shifted.astype(np.float32), CONCEPTS)
    assert after.summary["intra_concept_similarity"] > 0.7
    for name in ("auroc", "calibrated_alignment_score", "csls_retrieval"):
        was, now = (results.headlines()[name].value for results in (before, after))
        assert now == pytest.approx(was, abs=1e-4)


def planted(n):
    """Perfect retrieval (C, L), but for n German words that fail in both directions."""
    retrieval = np.ones((C, L))
    retrieval[:n] = (L - 2) / (L - 1)
    retrieval[:n, CONCEPTS.languages.index("de")] = 0
    return retrieval


def test_a_language_that_diverges_by_enough_words_is_told_from_the_rest():
    two, four, nothing = (
        contrasts.of_languages(planted(n), CONCEPTS.languages, DEFAULT_MARGIN, seed=0)["de"]
        for n in (2, 4, 0)
    )
    # two words of fifteen fail in the same language in one of 8 cases, four in one of 512
    assert two.p == pytest.approx(1 / 8, abs=0.03) and two.detectable > -two.difference
    assert four.p < 0.01
    assert nothing.difference == 0 and nothing.p == 1


def test_categories_that_differ_are_found_and_chance_is_not():
    def by_category(values):
        return contrasts.of_categories(values, CONCEPTS.categories, DEFAULT_MARGIN, seed=0)

    shift = np.array([category == "Emotion" for category in CONCEPTS.categories]) * -0.5
    noise = np.random.default_rng(9).normal(size=C)
    emotion = by_category(shift + 0.05 * noise)["Emotion"]
    assert emotion.significant and emotion.interval.high < 0
    assert min(contrast.p for contrast in by_category(noise).values()) > 0.05


@pytest.mark.simulation
def test_centroids_of_exchangeable_languages_have_a_uniform_p():
    p = []
    for seed in range(500):
        X = unit(random_vectors(seed, (20, 2, 8)) + random_vectors(seed + 500, (20, 2, 8))[:, :1])
        p.append(centroid_p(X, seed)[0, 1])
    assert 0.03 <= np.mean(np.array(p) <= 0.05) <= 0.07


@pytest.mark.parametrize("concepts", [2, 3, 4])
def test_centroids_of_few_concepts_have_no_small_p(concepts):
    """To exchange all or none is one of 2^(C − 1) ways, and changes nothing."""
    X = unit(random_vectors(0, (concepts, 8, 64)))
    p = centroid_p(X, seed=0)
    assert np.nanmin(p) > 0.8 * 0.5 ** (concepts - 1)


def test_centroids_that_lie_apart_have_a_small_p():
    X = random_vectors(10)
    X[:, 3] += 2 * random_vectors(11, (1, 16))
    p = analysed(unit(X), CONCEPTS).centroid_p
    assert p["en"]["de"] < 0.01 < 0.05 < p["en"]["es"]
