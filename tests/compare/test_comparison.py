"""Comparing models: which one is called better, how often wrongly, and what is written."""

import csv
import io
import json
from itertools import combinations

import numpy as np
import pytest
from conftest import ToyEncoder, analysed, grid_of, random_vectors, unit

from alignment import InputError
from alignment.compare.figure import ranking_figure
from alignment.compare.models import RANKED_BY, Comparison, compare_results
from alignment.compare.verdicts import verdicts as sentences_of
from concepts import CONCEPTS
from cross_lingual_alignment import CrossLingualAlignmentExperiment, compare, main

C, L, D = len(CONCEPTS.concepts), len(CONCEPTS.languages), 16


def run(grid, noise, seed, moved=0):
    """A run of an encoder that is right except for noise; all runs share the concepts."""
    rng = np.random.default_rng(seed)
    C, L = len(grid.concepts), len(grid.languages)
    places = np.random.default_rng(0).normal(size=(C, 1, D))
    X = places + noise * rng.normal(size=(C, L, D)) + moved * rng.normal(size=(C, L, D))
    return f"{noise} {seed} {moved}", analysed(unit(X), grid, k=1), 1.0


def in_metric(comparison, metric=RANKED_BY):
    return [pair for pair in comparison.pairs if pair.metric == metric]


def test_a_model_is_unchanged_against_itself_and_shares_its_rank():
    one = run(CONCEPTS, 0.8, 1)
    comparison = compare_results([one, ("again", *one[1:])])
    for pair in comparison.pairs:
        assert (pair.difference, pair.interval, pair.p) == (0, (0, 0), 1)
        assert pair.verdict == "unchanged" and pair.better is None
    assert [model.rank for model in comparison.models] == [1, 1]


def test_many_concepts_show_that_models_are_level():
    (pair,) = in_metric(compare_results([run(grid_of(400, 2), 0.8, 1, m) for m in (0, 0.01)]))
    assert pair.verdict == "level" and pair.difference


@pytest.mark.slow
@pytest.mark.parametrize(
    ("draws", "low", "high"),
    [(40, 0, 0.275), pytest.param(200, 0.03, 0.07, marks=pytest.mark.nightly)],
)
def test_noise_alone_makes_a_winner_in_one_of_twenty(draws, low, high):
    """At a rate of .05, more than .275 of 40 are called better once in a million."""
    grid = grid_of(20, 2)
    called = []
    for seed in range(1, 2 * draws, 2):
        comparison = compare_results([run(grid, 0.9, seed), run(grid, 0.9, seed + 1)])
        called.append(in_metric(comparison)[0].better is not None)
    assert low <= np.mean(called) <= high


def test_ranks_are_shared_by_models_that_are_not_significantly_different():
    grid = grid_of(60, 2)
    runs = [run(grid, 3.0, 1), run(grid, 0.5, 2), run(grid, 0.5, 3)]
    comparison = compare_results(runs)
    assert [model.rank for model in comparison.models] == [1, 1, 3]
    words = [text.get_text() for text in ranking_figure(comparison).texts]
    assert {name for name, *_ in runs} <= set(words)
    assert comparison.models[2].name == runs[0][0]
    sentences = sentences_of(comparison)
    assert "not significantly different" in sentences[0] and "is better than" in sentences[1]


def test_p_is_corrected_for_all_pairs_of_a_metric():
    runs = [run(CONCEPTS, 0.9, seed) for seed in (1, 2, 3)]
    together = in_metric(compare_results(runs))
    alone = [in_metric(compare_results(list(two)))[0] for two in combinations(runs, 2)]
    assert [(pair.a, pair.b) for pair in together] == [(pair.a, pair.b) for pair in alone]
    ps = [(late.p, early.p) for late, early in zip(together, alone, strict=True)]
    assert all(early <= late <= 1 for late, early in ps) and any(late > early for late, early in ps)


def test_a_model_that_does_not_support_a_language_says_so_beside_its_score():
    grid = grid_of(40, 3)
    X = unit(np.repeat(np.random.default_rng(1).normal(size=(40, 1, D)), 3, axis=1))
    half = X.copy()
    half[:, 2] = X[::-1, 2]
    runs = [("right", analysed(X, grid), None), ("lacks l2", analysed(half, grid), None)]
    comparison = compare_results(runs)
    right, lacks = comparison.models
    assert right.among_supported is None and lacks.support["l2"].verdict == "not supported"
    sentence = "lacks l2 does not support l2; its calibrated score among the others is 1.000."
    assert sentence in sentences_of(comparison)


