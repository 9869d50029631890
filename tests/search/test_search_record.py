"""The record of a search: its numbers by name, over passages, and how they are shown."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from conftest import all_text, analysed, asked_task, checked_boxes, named, recorded, unit

from alignment import InputError
from alignment.compare.gate import against
from alignment.compare.models import compare_results
from alignment.compare.verdicts import verdicts
from alignment.grids import ConceptGrid
from alignment.models import Prompts
from alignment.report.figures import drawn
from alignment.results import AlignmentResults
from alignment.search import ACROSS, INDEX
from alignment.search import show as tables
from alignment.search.findings import search_findings
from alignment.search.measure import search_record, searched
from alignment.search.questions import Questions
from alignment.search.record import SAME
from alignment.search.task import search
from alignment.stats.estimates import NO_INTERVAL

CODES = ("en", "de", "fr")
near = partial(pytest.approx, abs=2e-6)  # a record has six digits


@pytest.fixture(scope="module")
def task():
    return asked_task()


@pytest.fixture(scope="module")
def record(task):
    return recorded(task, shares={"en": 0.7, "fr": 0.3})


def with_questions(task, rows):
    """The task with these rows of its questions."""
    fields = ("questions", "asked", "answer")
    return replace(task, **{name: getattr(task, name)[rows] for name in fields})


def test_values_are_means_over_the_questions(task, record):
    ranks = search(task)
    for i, a in enumerate(CODES):
        for j, b in enumerate(CODES):
            between = record.between[a][b]
            for name, values in ranks.between.items():
                assert getattr(between, name) == near(values[:, i, j].mean())
                low, high = between.intervals[name]
                assert 0 <= low <= getattr(between, name) <= high <= 1 and low < high
            assert between.questions == 60
        mixed = record.mixed[a]
        for name, values in ranks.mixed.items():
            assert getattr(mixed, name) == near(values[:, i].mean())
        for name in ("crowding", "crowding_expected"):
            means = np.nanmean(ranks.by_version[name][:, i], axis=0)
            assert list(getattr(mixed, name).values()) == near(means)
        assert sum(mixed.first_language.values()) == near(1)
        assert mixed.even == near(dict.fromkeys(CODES, 1 / 3))
    other = ~np.eye(3, dtype=bool)
    ndcg = ranks.between["ndcg_at_10"]
    means = {ACROSS: ndcg[:, other], SAME: ndcg[:, ~other], INDEX: ranks.mixed["ndcg_at_10"]}
    assert {name: record.scores[name].value for name in means} == near(
        {name: values.mean() for name, values in means.items()}
    )
    assert record.answered == 30
    assert (record.prompt, record.passage_prompt) == ("query: ", "passage: ")


def test_the_penalty_is_paired_by_question(task, record):
    ndcg = search(task).between["ndcg_at_10"]
    same = np.einsum("iaa->ia", ndcg)
    lost = same - (ndcg.sum(axis=2) - same) / 2
    for i, code in enumerate(CODES):
        assert record.penalty[code].difference == near(lost[:, i].mean())
    assert record.penalty["all"].difference == near(lost.mean())
    assert record.penalty["all"].significant


def test_questions_of_one_passage_are_no_more_evidence(task):
    """The same questions asked thrice give the same intervals and the same p."""
    once, thrice = recorded(task), recorded(with_questions(task, np.tile(np.arange(60), 3)))
    assert (thrice.scores, thrice.penalty) == (once.scores, once.penalty)
    assert thrice.remedies["averaging with en"] == once.remedies["averaging with en"]


def test_values_by_passage_have_the_score_as_their_mean(task):
    rows = [0, 1, 2, 2, 2, 7, 9, 9, 20, 30, 31]  # passages with more questions than others
    uneven = with_questions(task, rows)
    record = recorded(uneven)
    for name in (ACROSS, INDEX):
        values = record.by_passage[name]
        assert list(values) == [f"c{c}" for c in np.unique(uneven.answer)]
        assert np.mean(list(values.values())) == near(record.scores[name].value)
    assert record.scores[INDEX].value == near(search(uneven).mixed["ndcg_at_10"].mean())


def test_a_mix_searches_each_passage_in_one_language(record):
    assert record.mix.passages == {"en": 21, "de": 0, "fr": 9}
    assert record.mix.shares == near({"en": 0.7, "de": 0.0, "fr": 0.3})
    for mixed in record.mix.mixed.values():
        assert mixed.first_language == near({"en": 0.7, "de": 0, "fr": 0.3})
        assert mixed.recall_at_10["de"] is None
        assert mixed.complete_at_10 >= mixed.hit_at_1


def test_languages_of_questions_may_be_others(task):
    record = recorded(task, codes=("th", "de", "hi"))
    assert record.penalty["th"].difference is None
    assert record.mixed["th"].intervals["same_language_first"] == NO_INTERVAL
    assert record.scores[SAME].value == near(record.between["de"]["de"].ndcg_at_10)


def test_too_few_passages_have_no_intervals_but_values():
    score = recorded(asked_task(C=3)).scores[INDEX]
    assert score.value is not None and score.interval == NO_INTERVAL


def results(task):
    _, grid = named(task)
    return analysed(task.passages, grid, sections={"search": recorded(task)})


def test_the_record_is_what_was_written(task, tmp_path):
    results(task).to_json(tmp_path / "r.json")
    assert AlignmentResults.from_json(tmp_path / "r.json") == results(task)


def test_models_are_compared_by_search_and_the_gate_agrees(task):
    rng = np.random.default_rng(5)
    noise = 1.5 * rng.normal(size=task.passages.shape).astype(np.float32)
    good, bad = results(task), results(replace(task, passages=unit(task.passages + noise)))
    comparison = compare_results([("good", good, None), ("bad", bad, None)])
    better, worse = comparison.models
    shifts = {(s.metric, s.language): s.contrast for s in against(bad, good).shifts}
    lines = verdicts(comparison)
    for metric, words in ((ACROSS, "nDCG@10 across languages"), (INDEX, "nDCG@10 in one index")):
        assert any(f"good is better than bad ({words}" in line for line in lines)
        (pair,) = [pair for pair in comparison.pairs if pair.metric == metric]
        assert pair.better == better.name == "good"
        assert pair.difference == near(better.search[metric].value - worse.search[metric].value)
        assert (better.search_rank[metric], worse.search_rank[metric]) == (1, 2)
        assert shifts[metric, "all"].is_worse
        assert shifts[metric, "all"].difference == near(-pair.difference)
    assert tables.ranking(comparison).rows[0][-2:] == (1, 1)


def test_without_questions_nothing_is_compared_by_search(task):
    _, grid = named(task)
    bare = analysed(task.passages, grid)
    comparison = compare_results([("a", bare, None), ("b", results(task), None)])
    assert not {pair.metric for pair in comparison.pairs} & {ACROSS, INDEX}
    assert comparison.models[0].search_rank == {}
    with pytest.raises(InputError, match=r"questions are 'asked' .*, here none"):
        against(bare, results(task))


# ---- findings, tables and the picture

THAI = ("en", "de", "th")


def picture(record):
    return drawn(record)["search"].draw(record)


def shown(task, codes=THAI, written=THAI, shares=None):
    C, n = len(task.passages), len(task.answer)
    texts = tuple(tuple(f"{c} {code}" for code in written) for c in range(C))
    grid = ConceptGrid(tuple(f"p{c}" for c in range(C)), written, ("",) * C, texts)
    answers = tuple(f"p{c}" for c in task.answer)
    names = tuple(f"row {i}" for i in range(n))
    queries = Questions(names, codes, answers, (("?",) * len(codes),) * n)
    numbers = searched(task.questions, task.passages, queries, grid)
    record = search_record(numbers, queries, grid, Prompts(), shares)
    return analysed(task.passages, grid, sections={"search": record})


@pytest.fixture(scope="module")
def biased():
    return shown(asked_task(language=2.0), shares={"en": 0.8, "th": 0.2})


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
    findings = "\n".join(search_findings(shown(asked_task(language=0.0, noise=0.5)).search))
    assert "outrank" not in findings and "In an index of" not in findings
    assert "Centring by language changes nothing significantly" in findings


def test_languages_that_no_passage_is_written_in_have_no_score_in_the_same_language():
    other = shown(asked_task(language=1.0), codes=("hi", "fi", "uk"))
    findings = "\n".join(search_findings(other.search))
    assert not any(part in findings for part in ("None", "nan", "question's own"))
    rows = tables.by_language(other.search).cells()
    assert [row[:2] for row in rows] == [("Hindi", "–"), ("Finnish", "–"), ("Ukrainian", "–")]


def test_one_language_loses_nothing_to_others():
    task = asked_task(L=1)
    alone = shown(task, codes=("en",), written=("en",))
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
    recalls = [biased.search.between[code]["de"].recall_at_1 for code in THAI]
    assert all(f"{100 * recall:.0f}" in words for recall in recalls)
    assert "33 % would be even" in words and "Thai" in words


@pytest.mark.parametrize(("questions", "passages"), [(1, 24), (40, 40)])
def test_the_picture_fits_other_sizes(questions, passages):
    codes = tuple(f"x-language{i}" for i in range(passages))
    task = asked_task(C=6, L=passages, each=1)
    task = replace(task, questions=task.questions[:, :questions], asked=task.asked[:, :questions])
    checked_boxes(picture(shown(task, codes=codes[:questions], written=codes)))
