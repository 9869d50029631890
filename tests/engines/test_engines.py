"""Where a model computes: the devices of this machine, signals, and engines that are missing."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT, offline

from alignment import RunError, models
from alignment.engines import defer_sigint, interrupt_on_signals
from alignment.models import ModelOptions
from alignment.models.encoders import unit_vectors
from cross_lingual_alignment import main

TEXTS = [f"text {number}" for number in range(40)]


@pytest.mark.nightly  # two processes import torch
def test_several_devices_give_the_vectors_of_one(minilm_folder):
    one, two = (
        models.load(str(minilm_folder), ModelOptions(device=name)) for name in ("cpu", "cpu,cpu")
    )
    vectors, expected = (unit_vectors(model.encoder, TEXTS) for model in (two, one))
    np.testing.assert_allclose(vectors, expected, atol=1e-5)
    assert two.fingerprint == one.fingerprint


@pytest.mark.parametrize("name", ["nonsense", "cpu:7", "cpu,meta"])
def test_a_device_that_does_not_exist_is_named(name, minilm_folder):
    with pytest.raises(RunError, match=rf"device '{name.split(',')[-1]}' does not exist here"):
        models.load(str(minilm_folder), ModelOptions(device=name)).encoder.load()


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--ray-address", "auto"], 2, ["--ray-address", "--engine ray"]),
        (["--engine", "ray", "--device", "cpu"], 2, ["--device cpu", "--engine ray"]),
        (["--engine", "spark"], 2, ["spark", "ray"]),
        (["--engine", "ray"], 1, ["pip install ray"]),
    ],
)
def test_a_wrong_or_missing_engine_is_one_line(
    arguments, status, words, capsys, monkeypatch, tmp_path
):
    monkeypatch.setattr("alignment.engines.cluster.find_spec", lambda name: None)
    monkeypatch.chdir(tmp_path)
    assert main(["--model", "use-multilingual", *arguments]) == status
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and all(word in error for word in words), error
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("endings_heard")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_waits_while_processes_start(number):
    interrupt_on_signals()
    started = False
    with pytest.raises(KeyboardInterrupt) as caught, defer_sigint():
        signal.raise_signal(number)
        started = True
    assert started and caught.value.args == (number,)


@pytest.mark.usefixtures("endings_heard")
def test_a_run_that_is_to_outlive_its_terminal_does():
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    interrupt_on_signals()
    signal.raise_signal(signal.SIGHUP)


WITH_RAY = pytest.mark.skipif(not find_spec("ray"), reason="ray is not installed")


@pytest.mark.nightly
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
    time.sleep(5 * (number == signal.SIGKILL))  # until its processes are at work
    os.killpg(run.pid, number) if number == signal.SIGINT else run.send_signal(number)
    errors = run.communicate(timeout=60)[1]
    if words:
        assert run.returncode == 128 + number and errors.count("\n") == 1, errors
        assert words in errors and [path.name for path in tmp_path.iterdir()] in ([], ["hf"])
    # Ray's own agents may report for a minute to a cluster that was ended as it started
    give_up = time.monotonic() + 100
    while running(tmp_path) and time.monotonic() < give_up:
        time.sleep(0.5)
    assert not running(tmp_path)


def running(folder):
    """Return the command lines of processes whose environment names the folder."""
    lines = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # a process may end meanwhile
            if str(folder).encode() in (process / "environ").read_bytes():
                lines.append((process / "cmdline").read_text())
    return lines
