"""Cosines by language pair: by hand, against negatives libraries, and the laws that they obey."""

import numpy as np
import pytest
from conftest import everywhere, random_vectors, unit
from sklearn.metrics import roc_curve

from alignment.thresholds import cosines
from alignment.thresholds.cosines import EQUAL_ERROR, LEVELS, STEP, STEPS

FIVE = LEVELS.index(0.05)


def different(X):
    return np.arange(X[..., 0].size).reshape(X.shape[:2])


def counted(X, present=None, surfaces=None):
    surfaces = different(X) if surfaces is None else surfaces
    present = everywhere(X) if present is None else present
    return cosines.distributions(X, present, surfaces, np.ones(X.shape[1], dtype=bool))


def passing(X, thresholds):
    supported = np.ones(X.shape[1], dtype=bool)
    return cosines.passing(X, everywhere(X), different(X), supported, thresholds)


def cosines_of(X, a=0, b=1):
    """Return the cosines of translations and of negatives, in a grid without gaps."""
    s, same = X[:, a] @ X[:, b].T, np.eye(len(X), dtype=bool)
    return s[same], s[~same]


@pytest.fixture
def by_hand():
    """Translations at .8, .8, .5; negatives at .6, .6, .866, 0, 0, 0."""
    en = np.eye(3)
    de = np.array([[0.8, 0.6, 0], [0, 0.8, 0.6], [0.75**0.5, 0, 0.5]])
    return np.stack([en, de], axis=1).astype(np.float32)


def test_a_small_grid_by_hand(by_hand):
    counts = counted(by_hand)
    # Of six negatives 1 % is none, so the first step above .8660 it is, which no translation
    # passes. From .6001 on 1 of 6 passes and 1 of 3 translations fails; at .6 still 3 of 6 pass.
    assert counts.thresholds[0] == pytest.approx([0.8661, 0.8661, 0.8661, 0.6001])
    assert counts.false[0] == pytest.approx([0, 0, 0, 1 / 6])
    assert counts.missed[0] == pytest.approx([1, 1, 1, 1 / 3])
    assert counts.count.tolist() == [6]
    at = {step: np.searchsorted(STEPS, step - 1e-9) for step in (0.5, 0.6, 0.8)}
    assert [counts.negatives[i] for i in at.values()] == pytest.approx([3 / 6, 3 / 6, 1 / 6])
    assert [counts.translations[i] for i in at.values()] == pytest.approx([1, 2 / 3, 2 / 3])


def test_a_concepts_part_in_what_passes_by_hand(by_hand):
    counts = passing(by_hand, np.array([[0.6]]))
    # Three of six pass: concepts 1–0, 2–1 and 0–2, so each concept is in two of them, and has four.
    assert counts.shares == pytest.approx(np.array([[0.5]]))
    assert counts.by_concept == pytest.approx(np.full((3, 1), 0.5))
    # At .8 only 0–2 passes, 1 of 6: the weights of concepts 0 and 2 move the share by
    # 3 · (1 − 4/6) / 6 = 1/6, that of concept 1 by 3 · (0 − 4/6) / 6 = −1/3.
    counts = passing(by_hand, np.array([[0.8]]))
    assert counts.by_concept[:, 0] == pytest.approx([1 / 6 + 1 / 6, 1 / 6 - 1 / 3, 1 / 6 + 1 / 6])


def test_each_threshold_is_the_first_step_that_so_few_pass():
    rng = np.random.default_rng(0)
    X = unit(rng.normal(size=(60, 1, 24)) + 1.2 * rng.normal(size=(60, 3, 24)))
    counts = counted(X)
    for p, (a, b) in enumerate(((0, 1), (0, 2), (1, 2))):
        gold, negatives = cosines_of(X, a, b)
        for k, level in enumerate(LEVELS):
            threshold = counts.thresholds[p, k]
            assert (
                (negatives >= threshold).mean()
                <= level
                < (negatives >= threshold - 1.001 * STEP).mean()
            )
            assert (
                abs(threshold - np.quantile(negatives, 1 - level, method="inverted_cdf"))
                < 1.001 * STEP
            )
            assert counts.missed[p, k] == pytest.approx((gold < threshold).mean())
            assert counts.false[p, k] == pytest.approx((negatives >= threshold).mean())
        spread = np.quantile(gold, [0.05, 0.25, 0.75, 0.95], method="inverted_cdf")
        assert counts.spread[p, 0] == pytest.approx(spread, abs=1.001 * STEP)


