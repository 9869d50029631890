"""The record: there and back, whole or not at all."""

import csv
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import jsonschema
import numpy as np
import pytest
from conftest import ROOT, ToyEncoder, offline

from alignment import InputError
from alignment.grids import ConceptGrid
from alignment.present.words import concept_grade, grade
from alignment.record.results import AlignmentResults
from alignment.record.schema import SCHEMAS, text_of
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
        ("{", "not valid JSON"),
        ("[]", "schema_version None"),
        ('{"schema_version": 99}', "schema_version 99"),
        ('{"schema_version": 2}', "missing required field `model`"),
        ('{"schema_version": 1}', "reads 2"),
    ],
)
def test_a_file_that_is_no_record_is_named(text, words, tmp_path):
    path = tmp_path / "other.json"
    path.write_text(text)
    with pytest.raises(InputError, match=words) as caught:
        AlignmentResults.from_json(path)
    assert "other.json" in str(caught.value)


@pytest.mark.parametrize(
    ("similarity", "expected"),
    [(0.9, "Excellent"), (0.8, "Good"), (0.6, "Moderate"), (0.59, "Poor"), (None, "–")],
)
def test_the_published_grades_of_a_concept(similarity, expected):
    results = replace(measured(), intra_concept_similarity={"sun": similarity})
    assert concept_grade(results, "sun") == expected


@pytest.mark.parametrize(("score", "expected"), [(0.81, "Excellent"), (0.8, "Good"), (0.4, "Poor")])
def test_the_published_grades_of_a_model(score, expected):
    assert grade(replace(measured(), alignment_score=score)) == expected


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schema_in_the_documentation_is_the_records(name):
    written = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert written == text_of(name), "write it again: make schema"


def test_records_keep_to_the_schema(tmp_path):
    schema = json.loads((ROOT / "docs/alignment_results.schema.json").read_text(encoding="utf-8"))
    grids = [CONCEPTS, ConceptGrid.from_dict({"sun": {"en": "sun", "de": "Sonne"}})]
    for grid, k in zip(grids, (3, 1), strict=True):
        measured(grid, k).to_json(tmp_path / "record.json")
        record = json.loads((tmp_path / "record.json").read_text(encoding="utf-8"))
        jsonschema.validate(record, schema)
    for path in (ROOT / "alignment_results.json", ROOT / "examples/alignment_results.json"):
        jsonschema.validate(json.loads(path.read_text(encoding="utf-8")), schema)
    del record["support"]
    with pytest.raises(jsonschema.ValidationError, match="support"):
        jsonschema.validate(record, schema)


def test_a_record_of_1200_texts_in_12_languages_stays_under_a_megabyte(large, tmp_path):
    results = large.results
    results.to_json(tmp_path / "record.json")
    assert (tmp_path / "record.json").stat().st_size < 1e6
    assert len(results.confusions.failed) == 100 < results.confusions.total
    kinds = Counter(row["kind"] for row in csv.DictReader(large.pairs.open(encoding="utf-8-sig")))
    assert kinds["failed retrieval"] == results.confusions.total
    assert kinds["misaligned"] == results.counts["misaligned_pairs"] > 100


@pytest.mark.slow
def test_the_same_bytes_with_other_kernels(tmp_path):
    """Of NumPy's and faiss's BLAS, as far as this processor has them."""
    records = []
    for kernels in ("Haswell", "SkylakeX", "Zen"):
        out = tmp_path / kernels
        done = subprocess.run(
            [
                *(sys.executable, ROOT / "cross_lingual_alignment.py", "--no-cache"),
                *("--model", "use-multilingual", "--output", out),
            ],
            env=os.environ | offline(tmp_path) | {"OPENBLAS_CORETYPE": kernels},
            capture_output=True,
        )
        assert done.returncode in (0, -signal.SIGILL), done.stderr
        if done.returncode == 0:
            records.append({p.relative_to(out): p.read_bytes() for p in out.rglob("*.*")})
    assert len(records) > 1 and len(records[0]) == 5
    assert all(record == records[0] for record in records)
