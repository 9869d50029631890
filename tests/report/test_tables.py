"""Every table of the catalogue, in every renderer."""

import csv
import re

import pytest
from conftest import ROOT, analysed, random_vectors, with_thresholds
from msgspec.structs import replace

from alignment import InputError
from alignment.compare import report as comparisons
from alignment.compare.models import Comparison, compare_results
from alignment.report import catalogue
from alignment.report.labels import Text
from alignment.report.render import as_csv, frame, html, latex, markdown
from alignment.report.table import CONTRAST, COUNT, ESTIMATE, TEXT, Column, Table
from alignment.stats.contrast import Contrast
from alignment.stats.estimates import Estimate, Interval
from concepts import CONCEPTS, LANGUAGES
from cross_lingual_alignment import CrossLingualAlignmentExperiment


@pytest.fixture(scope="module")
def everything():
    """A record with all that can be measured."""
    grid, queries = (ROOT / "examples" / name for name in ("passages.csv", "questions.csv"))
    measured = {"probe": True, "truncate": (64,), "quantize": ("int8",)}
    searched = {"queries": queries, "mix": {"en": 0.8, "zh": 0.2}}
    run = CrossLingualAlignmentExperiment("use-multilingual", grid, **measured, **searched).run()
    return replace(run, thresholds=with_thresholds(50, LANGUAGES, thresholds=True).thresholds)


@pytest.fixture(scope="module")
def comparison(everything):
    runs = [(name, everything, 1.5) for name in ("one", "other_of|two")]
    return compare_results(runs, {"third": "it cannot"})


def table_of(record, name):
    of_comparison = isinstance(record, Comparison)
    return (comparisons if of_comparison else catalogue).table_of(record, name)


def names_in(record):
    """Return the names that the refusal of a wrong one gives."""
    with pytest.raises(InputError, match="there is no table 'everything'; there are ") as refused:
        table_of(record, "everything")
    return str(refused.value).partition("there are ")[2].split(", ")


@pytest.mark.parametrize(("record", "least"), [("everything", 30), ("comparison", 6)])
def test_every_table_holds_together_in_every_renderer(record, least, request):
    pytest.importorskip("pandas")
    record = request.getfixturevalue(record)
    assert len(names_in(record)) >= least
    for name in names_in(record):
        table = table_of(record, name)
        names, rows = table.data()
        assert table.key == name and {len(row) for row in table.rows} <= {len(table.columns)}
        assert len(names) == len(set(names)) and {len(row) for row in rows} <= {len(names)}, name
        assert not re.search(r"\b(None|nan)\b", markdown(table) + latex(table) + html(table)), name
        assert len(list(csv.reader(as_csv(table).splitlines()))) == len(rows) + 1
        assert frame(table).shape == (len(rows), len(names))


@pytest.fixture(scope="module")
def minimal():
    """A record of no optional capability."""
    return analysed(random_vectors(0), CONCEPTS)


@pytest.mark.parametrize(
    ("name", "needs"),
    [
        ("forms", "probe=True"),
        ("subwords", "its tokeniser"),
        ("cost", "truncate or quantize"),
        ("thresholds", "thresholds=True"),
        ("search_matrix", "queries=FILE"),
    ],
)
def test_what_was_not_measured_says_what_it_needs(name, needs, minimal):
    with pytest.raises(InputError, match=f"'{name}' was not measured in this run; .*{needs}"):
        table_of(minimal, name)


def test_words_for_readers_and_raw_numbers_for_programs():
    change = Contrast(-0.0123, Interval(-0.02, 0.001), 0.04, 0.03, "worse on these concepts")
    text = Text("x | y & z", "xyz", language="en")
    table = Table(
        "by_hand",
        "By <hand>",
        (
            Column("name"),
            Column("score", kind=ESTIMATE),
            Column("change", kind=CONTRAST, show="full"),
            Column("text", kind=TEXT),
            Column("count", kind=COUNT, show="data"),
        ),
        [("a_b", Estimate(0.5, Interval(0.25, 0.75)), change, text, 1234), ("c", *[None] * 4)],
    )
    assert table.cells()[0][4] == "1,234"
    assert table.cells(narrow=True)[0][1:3] == ("0.500", "−0.012*")
    assert markdown(table).splitlines() == [
        "| name | score [95 % CI] | change [95 % CI] | text |",
        "| :-- | --: | --: | :-- |",
        r"| a_b | 0.500 [0.250, 0.750] | −0.012* [−0.020, +0.001] | x \| y & z |",
        "| c | – | – | – |",
    ]
    assert latex(table).splitlines()[0::2] == [
        r"\begin{tabular}{lrrl}",
        r"name & score [95 \% CI] & change [95 \% CI] & text \\",
        r"a\_b & 0.500 [0.250, 0.750] & $-$0.012* [$-$0.020, +0.001] & x | y \& z \\",
        r"\bottomrule",
    ]
    shown = html(table)
    assert "By &lt;hand&gt;" in shown and "<bdi>x | y &amp; z</bdi>" in shown
    assert "0.500 [0.250, 0.750]" in shown and "change" not in shown
    assert next(csv.DictReader(as_csv(table).splitlines())) == {
        **{"name": "a_b", "score": "0.5", "score_low": "0.25", "score_high": "0.75"},
        **{"change": "-0.0123", "change_low": "-0.02", "change_high": "0.001", "change_p": "0.04"},
        **{"change_detectable": "0.03", "change_verdict": "worse on these concepts"},
        **{"text": "x | y & z", "count": "1234"},
    }
    pytest.importorskip("pandas")
    numbers = frame(table).set_index("name")
    assert numbers.score_high["a_b"] == 0.75 and numbers.loc["c"].isna().all()
    assert list(frame(table._replace(rows=[]))) == list(frame(table))
