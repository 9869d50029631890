"""The console: labels a reader knows, within one screen, on any terminal."""

import io
from pathlib import Path

import pytest
from conftest import analysed, random_vectors, unit
from msgspec.structs import replace
from rich.cells import cell_len

from alignment.compare.models import compare_results
from alignment.compare.report import print_comparison
from alignment.grids import ConceptGrid
from alignment.measure.support import LanguageSupport
from alignment.record.core import Pair
from alignment.report import console as report
from alignment.report import error_tables, words
from alignment.report.labels import Labels

LANGUAGES = [f"x-l{i}" for i in range(60)]
SENTENCES = {
    "en": "Sentence {} says that everybody has the right to a long and quiet life",
    "ar": "الجملة {} تقول إن لكل شخص الحق في حياة طويلة وهادئة",
    "zh": "第{}句话说人人都有权享有漫长而安静的生活，并且不受任何人的打扰",
}


@pytest.fixture(scope="module")
def results():
    """Identifiers for names, long sentences, and nothing aligned."""
    rows = {
        f"5728eef92ca10214002d{c:04d}": {
            **{code: text.format(c) for code, text in SENTENCES.items()},
            **{code: f"{code} {c} and more words of no language" for code in LANGUAGES},
        }
        for c in range(70)
    }
    C, L = len(rows), len(SENTENCES) + len(LANGUAGES)
    X = unit(random_vectors(1, (C, 1, 16)) + 2 * random_vectors(2, (C, L, 16)))
    return analysed(X, ConceptGrid.from_dict(rows))


def printed(results, monkeypatch, print_it=report.print_report, place=()):
    monkeypatch.setenv("COLUMNS", "80")
    out = io.StringIO()
    monkeypatch.setattr("sys.stdout", out)
    print_it(results, place)
    return out.getvalue()


def test_it_fits_on_one_screen_and_names_texts_not_identifiers(results, monkeypatch):
    shown = printed(results, monkeypatch)
    lines = shown.splitlines()
    assert len(lines) <= 60 and max(map(cell_len, lines)) <= 80
    assert "5728eef92ca1" not in shown and "\u2068" not in shown
    at = next(i for i, line in enumerate(lines) if line.startswith("query"))
    assert "expected" in lines[at] and "retrieved" in lines[at] and lines[at].endswith(" lost")
    for line in lines[at + 1 : at + 6]:
        query, expected, _, lost = filter(None, line.split("  "))
        assert query.endswith(")") and expected.endswith(")") and float(lost) > 0


def test_a_terminal_gets_signs_that_keep_the_order_of_a_line(results, monkeypatch):
    results = replace(results, findings=[])
    monkeypatch.setattr(report.Terminal, "is_terminal", True)
    pairs = [row for row in results.lowest_pairs() if "ar" in row[1:3]]
    lowest = [*pairs, *results.misaligned_pairs][:3]
    concept, _, _, similarity = lowest[0]
    first = [Pair(concept, "ar", "en", similarity), *lowest[1:]]
    texts = results.texts[concept] | {code: SENTENCES[code].format("99") for code in SENTENCES}
    shown = replace(results, misaligned_pairs=first, texts=results.texts | {concept: texts})
    lines = printed(shown, monkeypatch).splitlines()
    line = next(line for line in lines if "(ar)  Sentence" in line)
    assert "\u2068الجملة" in line and "…\u2069 (ar)  Sentence" in line


@pytest.mark.parametrize(
    ("text", "room", "cut"),
    [
        ("one two three", 13, "one two three"),
        ("one two three", 9, "one two…"),
        ("Donaudampfschifffahrt", 8, "Donauda…"),
        ("水水水水水", 6, "水水…"),  # a letter takes two cells
        ("cafe\u0301s", 5, "cafe\u0301s"),  # its accent takes none
        ("cafe\u0301s", 4, "caf…"),
    ],
)
def test_a_text_is_cut_to_its_cells(text, room, cut):
    assert words.shortened(text, room) == cut and cell_len(cut) <= room


@pytest.mark.parametrize(
    ("room", "label"),
    [
        (60, "Everyone has the right to life, liberty and security."),
        (24, "…life, liberty and…"),
        (12, "…life, libe…"),
    ],
)
def test_texts_that_begin_alike_are_cut_where_they_differ(results, room, label):
    right = "Everyone has the right to {}"
    texts = [*map(right.format, ("life, liberty and security.", "education.")), "人人有权享有"]
    labels = Labels(replace(results, texts={f"c{n}": {"en": text} for n, text in enumerate(texts)}))
    assert labels.concept("c0").cut(room) == label
    assert labels.concept("c2").cut(8) == "人人有…"  # no other begins so


def test_a_wrong_answer_has_one_row_and_another_has_its_turn(results):
    failed = results.errors.failed
    one, other = failed[0], next(row for row in failed if row.retrieved != failed[0].retrieved)
    again = [replace(one, query=code) for code in ("x-l1", "x-l2", "x-l3", "x-l4")]
    twice = replace(again[0], concept=other.concept)
    errors = replace(results.errors, failed=[one, *again, twice, other])
    rows = error_tables.worst_errors(replace(results, errors=errors), 10).cells()
    assert len(rows) == 3
    assert rows[0][0].endswith((" +3)", " +2)"))
    assert rows[0][2] == rows[2][2] != rows[1][2]


def test_what_is_not_supported_is_a_table_of_the_worst(results, monkeypatch):
    lines = printed(results, monkeypatch).splitlines()
    at = next(i for i, line in enumerate(lines) if "not supported" in line)
    table = lines[at : lines.index("", at)]
    assert len(table) == 6 and table[-1].startswith("… ")
    row = LanguageSupport("supported", 1.0, 0.1, None, None)
    supported = dict.fromkeys(results.support, row)
    shown = printed(replace(results, support=supported, findings=[]), monkeypatch)
    assert "not supported" not in shown


def test_a_wide_table_loses_words_and_no_number(results, monkeypatch):
    compared = compare_results([(f"model {n} {'x' * 40}", results, None) for n in range(3)])
    shown = printed(compared, monkeypatch, print_comparison, Path("out"))
    for name in ("calibrated_alignment_score", "alignment_score"):
        assert words.estimate(compared.models[0].scores[name]) in shown
    assert max(map(cell_len, shown.splitlines())) <= 80 and "published [95 % CI]" in shown
