"""The command line end to end: what it writes, says and returns."""

import csv
import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from contextlib import nullcontext
from http.client import parse_headers
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT, offline

from alignment import cli
from alignment.models import EMBEDDED_MODEL, PUBLISHED_MODEL
from alignment.results import AlignmentResults
from cross_lingual_alignment import main

FIGURES = {
    f"{name}.{ending}"
    for name in ("cross_lingual_alignment_figure", "experiment_diagram")
    for ending in ("png", "pdf")
}


def test_without_the_hub_the_embedded_model_runs_and_says_so(command_line, tmp_path):
    done = command_line("--output", "out")
    assert done.returncode == 0
    assert done.stderr.count("\n") == 1 and EMBEDDED_MODEL in done.stderr
    results = AlignmentResults.from_json(tmp_path / "out" / "alignment_results.json")
    assert {path.name for path in (tmp_path / "out" / "fig").iterdir()} == FIGURES
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"alignment_results.json", "fig"}
    assert results.model == EMBEDDED_MODEL and results.provenance.fallback
    assert results.provenance.requested_model == PUBLISHED_MODEL
    assert PUBLISHED_MODEL in done.stdout and "Wut" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80 and "\x1b" not in done.stdout


def test_the_same_run_gives_the_same_bytes(command_line, tmp_path):
    written = []
    for folder in ("one", "two"):
        options = ("--model", EMBEDDED_MODEL, "--languages", "en,de,ja", "--output", folder)
        assert command_line(*options).returncode == 0
        files = sorted(path for path in (tmp_path / folder).rglob("*") if path.is_file())
        written.append([path.read_bytes() for path in files])
    assert len(written[0]) == 5 and written[0] == written[1]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--k", "120"], 2, ["k is 120", "from 1 to 119"]),
        (["--seed", "-1"], 2, ["seed is -1"]),
        (["--margin", "nan"], 2, ["margin is nan"]),
        (["--pairs", "p.csv", *("--model", "a/b") * 2], 2, ["--pairs is for one --model"]),
        (["--pairs", "."], 2, ["--pairs", "'.' is a folder", "name a file"]),
        (["--summary", "/dev/null"], 2, ["--summary", "'/dev/null' is not a file"]),
        (["--pairs", "/dev/null/p.csv"], 1, ["/dev/null", "another --pairs"]),
        (["--languages", "en,dee"], 2, ["'dee'", "did you mean 'de'"]),
        (["--languages", "de"], 2, ["--languages", "'de'", "at least two languages"]),
        (["--languages", "en,en"], 2, ["'en'", "appears twice"]),
        (["--grid", "terms.csv"], 2, ["terms.csv", "does not exist"]),
        (["--grid", "emojis"], 2, ["emojis", "emoji"]),
        (["--model", EMBEDDED_MODEL, "--revision", "main"], 2, ["revision"]),
        (["--modle", "x"], 2, ["--modle"]),
        (["--model", "use-multilingal"], 1, [f"did you mean '{EMBEDDED_MODEL}'"]),
        (["--model", "some/model"], 1, ["some/model", "hub does not answer"]),
        (["--model", "./models/mine"], 1, ["./models/mine", "does not exist"]),
        (["--model", "."], 1, ["'.'", "modules.json"]),
        (["--model", EMBEDDED_MODEL, "--output", "/dev/null/x"], 1, ["/dev/null", "--output"]),
        (["--export-texts", "/dev/null/x"], 1, ["/dev/null", "another --export-texts"]),
    ],
)
def test_what_a_user_can_get_wrong(arguments, status, words, command_line, tmp_path):
    (tmp_path / "alignment_results.json").write_text("earlier")
    done = command_line(*arguments)
    assert done.returncode == status
    assert done.stdout == "" and done.stderr.count("\n") == 1, done.stderr
    assert all(word in done.stderr for word in words), done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["alignment_results.json"]
    assert (tmp_path / "alignment_results.json").read_text() == "earlier"


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="a file that cannot be read")
def test_a_model_that_cannot_be_read_is_no_fault_of_the_output(command_line, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").symlink_to("/proc/self/mem")
    done = command_line("--model", folder)
    assert done.returncode == 1 and done.stderr.count("\n") == 1, done.stderr
    assert f"model '{folder}' cannot be read" in done.stderr and "--output" not in done.stderr


def test_a_broken_model_folder_is_one_line(command_line, minilm_folder, tmp_path):
    folder = tmp_path / "broken"
    folder.mkdir()
    for name in ("config.json", "modules.json"):
        (folder / name).write_bytes((minilm_folder / name).read_bytes())
    done = command_line("--model", folder)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "cannot be loaded" in done.stderr.splitlines()[-1]


@pytest.mark.usefixtures("endings_heard")
@pytest.mark.parametrize(
    ("number", "status", "words"),
    [
        (signal.SIGINT, 130, "interrupted"),
        (signal.SIGTERM, 143, "ended by SIGTERM"),
        (signal.SIGHUP, 129, "ended by SIGHUP"),
    ],
)
def test_a_run_that_is_ended_leaves_earlier_results_alone(number, status, words, tmp_path):
    (tmp_path / "alignment_results.json").write_text("earlier")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/v1"
        run = subprocess.Popen(
            [sys.executable, ROOT / "cross_lingual_alignment.py", "--model", "openai:m"],
            cwd=tmp_path,
            env=os.environ | {"OPENAI_BASE_URL": address, "OPENAI_API_KEY": "any-key"},
            stderr=subprocess.PIPE,
            text=True,
        )
        silent.settimeout(120)
        with silent.accept()[0] as connection, connection.makefile("rb") as request:
            request.readline()
            length = int(parse_headers(request)["Content-Length"])
            assert b"input" in request.read(length)  # all is asked: now it waits for the answer
            assert list(tmp_path.glob(".alignment-*"))
            run.send_signal(number)
            errors = run.communicate(timeout=60)[1]
    assert run.returncode == status, errors
    assert errors.count("\n") == 1 and words in errors
    assert [path.name for path in tmp_path.iterdir()] == ["alignment_results.json"]
    assert (tmp_path / "alignment_results.json").read_text() == "earlier"


def test_single_pairs_are_written_with_the_record_or_not_at_all(command_line, tmp_path):
    options = ("--model", EMBEDDED_MODEL, "--output", "out", "--pairs", "tables/pairs.csv")
    (tmp_path / "out" / "fig" / "experiment_diagram.pdf").mkdir(parents=True)  # in the way
    assert command_line(*options).returncode == 1
    assert not (tmp_path / "tables").exists()
    done = command_line(*options, "--no-figures", "--margin", "0.02")
    assert done.returncode == 0 and "written: tables/pairs.csv" in done.stdout
    record = AlignmentResults.from_json(tmp_path / "out" / "alignment_results.json")
    assert record.provenance.margin == 0.02
    with (tmp_path / "tables" / "pairs.csv").open(encoding="utf-8-sig", newline="") as file:
        kinds = Counter(row["kind"] for row in csv.DictReader(file))
    assert kinds["misaligned"] == record.counts["misaligned_pairs"] > 0
    assert kinds["identical strings"] == record.counts["identical_strings"] > 0


def test_an_interruption_among_the_imports_prints_nothing(tmp_path):
    slow = "import time; print('importing', flush=True); time.sleep(60)"
    (tmp_path / "dataclasses.py").write_text(slow)  # imported before that of Python
    run = subprocess.Popen(
        [sys.executable, ROOT / "cross_lingual_alignment.py"],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert run.stdout.readline() == "importing\n"
    run.send_signal(signal.SIGINT)
    assert run.communicate(timeout=30) == ("", "")
    assert run.returncode == -signal.SIGINT


@pytest.fixture
def small(tmp_path):
    """Return a folder with a small grid and its vectors."""
    np.save(tmp_path / "v.npy", np.random.default_rng(0).normal(size=(6, 4)))
    (tmp_path / "g.csv").write_text("concept,en,de\na,one,eins\nb,two,zwei\nc,three,drei\n")
    return tmp_path


@pytest.fixture
def shell(small, tmp_path):
    """Run the script in a shell, as $RUN, in the folder of the small grid."""
    options = "--model v.npy --grid g.csv --k 2 --no-figures"

    def run(script, **environment):
        environment = os.environ | offline(tmp_path) | {"SMALL": options} | environment
        environment.pop("PYTHONUNBUFFERED", None)  # what is printed waits, as it does for users
        path = f"'{sys.executable}' '{ROOT / 'cross_lingual_alignment.py'}'"
        return subprocess.run(
            ["bash", "-o", "pipefail", "-c", script.replace("$RUN", path)],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
        )

    return run


@pytest.mark.parametrize("options", ["$SMALL", "$SMALL --table csv", "--help", "--list"])
@pytest.mark.parametrize(("where", "status"), [("| true", 0), (">/dev/full", 1), (">&- 2>&-", 0)])
def test_a_standard_output_that_takes_nothing(options, where, status, shell, tmp_path):
    if where == ">/dev/full" and not Path("/dev/full").exists():
        pytest.skip("no full disk to be had")
    done = shell(f"$RUN {options} {where}")
    assert done.returncode == status
    assert done.stderr.count("\n") == status and "--output" not in done.stderr, done.stderr
    assert not status or "standard output: No space left" in done.stderr
    if "SMALL" in options:
        assert (tmp_path / "alignment_results.json").exists()
        assert not status or "the files are complete" in done.stderr


def test_files_beside_a_record_that_are_of_another_are_told(small, capsys, monkeypatch):
    monkeypatch.chdir(small)

    def notes(*options):
        assert main([*options]) == 0
        return capsys.readouterr().err.splitlines()

    run, record = ("--model", "v.npy", "--grid", "g.csv", "--k", "2"), "alignment_results.json"
    assert notes(*run, "--html") == []
    pictures = ", ".join(f"'{path}'" for path in sorted(Path("fig").glob("*.png")))
    (small / "fig" / "mine.png").write_bytes(b"of the user, no matter what")
    assert notes(*run, "--no-figures") == notes("--from", record) == []  # the record is the same
    told = notes(*run, "--no-figures", "--seed", "1")
    assert len(told) == 1 and told == notes("--from", record)
    assert told[0].endswith(f"than '{record}': {pictures}, 'alignment_report.html'"), told
    assert notes("--from", record, "--html")[0].endswith(f"than '{record}': {pictures}")
    assert notes(*run, "--html") == []
    both = ("--model", "v.npy", "--model", "./v.npy", *run[2:], "--output", "out")
    assert notes(*both) == []
    assert notes(*both, "--no-figures", "--k", "1")[0].endswith("'out/fig/model_comparison.png'")


def test_options_of_a_run_are_refused_for_a_finished_one(capsys):
    options = ("--no-cache", "--passage-prompt", "p", "--margin", "0.1")
    assert main(["--from", "r.json", *options]) == 2
    flags = "--passage-prompt, --no-cache, --margin"
    assert capsys.readouterr().err.endswith(f"leave out {flags}\n")


@pytest.mark.parametrize("where", ["2>&-", "2>/dev/full"])
def test_an_error_that_nobody_can_be_told_keeps_its_status(where, shell):
    assert shell(f"$RUN --nonsense {where}").returncode == 2


@pytest.mark.parametrize(
    ("before", "options", "status", "words"),
    [
        ("mv g.csv $'g\\xfc.csv';", "--grid $'g\\xfc.csv'", 2, ["LC_ALL=C.UTF-8"]),
        ("", "--output=~nosuchuser/x", 2, ["no user 'nosuchuser'"]),
        ("", "--export-texts /", 2, ["is a folder", "name a file"]),
        ("ln -s /proc/self/mem m.json;", "--against m.json", 1, ["Input/output error"]),
        ("ulimit -v 200000;", "--output out", 1, ["too little memory"]),
        ("ulimit -v 450000;", "--output out", 1, ["too little memory"]),  # faiss would not say so
    ],
)
def test_what_the_border_says(before, options, status, words, shell, tmp_path):
    done = shell(f"{before} $RUN $SMALL {options}")
    assert done.returncode == status and done.stderr.count("\n") == 1, done.stderr
    assert all(word in done.stderr for word in words), done.stderr
    assert "another --output" not in done.stderr and not (tmp_path / "out").exists()


def test_settings_of_other_programs_do_not_count(shell, tmp_path):
    (tmp_path / "rc").write_bytes(b"\xff\xfe: x")
    wrong = {"MPLBACKEND": "x", "MATPLOTLIBRC": str(tmp_path / "rc"), "SOURCE_DATE_EPOCH": "x"}
    wrong |= {"MPLCONFIGDIR": "/dev/null/x", "COLUMNS": "0"}
    done = shell("$RUN --model v.npy --grid g.csv --k 2 --html", **wrong)
    assert done.returncode == 0 and done.stderr == ""


@pytest.mark.parametrize("option", ["--model", "--grid", "--seed", "--languages en,de,"])
def test_a_name_without_end_is_cut(option, shell):
    done = shell(f"$RUN $SMALL {option.replace(' ', '=')}$(printf 'x%.0s' {{1..5000}})")
    assert done.returncode in (1, 2) and 300 < len(done.stderr) < 1000, done.stderr


def test_of_many_models_that_fail_a_few_are_told(shell):
    done = shell("$RUN $(for n in {1..500}; do echo --model ./none$n; done)")
    lines = done.stderr.splitlines()
    assert done.returncode == 1 and len(lines) == 12 and "490 more" in lines[10]


@pytest.mark.usefixtures("endings_heard")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    ("moment", "words"), [("Path.replace", ""), ("console.print_report", "the files are complete")]
)
def test_a_signal_is_too_late_once_files_are_moved(number, moment, words, shell, tmp_path):
    script = f"""
import os, sys
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from alignment.report import console
from cross_lingual_alignment import main
original = {moment}
def ending(first, second):
    if {moment!r} != "Path.replace" or second == Path("tables/pairs.csv"):
        os.kill(os.getpid(), {number:d})
    return original(first, second)
{moment} = ending
sys.exit(main())
"""
    (tmp_path / "late.py").write_text(script)
    options = "$SMALL --pairs tables/pairs.csv"
    done = shell(f"'{sys.executable}' late.py {options}")
    assert done.returncode == (128 + number if words else 0), done.stderr
    assert done.stderr.count("\n") == bool(words) and words in done.stderr
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"g.csv", "v.npy", "late.py", "alignment_results.json", "tables"}
    assert [path.name for path in (tmp_path / "tables").iterdir()] == ["pairs.csv"]


def test_a_terminal_without_unicode_keeps_the_signs(command_line):
    done = command_line("--model", EMBEDDED_MODEL, "--no-figures", PYTHONIOENCODING="ascii")
    assert done.returncode == 0 and "CI -" in done.stdout and "CI ?" not in done.stdout


def test_help_and_list(command_line):
    for option, words in {"--help": "--trust-remote-code", "--list": EMBEDDED_MODEL}.items():
        done = command_line(option)
        assert done.returncode == 0 and words in done.stdout and "published" in done.stdout


@pytest.mark.parametrize("debug", [[], ["--debug"]])
def test_an_error_that_nobody_foresaw_is_one_line_too(debug, capsys):
    def failing(*_, **__):
        return 1 / 0

    with pytest.raises(ZeroDivisionError) if debug else nullcontext():
        assert cli.main(["--output", "out", *debug], failing) == 1
    line = capsys.readouterr().err
    assert line.count("\n") == (not debug)
    assert debug or line.startswith("error: unexpected ZeroDivisionError: division by zero; a bug")
