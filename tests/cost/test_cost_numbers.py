"""Cost: the variants of a run, their differences from the full vectors, the tables and figure."""

import numpy as np
import pytest
from conftest import all_text, analysed, asked_task, checked_boxes, grid_of, named, recorded, unit
from msgspec.structs import replace

from alignment.cost import Asked, variants
from alignment.cost import measure as measured
from alignment.cost.figure import front
from alignment.cost.show import costs, loses_most, smallest_level, variant_findings
from alignment.cost.variants import VectorFormat
from alignment.measure import measurement
from alignment.report import console
from alignment.report.figures import drawn
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
    options = {"truncate": (16,), "quantize": ("float16", "binary")}
    return analysed(one_language_pays(), grid_of(400, CODES), **options)


@pytest.fixture(scope="module")
def every_precision():
    rng = np.random.default_rng(0)
    X = unit(rng.normal(size=(300, 1, 64)) + 1.3 * rng.normal(size=(300, 4, 64)))
    precisions = ("float16", "int8", "binary", "binary-rescored")
    return analysed(X, grid_of(300, CODES), truncate=(32, 16), quantize=precisions)


def test_the_first_variant_is_the_run_itself(record):
    full = record.cost[0]
    assert (full.dimensions, full.precision, full.bytes) == (32, "float32", 128)
    assert full.retrieval.value == record.summary["cross_lingual_retrieval"]
    contrasts = {row.contrast for row in (full.retrieval, *full.by_language.values())}
    assert contrasts == {UNCHANGED} and full.index == "flat"


def test_values_and_differences_are_those_of_the_formats(record):
    X = one_language_pays()
    present = np.ones(X.shape[:2], dtype=bool)
    before = variants.retrieval(X, present, VectorFormat(32, "float32"))
    for variant in record.cost:
        stored = VectorFormat(variant.dimensions, variant.precision)
        after = variants.retrieval(X, present, stored)
        assert variant.retrieval.value == pytest.approx(after.mean(), abs=1e-6)
        for j, code in enumerate(CODES):
            row, moved = variant.by_language[code], (after - before)[:, j].mean()
            assert row.value == pytest.approx(after[:, j].mean(), abs=1e-6)
            assert row.contrast.difference == pytest.approx(moved, abs=1e-6)


def test_the_language_that_pays_is_named(record):
    cut = next(variant for variant in record.cost if variant.dimensions == 16)
    assert loses_most(cut) == "ar"
    assert cut.by_language["ar"].contrast.verdict == "worse"
    lost = {code: cut.by_language[code].contrast.difference for code in CODES}
    assert lost["ar"] < 2 * min(lost["en"], lost["de"], lost["fr"])


def test_half_floats_are_level_and_the_smallest_that_are(record):
    level = smallest_level(record.cost)
    assert (level.dimensions, level.precision) == (32, "float16")
    smaller, smallest = variant_findings(record.cost)[:2]
    assert "64 bytes instead of 128 (32 dimensions, float16)" in smaller
    assert "2 bytes (16 dimensions, binary) lose" in smallest
    assert "Arabic loses most" in smallest
    assert set(variant_findings(record.cost)) < set(record.findings)


def test_all_variants_are_one_family():
    """The more variants, the larger a corrected p."""
    X, grid = one_language_pays(60, seed=3), grid_of(60, CODES)
    alone = analysed(X, grid, truncate=(24,)).cost[1]
    family = analysed(X, grid, truncate=(28, 24, 20, 18), quantize=("int8", "binary")).cost
    (one,) = [v for v in family if (v.dimensions, v.precision) == (24, "float32")]
    assert one.retrieval.value == alone.retrieval.value
    assert one.retrieval.contrast.interval == alone.retrieval.contrast.interval
    assert one.retrieval.contrast.detectable > alone.retrieval.contrast.detectable
    ps = [[v.by_language[code].contrast.p for v in (one, alone)] for code in CODES]
    assert all(late >= early for late, early in ps) and any(late > early for late, early in ps)


def test_it_comes_back_from_its_file_and_has_a_row_for_each(record, tmp_path):
    record.to_json(tmp_path / "record.json")
    assert AlignmentResults.from_json(tmp_path / "record.json") == record
    cells = costs(record.cost).cells()
    assert [row[0] for row in cells] == [f"{v.dimensions} {v.precision}" for v in record.cost]
    assert cells[0][3:] == ("–", "", "–")


def test_search_is_measured_with_each_variant():
    task = asked_task(C=40, D=24)
    questions, grid = named(task)
    numbers = searched(task.questions, task.passages, questions, grid)
    m = measurement.measure(task.passages, grid, 3)
    request = Asked(truncate=(12,), quantize=("int8", "binary"))
    rows = measured.variants(m, request, 0.01, numbers)
    search = {(v.dimensions, v.precision): v.search for v in rows}
    scores = recorded(task).scores
    full, rounded, signs = (
        search[d, p] for d, p in ((24, "float32"), (24, "int8"), (12, "binary"))
    )
    for name, score in full.items():
        assert score.value == pytest.approx(scores[name].value, abs=1e-6)
        assert rounded[name].value == pytest.approx(score.value, abs=0.02)
        assert signs[name].value < score.value - 0.05


def test_without_the_options_no_variant_is_measured():
    assert analysed(one_language_pays(20), grid_of(20, CODES), truncate=()).cost is None


# ---- the figure and the console


def test_the_figure_fits_and_names_the_smallest_variant_that_is_level(every_precision):
    assert "cost" not in drawn(replace(every_precision, cost=None))
    level = smallest_level(every_precision.cost)
    figure = drawn(every_precision)["cost"].draw(every_precision)
    checked_boxes(figure)
    words = all_text(figure)
    assert f"level: {level.dimensions} {level.precision}" in words and "worst language" in words


def test_the_line_goes_through_the_best_of_each_size(every_precision):
    best = front(every_precision.cost)
    for variant in every_precision.cost:
        smaller = [b for b in best if b.bytes <= variant.bytes]
        assert max(b.retrieval.value for b in smaller) >= variant.retrieval.value
    assert [b.bytes for b in best] == sorted({b.bytes for b in best})


def test_the_table_fits_a_console_of_80_columns(every_precision, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    console.print_report(every_precision, [])
    lines = capsys.readouterr().out.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("Retrieval with cheaper"))
    table = lines[start + 1 : start + 2 + len(every_precision.cost)]
    assert max(map(len, lines)) <= 80 and not any("…" in line for line in table)
    assert "16 binary-rescored" in table[-1]


def test_a_grid_too_small_for_a_verdict_is_drawn_too():
    options = {"truncate": (8,), "quantize": ("binary",)}
    small = analysed(one_language_pays(3), grid_of(3, CODES), **options)
    checked_boxes(drawn(small)["cost"].draw(small))
