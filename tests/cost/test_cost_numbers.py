"""The record of cost: the full vectors first, all variants against them, paired by concept."""

import numpy as np
import pytest
from conftest import analysed, asked_task, grid_of, named, recorded, unit

from alignment import InputError
from alignment.cost import Asked
from alignment.cost import measure as measured
from alignment.cost import variants as measure
from alignment.cost.show import costs, loses_most, smallest_level, variant_findings
from alignment.cost.variants import VectorFormat
from alignment.measure import measurement
from alignment.results import AlignmentResults
from alignment.search.measure import searched
from alignment.stats.contrast import UNCHANGED

CODES = ("en", "de", "fr", "ar")


def one_language_pays(C=400, D=32, seed=0):
    """Vectors whose last dimensions say what a text means in Arabic alone."""
    rng = np.random.default_rng(seed)
    meaning = rng.normal(size=(C, 1, D))
    weight = np.ones((4, D))
    weight[:3, D // 2 :], weight[3, : D // 2] = 0.4, 0.4
    return unit(meaning * weight + 0.3 * rng.normal(size=(C, 4, D)))


@pytest.fixture(scope="module")
def record():
    asked = {"truncate": (16,), "quantize": ("float16", "binary")}
    return analysed(one_language_pays(), grid_of(400, CODES), **asked)


def test_the_first_variant_is_the_run_itself(record):
    full = record.cost[0]
    assert (full.dimensions, full.precision, full.bytes) == (32, "float32", 128)
    assert full.retrieval.value == record.summary["cross_lingual_retrieval"]
    for code in CODES:
        own = record.by_language[code]["cross_lingual_retrieval"].value
        assert full.by_language[code].value == pytest.approx(own, abs=5.1e-5)  # of four digits
        assert full.by_language[code].contrast == UNCHANGED
    assert full.retrieval.contrast == UNCHANGED and full.index == "flat"


def test_nothing_is_measured_twice_for_the_full_variant(monkeypatch):
    formed, retrieval = [], measure.retrieval
    monkeypatch.setattr(measure, "retrieval", lambda *own: formed.append(own[2]) or retrieval(*own))
    analysed(one_language_pays(30), grid_of(30, CODES), truncate=(16,))
    assert formed == [VectorFormat(16, "float32")]


def test_values_and_differences_are_those_of_the_forms(record):
    X = one_language_pays()
    there = np.ones(X.shape[:2], dtype=bool)
    before = measure.retrieval(X, there, VectorFormat(32, "float32"))
    for own in record.cost:
        after = measure.retrieval(X, there, VectorFormat(own.dimensions, own.precision))
        assert own.retrieval.value == pytest.approx(after.mean(), abs=1e-6)
        for j, code in enumerate(CODES):
            found = own.by_language[code]
            assert found.value == pytest.approx(after[:, j].mean(), abs=1e-6)
            moved = (after - before)[:, j].mean()
            assert found.contrast.difference == pytest.approx(moved, abs=1e-6)


def test_the_language_that_pays_is_found(record):
    cut = next(own for own in record.cost if own.dimensions == 16)
    assert loses_most(cut) == "ar"
    assert cut.by_language["ar"].contrast.verdict == "worse"
    lost = {code: cut.by_language[code].contrast.difference for code in CODES}
    assert lost["ar"] < 2 * min(lost["en"], lost["de"], lost["fr"])


def test_half_floats_are_level_and_the_smallest_that_are(record):
    level = smallest_level(record.cost)
    assert (level.dimensions, level.precision) == (32, "float16")
    said = variant_findings(record.cost)
    assert said[0].startswith("Vectors of 64 bytes instead of 128 (32 dimensions, float16)")
    assert said[1].startswith("Vectors of 2 bytes (16 dimensions, binary) lose")
    assert "Arabic loses most" in said[1]
    assert set(said) < set(record.findings)


def test_all_variants_are_one_family():
    """The more variants, the larger a corrected p."""
    X, grid = one_language_pays(60, seed=3), grid_of(60, CODES)
    few = analysed(X, grid, truncate=(24,)).cost[1]
    many = analysed(X, grid, truncate=(28, 24, 20, 18), quantize=("int8", "binary")).cost
    same = next(own for own in many if (own.dimensions, own.precision) == (24, "float32"))
    assert same.retrieval.value == few.retrieval.value
    assert same.retrieval.contrast.interval == few.retrieval.contrast.interval
    assert same.retrieval.contrast.detectable > few.retrieval.contrast.detectable
    ps = [[own.by_language[code].contrast.p for own in (same, few)] for code in CODES]
    assert all(late >= early for late, early in ps) and any(late > early for late, early in ps)


def test_it_comes_back_from_its_file_and_has_a_row_for_each(record, tmp_path):
    record.to_json(tmp_path / "record.json")
    assert AlignmentResults.from_json(tmp_path / "record.json") == record
    cells = costs(record.cost).cells()
    assert [row[0] for row in cells] == [f"{own.dimensions} {own.precision}" for own in record.cost]
    assert cells[0][3:] == ("–", "", "–")


def test_search_is_measured_with_each_variant():
    task = asked_task(C=40, D=24)
    questions, grid = named(task)
    numbers = searched(task.questions, task.passages, questions, grid)
    m = measurement.measure(task.passages, grid, 3)
    asked = Asked(truncate=(12,), quantize=("int8", "binary"))
    found = measured.variants(m, asked, 0.01, numbers)
    by_form = {(own.dimensions, own.precision): own.search for own in found}
    scores = recorded(task).scores
    for name, own in by_form[24, "float32"].items():
        assert own.value == pytest.approx(scores[name].value, abs=1e-6)
    for name in by_form[24, "int8"]:
        whole, rounded, signs = (
            by_form[own][name].value for own in ((24, "float32"), (24, "int8"), (12, "binary"))
        )
        assert rounded == pytest.approx(whole, abs=0.02) and signs < whole - 0.05


def test_without_any_there_are_none_and_too_many_dimensions_are_refused():
    X, grid = one_language_pays(20), grid_of(20, CODES)
    assert analysed(X, grid, truncate=()).cost is None
    with pytest.raises(InputError, match="--truncate 32: the vectors have 32 dimensions"):
        analysed(X, grid, truncate=(32,))
