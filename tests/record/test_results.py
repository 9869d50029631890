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
from conftest import ROOT, ToyEncoder, analysed, offline, random_vectors, record_in
from msgspec.structs import replace

from alignment import InputError
from alignment.grids import ConceptGrid
from alignment.record import RESULTS_FILE
from alignment.report.words import concept_grade, grade
from alignment.results import AlignmentResults
from alignment.schema import SCHEMAS, text_of
from concepts import CONCEPTS
from cross_lingual_alignment import CrossLingualAlignmentExperiment

RUN = ("--no-cache", "--model", "use-multilingual", "--output")
SMALL = ({"sun": {"en": "sun", "de": "Sonne"}}, {"sun": {"en": "sun"}, "sea": {"en": "sea"}})


@pytest.mark.parametrize(
    ("grid", "k"), [(CONCEPTS, 3), *((ConceptGrid.from_dict(rows), 1) for rows in SMALL)]
)
def test_there_and_back_by_the_schema_also_where_a_grid_is_too_small_for_a_number(
    grid, k, tmp_path
):
    vectors = np.random.default_rng(0).normal(size=(len(grid.flat_texts()), 8))
    results = CrossLingualAlignmentExperiment(ToyEncoder(grid, vectors), grid, k).run()
    path = tmp_path / RESULTS_FILE
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


def test_the_published_grades_of_a_concept_and_of_a_model():
    results = analysed(random_vectors(0), CONCEPTS)
    concept = {0.9: "Excellent", 0.8: "Good", 0.6: "Moderate", 0.59: "Poor", None: "–"}
    for similarity, expected in concept.items():
        graded = replace(results, intra_concept_similarity={"sun": similarity})
        assert concept_grade(graded, "sun") == expected
    for score, expected in {0.81: "Excellent", 0.8: "Good", 0.4: "Poor"}.items():
        assert grade(replace(results, alignment_score=score)) == expected


def test_the_schemas_in_the_documentation_are_the_records_and_committed_records_keep_to_them():
    for name in SCHEMAS:
        written = (ROOT / "docs" / name).read_text(encoding="utf-8")
        assert written == text_of(name), "write it again: make schema"
    for folder in (ROOT, ROOT / "examples"):
        jsonschema.validate(record_in(folder), AlignmentResults.json_schema())


def test_a_record_of_1200_texts_in_12_languages_stays_under_a_megabyte(large, tmp_path):
    results = large.results
    results.to_json(tmp_path / "record.json")
    assert (tmp_path / "record.json").stat().st_size < 1e6
    assert len(results.errors.failed) == 100 < results.errors.total
    kinds = Counter(row["kind"] for row in csv.DictReader(large.pairs.open(encoding="utf-8-sig")))
    assert kinds["failed retrieval"] == results.errors.total
    assert kinds["misaligned"] == results.counts["misaligned_pairs"] > 100


@pytest.mark.nightly
def test_the_same_bytes_with_other_kernels(tmp_path):
    """The BLAS of NumPy and faiss has these kernels, as far as this processor runs them."""
    records = []
    for kernels in ("Haswell", "SkylakeX", "Zen"):
        out = tmp_path / kernels
        done = subprocess.run(
            [sys.executable, ROOT / "cross_lingual_alignment.py", *RUN, out],
            env=os.environ | offline(tmp_path) | {"OPENBLAS_CORETYPE": kernels},
            capture_output=True,
        )
        assert done.returncode in (0, -signal.SIGILL), done.stderr
        if done.returncode == 0:
            records.append({p.relative_to(out): p.read_bytes() for p in out.rglob("*.*")})
    assert len(records) > 1 and len(records[0]) == 5
    assert all(record == records[0] for record in records)
