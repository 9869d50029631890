"""What is said and drawn of a search: sentences, tables, the picture."""

from dataclasses import replace

import pytest
from conftest import all_text, analysed, asked_task, checked_boxes

from alignment.compare.models import compare_results
from alignment.compare.verdicts import verdicts
from alignment.grids import ConceptGrid
from alignment.models import Prompts
from alignment.report.figures import drawn
from alignment.search import show as tables
from alignment.search.findings import search_findings
from alignment.search.measure import search_record, searched
from alignment.search.questions import Questions

CODES = ("en", "de", "th")


def picture(record):
    return drawn(record)["search"].draw(record)


def results(task, asked=CODES, written=CODES, shares=None):
    C = len(task.passages)
    texts = tuple(tuple(f"{c} {code}" for code in written) for c in range(C))
    grid = ConceptGrid(tuple(f"p{c}" for c in range(C)), written, ("",) * C, texts)
    queries = Questions(
        tuple(f"row {i}" for i in range(len(task.answer))),
        asked,
        tuple(f"p{c}" for c in task.answer),
        tuple(("?",) * len(asked) for _ in task.answer),
    )
    numbers = searched(task.questions, task.passages, queries, grid)
    record = search_record(numbers, queries, grid, Prompts(), shares)
    return analysed(task.passages, grid, sections={"search": record})


@pytest.fixture(scope="module")
def biased():
    return results(asked_task(language=2.0), shares={"en": 0.8, "th": 0.2})


def test_the_sentences_say_what_is_lost_where_and_what_helps(biased):
    findings = "\n".join(search_findings(biased.search))
    for part in (
        f"{100 * biased.search.penalty['all'].difference:.1f} points of nDCG@10",
        "33 % would be even",
        "outranked by passages in their own language",
        "Centring by language is worth a try",
        "80 % English and 20 % Thai",
        "30 passages with questions are few",
    ):
        assert part in findings, part
    assert set(search_findings(biased.search)) < set(biased.findings)


def test_without_a_language_in_the_vectors_none_is_blamed():
    findings = "\n".join(search_findings(results(asked_task(language=0.0, noise=0.5)).search))
    assert "outrank" not in findings and "In an index of" not in findings
    assert "Centring by language changes nothing significantly" in findings


def test_languages_that_no_passage_is_written_in_have_no_score_in_the_same_language():
    other = results(asked_task(language=1.0), asked=("hi", "fi", "uk"))
    findings = "\n".join(search_findings(other.search))
    assert not any(part in findings for part in ("None", "nan", "question's own"))
    rows = tables.by_language(other.search).cells()
    assert [row[:2] for row in rows] == [("Hindi", "–"), ("Finnish", "–"), ("Ukrainian", "–")]


def test_one_language_loses_nothing_to_others():
    task = asked_task(L=1)
    alone = results(task, asked=("en",), written=("en",))
    assert search_findings(alone.search)
    rows = [row[0] for row in tables.scores(alone.search).rows]
    assert rows[:2] == ["passages in the question's language", "one index of 1 language"]


def test_tables_have_the_numbers_of_the_record(biased):
    recall = biased.search.between["de"]["th"].recall_at_1
    table = tables.between(biased.search)
    assert (table.rows[1][3], table.cells()[1][3]) == (recall, f"{100 * recall:.0f}")
    names, rows = tables.numbers(biased.search).data()
    row = dict(zip(names, rows[5], strict=True))
    assert (row["question_language"], row["passage_language"]) == ("de", "th")
    assert row["recall_at_1"] == recall and row["recall_at_1_chance"] == 0.033333


def test_the_picture_has_its_numbers_and_fits(biased):
    figure = picture(biased)
    checked_boxes(figure)
    words = all_text(figure)
    recalls = [biased.search.between[code]["de"].recall_at_1 for code in CODES]
    assert all(f"{100 * recall:.0f}" in words for recall in recalls)
    assert "33 % would be even" in words and "Thai" in words


@pytest.mark.parametrize(("asked", "written"), [(1, 24), (24, 2), (40, 40)])
def test_the_picture_fits_other_sizes(asked, written):
    codes = tuple(f"x-language{i}" for i in range(40))
    task = asked_task(C=6, L=max(asked, written), each=1)
    task = replace(
        task,
        questions=task.questions[:, :asked],
        asked=task.asked[:, :asked],
        passages=task.passages[:, :written],
        present=task.present[:, :written],
    )
    checked_boxes(picture(results(task, asked=codes[:asked], written=codes[:written])))


def test_verdicts_name_the_better_searcher():
    good = results(asked_task(language=0.0, noise=0.3))
    bad = results(asked_task(language=2.0, noise=1.5))
    comparison = compare_results([("good", good, None), ("bad", bad, None)])
    lines = verdicts(comparison)
    for metric in ("nDCG@10 across languages", "nDCG@10 in one index"):
        assert any(f"good is better than bad ({metric}" in line for line in lines)
    assert tables.ranking(comparison).rows[0][-2:] == (1, 1)
