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


def draw(record):
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
    found = searched(task.questions, task.passages, queries, grid)
    record = search_record(found, queries, grid, Prompts(), shares)
    return analysed(task.passages, grid, sections={"search": record})


@pytest.fixture(scope="module")
def biased():
    return results(asked_task(language=2.0), shares={"en": 0.8, "th": 0.2})


def test_the_sentences_say_what_is_lost_where_and_what_helps(biased):
    said = "\n".join(search_findings(biased.search))
    thai = biased.search.mixed["th"]
    for part in (
        f"{100 * biased.search.penalty['all'].difference:.1f} points of nDCG@10",
        "where 33 % would be even",
        "are outranked by passages in their own language",
        "Centring by language is worth a try",
        "In an index of 80 % English and 20 % Thai, each passage in one language",
        "30 passages with questions are few",
    ):
        assert part in said, part
    assert thai.first_language["th"] > 0.9
    assert set(search_findings(biased.search)) < set(biased.findings)


def test_without_a_language_in_the_vectors_nothing_is_made_of_it():
    fair = results(asked_task(language=0.0, noise=0.5))
    said = "\n".join(search_findings(fair.search))
    assert "outrank" not in said
    assert "Centring by language changes nothing significantly, or little" in said
    assert "In an index of" not in said


def test_question_languages_that_no_passage_has_are_said_without_their_own():
    other = results(asked_task(language=1.0), asked=("hi", "fi", "uk"))
    said = "\n".join(search_findings(other.search))
    assert "None" not in said
    assert "nan" not in said
    assert "question's own" not in said
    rows = tables.by_language(other.search).cells()
    assert [row[0] for row in rows] == ["Hindi", "Finnish", "Ukrainian"]
    assert {row[1] for row in rows} == {"–"}


def test_one_language_loses_nothing_to_others():
    task = asked_task(L=1)
    alone = results(task, asked=("en",), written=("en",))
    assert search_findings(alone.search)
    rows = [row[0] for row in tables.scores(alone.search).rows]
    assert rows[:2] == ["passages in the question's language", "one index of 1 language"]


def test_tables_have_the_numbers_of_the_record(biased):
    found = biased.search
    own = found.between["de"]["th"]
    assert tables.between(found).rows[1][3] == own.recall_at_1
    assert tables.between(found).cells()[1][3] == f"{100 * own.recall_at_1:.0f}"
    names, rows = tables.numbers(found).data()
    row = dict(zip(names, rows[5], strict=True))
    assert (row["question_language"], row["passage_language"]) == ("de", "th")
    assert row["recall_at_1"] == own.recall_at_1 and row["recall_at_1_chance"] == 0.033333


def test_the_picture_has_its_numbers_and_fits(biased):
    fig = draw(biased)
    checked_boxes(fig)
    said = all_text(fig)
    for code in CODES:
        assert f"{100 * biased.search.between[code]['de'].recall_at_1:.0f}" in said
    assert "33 % would be even" in said
    assert "Thai" in said


@pytest.mark.parametrize(("asked", "written"), [(1, 24), (24, 2), (40, 40)])
def test_the_picture_fits_other_sizes(asked, written):
    codes = [f"x-language{i}" for i in range(40)]
    task = asked_task(C=6, L=max(asked, written), each=1)
    task = replace(
        task,
        questions=task.questions[:, :asked],
        asked=task.asked[:, :asked],
        passages=task.passages[:, :written],
        present=task.present[:, :written],
    )
    record = results(task, asked=tuple(codes[:asked]), written=tuple(codes[:written]))
    checked_boxes(draw(record))


def test_verdicts_name_the_better_searcher():
    good = results(asked_task(language=0.0, noise=0.3))
    bad = results(asked_task(language=2.0, noise=1.5))
    found = compare_results([("good", good, None), ("bad", bad, None)])
    said = verdicts(found)
    assert any("good is better than bad (nDCG@10 across languages" in line for line in said)
    assert any("good is better than bad (nDCG@10 in one index" in line for line in said)
    assert tables.ranking(found).rows[0][-2:] == (1, 1)
