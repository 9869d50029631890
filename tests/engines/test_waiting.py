"""Servers that keep a run waiting, or answer nonsense: bounded, and told in one line."""

import os
import sys
import time
from contextlib import nullcontext, suppress

import pytest
from conftest import python
from huggingface_hub import get_session
from servers import hanging, reply, speaking

from alignment import InputError, RunError, models
from alignment.engines.waiting import patient_hub
from alignment.models import ModelOptions
from alignment.models.encoders import unit_vectors

SECONDS = 0.8
SLOW = {  # the bytes that are sent, and the pause after each
    "drips its header": (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 999, 0.05),
    "drips its body": (reply(200, b" " * 999), 0.05),
    "wants to be asked later": (reply(429, Retry_After=60), 0),
    "on a day": (reply(503, Retry_After="Fri, 31 Dec 2055 23:59:59 GMT"), 0),
    "always busy": (reply(503, Retry_After="0"), 0),
    "broken": (reply(500), 0),
    "resets": (None, 0),
    "cut": (reply(200, b"{", Content_Length=99), 0),
    "a bad chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 0),
    "a huge header": (reply(200, X="a" * 200_000), 0),
}


@pytest.fixture(autouse=True)
def a_key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "zebrafinch-0123")


def ask_endpoint(address):
    pytest.importorskip("openai")
    os.environ["OPENAI_BASE_URL"] = f"{address}/v1"
    model = models.load("openai:m", ModelOptions(timeout=SECONDS))
    return unit_vectors(model.encoder, ["water"])


def ask_hub(address):
    with patient_hub(SECONDS, needed=True):
        get_session().get(address)


@pytest.mark.parametrize("ask", [ask_endpoint, ask_hub])
@pytest.mark.parametrize("case", [*SLOW, "silent"])
def test_a_request_has_one_time_in_all(case, ask, monkeypatch, capsys):
    monkeypatch.setenv("OPENAI_BASE_URL", "")
    sent, pause = SLOW.get(case, (b"", 0))
    server = hanging() if case == "silent" else speaking(lambda path: sent, pause)
    with server as address:
        start = time.monotonic()
        with pytest.raises(RunError) as caught:
            ask(address)
        assert time.monotonic() - start < SECONDS + 1.2
    assert "\n" not in str(caught.value) and not capsys.readouterr().err


@pytest.mark.parametrize("ask", [ask_endpoint, ask_hub])
def test_a_busy_server_is_asked_again_when_it_says(ask, monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "")
    monkeypatch.setattr(sys.modules[__name__], "SECONDS", 5)
    times = []

    def busy(path):
        times.append(time.monotonic())
        return reply(503, Retry_After="1") if len(times) < 2 else reply(422)

    refused = pytest.raises(RunError, match="answers 422")
    with speaking(busy) as address, refused if ask is ask_endpoint else nullcontext():
        ask(address)
    assert 1 <= times[1] - times[0] < 2


def test_after_a_failure_the_hub_is_not_asked_again():
    asked = []
    with (
        speaking(lambda path: asked.append(path) or reply(503, Retry_After="60")) as address,
        pytest.raises(RunError, match="hub was given up: it answers 503; try again later"),
        patient_hub(SECONDS, needed=True),
    ):
        for _ in range(2):  # as a library that goes on without a file
            with suppress(RunError):
                get_session().get(address)
    assert len(asked) == 1


def test_a_data_set_is_waited_for_as_long(command_line):
    pytest.importorskip("datasets")
    sent, pause = SLOW["drips its header"]
    with speaking(lambda path: sent, pause) as address:
        start = time.monotonic()
        done = command_line("--grid", "hub:some/data", "--timeout", "1", HF_ENDPOINT=address)
        assert time.monotonic() - start < 20
    assert done.returncode == 1 and done.stderr.count("\n") == 1, done.stderr
    assert "data set 'hub:some/data' cannot be read" in done.stderr


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf")])
def test_a_time_that_bounds_nothing_is_refused(seconds):
    with pytest.raises(InputError, match="timeout"):
        ModelOptions(timeout=seconds)


@pytest.mark.parametrize(
    "answer",
    [b"\xff\n garbage", reply(200, b"[" * 200_000), reply(200, b'{"a'), reply(200, X="a" * 99_999)],
    ids=["garbage", "deep", "truncated", "huge header"],
)
def test_what_is_no_hub_is_told_without_a_traceback(answer):
    script = "from alignment.models.hub import available; print(available('some/model'))"
    with speaking(lambda path: answer) as address:
        done = python(script, HF_ENDPOINT=address)
    assert done.stdout == "False\n" and not done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HF_ENDPOINT", "http://[::1"),
        ("HF_ENDPOINT", "ftp://x"),
        ("HF_HUB_ETAG_TIMEOUT", "abc"),
        ("HF_HOME", "~nosuchuser/x"),
        ("ALIGNMENT_CACHE", "~nosuchuser/x"),
    ],
)
def test_a_wrong_variable_is_named(name, value, command_line):
    listed = ["--list"] if name.startswith("HF") else ["--model", "use-multilingual"]
    done = command_line(*listed, **{name: value})
    assert done.returncode == 2 and done.stderr.count("\n") == 1, done.stderr
    assert name in done.stderr or value in done.stderr
