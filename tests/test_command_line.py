"""The command line end to end: what it writes, prints and returns."""

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

RUN = ("--model", "v.npy", "--grid", "g.csv", "--k", "2")
RECORD = "alignment_results.json"


@pytest.fixture
def small(tmp_path):
    """Return a folder with a small grid and its vectors."""
    np.save(tmp_path / "v.npy", np.random.default_rng(0).normal(size=(6, 4)))
    (tmp_path / "g.csv").write_text("concept,en,de\na,one,eins\nb,two,zwei\nc,hotel,Hotel\n")
    return tmp_path


@pytest.fixture
def shell(small):
    """Run the script in a shell, as $RUN, in the folder of the small grid."""

    def run(script, **environment):
        small_run = {"SMALL": " ".join((*RUN, "--no-figures"))}
        environment = os.environ | offline(small) | small_run | environment
        environment.pop("PYTHONUNBUFFERED", None)  # output is buffered, as it is for users
        path = f"'{sys.executable}' '{ROOT / 'cross_lingual_alignment.py'}'"
        return subprocess.run(
            ["bash", "-o", "pipefail", "-c", script.replace("$RUN", path)],
            cwd=small,
            env=environment,
            capture_output=True,
            text=True,
        )

    return run


def assert_refused(done, status, *words):
    """One line on standard error holds the words, and nothing is printed."""
    assert done.returncode == status, done.stderr
    assert done.stdout == "" and done.stderr.count("\n") == 1, done.stderr
    assert all(word in done.stderr for word in words), done.stderr


def assert_only_the_earlier_record(folder):
    assert [path.name for path in folder.iterdir()] == [RECORD]
    assert (folder / RECORD).read_text() == "earlier"


def test_without_the_hub_the_embedded_model_runs_and_says_so(command_line, tmp_path):
    done = command_line("--output", "out", "--languages", "en,de,ru")
    assert done.returncode == 0
    assert done.stderr.count("\n") == 1 and EMBEDDED_MODEL in done.stderr
    results = AlignmentResults.from_json(tmp_path / "out" / RECORD)
    assert {path.name for path in (tmp_path / "out").iterdir()} == {RECORD, "fig"}
    assert len(list((tmp_path / "out" / "fig").iterdir())) == 2
    assert results.model == EMBEDDED_MODEL and results.provenance.fallback
    assert results.provenance.requested_model == PUBLISHED_MODEL
    assert PUBLISHED_MODEL in done.stdout and "Wut" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80 and "\x1b" not in done.stdout


def test_a_model_of_the_hub_that_does_not_answer(command_line):
    assert_refused(command_line("--model", "some/model"), 1, "some/model", "hub does not answer")


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
        (["--revision", "main"], 2, ["revision"]),
        (["--modle", "x"], 2, ["--modle"]),
        (["--model", "./models/mine"], 1, ["./models/mine", "does not exist"]),
        (["--model", "."], 1, ["'.'", "modules.json"]),
        (["--output", "/dev/null/x"], 1, ["/dev/null", "another --output"]),
        (["--output", "~nosuchuser/x"], 2, ["no user 'nosuchuser'"]),
        (["--export-texts", "/dev/null/x"], 1, ["/dev/null", "another --export-texts"]),
        (["--from", "r.json", "--no-cache", "--margin", "0.1"], 2, ["out --no-cache, --margin\n"]),
    ],
)
def test_what_a_user_can_get_wrong(arguments, status, words, program, tmp_path):
    (tmp_path / RECORD).write_text("earlier")
    model = () if {"--model", "--from", "--export-texts"} & {*arguments} else RUN[:1]
    assert_refused(program(*model, *[EMBEDDED_MODEL] * len(model), *arguments), status, *words)
    assert_only_the_earlier_record(tmp_path)


@pytest.mark.parametrize("option", ["--model=./", "--grid=", "--seed=", "--languages=en,de,"])
def test_a_name_without_end_is_cut(option, small, program):
    done = program(*RUN, option + "x" * 5000)
    assert_refused(done, done.returncode or 1)
    assert done.returncode in (1, 2) and 300 < len(done.stderr) < 1000