def test_equal_error_is_that_of_scikit_learns_curve():
    rng = np.random.default_rng(1)
    X = unit(rng.normal(size=(80, 1, 12)) + 1.5 * rng.normal(size=(80, 2, 12)))
    gold, negatives = cosines_of(X)
    truth = np.repeat([1, 0], [len(gold), len(negatives)])
    fpr, tpr, at = roc_curve(truth, np.concatenate([gold, negatives]), drop_intermediate=False)
    nearest = np.argmin(abs(1 - tpr - fpr))
    counts = counted(X)
    error = (counts.false + counts.missed)[0, EQUAL_ERROR] / 2
    assert error == pytest.approx((1 - tpr + fpr)[nearest] / 2, abs=1 / 80)
    assert abs(counts.thresholds[0, EQUAL_ERROR] - at[nearest]) < 0.02
    assert abs(counts.missed - counts.false)[0, EQUAL_ERROR] <= 1 / 80


def test_rotation_and_the_order_of_concepts_change_nothing():
    X = random_vectors(3, (40, 3, 16))
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(16, 16)))[0]
    before = counted(X)
    for moved in (unit(X @ turn), X[::-1]):
        after = counted(np.ascontiguousarray(moved))
        assert after.thresholds == pytest.approx(before.thresholds, abs=1.001 * STEP)
        assert after.missed == pytest.approx(before.missed, abs=1 / 40 + 1e-9)
        assert after.count.tolist() == before.count.tolist()


def test_blocks_of_rows_add_up(monkeypatch):
    X = random_vectors(4, (30, 3, 8))
    full = counted(X)
    shares = passing(X, full.thresholds).by_concept
    monkeypatch.setattr(cosines, "BLOCK", 70)
    parts = counted(X)
    assert np.array_equal(parts.thresholds, full.thresholds)
    assert np.array_equal(parts.count, full.count)
    assert passing(X, full.thresholds).by_concept == pytest.approx(shares)


def test_a_cosine_that_ties_with_a_threshold_passes_it():
    X = np.ones((4, 2, 3), dtype=np.float32) / np.sqrt(np.float32(3))  # cosines of .9999999
    counts = counted(X)
    assert counts.false[0, EQUAL_ERROR] == 0 and counts.missed[0, EQUAL_ERROR] == 1
    assert counts.thresholds[0] == pytest.approx(np.full(4, 1.0001))  # 1 passes all negatives
    assert passing(X, np.array([[1.0, 1.0001]])).shares.tolist() == [[1, 0]]


def test_gaps_are_no_texts():
    X = random_vectors(5, (12, 2, 8))
    present = everywhere(X)
    present[:4, 0] = False
    X[:4, 0] = 0
    counts = counted(X, present)
    assert counts.count.tolist() == [8 * 12 - 8]
    negatives = (X[4:, 0] @ X[:, 1].T)[np.arange(4, 12)[:, None] != np.arange(12)]
    expected = np.quantile(negatives, 0.95, method="inverted_cdf")
    assert counts.thresholds[0, FIVE] == pytest.approx(expected, abs=1.001 * STEP)
    present[:, 0] = False
    assert np.isnan(counted(np.where(present[..., None], X, 0), present).thresholds).all()


def test_identical_texts_are_neither_translations_nor_negatives():
    X = random_vectors(6, (10, 2, 8))
    surfaces = different(X)
    for texts in (X, surfaces):  # text 0 is identical to its translation, 2 to annegatives concept
        texts[0, 1], texts[1, 1] = texts[0, 0], texts[2, 0]
    counts = counted(X, surfaces=surfaces)
    assert counts.count.tolist() == [10 * 9 - 1]
    assert counts.thresholds[0].max() < 0.99
    assert counted(X).thresholds[0].max() > 0.99
