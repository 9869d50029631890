"""The record: there and back, whole or not at all."""

import csv
import os
import signal
import subprocess
import sys
from collections import Counter

import jsonschema
import numpy as np
import pytest
from conftest import ROOT, ToyEncoder, offline, record_in
from msgspec.structs import replace

from alignment import InputError
from alignment.grids import ConceptGrid
from alignment.record import RESULTS_FILE
from alignment.report.words import concept_grade, grade
from alignment.results import AlignmentResults
from alignment.schema import SCHEMAS, text_of
from concepts import CONCEPTS
from cross_lingual_alignment import CrossLingualAlignmentExperiment


def measured(grid=CONCEPTS, k=3):
    vectors = np.random.default_rng(0).normal(size=(len(grid.flat_texts()), 8))
    return CrossLingualAlignmentExperiment(ToyEncoder(grid, vectors), grid, k).run()


SMALL = ({"sun": {"en": "sun", "de": "Sonne"}}, {"sun": {"en": "sun"}, "sea": {"en": "sea"}})


@pytest.mark.parametrize(
    ("grid", "k"), [(CONCEPTS, 3), *((ConceptGrid.from_dict(rows), 1) for rows in SMALL)]
)
def test_there_and_back_by_the_schema_also_where_a_grid_is_too_small_for_a_number(
    grid, k, tmp_path
):
    results, path = measured(grid, k), tmp_path / RESULTS_FILE
    results.to_json(path)
    assert AlignmentResults.from_json(path) == results
    assert [file.name for file in tmp_path.iterdir()] == [RESULTS_FILE]
    text, record, schema = path.read_text(), record_in(tmp_path), AlignmentResults.json_schema()
    assert "NaN" not in text and ("null" in text or grid is CONCEPTS)
    jsonschema.validate(record, schema)
    del record["support"]
    with pytest.raises(jsonschema.ValidationError, match="support"):
        jsonschema.validate(record, schema)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not valid JSON"),
        ("[]", "schema_version None"),
        ('{"schema_version": 99}', "schema_version 99"),
        ('{"schema_version": 3}', "missing required field `model`"),
        ('{"schema_version": 2}', "reads 3"),
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


@pytest.mark.parametrize("folder", [ROOT, ROOT / "examples"])
def test_committed_records_keep_to_the_schema(folder):
    jsonschema.validate(record_in(folder), AlignmentResults.json_schema())


def test_a_record_of_1200_texts_in_12_languages_stays_under_a_megabyte(large, tmp_path):
    results = large.results
    results.to_json(tmp_path / "record.json")
    assert (tmp_path / "record.json").stat().st_size < 1e6
    assert len(results.errors.failed) == 100 < results.errors.total
    kinds = Counter(row["kind"] for row in csv.DictReader(large.pairs.open(encoding="utf-8-sig")))
    assert kinds["failed retrieval"] == results.errors.total
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