def test_of_many_models_that_fail_a_few_are_told(program):
    done = program(*(word for n in range(500) for word in ("--model", f"./none{n}")))
    lines = done.stderr.splitlines()
    assert done.returncode == 1 and len(lines) == 12 and "490 more" in lines[10]


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="a file that cannot be read")
def test_a_model_that_cannot_be_read_is_no_fault_of_the_output(program, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").symlink_to("/proc/self/mem")
    done = program("--model", folder)
    assert_refused(done, 1, f"model '{folder}' cannot be read")
    assert "--output" not in done.stderr


def test_a_broken_model_folder_is_one_line(program, minilm_folder, tmp_path):
    folder = tmp_path / "broken"
    folder.mkdir()
    for name in ("config.json", "modules.json"):
        (folder / name).write_bytes((minilm_folder / name).read_bytes())
    done = program("--model", folder)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "cannot be loaded" in done.stderr.splitlines()[-1]


@pytest.mark.usefixtures("endings_heard")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_run_that_is_ended_leaves_earlier_results_alone(name, tmp_path):
    (tmp_path / RECORD).write_text("earlier")
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
            assert b"input" in request.read(length)  # the request is complete: the run waits
            assert list(tmp_path.glob(".alignment-*"))
            run.send_signal(getattr(signal, name))
            errors = run.communicate(timeout=60)[1]
    assert run.returncode == 128 + getattr(signal, name), errors
    assert errors.count("\n") == 1 and ("interrupted" if name == "SIGINT" else name) in errors
    assert_only_the_earlier_record(tmp_path)


def test_an_interruption_among_the_imports_prints_nothing(tmp_path):
    slow = "import time; print('importing', flush=True); time.sleep(60)"
    (tmp_path / "dataclasses.py").write_text(slow)  # imported in place of Python's module
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


LATE = """
import os, sys
sys.path.insert(0, {root!r})
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


@pytest.mark.usefixtures("endings_heard")
@pytest.mark.parametrize(
    ("number", "moment", "words"),
    [
        (signal.SIGINT, "Path.replace", ""),
        (signal.SIGTERM, "Path.replace", ""),
        (signal.SIGTERM, "console.print_report", "the files are complete"),
    ],
)
def test_a_signal_is_too_late_once_files_are_moved(number, moment, words, shell, tmp_path):
    late = LATE.format(root=str(ROOT), moment=moment, number=number)
    (tmp_path / "late.py").write_text(late)
    done = shell(f"'{sys.executable}' late.py $SMALL --pairs tables/pairs.csv")
    assert done.returncode == (128 + number if words else 0), done.stderr
    assert done.stderr.count("\n") == bool(words) and words in done.stderr
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"g.csv", "v.npy", "late.py", RECORD, "tables"}
    assert [path.name for path in (tmp_path / "tables").iterdir()] == ["pairs.csv"]


def test_single_pairs_are_written_with_the_record_or_not_at_all(small, program):
    options = (*RUN, "--output", "out", "--pairs", "tables/pairs.csv")
    (small / "out" / "fig" / "experiment_diagram.png").mkdir(parents=True)  # in the way
    assert program(*options).returncode == 1 and not (small / "tables").exists()
    done = program(*options, "--no-figures", "--margin", "0.02")
    assert done.returncode == 0 and "written: tables/pairs.csv" in done.stdout
    record = AlignmentResults.from_json(small / "out" / RECORD)
    assert record.provenance.margin == 0.02
    with (small / "tables" / "pairs.csv").open(encoding="utf-8-sig", newline="") as file:
        kinds = Counter(row["kind"] for row in csv.DictReader(file))
    assert kinds["misaligned"] == record.counts["misaligned_pairs"] > 0
    assert kinds["identical strings"] == record.counts["identical_strings"] == 1


def test_files_beside_a_record_that_are_of_another_are_told(small, program):
    def notes(*options):
        done = program(*options)
        assert done.returncode == 0, done.stderr
        return done.stderr.splitlines()

    assert notes(*RUN, "--html") == []
    pictures = ", ".join(f"'{path}'" for path in sorted(Path("fig").glob("*.png")))
    (small / "fig" / "mine.png").write_bytes(b"a picture of the user")
    assert notes(*RUN, "--no-figures") == notes("--from", RECORD) == []  # the record is the same
    told = notes(*RUN, "--no-figures", "--seed", "1")
    assert len(told) == 1 and told == notes("--from", RECORD)
    assert told[0].endswith(f"than '{RECORD}': {pictures}, 'alignment_report.html'"), told
    assert notes("--from", RECORD, "--html")[0].endswith(f"than '{RECORD}': {pictures}")
    (small / "out" / "fig").mkdir(parents=True)
    (small / "out" / "fig" / "model_comparison.png").write_bytes(b"0" * 64)  # another digest
    both = ("--model", "./v.npy", *RUN, "--output", "out", "--no-figures")
    assert notes(*both)[0].endswith("'out/fig/model_comparison.png'")


@pytest.mark.parametrize(
    ("options", "redirect", "status"),
    [
        *(("$SMALL", *end) for end in (("| true", 0), (">/dev/full", 1), (">&- 2>&-", 0))),
        *((option, ">/dev/full", 1) for option in ("$SMALL --table csv", "--help", "--list")),
    ],
)
def test_a_standard_output_that_takes_nothing(options, redirect, status, shell, tmp_path):
    if redirect == ">/dev/full" and not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    done = shell(f"$RUN {options} {redirect}")
    assert done.returncode == status
    assert done.stderr.count("\n") == status and "--output" not in done.stderr, done.stderr
    assert not status or "standard output: No space left" in done.stderr
    if "SMALL" in options:
        assert (tmp_path / RECORD).exists()
        assert not status or "the files are complete" in done.stderr


@pytest.mark.parametrize("redirect", ["2>&-", "2>/dev/full"])
def test_an_error_that_nobody_can_be_told_keeps_its_status(redirect, shell):
    assert shell(f"$RUN --nonsense {redirect}").returncode == 2


@pytest.mark.parametrize(
    ("before", "options", "status", "words"),
    [
        ("mv g.csv $'g\\xfc.csv';", "--grid $'g\\xfc.csv'", 2, "LC_ALL=C.UTF-8"),
        ("ln -s /proc/self/mem m.json;", "--against m.json", 1, "Input/output error"),
        ("ulimit -v 200000;", "--output out", 1, "too little memory"),
        ("ulimit -v 450000;", "--output out", 1, "too little memory"),  # faiss would not say so
    ],
)
def test_what_the_operating_system_refuses(before, options, status, words, shell, tmp_path):
    assert_refused(shell(f"{before} $RUN $SMALL {options}"), status, words)
    assert not (tmp_path / "out").exists()


def test_settings_of_other_programs_and_another_process_change_no_byte(shell, program, tmp_path):
    (tmp_path / "rc").write_bytes(b"\xff\xfe: x")
    wrong = {"MPLBACKEND": "x", "MATPLOTLIBRC": str(tmp_path / "rc"), "SOURCE_DATE_EPOCH": "x"}
    wrong |= {"MPLCONFIGDIR": "/dev/null/x", "COLUMNS": "0", "PYTHONIOENCODING": "ascii"}
    done = shell(f"$RUN {' '.join(RUN)} --html --output one", **wrong)
    assert done.returncode == 0 and done.stderr == ""
    assert "-0." in done.stdout and "?0." not in done.stdout  # signs have a form without Unicode
    assert program(*RUN, "--html", "--output", "two").returncode == 0
    one, two = (sorted(path.rglob("*.*")) for path in (tmp_path / "one", tmp_path / "two"))
    assert len(one) == 5
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


def test_the_list_names_models_and_grids(program):
    done = program("--list")
    assert done.returncode == 0 and EMBEDDED_MODEL in done.stdout and "published" in done.stdout


@pytest.mark.parametrize("debug", [[], ["--debug"]])
def test_an_error_that_nobody_foresaw_is_one_line_too(debug, capsys):
    def failing(*_, **__):
        return 1 / 0

    with pytest.raises(ZeroDivisionError) if debug else nullcontext():
        assert cli.main(["--output", "out", *debug], failing) == 1
    line = capsys.readouterr().err
    assert line.count("\n") == (not debug)
    assert debug or line.startswith("error: unexpected ZeroDivisionError: division by zero; a bug")
