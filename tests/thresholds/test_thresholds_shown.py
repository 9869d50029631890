"""Thresholds as they are shown: findings, tables in 80 columns, the picture."""

import pytest
from conftest import all_text, checked_boxes, record_in, with_thresholds
from msgspec.structs import replace

from alignment.report.figures import drawn
from alignment.stats.estimates import Estimate, Interval
from alignment.thresholds import show as tables
from alignment.thresholds.show import threshold_findings
from concepts import LANGUAGES
from cross_lingual_alignment import main

MORE = "af,sq,am,hy,az,eu,be,bn,bs,bg,my,ca,hr,cs,da,nl,et,fi,gl,ka,el,gu"
THIRTY = [*LANGUAGES, *MORE.split(",")]


def picture(record):
    return drawn(record)["thresholds"].draw(record)


@pytest.fixture(scope="module")
def eight():
    return with_thresholds(50, LANGUAGES, thresholds=True)


def test_a_recommendation_says_what_passes_what_is_missed_and_how_sure_that_is(eight):
    cosine = eight.thresholds.recommended["duplicates"].cosine
    (finding,) = [line for line in eight.findings if line.startswith("To find duplicates")]
    low, high = cosine.interval
    assert f"{cosine.value:.3f} (95 % CI {low:.3f} to {high:.3f})" in finding
    assert "1.0 % of negatives" in finding and "At worst" in finding
    assert any("No threshold" in line and "semantic caches" in line for line in eight.findings)


@pytest.mark.parametrize(
    ("saved", "ends", "verdict"),
    [
        (0.1, (0.05, 0.2), "would help (fewer translations missed: 10.0 points"),
        (0.002, (0.0, 0.006), "would hardly help"),
        (0.01, (-0.01, 0.03), "is inconclusive"),
        (-0.01, (-0.03, 0.03), "is inconclusive (more translations missed: 1.0 points"),
    ],
)
def test_whether_thresholds_by_language_pair_help(eight, saved, ends, verdict):
    estimate = Estimate(saved, Interval(*ends))
    use = replace(eight.thresholds.recommended["duplicates"], saved=estimate)
    section = replace(eight.thresholds, recommended={"duplicates": use}, undefined={})
    assert verdict in threshold_findings(section, 0.01)[0]


def test_a_single_pair_has_no_worst_pair_and_needs_no_threshold_by_pair():
    section = with_thresholds(50, ["en", "de"], thresholds=True).thresholds
    assert section.recommended["duplicates"].saved == Estimate(0.0, Interval(0.0, 0.0))
    finding = threshold_findings(section, 0.01)[0]
    assert finding.startswith("To find") and "At worst" not in finding and "help" not in finding


def test_tables_name_the_worst_pair(eight):
    section = eight.thresholds
    uses, pairs = tables.uses(section).cells(), tables.pairs(section).cells()
    worst, false = section.pairs[0], section.recommended["duplicates"].most_false
    assert pairs[-1][0] == f"{worst.a}–{worst.b}" and len(pairs) == 28
    assert f"({false.a}–{false.b} " in uses[0][2]


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (2, ["English–Spanish"]),
        (8, ["all 28 language pairs", "English–German"]),
        (30, ["the worst 30 of 435 language pairs"]),
    ],
)
def test_the_picture_shows_every_pair_or_the_worst_on_one_page(count, words, eight):
    record = eight if count == 8 else with_thresholds(50, THIRTY[:count], thresholds=True)
    figure = picture(record)
    checked_boxes(figure)
    assert figure.get_figheight() < 12
    shown = all_text(figure)
    assert all(word in shown for word in words)


def test_the_picture_is_drawn_only_where_there_is_something_to_show(eight):
    assert "thresholds" not in drawn(replace(eight, thresholds=None))
    assert "thresholds" in drawn(with_thresholds(6, ("en", "de"), thresholds=True))
    assert "thresholds" not in drawn(with_thresholds(6, ("en",), thresholds=True))


def test_the_command_looks_for_thresholds(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "80")
    options = ("--model", "use-multilingual", "--grid", "territories", "--languages", "en,de,fr")
    options = (*options, "--thresholds", "--no-figures", "--output", str(tmp_path))
    assert main(options) == 0
    section = record_in(tmp_path)["thresholds"]
    assert set(section["recommended"]) == {"duplicates", "bitext_mining", "semantic_cache"}
    out = capsys.readouterr().out
    assert "semantic caches" in out
    assert max(len(line) for line in out.splitlines() if not line.startswith("written: ")) <= 80
