"""Servers that keep one waiting, or answer what no hub answers: bounded, told, and one line."""

import os
import sys
import time

import pytest
from conftest import python
from servers import hanging, reply, speaking

from alignment import InputError, RunError, models
from alignment.engines.waiting import patient_hub
from alignment.models import ModelOptions
from alignment.models.encoders import unit_vectors

SECONDS = 0.8
SLOW = {  # what is said, and the pause after each byte
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
    from huggingface_hub import get_session

    with patient_hub(SECONDS, needed=True):
        get_session().get(address)


@pytest.mark.parametrize("ask", [ask_endpoint, ask_hub])
@pytest.mark.parametrize("case", [*SLOW, "silent"])
def test_a_request_has_one_time_in_all(case, ask, monkeypatch, capsys):
    monkeypatch.setenv("OPENAI_BASE_URL", "")
    said, pause = SLOW.get(case, (b"", 0))
    server = hanging() if case == "silent" else speaking(lambda path: said, pause)
    with server as address:
        start = time.monotonic()
        with pytest.raises(RunError) as caught:
            ask(address)
        assert time.monotonic() - start < SECONDS + 1.2
    assert "\n" not in str(caught.value) and not capsys.readouterr().err


def test_a_file_that_hardly_arrives_ends_and_the_hub_is_given_up():
    from huggingface_hub import get_session

    asked = []
    with (
        speaking(lambda path: asked.append(path) or reply(200, b"a" * 9999), 0.0005) as address,
        pytest.raises(RunError, match="hub was given up: a file hardly arrives"),
        patient_hub(SECONDS, needed=True),
    ):
        with (
            pytest.raises(RunError),
            get_session().stream("GET", f"{address}/file") as answer,
        ):
            list(answer.iter_bytes())
        get_session().get(address)
    assert asked == ["/file"]


def test_a_retry_is_told_on_a_terminal_and_obeyed(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("OPENAI_BASE_URL", "")
    times = []

    def busy(path):
        times.append(time.monotonic())
        return reply(503, Retry_After="1") if len(times) < 2 else reply(422)

    monkeypatch.setattr(sys.modules[__name__], "SECONDS", 2)
    with speaking(busy) as address, pytest.raises(RunError, match="answers 422"):
        ask_endpoint(address)
    assert "note: 127.0.0.1: 503; asked again in 1.0 s\n" in capsys.readouterr().err
    assert 1 <= times[1] - times[0] < 1.5


def test_a_data_set_is_waited_for_as_long(command_line):
    pytest.importorskip("datasets")
    said, pause = SLOW["drips its header"]
    with speaking(lambda path: said, pause) as address:
        start = time.monotonic()
        done = command_line("--grid", "hub:some/data", "--timeout", "1", HF_ENDPOINT=address)
        assert time.monotonic() - start < 20
    assert done.returncode == 1 and done.stderr.count("\n") == 1, done.stderr
    assert "data set 'hub:some/data' cannot be read" in done.stderr


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf")])
def test_a_time_of_no_use_is_refused(seconds):
    with pytest.raises(InputError, match="timeout"):
        ModelOptions(timeout=seconds)


@pytest.mark.parametrize(
    "answer",
    [b"\xff\n garbage", reply(200, b"[" * 200_000), reply(200, b'{"a'), reply(200, X="a" * 99_999)],
    ids=["garbage", "deep", "truncated", "huge header"],
)
def test_what_is_no_hub_is_told_without_a_traceback(answer):
    script = "from alignment.models import available; print(available('some/model'))"
    with speaking(lambda path: answer) as address:
        done = python(script, HF_ENDPOINT=address)
    assert done.stdout == "False\n" and not done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HF_ENDPOINT", "http://[::1"),
        ("HF_ENDPOINT", "http://127.0.0.1:99999"),
        ("HF_ENDPOINT", "ftp://x"),
        ("HF_HUB_ETAG_TIMEOUT", "abc"),
        ("HF_HOME", "~nosuchuser/x"),
        ("ALIGNMENT_CACHE", "~nosuchuser/x"),
    ],
)
def test_a_variable_of_no_use_is_named(name, value, command_line):
    listed = ["--list"] if name.startswith("HF") else ["--model", "use-multilingual"]
    done = command_line(*listed, **{name: value})
    assert done.returncode == 2 and done.stderr.count("\n") == 1, done.stderr
    assert name in done.stderr or value in done.stderr