def test_a_model_is_pareto_optimal_where_no_other_is_as_good_and_cheaper():
    grid, X = grid_of(40, 3), random_vectors(0, (40, 3, D))
    good = unit(np.repeat(X[:, :1], 3, axis=1))
    runs = [
        ("good", analysed(good, grid), None),
        ("longer", analysed(np.concatenate([good, 0 * good], axis=2), grid), None),
        ("worse", analysed(X, grid), None),
        ("short", analysed(unit(X[..., : D // 2]), grid), None),
    ]
    front = {model.name: model.on_front for model in compare_results(runs).models}
    assert front == {"good": True, "longer": False, "worse": False, "short": True}


def test_there_and_back_and_other_grids(tmp_path):
    comparison = compare_results([run(CONCEPTS, 0.5, 1), run(CONCEPTS, 0.9, 2)])
    comparison.to_json(tmp_path / "c.json")
    assert Comparison.from_json(tmp_path / "c.json") == comparison
    with pytest.raises(InputError, match="same grid"):
        compare_results([run(CONCEPTS, 0.5, 1), run(grid_of(5, 2), 0.5, 1)])
    for text in ("{}", '{"schema_version": 1}', '{"schema_version": 3, "grid": 3}', "["):
        (tmp_path / "c.json").write_text(text)
        with pytest.raises(InputError, match=r"c\.json"):
            Comparison.from_json(tmp_path / "c.json")


def test_compare_in_python_writes_a_folder_a_model(tmp_path):
    vectors = np.random.default_rng(3).normal(size=(C * L, D))
    models = [ToyEncoder(CONCEPTS, vectors), ToyEncoder(CONCEPTS, vectors[::-1])]
    comparison = compare(models, tmp_path, figures=False, seed=3)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"ToyEncoder", "ToyEncoder-2", "alignment_comparison.json"}
    assert Comparison.from_json(tmp_path / "alignment_comparison.json") == comparison
    CrossLingualAlignmentExperiment(models[0], seed=3).run().to_json(tmp_path / "alone.json")
    written = tmp_path / "ToyEncoder" / "alignment_results.json"
    assert written.read_bytes() == (tmp_path / "alone.json").read_bytes()


@pytest.fixture
def vector_files(tmp_path, monkeypatch):
    """Three files of vectors in the working folder: good ones, worse ones, and NaN."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    good = np.repeat(rng.normal(size=(C, D)), L, axis=0)
    worse = good + 2 * rng.normal(size=good.shape)
    for name, vectors in (("good", good), ("worse", worse), ("nan", np.full((C * L, D), np.nan))):
        np.save(f"{name}.npy", vectors)


def models(*names):
    return [part for name in names for part in ("--model", f"{name}.npy")]


def test_the_command_line_compares_and_reports_a_failure(vector_files, tmp_path, capsys):
    assert main([*models("good", "nan", "worse"), "--table", "csv", "--output", "out"]) == 1
    out, error = capsys.readouterr()
    assert "nan.npy" in error and "NaN" in error
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [(row["model"], row["rank"]) for row in rows] == [("good.npy", "1"), ("worse.npy", "2")]
    assert float(rows[0]["calibrated_low"]) > float(rows[1]["calibrated_high"])
    written = json.loads((tmp_path / "out/alignment_comparison.json").read_text("utf-8"))
    assert all(pair["p"] < 0.05 for pair in written["pairs"])
    assert (tmp_path / "out/fig/model_comparison.png").stat().st_size
    assert len(list((tmp_path / "out").glob("*/alignment_results.json"))) == 2


def test_models_that_all_fail_write_nothing(vector_files, tmp_path, capsys):
    np.save("nan too.npy", np.load("nan.npy"))
    assert main([*models("nan", "nan too"), "--output", "out"]) == 1
    assert capsys.readouterr().err.count("\n") == 3 and not (tmp_path / "out").exists()


def test_an_unexpected_error_of_a_model_does_not_end_the_others(tmp_path, capsys, monkeypatch):
    run = CrossLingualAlignmentExperiment.run
    errors = iter([ZeroDivisionError("by 0"), MemoryError(), None])

    def failing(experiment):
        if error := next(errors):
            raise error
        return run(experiment)

    monkeypatch.setattr(CrossLingualAlignmentExperiment, "run", failing)
    models = [ToyEncoder(CONCEPTS, random_vectors(0, (C * L, D)))] * 3
    comparison = compare(models, tmp_path, figures=False)
    bug, memory = comparison.failures.values()
    assert "unexpected ZeroDivisionError: by 0" in bug and "too little memory" in memory
    assert len(comparison.models) == 1 and capsys.readouterr().err.count("\n") == 2


def test_a_model_with_the_name_of_a_written_file_gets_another_folder(
    tmp_path, monkeypatch, minilm_folder
):
    monkeypatch.chdir(tmp_path)
    names = ("alignment_comparison.json", "fig")
    for name in names:
        (tmp_path / name).symlink_to(minilm_folder)
    grid = CONCEPTS.in_languages(["en", "de"])
    compare([f"./{name}" for name in names], "out", grid=grid, cache=False)
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert written == {*names, *(f"{name} (2)" for name in names)}
