"""The record of a search: its numbers by name, over passages, and written as JSON."""

from dataclasses import replace
from functools import partial

import msgspec
import numpy as np
import pytest
from conftest import analysed, asked_task, named, recorded, unit

from alignment import InputError
from alignment.compare.gate import against
from alignment.compare.models import compare_results
from alignment.results import AlignmentResults
from alignment.search import ACROSS, INDEX
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


def test_values_are_means_over_the_questions(task, record):
    found = search(task)
    for i, a in enumerate(CODES):
        for j, b in enumerate(CODES):
            own = record.between[a][b]
            for name, values in found.between.items():
                assert getattr(own, name) == near(values[:, i, j].mean())
                low, high = own.intervals[name]
                assert 0 <= low <= getattr(own, name) <= high <= 1
                assert high - low > 0
            assert own.questions == 60
        mixed = record.mixed[a]
        for name, values in found.mixed.items():
            assert getattr(mixed, name) == near(values[:, i].mean())
        for name in ("crowding", "crowding_expected"):
            means = np.nanmean(found.by_version[name][:, i], axis=0)
            assert list(getattr(mixed, name).values()) == near(means)
        assert sum(mixed.first_language.values()) == near(1)
        assert mixed.even == near(dict.fromkeys(CODES, 1 / 3))
    other = ~np.eye(3, dtype=bool)
    ndcg = found.between["ndcg_at_10"]
    assert record.scores[ACROSS].value == near(ndcg[:, other].mean())
    assert record.scores[SAME].value == near(ndcg[:, ~other].mean())
    assert record.scores[INDEX].value == near(found.mixed["ndcg_at_10"].mean())
    assert record.answered == 30
    assert (record.prompt, record.passage_prompt) == ("query: ", "passage: ")


def test_the_penalty_is_paired_by_question(task, record):
    ndcg = search(task).between["ndcg_at_10"]
    own = ndcg[:, np.arange(3), np.arange(3)]
    lost = own - (ndcg.sum(axis=2) - own) / 2
    for i, code in enumerate(CODES):
        assert record.penalty[code].difference == near(lost[:, i].mean())
    assert record.penalty["all"].difference == near(lost.mean())
    assert record.penalty["all"].significant


def test_questions_of_one_passage_are_no_more_evidence(task):
    """The same questions asked thrice give the same intervals and the same p."""
    rows = np.tile(np.arange(len(task.answer)), 3)
    thrice = replace(
        task, questions=task.questions[rows], asked=task.asked[rows], answer=task.answer[rows]
    )
    once, more = recorded(task), recorded(thrice)
    assert (more.scores, more.penalty) == (once.scores, once.penalty)
    assert more.remedies["averaging with en"] == once.remedies["averaging with en"]


def test_values_by_passage_have_the_score_as_their_mean(task):
    rows = [0, 1, 2, 2, 2, 7, 9, 9, 20, 30, 31]  # passages with more questions than others
    uneven = replace(
        task, questions=task.questions[rows], asked=task.asked[rows], answer=task.answer[rows]
    )
    keep = np.unique(uneven.answer)
    record = recorded(uneven)
    for name in (ACROSS, INDEX):
        values = record.by_passage[name]
        assert list(values) == [f"c{c}" for c in keep]
        assert np.mean(list(values.values())) == near(record.scores[name].value)
    ndcg = search(uneven).mixed["ndcg_at_10"]
    assert record.scores[INDEX].value == near(ndcg.mean())


def test_a_mix_searches_each_passage_in_one_language(record):
    assert record.mix.passages == {"en": 21, "de": 0, "fr": 9}
    assert record.mix.shares == near({"en": 0.7, "de": 0.0, "fr": 0.3})
    for own in record.mix.mixed.values():
        assert own.first_language == near({"en": 0.7, "de": 0, "fr": 0.3})
        assert own.recall_at_10["de"] is None
        assert own.complete_at_10 >= own.hit_at_1


def test_languages_of_questions_may_be_others(task):
    record = recorded(task, codes=("th", "de", "hi"))
    assert record.penalty["th"].difference is None
    assert record.mixed["th"].intervals["same_language_first"] == NO_INTERVAL
    assert list(record.between["hi"]) == list(CODES)
    assert record.scores[SAME].value == near(record.between["de"]["de"].ndcg_at_10)


def test_too_few_passages_have_no_intervals_but_values():
    own = recorded(asked_task(C=3)).scores[INDEX]
    assert own.value is not None and own.interval == NO_INTERVAL


def results(task):
    _, grid = named(task)
    return analysed(task.passages, grid, sections={"search": recorded(task)})


def test_the_record_is_what_was_written(task, tmp_path):
    record = results(task)
    record.to_json(tmp_path / "r.json")
    assert AlignmentResults.from_json(tmp_path / "r.json") == record
    raw = msgspec.json.decode((tmp_path / "r.json").read_bytes())["search"]
    assert set(raw["between"]["en"]["de"]) >= {"recall_at_1", "recall_at_5", "recall_at_10", "mrr"}
    assert set(raw["mixed"]["en"]) >= {"hit_at_1", "complete_at_10", "max_rank", "first_language"}


def test_models_are_compared_by_search_too(task):
    rng = np.random.default_rng(5)
    noise = 1.5 * rng.normal(size=task.passages.shape).astype(np.float32)
    worse = replace(task, passages=unit(task.passages + noise))
    found = compare_results([("good", results(task), None), ("bad", results(worse), None)])
    by_name = {model.name: model for model in found.models}
    for metric in (ACROSS, INDEX):
        (pair,) = [pair for pair in found.pairs if pair.metric == metric]
        difference = by_name["good"].search[metric].value - by_name["bad"].search[metric].value
        assert pair.difference == near(difference)
        assert pair.better == "good"
        assert by_name["good"].search_rank[metric] == 1
        assert by_name["bad"].search_rank[metric] == 2
    for shift in against(results(worse), results(task)).shifts:
        if shift.metric in (ACROSS, INDEX):
            (pair,) = [pair for pair in found.pairs if pair.metric == shift.metric]
            assert shift.contrast.is_worse and shift.language == "all"
            assert shift.contrast.difference == near(-pair.difference)


def test_without_questions_nothing_is_compared_by_search(task):
    _, grid = named(task)
    bare = analysed(task.passages, grid)
    found = compare_results([("a", bare, None), ("b", results(task), None)])
    assert not {pair.metric for pair in found.pairs} & {ACROSS, INDEX}
    assert found.models[0].search_rank == {}
    with pytest.raises(InputError, match=r"questions are 'asked' .*, here none"):
        against(bare, results(task))
