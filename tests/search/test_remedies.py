"""Remedies: centring and asking in two languages, in worlds where their effect is known."""

from dataclasses import replace

import numpy as np
import pytest
from conftest import asked_task, unit

from alignment import DEFAULT_MARGIN
from alignment.measure.metrics import FOLDS
from alignment.search import task as remedies
from alignment.search.measure import SearchNumbers
from alignment.search.task import search

CODES = ("en", "de", "fr")


def measured(task, codes=CODES):
    return SearchNumbers(task, search(task), codes, CODES, DEFAULT_MARGIN, 0).remedies()


@pytest.fixture
def searched(monkeypatch):
    """The tasks that the remedies search: one for each fold of centring, then the averaged one."""
    tasks = []
    monkeypatch.setattr(remedies, "search", lambda task: tasks.append(task) or search(task))
    return tasks


def test_centring_helps_only_where_vectors_tell_their_language():
    biased, fair = (measured(asked_task(language=bias))["centring"] for bias in (2.0, 0.0))
    low, high = biased.index.interval
    assert biased.index.significant and low < biased.index.difference < high
    assert biased.index.difference > 0.2
    assert all(gain.difference > 0 for gain in biased.mixed.values())
    assert not fair.index.significant and abs(fair.index.difference) < 0.03


def test_the_means_are_those_of_other_passages(searched):
    task = asked_task(C=10)
    remedies.ndcg_with_remedies(task, CODES[:1])
    assert len(searched) == FOLDS
    times = np.sum([moved.asked for moved in searched], axis=0)
    np.testing.assert_array_equal(times, task.asked)  # each question once
    for moved in searched:
        others = np.setdiff1d(np.arange(10), task.answer[moved.asked[:, 0]])
        expected = unit(task.passages - task.passages[others].mean(axis=0))
        np.testing.assert_allclose(moved.passages, expected, atol=1e-5)
        mean = task.questions[np.isin(task.answer, others)].mean(axis=0)
        np.testing.assert_allclose(moved.questions, unit(task.questions - mean), atol=1e-5)


def test_two_languages_are_averaged_where_a_question_has_both(searched):
    task = asked_task(language=0.5, noise=1.5)
    task.asked[:3, 1] = False  # these three have no English wording
    gains = measured(task, codes=("de", "en", "fr"))["averaging with en"]
    averaged = searched[-1]
    assert not averaged.asked[:, 1].any() and not averaged.asked[:3].any()
    assert averaged.asked[3:, [0, 2]].all()
    mean = unit(task.questions[5, 0] + task.questions[5, 1])
    np.testing.assert_allclose(averaged.questions[5, 0], mean, atol=1e-6)
    assert gains.mixed["en"].difference is None
    assert gains.across.difference > 0  # two noisy wordings say more than one
    # the gain is over the questions that have both
    before, after = (search(each).mixed["ndcg_at_10"] for each in (task, averaged))
    assert gains.mixed["de"].difference == pytest.approx(np.nanmean((after - before)[:, 0]))


def test_without_english_the_first_language_is_the_partner_and_a_single_one_has_none():
    task = asked_task(C=8)
    assert list(measured(task, codes=("de", "fr", "es"))) == ["centring", "averaging with de"]
    alone = replace(task, questions=task.questions[:, :1], asked=task.asked[:, :1])
    assert list(measured(alone, codes=("de",))) == ["centring"]
