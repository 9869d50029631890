"""Where a model computes: the devices of this machine, and engines that are missing."""

import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT, offline, python

from alignment import InputError, RunError, models
from alignment.models import ModelOptions
from alignment.models.encoders import unit_vectors

WITH_RAY = pytest.mark.skipif(not find_spec("ray"), reason="ray is not installed")
TEXTS = [f"text {number}" for number in range(40)]


def test_several_devices_give_the_vectors_of_one(minilm_folder):
    one, two = (
        models.load(str(minilm_folder), ModelOptions(device=name)) for name in ("cpu", "cpu,cpu")
    )
    got, expected = (unit_vectors(model.encoder, TEXTS) for model in (two, one))
    np.testing.assert_allclose(got, expected, atol=1e-5)
    assert two.fingerprint == one.fingerprint


@pytest.mark.parametrize("name", ["nonsense", "cpu:7", "cpu,meta"])
def test_a_device_that_does_not_exist(name, minilm_folder):
    with pytest.raises(RunError, match=rf"device '{name.split(',')[-1]}' does not exist here"):
        models.load(str(minilm_folder), ModelOptions(device=name)).encoder.load()


def test_devices_are_for_sentence_transformers(minilm_folder, tmp_path):
    for model in ("use-multilingual", "openai:m", type("E", (), {"encode": list})()):
        with pytest.raises(InputError, match="'cpu' is for sentence-transformers"):
            models.load(model, ModelOptions(device="cpu"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--ray-address", "auto"], ["--ray-address", "--engine ray"]),
        (["--engine", "ray", "--device", "cpu"], ["--device cpu", "--engine ray"]),
        (["--engine", "spark"], ["spark", "ray"]),
    ],
)
def test_what_a_user_can_get_wrong(arguments, words, command_line, tmp_path):
    done = command_line("--model", "use-multilingual", *arguments)
    assert done.returncode == 2 and done.stderr.count("\n") == 1, done.stderr
    assert all(word in done.stderr for word in words)
    assert not list(tmp_path.iterdir())


def test_without_ray_the_line_that_installs_it(tmp_path):
    script = (
        "import sys; sys.modules['ray'] = None; from cross_lingual_alignment import main;"
        "sys.exit(main(['--engine', 'ray', '--model', 'use-multilingual', '--output', "
        f"{str(tmp_path / 'out')!r}]))"
    )
    done = python(script)
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert "pip install 'ray[data]'" in done.stderr and not list(tmp_path.iterdir())


@pytest.mark.usefixtures("endings_heard")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_waits_while_processes_start(name):
    script = f"""
import signal
from alignment.engines import defer_sigint, interrupt_on_signals
interrupt_on_signals()
try:
    with defer_sigint():
        signal.raise_signal(signal.{name})
        print("started")
except KeyboardInterrupt as ended:
    print(signal.Signals(ended.args[0]).name)
"""
    done = python(script)
    assert done.stdout.split() == ["started", name], done.stderr


def test_a_run_that_is_to_outlive_its_terminal_does():
    script = (
        "import signal; from alignment.engines import interrupt_on_signals;"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN); interrupt_on_signals();"
        "signal.raise_signal(signal.SIGHUP)"
    )
    assert python(script).returncode == 0


@pytest.mark.skipif(not Path("/proc").exists(), reason="processes are counted by /proc")
@pytest.mark.usefixtures("endings_heard")
@pytest.mark.parametrize(
    ("options", "started", "number", "words"),
    [
        ("--device cpu,cpu", "spawn_main", signal.SIGINT, "interrupted"),
        ("--device cpu,cpu", "spawn_main", signal.SIGTERM, "ended by SIGTERM"),
        ("--device cpu,cpu", "spawn_main", signal.SIGKILL, None),
        pytest.param("--engine ray", "ray::", signal.SIGINT, "interrupted", marks=WITH_RAY),
        pytest.param("--engine ray", "raylet", signal.SIGTERM, "ended by SIGTERM", marks=WITH_RAY),
    ],
)
def test_an_ended_run_leaves_nothing_running(
    options, started, number, words, minilm_folder, tmp_path
):
    model = minilm_folder if "--device" in options else "use-multilingual"
    command = [sys.executable, ROOT / "cross_lingual_alignment.py", "--grid", "emoji", "--no-cache"]
    run = subprocess.Popen(
        [*command, "--model", model, *options.split()],
        cwd=tmp_path,
        env=os.environ | offline(tmp_path),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while not any(started in name for name in running(tmp_path)):
        assert run.poll() is None, run.communicate()[1]
        time.sleep(0.2)
    if number == signal.SIGINT:
        os.killpg(run.pid, number)  # as a terminal does
    else:
        time.sleep(5 * (number == signal.SIGKILL))  # till its processes are at work
        run.send_signal(number)
    errors = run.communicate(timeout=60)[1]
    if words:
        assert run.returncode == 128 + number and errors.count("\n") == 1, errors
        assert words in errors
    # Ray's own agents may report for a minute to a cluster that was ended as it started
    give_up = time.monotonic() + 100
    while running(tmp_path) and time.monotonic() < give_up:
        time.sleep(0.5)
    assert not running(tmp_path)
    if words:
        assert [path.name for path in tmp_path.iterdir()] in ([], ["hf"])


def running(folder):
    """Return the command lines of processes whose environment names the folder."""
    lines = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str(folder).encode() in (process / "environ").read_bytes():
                lines.append((process / "cmdline").read_text().replace("\0", " "))
        except OSError:  # ended meanwhile
            continue
    return lines
