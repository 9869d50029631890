"""The published experiment, of no arguments: what every later change keeps."""

import pytest
from conftest import offline, python, record_in

from alignment.models import EMBEDDED_MODEL
from concepts import CONCEPTS
from cross_lingual_alignment import CrossLingualAlignmentExperiment

RUN = """
from alignment.measure.indexes import faiss
from cross_lingual_alignment import CrossLingualAlignmentExperiment
flat, indexes = faiss.IndexFlatIP, []
faiss.IndexFlatIP = lambda width: indexes.append(flat(width)) or indexes[-1]
CrossLingualAlignmentExperiment().run().to_json("{}/alignment_results.json")
print(*(index.ntotal for index in indexes))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("published")
    done = python(RUN.format(folder), ALIGNMENT_CACHE=str(folder), **offline(folder))
    assert done.stdout.split() == ["15"] * 8, done.stderr  # 120 vectors, an index a language
    return folder


def test_it_is_of_the_published_grid_by_the_embedded_model_without_the_hub(folder):
    record, run = record_in(folder), record_in(folder)["provenance"]
    assert (run["grid_sha256"], run["k"], run["fallback"]) == (CONCEPTS.sha256(), 3, True)
    assert record["model"] == EMBEDDED_MODEL and record["languages"] == list(CONCEPTS.languages)
    means = [*record["summary"].values(), record["alignment_score"]]
    assert means == pytest.approx([0.8138, 0.9889, 0.9702, 0.9289], abs=5e-5)


def floats(table):
    assert {type(value) for value in table.values()} == {float}
    return list(table)


def test_readers_find_what_they_rely_on(folder):
    record = record_in(folder)
    for name in ("intra_concept_similarity", "nearest_neighbor_accuracy"):
        assert floats(record[name]) == list(CONCEPTS.concepts)
    for name in ("cross_lingual_retrieval", "centroid_distances"):
        for code, row in record[name].items():
            assert {code, *floats(row)} == set(record["languages"]) == set(record[name])
    assert all(map(floats, map(record.get, ("summary", "calibrated", "discriminability"))))
    assert floats(record["categories"]) == list(dict.fromkeys(CONCEPTS.categories))
    similarities = {f"{c}, {a}, {b}": s for c, a, b, s in record["misaligned_pairs"]}
    assert floats(similarities) == sorted(similarities, key=similarities.get)
    assert all(low < high for low, high in record["intervals"].values())
    assert record["notices"] == [] and {type(line) for line in record["findings"]} == {str}


def test_model_grid_and_k_may_be_positional():
    run = CrossLingualAlignmentExperiment("any/model", CONCEPTS.in_languages(["en", "de"]), 5)
    assert (run.model_name, run.grid.languages, run.k) == ("any/model", ("en", "de"), 5)


@pytest.mark.parametrize("languages", ["en,de", ["en", "de"], ("English", "German")])
def test_languages_are_a_keyword_as_on_the_command_line(languages):
    assert CrossLingualAlignmentExperiment(languages=languages).grid.languages == ("en", "de")
