"""The record: there and back, whole or not at all."""

import json

import numpy as np
import pytest
from conftest import ToyEncoder

from alignment import InputError
from alignment.grids import ConceptGrid
from alignment.record.results import AlignmentResults, staged
from concepts import CONCEPTS
from cross_lingual_alignment import CrossLingualAlignmentExperiment


def measured(grid=CONCEPTS, k=3):
    vectors = np.random.default_rng(0).normal(size=(len(grid.flat_texts()), 8))
    return CrossLingualAlignmentExperiment(ToyEncoder(grid, vectors), grid, k).run()


def test_there_and_back(tmp_path):
    results = measured()
    path = tmp_path / "record.json"
    results.to_json(path)
    assert AlignmentResults.from_json(path) == results
    assert [file.name for file in tmp_path.iterdir()] == ["record.json"]


@pytest.mark.parametrize(
    "rows", [{"sun": {"en": "sun", "de": "Sonne"}}, {"sun": {"en": "sun"}, "sea": {"en": "sea"}}]
)
def test_a_grid_too_small_for_a_number_gives_null(rows, tmp_path):
    results = measured(ConceptGrid.from_dict(rows), k=1)
    results.to_json(tmp_path / "record.json")
    text = (tmp_path / "record.json").read_text()
    assert "NaN" not in text and "null" in text
    assert AlignmentResults.from_json(tmp_path / "record.json") == results


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "no JSON"),
        ("[]", "schema_version None"),
        ('{"schema_version": 99}', "schema_version 99"),
        ('{"schema_version": 1}', "lacks model"),
    ],
)
def test_a_file_that_is_no_record_is_named(text, words, tmp_path):
    path = tmp_path / "other.json"
    path.write_text(text)
    with pytest.raises(InputError, match=words) as caught:
        AlignmentResults.from_json(path)
    assert "other.json" in str(caught.value)


def test_a_failure_while_writing_leaves_the_folder_as_it_was(tmp_path):
    (tmp_path / "old").write_text("old")
    with pytest.raises(ZeroDivisionError), staged(tmp_path) as stage:
        (stage / "old").write_text("new")
        1 / 0  # noqa: B018
    assert [file.read_text() for file in tmp_path.iterdir()] == ["old"]
    with pytest.raises(ZeroDivisionError), staged(tmp_path / "made" / "deep"):
        1 / 0  # noqa: B018
    assert not (tmp_path / "made").exists()


def test_a_failure_does_not_take_what_another_run_has_written(tmp_path):
    with pytest.raises(ZeroDivisionError), staged(tmp_path / "made"):
        with staged(tmp_path / "made") as other:
            (other / "file").write_text("done")
        1 / 0  # noqa: B018
    assert (tmp_path / "made" / "file").read_text() == "done"


@pytest.mark.parametrize(
    ("similarity", "grade"),
    [(0.9, "Excellent"), (0.8, "Good"), (0.6, "Moderate"), (0.59, "Poor"), (None, "–")],
)
def test_the_published_grades_of_a_concept(similarity, grade):
    record = json.loads(measured()._json)
    record["intra_concept_similarity"]["sun"] = similarity
    assert AlignmentResults(**record).concept_grade("sun") == grade


@pytest.mark.parametrize(("score", "grade"), [(0.81, "Excellent"), (0.8, "Good"), (0.4, "Poor")])
def test_the_published_grades_of_a_model(score, grade):
    record = json.loads(measured()._json)
    assert AlignmentResults(**record | {"alignment_score": score}).grade == grade
