"""Remedies: centring and asking in two languages, in worlds where it is known what they do."""

from dataclasses import replace

import numpy as np
import pytest
from conftest import asked_task, unit

from alignment import DEFAULT_MARGIN
from alignment.diagnosis.probes import FOLDS
from alignment.search import remedies
from alignment.search.measure import SearchNumbers
from alignment.search.task import search

CODES = ("en", "de", "fr")


def measured(task, asked=CODES, written=CODES):
    return SearchNumbers(task, search(task), asked, written, DEFAULT_MARGIN, 0).remedies()


def test_centring_takes_a_language_out_of_the_vectors():
    found = measured(asked_task(language=2.0))["centring"]
    assert found.index.significant
    assert found.index.difference > 0.2
    assert all(own.difference > 0 for own in found.mixed.values())
    low, high = found.index.interval
    assert low < found.index.difference < high


def test_centring_changes_little_where_there_is_no_language():
    found = measured(asked_task(language=0.0))["centring"]
    assert not found.index.significant
    assert abs(found.index.difference) < 0.03


def test_the_means_are_those_of_other_passages(monkeypatch):
    task = asked_task(C=10)
    seen = []
    monkeypatch.setattr(remedies, "search", lambda moved: seen.append(moved) or search(moved))
    remedies._ndcg_centred(task)
    assert len(seen) == FOLDS
    asked = np.sum([moved.asked for moved in seen], axis=0)
    np.testing.assert_array_equal(asked, task.asked)  # each question once
    for moved in seen:
        own = np.unique(task.answer[moved.asked[:, 0]])
        others = np.setdiff1d(np.arange(10), own)
        expected = unit(task.passages - task.passages[others].mean(axis=0))
        np.testing.assert_allclose(moved.passages, expected, atol=1e-5)
        mean = task.questions[np.isin(task.answer, others)].mean(axis=0)
        np.testing.assert_allclose(moved.questions, unit(task.questions - mean), atol=1e-5)


def test_two_languages_are_averaged_where_a_question_has_both():
    task = asked_task(language=0.5, noise=1.5)
    task.asked[:3, 1] = False  # no English there
    averaged = remedies._averaged(task, 1)
    np.testing.assert_array_equal(averaged.asked[:, 1], False)
    np.testing.assert_array_equal(averaged.asked[:3], False)
    assert averaged.asked[3:, [0, 2]].all()
    mean = unit(task.questions[5, 0] + task.questions[5, 1])
    np.testing.assert_allclose(averaged.questions[5, 0], mean, atol=1e-6)
    found = measured(task, asked=("de", "en", "fr"))
    assert list(found) == ["centring", "averaging with en"]
    own = found["averaging with en"]
    assert own.mixed["en"].difference is None
    assert own.across.difference > 0  # two noisy wordings know more than one
    # the gain is over the questions that have both
    before, after = (search(each).mixed["ndcg_at_10"] for each in (task, averaged))
    assert own.mixed["de"].difference == pytest.approx(np.nanmean((after - before)[:, 0]))


def test_without_english_the_first_language_is_the_partner_and_one_alone_has_none():
    task = asked_task(C=8)
    assert list(measured(task, asked=("de", "fr", "es"))) == ["centring", "averaging with de"]
    alone = replace(task, questions=task.questions[:, :1], asked=task.asked[:, :1])
    assert list(measured(alone, asked=("de",))) == ["centring"]
