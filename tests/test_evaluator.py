"""The evaluator in sentence-transformers' own training."""

import csv
import importlib.util
import math
import re

import numpy as np
import pytest
from conftest import ROOT, python

from alignment import InputError
from alignment.grids import ConceptGrid
from concepts import CONCEPTS
from cross_lingual_alignment import CrossLingualAlignmentExperiment

SMALL = CONCEPTS.in_languages(["en", "de", "fr"])
QUERIES = {"what do we drink?": {"passage": "water", "en": "what do we drink?", "de": "Getränk"}}


@pytest.fixture(scope="module")
def minilm(minilm_folder):
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(minilm_folder))


@pytest.fixture(scope="module")
def evaluator():
    from cross_lingual_alignment import CrossLingualAlignmentEvaluator

    return CrossLingualAlignmentEvaluator


@pytest.mark.slow
def test_training_aligns_concepts_that_it_has_not_seen(tmp_path):
    """Trains a real model, for 20 steps of 16 pairs."""
    import torch

    spec = importlib.util.spec_from_file_location("training", ROOT / "examples" / "training.py")
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        before, after = example.train(str(tmp_path), steps=20, held_out=120)
    finally:
        torch.set_num_threads(threads)
    primary = "emoji_calibrated_alignment_score"
    assert after[primary] > before[primary] + 0.02
    with (tmp_path / "eval" / "cross_lingual_alignment_evaluation_emoji_results.csv").open() as f:
        rows = list(csv.DictReader(f))
    assert [int(row["steps"]) for row in rows] == [0, 4, 8, 12, 16, 20]
    first, last = (float(rows[i]["calibrated_alignment_score"]) for i in (0, -1))
    assert (first, last) == pytest.approx((before[primary], after[primary]), abs=1e-9)


def test_the_metrics_are_the_means_of_the_record(minilm, minilm_folder, evaluator):
    metrics = evaluator(SMALL)(minilm)
    results = CrossLingualAlignmentExperiment(str(minilm_folder), SMALL, cache=False).run()
    for name, estimate in results.headlines().items():
        assert metrics[name] == pytest.approx(estimate.value, abs=2e-4), name
    for code, own in results.by_language.items():
        value = own["calibrated_alignment_score"].value
        assert metrics[f"calibrated_alignment_score_{code}"] == pytest.approx(value, abs=2e-4)


def test_search_is_measured_where_there_are_questions(minilm, minilm_folder, evaluator, tmp_path):
    passages, questions = (ROOT / "examples" / f"{name}.csv" for name in ("passages", "questions"))
    metrics = evaluator(passages, questions, "faq")(minilm)
    results = CrossLingualAlignmentExperiment(
        str(minilm_folder), passages, queries=questions, cache=False
    ).run()
    for name, estimate in results.search.scores.items():
        assert metrics[f"faq_{name}"] == pytest.approx(estimate.value, abs=1e-6), name


def test_the_model_stays_as_it_was_and_so_do_the_metrics(minilm, evaluator, capsys):
    import torch

    measured = evaluator(SMALL, name="words")
    minilm.train()
    minilm[1].eval()
    try:
        state, modes = torch.get_rng_state(), [module.training for module in minilm.modules()]
        first, second = measured(minilm), measured(minilm)
        assert [module.training for module in minilm.modules()] == modes
        assert torch.equal(torch.get_rng_state(), state)
    finally:
        minilm.eval()
    assert first == second == measured(minilm)  # dropout had no part in it
    assert capsys.readouterr() == ("", "")


def test_metrics_carry_the_name_and_go_to_the_table_and_the_model_card(minilm, evaluator, tmp_path):
    from sentence_transformers.sentence_transformer.evaluation import SequentialEvaluator

    first, second = evaluator(SMALL, name="words"), evaluator(SMALL.with_rows(range(5)))
    together = SequentialEvaluator([second, first])
    metrics = together(minilm, str(tmp_path / "new" / "eval"), 1.5, 20)
    assert first.primary_metric == "words_calibrated_alignment_score"
    assert second.primary_metric == "calibrated_alignment_score"
    assert metrics["sequential_score"] == metrics[first.primary_metric]
    assert all(math.isfinite(value) for value in metrics.values())
    assert "words_retrieval_among_10" in metrics and "retrieval_among_10" not in metrics  # 5 rows
    stored = minilm.model_card_data.eval_results_dict
    assert stored[first] == {name: metrics[name] for name in stored[first]}
    together(minilm, str(tmp_path / "new" / "eval"), 2.0, 40)
    names = {path.name for path in (tmp_path / "new" / "eval").iterdir()}
    assert names == {
        "cross_lingual_alignment_evaluation_words_results.csv",
        "cross_lingual_alignment_evaluation_results.csv",
    }
    with (tmp_path / "new" / "eval" / first.csv_file).open() as file:
        rows = list(csv.DictReader(file))
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


def test_no_table_where_none_is_wanted(minilm, evaluator, tmp_path):
    evaluator(SMALL, write_csv=False)(minilm, str(tmp_path))
    assert not list(tmp_path.iterdir())


def test_prompts_of_the_model_are_put(minilm_folder, evaluator):
    from sentence_transformers import SentenceTransformer

    prompts = {"query": "a word of some language: "}
    prompted = SentenceTransformer(str(minilm_folder), prompts=prompts)
    behind = {
        concept: {
            code: prompts["query"] + text for code, text in zip(SMALL.languages, row, strict=True)
        }
        for concept, row in zip(SMALL.concepts, SMALL.texts, strict=True)
    }
    plain = SentenceTransformer(str(minilm_folder))
    own, same = evaluator(SMALL)(prompted), evaluator(ConceptGrid.from_dict(behind))(plain)
    assert own["alignment_score"] == pytest.approx(same["alignment_score"], abs=1e-6)
    assert not np.isclose(own["alignment_score"], evaluator(SMALL)(plain)["alignment_score"])


def test_what_cannot_be_measured_is_said_before_the_training(evaluator):
    with pytest.raises(InputError, match="two languages"):
        evaluator(SMALL.with_columns([0]))
    with pytest.raises(InputError, match="k = 45"):
        evaluator(SMALL, k=45)
    from alignment.search.questions import Questions

    with pytest.raises(InputError, match="water"):
        evaluator(SMALL.with_rows([1, 2]), Questions.from_dict(QUERIES))


def test_it_is_imported_for_those_who_ask_for_it():
    script = (
        "import sys, cross_lingual_alignment as front; print('torch' in sys.modules);"
        "from cross_lingual_alignment import CrossLingualAlignmentEvaluator;"
        "print('torch' in sys.modules); front.nothing"
    )
    done = python(script)
    assert done.stdout.split() == ["False", "True"]
    assert "has no attribute 'nothing'" in done.stderr
