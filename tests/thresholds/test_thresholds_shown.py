"""What is said and drawn of thresholds: tables in 80 columns, sentences, the picture."""

import pytest
from conftest import all_text, checked_boxes, record_in, with_thresholds
from msgspec.structs import replace

from alignment.report.figures import drawn
from alignment.stats.estimates import Estimate, Interval
from alignment.thresholds import show as tables
from alignment.thresholds.show import threshold_findings
from concepts import LANGUAGES

MANY = (
    "af sq am hy az eu be bn bs bg my ca hr cs da nl et fi gl ka el gu ha he hi hu is ig id ga it "
)
MANY += "jv kn kk km ko ku lo lv lt mk ms ml mt mr mn ne no fa pl pt pa ro sr"


def draw(record):
    return drawn(record)["thresholds"].draw(record)


@pytest.fixture(scope="module")
def eight():
    return with_thresholds(50, LANGUAGES, thresholds=True)


def test_a_recommendation_says_what_passes_what_is_missed_and_how_sure_that_is(eight):
    found = eight.thresholds
    own = found.recommended["duplicates"]
    said = next(line for line in eight.findings if line.startswith("To find duplicates"))
    low, high = own.cosine.interval
    assert f"a cosine of {own.cosine.value:.3f} (95 % CI {low:.3f} to {high:.3f})" in said
    assert "1.0 % of negatives pass it" in said and "At worst" in said
    none = "No threshold can be recommended for semantic caches: 50 concepts"
    assert any(line.startswith(none) for line in eight.findings)


@pytest.mark.parametrize(
    ("saved", "ends", "verdict"),
    [
        (0.1, (0.05, 0.2), "would help (fewer translations missed: 10.0 points"),
        (0.002, (0.0, 0.006), "would hardly help"),
        (0.01, (-0.01, 0.03), "is inconclusive"),
        (-0.01, (-0.03, 0.03), "is inconclusive (more translations missed: 1.0 points"),
    ],
)
def test_whether_own_thresholds_help(eight, saved, ends, verdict):
    own = replace(
        eight.thresholds.recommended["duplicates"], saved=Estimate(saved, Interval(*ends))
    )
    found = replace(eight.thresholds, recommended={"duplicates": own}, undefined={})
    assert verdict in threshold_findings(found, 0.01)[0]


def test_a_single_pair_has_no_worst_and_needs_no_threshold_of_its_own():
    found = with_thresholds(50, ["en", "de"], thresholds=True).thresholds
    assert found.recommended["duplicates"].saved == Estimate(0.0, Interval(0.0, 0.0))
    said = threshold_findings(found, 0.01)[0]
    assert said.startswith("To find") and "At worst" not in said and "help" not in said


def test_tables_name_the_worst_pair(eight):
    found = eight.thresholds
    uses, pairs = tables.uses(found).cells(), tables.pairs(found).cells()
    worst, own = found.pairs[0], found.recommended["duplicates"].most_false
    assert pairs[-1][0] == f"{worst.a}–{worst.b}" and len(pairs) == 28
    assert f"({own.a}–{own.b} " in uses[0][2]


@pytest.mark.parametrize("count", [2, 8, 60])
def test_the_picture_shows_every_pair_or_the_worst_on_one_page(count, eight):
    codes = [*LANGUAGES, *MANY.split()][:count]
    record = eight if count == 8 else with_thresholds(50, codes, thresholds=True)
    figure = draw(record)
    checked_boxes(figure)
    assert figure.get_figheight() < 12
    shown = all_text(figure)
    if count == 60:
        assert "the worst 30 of 1,770 language pairs" in shown
    elif count == 8:
        assert "all 28 language pairs" in shown and "English–German" in shown


def test_the_picture_is_drawn_only_where_there_is_something_to_show(eight):
    assert "thresholds" in drawn(eight)
    assert "thresholds" not in drawn(replace(eight, thresholds=None))
    assert "thresholds" in drawn(with_thresholds(6, ("en", "de"), thresholds=True))
    assert "thresholds" not in drawn(with_thresholds(6, ("en",), thresholds=True))


def test_the_command_looks_for_thresholds(command_line, tmp_path):
    asked = ("--model", "use-multilingual", "--grid", "territories", "--languages", "en,de,fr")
    done = command_line(*asked, "--thresholds", "--output", "out", COLUMNS="80")
    assert done.returncode == 0, done.stderr
    found = record_in(tmp_path / "out")["thresholds"]
    assert set(found["recommended"]) == {"duplicates", "bitext_mining", "semantic_cache"}
    assert "semantic caches" in done.stdout and max(map(len, done.stdout.splitlines())) <= 80
    assert (tmp_path / "out/fig/thresholds.png").exists()
