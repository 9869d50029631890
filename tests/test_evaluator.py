"""The evaluator in sentence-transformers' own training."""

import csv
import importlib.util
import math
import re

import numpy as np
import pytest
from conftest import ROOT

from alignment import InputError
from alignment.grids import ConceptGrid
from alignment.search.questions import Questions
from concepts import CONCEPTS
from cross_lingual_alignment import CrossLingualAlignmentExperiment

SMALL = CONCEPTS.in_languages(["en", "de", "fr"])
TEXTS = dict(zip(SMALL.concepts, SMALL.texts, strict=True))
ASKED = {
    f"{en}?": {"passage": c, "en": f"{en}?", "de": f"{de}?"} for c, (en, de, _) in TEXTS.items()
}


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """A model this small gains nothing from more threads, and waits where cores are busy."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def minilm(minilm_folder):
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(minilm_folder))


@pytest.fixture(scope="module")
def evaluator():
    from cross_lingual_alignment import CrossLingualAlignmentEvaluator

    return CrossLingualAlignmentEvaluator


@pytest.mark.parametrize(
    ("steps", "held_out", "gain"),
    [(5, 40, -1), pytest.param(20, 120, 0.02, marks=pytest.mark.nightly)],
)
def test_training_aligns_concepts_that_it_has_not_seen(steps, held_out, gain, tmp_path):
    spec = importlib.util.spec_from_file_location("training", ROOT / "examples" / "training.py")
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    before, after = example.train(str(tmp_path), steps, held_out)
    primary = "emoji_calibrated_alignment_score"
    assert after[primary] > before[primary] + gain
    rows = rows_of(tmp_path / "eval" / "cross_lingual_alignment_evaluation_emoji_results.csv")
    assert [int(row["steps"]) for row in rows] == [n * steps // 5 for n in range(6)]
    first, last = (float(rows[i]["calibrated_alignment_score"]) for i in (0, -1))
    assert (first, last) == pytest.approx((before[primary], after[primary]), abs=1e-9)


def rows_of(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_metrics_are_the_means_of_the_record_also_of_its_search(minilm, evaluator):
    questions = Questions.from_dict(ASKED)
    metrics = evaluator(SMALL, questions, "faq")(minilm)
    results = CrossLingualAlignmentExperiment(minilm, SMALL, queries=questions, cache=False).run()
    expected = {name: estimate.value for name, estimate in results.headlines().items()}
    for code, scores in results.by_language.items():
        name = "calibrated_alignment_score"
        expected[f"{name}_{code}"] = scores[name].value
    expected |= {name: estimate.value for name, estimate in results.search.scores.items()}
    for name, value in expected.items():
        assert metrics[f"faq_{name}"] == pytest.approx(value, abs=2e-4), name


def test_the_model_stays_as_it_was_and_so_do_the_metrics(minilm, evaluator, capsys, tmp_path):
    import torch

    measured = evaluator(SMALL, name="words", write_csv=False)
    minilm.train()
    minilm[1].eval()
    try:
        state, modes = torch.get_rng_state(), [module.training for module in minilm.modules()]
        training = measured(minilm, str(tmp_path))
        assert [module.training for module in minilm.modules()] == modes
        assert torch.equal(torch.get_rng_state(), state)
    finally:
        minilm.eval()
    assert training == measured(minilm)  # dropout had no part in it
    assert capsys.readouterr() == ("", "") and not list(tmp_path.iterdir())


def test_metrics_carry_the_name_and_go_to_the_table_and_the_model_card(minilm, evaluator, tmp_path):
    from sentence_transformers.sentence_transformer.evaluation import SequentialEvaluator

    first, second = evaluator(SMALL, name="words"), evaluator(SMALL.with_rows(range(5)))
    folder = tmp_path / "new" / "eval"
    together = SequentialEvaluator([second, first])
    metrics = together(minilm, str(folder), 1.5, 20)
    assert first.primary_metric == "words_calibrated_alignment_score"
    assert second.primary_metric == "calibrated_alignment_score"
    assert metrics["sequential_score"] == metrics[first.primary_metric]
    assert all(math.isfinite(value) for value in metrics.values())
    assert "words_retrieval_among_10" in metrics and "retrieval_among_10" not in metrics  # 5 rows
    stored = minilm.model_card_data.eval_results_dict
    assert stored[first] == {name: metrics[name] for name in stored[first]}
    together(minilm, str(folder), 2.0, 40)
    assert {path.name for path in folder.iterdir()} == {
        "cross_lingual_alignment_evaluation_words_results.csv",
        "cross_lingual_alignment_evaluation_results.csv",
    }
    rows = rows_of(folder / first.csv_file)
    assert [(row["epoch"], row["steps"]) for row in rows] == [("1.5", "20"), ("2.0", "40")]
    score = float(rows[0]["calibrated_alignment_score"])
    assert score == metrics["words_calibrated_alignment_score"]


def test_the_model_card_says_what_was_measured(minilm, evaluator, tmp_path):
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(modules=list(minilm))  # a folder's model keeps the folder's card
    measured = evaluator(SMALL, name="words")
    score = measured(model)[measured.primary_metric]
    model.save(str(tmp_path / "m"))
    card = (tmp_path / "m" / "README.md").read_text(encoding="utf-8")
    assert "Cross Lingual Alignment" in card and '"languages": "en, de, fr"' in card
    assert re.search(rf"\*\*calibrated_alignment_score\*\* *\| *\*\*{score:.4g}", card)


def test_prompts_of_the_model_are_put(minilm, evaluator):
    from sentence_transformers import SentenceTransformer

    prompt = "a word of some language: "
    prompted = SentenceTransformer(modules=list(minilm), prompts={"query": prompt})
    behind = {
        concept: {code: prompt + text for code, text in zip(SMALL.languages, row, strict=True)}
        for concept, row in TEXTS.items()
    }
    scores = [
        evaluator(grid)(model)["alignment_score"]
        for grid, model in (
            (SMALL, prompted),
            (ConceptGrid.from_dict(behind), minilm),
            (SMALL, minilm),
        )
    ]
    assert scores[0] == pytest.approx(scores[1], abs=1e-6)
    assert not np.isclose(scores[0], scores[2])


def test_what_cannot_be_measured_is_said_before_the_training(evaluator):
    for arguments, words in (
        ((SMALL.with_columns([0]),), "two languages"),
        ((SMALL.with_rows([1, 2]), Questions.from_dict(ASKED)), "water"),
    ):
        with pytest.raises(InputError, match=words):
            evaluator(*arguments)
    with pytest.raises(InputError, match="k = 45"):
        evaluator(SMALL, k=45)


def test_the_package_has_no_other_names():
    import cross_lingual_alignment

    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        cross_lingual_alignment.nothing  # noqa: B018
