"""The published model, from the hub, against every published number."""

import json

import pytest
from conftest import ROOT

from alignment.models import PUBLISHED_MODEL, hub
from cross_lingual_alignment import CrossLingualAlignmentExperiment

PUBLISHED = json.loads((ROOT / "tests/published.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def results():
    name = PUBLISHED_MODEL
    if not hub.available(name):
        pytest.skip(f"{name} is not in the local cache and the hub does not answer")
    return CrossLingualAlignmentExperiment(name).run()


pytestmark = pytest.mark.hub


def test_means_and_score(results):
    assert results.provenance.dimension == PUBLISHED["dimension"]
    assert results.languages == PUBLISHED["languages"] and results.weights == PUBLISHED["weights"]
    for name, mean in results.summary.items():
        assert mean == pytest.approx(PUBLISHED[f"mean_{name}"], abs=1e-3)
    assert results.alignment_score == pytest.approx(PUBLISHED["alignment_score"], abs=1e-3)


def test_concepts_and_centroids(results):
    published = PUBLISHED["intra_concept_similarity"]
    assert results.intra_concept_similarity == pytest.approx(published, abs=1e-4)
    nearest = PUBLISHED["nearest_neighbor_accuracy_read_off_the_published_figure"]
    for concept, value in results.nearest_neighbor_accuracy.items():
        expected = nearest.get(concept, nearest["all_others"])
        assert value == pytest.approx(expected, abs=1e-2), concept
    for pair, distance in PUBLISHED["centroid_distances"].items():
        a, b = pair.split("-")
        assert results.centroid_distances[a][b] == pytest.approx(distance, abs=5e-4)


def test_retrieval_and_misaligned_pairs(results):
    published = PUBLISHED["cross_lingual_retrieval_percent_rounded_query_by_target"]
    for a, row in published.items():
        percent = {b: 100 * value for b, value in results.cross_lingual_retrieval[a].items()}
        assert percent == pytest.approx(row, abs=0.5), a
    pairs = PUBLISHED["misaligned_pairs_below_0.5_ten_lowest"]
    assert [pair[:3] for pair in results.misaligned_pairs[:10]] == [pair[:3] for pair in pairs]
    for ours, theirs in zip(results.misaligned_pairs, pairs, strict=False):
        assert ours[3] == pytest.approx(theirs[3], abs=5e-4)


def test_discriminability(results):
    # the published .919 contradicts the published mean of the same quantity, .9139
    mean = {"same_concept": PUBLISHED["mean_intra_concept_similarity"]}
    published, different = PUBLISHED["discriminability"] | mean, "different_concept_{}_language"
    for name in ("same_concept", different.format("same"), different.format("other")):
        assert results.discriminability[name] == pytest.approx(published[name], abs=1e-3)
