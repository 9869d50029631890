"""Search from the command line and in Python: prompts, the record, and what is refused."""

import numpy as np
import pytest
from conftest import ROOT, unit

from alignment import InputError
from alignment.grids import ConceptGrid
from alignment.results import AlignmentResults
from alignment.search.questions import Questions
from cross_lingual_alignment import CrossLingualAlignmentExperiment, compare

PASSAGES, QUESTIONS = (ROOT / "examples" / f"{name}.csv" for name in ("passages", "questions"))
EXAMPLE = ("--model", "use-multilingual", "--grid", PASSAGES, "--queries", QUESTIONS)


class Recorder:
    """Encodes what it has seen as random vectors, and keeps it."""

    def __init__(self):
        self.seen = []

    def encode(self, texts):
        self.seen += texts
        seeds = [sum(text.encode()) for text in texts]
        return np.array([np.random.default_rng(seed).normal(size=8) for seed in seeds])


def test_questions_and_passages_stand_behind_prompts_of_their_own():
    grid = ConceptGrid.from_dict({c: {"en": f"{c} en", "de": f"{c} de"} for c in "abcdef"})
    rows = {f"q{c}": {"passage": c, "en": f"{c}?", "fr": f"{c} ?"} for c in "abcdef"}
    queries, recorder = Questions.from_dict(rows), Recorder()
    experiment = CrossLingualAlignmentExperiment(
        recorder, grid, queries=queries, prompt="Q: ", passage_prompt="P: "
    )
    search = experiment.run().search
    texts, asked = grid.flat_texts(), queries.flat_texts()
    for prompt, behind in (("Q: ", texts + asked), ("P: ", texts)):
        assert [text for text in recorder.seen if text.startswith(prompt)] == [
            prompt + text for text in behind
        ]
    assert (search.prompt, search.passage_prompt) == ("Q: ", "P: ")
    assert list(search.between) == ["en", "fr"]
    assert list(search.passages) == ["en", "de"]


def test_passages_are_embedded_once_where_their_prompt_is_that_of_texts():
    grid = ConceptGrid.from_dict({c: {"en": f"{c} en", "de": f"{c} de"} for c in "abcdef"})
    queries = Questions.from_dict({c: {"passage": c, "en": f"{c}?"} for c in "abcdef"})
    recorder = Recorder()
    CrossLingualAlignmentExperiment(recorder, grid, queries=queries).run()
    assert recorder.seen == grid.flat_texts() + queries.flat_texts()


def test_the_command_searches_the_example(command_line, tmp_path):
    done = command_line(*EXAMPLE, "--mix", "en=0.8,zh=0.2", "--output", "out", COLUMNS="80")
    assert done.returncode == 0, done.stderr
    record = AlignmentResults.from_json(tmp_path / "out" / "alignment_results.json")
    assert record.search.questions == 48
    assert record.search.mix.passages == {"en": 19, "de": 0, "es": 0, "zh": 5, "ar": 0}
    assert 0.7 < record.search.scores["ndcg_at_10_across_languages"].value < 0.9
    assert (tmp_path / "out" / "fig" / "search.png").stat().st_size > 10_000
    assert "Search by language of the question" in done.stdout
    lines = [line for line in done.stdout.splitlines() if not line.startswith("written: ")]
    assert max(map(len, lines)) <= 80
    assert record.findings[0].startswith("Questions lose")


def test_tables_to_paste_hold_search_too_and_leave_out_what_was_not_asked(command_line, tmp_path):
    asked = tmp_path / "q.csv"
    asked.write_text("passage;fr\nhours;Quand ouvrez-vous ?\n", encoding="utf-8-sig")
    options = (*EXAMPLE[:4], "--queries", asked, "--no-figures", "--output", "out")
    table, numbers = (
        command_line(*options, "--table", form).stdout for form in ("markdown", "csv")
    )
    assert table.count("| use-multilingual |") == 2 and "| one index [95 % CI] |" in table
    header, row = (line.split(",") for line in numbers.splitlines())
    own = dict(zip(header, row, strict=True))
    record = AlignmentResults.from_json(tmp_path / "out" / "alignment_results.json")
    mixed = record.search.scores["ndcg_at_10_mixed"].value
    assert float(own["ndcg_at_10_mixed"]) == pytest.approx(mixed, abs=1e-6)
    assert own["ndcg_at_10_same_language"] == ""
    shown = command_line(*options).stdout
    assert "in another language" in shown and "in the question's language" not in shown


def refused(command_line, *arguments):
    done = command_line(*arguments, "--output", "out")
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert not done.stdout
    return done.stderr


def test_what_does_not_fit_is_refused_before_anything_runs(command_line, tmp_path):
    wrong = tmp_path / "q.csv"
    wrong.write_text("passage,en,fr\nnowhere,Where?,\nhours,,\n,Who?,\n", encoding="utf-8")
    grid = tmp_path / "p.csv"
    grid.write_text("concept,en,de\nhours,At nine,\ncard,A,B\nfine,C,D\n", encoding="utf-8")
    said = refused(command_line, *EXAMPLE[:2], "--grid", grid, "--queries", wrong)
    for part in ("row 2", "'nowhere'", "row 3: no text", "row 4: no passage", "'fr': no question"):
        assert part in said
    assert "--mix is for --queries" in refused(command_line, "--mix", "en=1")
    assert "en=0.8" in refused(command_line, *EXAMPLE, "--mix", "en:1")
    assert "--mix: language 'th'" in refused(command_line, *EXAMPLE, "--mix", "en=1,th=1")
    wrong.write_text("question,en\nhours,Where?\nhours,\n", encoding="utf-8")
    said = refused(command_line, *EXAMPLE[:4], "--queries", wrong)
    assert "'question'" in said and said.count("no passage") == 1 and "row 3: no text" in said
    assert "does not exist" in refused(command_line, *EXAMPLE[:4], "--queries", "no.csv")
    assert not (tmp_path / "out").exists()


def test_finished_vectors_cannot_answer_questions(tmp_path):
    np.save(tmp_path / "v.npy", unit(np.random.default_rng(0).normal(size=(120, 4))))
    experiment = CrossLingualAlignmentExperiment(
        str(tmp_path / "v.npy"), PASSAGES, queries=QUESTIONS
    )
    with pytest.raises(InputError, match="leave out --queries"):
        experiment.run()


def test_models_are_compared_by_search(tmp_path):
    found = compare(
        ["use-multilingual", Recorder()],
        tmp_path / "both",
        figures=False,
        grid=PASSAGES,
        queries=QUESTIONS,
    )
    best = found.models[0]
    assert best.search_rank == {"ndcg_at_10_across_languages": 1, "ndcg_at_10_mixed": 1}
    assert {pair.verdict for pair in found.pairs if pair.metric.startswith("ndcg")} == {best.name}
