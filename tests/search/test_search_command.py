"""Search from the command line and in Python: prompts, the record, and what is refused."""

import numpy as np
import pytest
from conftest import ROOT, unit

from alignment import InputError
from alignment.grids import ConceptGrid
from alignment.results import AlignmentResults
from alignment.search.questions import Questions
from cross_lingual_alignment import CrossLingualAlignmentExperiment, compare, main

PASSAGES, QUESTIONS = (ROOT / "examples" / f"{name}.csv" for name in ("passages", "questions"))
MODEL = ("--model", "use-multilingual", "--grid", PASSAGES)
EXAMPLE = (*MODEL, "--queries", QUESTIONS)
RECORD = "out/alignment_results.json"


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run the command in this process; return its status and both its streams."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    def command(*arguments):
        status = main([*map(str, arguments), "--output", "out"])
        return status, *capsys.readouterr()

    return command


class Recorder:
    """Encode texts as random vectors, and remember them."""

    def __init__(self):
        self.seen = []

    def encode(self, texts):
        self.seen += texts
        seeds = [sum(text.encode()) for text in texts]
        return np.array([np.random.default_rng(seed).normal(size=8) for seed in seeds])


@pytest.mark.parametrize("passage_prompt", ["P: ", None])
def test_prompts_stand_before_questions_and_passages(passage_prompt):
    """Passages are embedded a second time only where their prompt differs from that of texts."""
    grid = ConceptGrid.from_dict({c: {"en": f"{c} en", "de": f"{c} de"} for c in "abcdef"})
    rows = {f"q{c}": {"passage": c, "en": f"{c}?", "fr": f"{c} ?"} for c in "abcdef"}
    queries, recorder = Questions.from_dict(rows), Recorder()
    prompts = {"prompt": "Q: ", "passage_prompt": passage_prompt} if passage_prompt else {}
    experiment = CrossLingualAlignmentExperiment(recorder, grid, queries=queries, **prompts)
    search = experiment.run().search
    texts, prompt = grid.flat_texts(), prompts.get("prompt", "")
    passages = [text for text in recorder.seen if text.startswith("P: ")]
    assert passages == ([f"P: {text}" for text in texts] if passage_prompt else [])
    others = [text for text in recorder.seen if text not in passages]
    assert others == [prompt + text for text in texts + queries.flat_texts()]
    assert (search.prompt, search.passage_prompt) == (prompt, passage_prompt or "")
    assert (list(search.between), list(search.passages)) == (["en", "fr"], ["en", "de"])


def test_the_command_searches_the_example(run, tmp_path):
    status, out, error = run(*EXAMPLE, "--mix", "en=0.8,zh=0.2", "--no-figures")
    assert status == 0, error
    record = AlignmentResults.from_json(tmp_path / RECORD)
    assert record.search.questions == 48
    assert record.search.mix.passages == {"en": 19, "de": 0, "es": 0, "zh": 5, "ar": 0}
    assert 0.7 < record.search.scores["ndcg_at_10_across_languages"].value < 0.9
    assert "Search by language of the question" in out
    assert max(len(line) for line in out.splitlines() if not line.startswith("written: ")) <= 80
    assert record.findings[0].startswith("Questions lose")


def test_tables_to_paste_hold_search_too_and_leave_out_what_is_undefined(run, tmp_path):
    (tmp_path / "q.csv").write_text("passage;fr\nhours;Quand ouvrez-vous ?\n", "utf-8-sig")
    options = (*MODEL, "--queries", "q.csv", "--no-figures")
    (_, table, _), (_, numbers, _), (_, shown, _) = (
        run(*options, *form) for form in (("--table", "markdown"), ("--table", "csv"), ())
    )
    assert table.count("| use-multilingual |") == 2 and "| one index [95 % CI] |" in table
    row = dict(zip(*(line.split(",") for line in numbers.splitlines()), strict=True))
    mixed = AlignmentResults.from_json(tmp_path / RECORD).search.scores["ndcg_at_10_mixed"]
    assert float(row["ndcg_at_10_mixed"]) == pytest.approx(mixed.value, abs=1e-6)
    assert row["ndcg_at_10_same_language"] == ""
    assert "in another language" in shown and "in the question's language" not in shown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            (*MODEL, "--queries", "wrong.csv"),
            ["row 2", "'no'", "row 3: no text", "'fr': no question"],
        ),
        ((*MODEL, "--queries", "header.csv"), ["no passage"]),
        ((*MODEL, "--queries", "no.csv"), ["does not exist"]),
        (("--mix", "en=1"), ["--mix is for --queries"]),
        ((*EXAMPLE, "--mix", "en:1"), ["en=0.8"]),
        ((*EXAMPLE, "--mix", "en=1,th=1"), ["--mix: language 'th'"]),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_runs(arguments, words, run, tmp_path):
    (tmp_path / "wrong.csv").write_text("passage,en,fr\nno,Where?,\nhours,,\n", "utf-8")
    (tmp_path / "header.csv").write_text("question,en\nhours,Where?\n", "utf-8")
    status, out, error = run(*arguments)
    assert status == 2 and not out and not (tmp_path / "out").exists()
    assert error.startswith("error: ") and error.count("\n") == 1
    assert all(word in error for word in words), error


def test_finished_vectors_cannot_answer_questions(tmp_path):
    np.save(tmp_path / "v.npy", unit(np.random.default_rng(0).normal(size=(120, 4))))
    model = str(tmp_path / "v.npy")
    with pytest.raises(InputError, match="leave out --queries"):
        CrossLingualAlignmentExperiment(model, PASSAGES, queries=QUESTIONS).run()


def test_models_are_compared_by_search(tmp_path):
    models, options = ["use-multilingual", Recorder()], {"grid": PASSAGES, "queries": QUESTIONS}
    comparison = compare(models, tmp_path / "both", figures=False, **options)
    best = comparison.models[0]
    assert best.search_rank == {"ndcg_at_10_across_languages": 1, "ndcg_at_10_mixed": 1}
    by_search = [pair for pair in comparison.pairs if pair.metric.startswith("ndcg")]
    assert {pair.verdict for pair in by_search} == {best.name}
