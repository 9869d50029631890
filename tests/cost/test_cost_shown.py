"""The picture of what cheaper vectors cost, its place on the console and on the page."""

import numpy as np
import pytest
from conftest import all_text, analysed, checked_boxes, random_vectors, unit
from msgspec.structs import replace

from alignment.cost.figure import front
from alignment.cost.show import smallest_level
from alignment.grids import ConceptGrid
from alignment.report import console
from alignment.report.figures import drawn

CODES = ("en", "de", "fr", "ar")


@pytest.fixture(scope="module")
def record():
    C = 300
    rng = np.random.default_rng(0)
    X = unit(rng.normal(size=(C, 1, 64)) + 1.3 * rng.normal(size=(C, 4, 64)))
    rows = tuple(tuple(f"{c} {code}" for code in CODES) for c in range(C))
    grid = ConceptGrid(tuple(f"p{c}" for c in range(C)), CODES, ("",) * C, rows)
    every = ("float16", "int8", "binary", "binary-rescored")
    return analysed(X, grid, truncate=(32, 16), quantize=every)


def test_the_picture_is_drawn_only_where_variants_were_asked_for(record):
    assert "cost" in drawn(record)
    assert "cost" not in drawn(replace(record, cost=None))


def test_words_of_the_picture_stay_apart_and_the_smallest_level_is_named(record):
    level = smallest_level(record.cost)
    fig = drawn(record)["cost"].draw(record)
    checked_boxes(fig)
    assert f"level: {level.dimensions} {level.precision}" in all_text(fig)
    assert "worst language" in all_text(fig)


def test_the_line_goes_through_the_best_of_each_size(record):
    best = front(record.cost)
    for own in record.cost:
        smaller = [b for b in best if b.bytes <= own.bytes]
        assert max(b.retrieval.value for b in smaller) >= own.retrieval.value
    assert [b.bytes for b in best] == sorted({b.bytes for b in best})


def test_the_table_fits_a_console_of_80_columns(record, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    console.print_report(record, [])
    lines = capsys.readouterr().out.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("Retrieval with cheaper"))
    table = lines[start + 1 : start + 2 + len(record.cost)]
    assert max(map(len, lines)) <= 80 and not any("…" in line for line in table)
    assert "16 binary-rescored" in table[-1]


def test_a_grid_too_small_for_a_verdict_is_drawn_too():
    rows = tuple(tuple(f"{c} {code}" for code in CODES) for c in range(3))
    grid = ConceptGrid(("a", "b", "c"), CODES, ("",) * 3, rows)
    found = analysed(random_vectors(0, (3, 4, 16)), grid, truncate=(8,), quantize=("binary",))
    checked_boxes(drawn(found)["cost"].draw(found))
