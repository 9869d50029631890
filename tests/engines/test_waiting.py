"""Servers that keep a run waiting, or answer nonsense: bounded, and told in one line."""

import time
from contextlib import suppress
from contextvars import copy_context
from unittest.mock import patch

import pytest
from huggingface_hub import constants, get_session
from servers import hanging, reply, speaking

from alignment import InputError, RunError, models
from alignment.engines.waiting import patient_hub
from alignment.models import ModelOptions, hub
from alignment.models.encoders import unit_vectors
from cross_lingual_alignment import main

SECONDS = 0.4
DRIPPING = b"HTTP/1.1 200 OK\r\nX: " + b"a" * 999
SLOW = {  # the bytes that are sent, and the pause after each
    "drips its header": (DRIPPING, 0.05),
    "drips its body": (reply(200, b" " * 999), 0.05),
    "wants to be asked later": (reply(429, Retry_After=60), 0),
    "on a day": (reply(503, Retry_After="Fri, 31 Dec 2055 23:59:59 GMT"), 0),
    "always busy": (reply(503, Retry_After="0"), 0),
    "broken": (reply(500), 0),
    "resets": (None, 0),
    "cut": (reply(200, b"{", Content_Length=99), 0),
    "a bad chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 0),
    "a huge header": (reply(200, X="a" * 200_000), 0),
    "silent": (b"", 0),
}


def ask_endpoint(address, seconds=SECONDS):
    pytest.importorskip("openai")
    environment = {"OPENAI_API_KEY": "zebrafinch-0123", "OPENAI_BASE_URL": f"{address}/v1"}
    with patch.dict("os.environ", environment):
        model = models.load("openai:m", ModelOptions(timeout=seconds))
        return unit_vectors(model.encoder, ["water"])


def ask_hub(address, seconds=SECONDS):
    with patient_hub(seconds, needed=True):
        get_session().get(address)


@pytest.mark.parametrize("ask", [ask_endpoint, ask_hub])
@pytest.mark.parametrize("case", SLOW)
def test_a_request_has_one_time_in_all(case, ask, capsys):
    sent, pause = SLOW[case]
    server = hanging() if case == "silent" else speaking(lambda path: sent, pause)
    with server as address:
        start = time.monotonic()
        with pytest.raises(RunError) as caught:
            ask(address)
        assert time.monotonic() - start < SECONDS + 1.2
    assert "\n" not in str(caught.value) and not capsys.readouterr().err


@pytest.mark.parametrize("ask", [ask_endpoint, ask_hub])
def test_a_busy_server_is_asked_again_when_it_says(ask):
    times = []

    def busy(path):
        times.append(time.monotonic())
        return reply(503, Retry_After="1") if len(times) < 2 else reply(422)

    with speaking(busy) as address, suppress(RunError):  # which the endpoint raises for a 422
        ask(address, 5)
    assert 1 <= times[1] - times[0] < 2


def test_after_a_failure_the_hub_is_not_asked_again():
    paths = []
    with (
        speaking(lambda path: paths.append(path) or reply(503, Retry_After="60")) as address,
        pytest.raises(RunError, match="hub was given up: it answers 503; try again later"),
        patient_hub(SECONDS, needed=True),
    ):
        for _ in range(2):  # as a library that goes on without a file
            with suppress(RunError):
                get_session().get(address)
    assert len(paths) == 1


def test_a_data_set_is_waited_for_as_long(monkeypatch, capsys):
    pytest.importorskip("datasets")
    with speaking(lambda path: DRIPPING, 0.05) as address:
        monkeypatch.setattr(constants, "ENDPOINT", address)
        start = time.monotonic()
        arguments = ["--grid", "hub:some/data", "--timeout", "0.5"]
        assert copy_context().run(main, arguments) == 1  # the time limit ends with the context
        assert time.monotonic() - start < 10
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "data set 'hub:some/data' cannot be read" in error


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf")])
def test_a_time_that_bounds_nothing_is_refused(seconds):
    with pytest.raises(InputError, match="timeout"):
        ModelOptions(timeout=seconds)


BAD_ANSWERS = {
    "garbage": b"\xff\n garbage",
    "deep": reply(200, b"[" * 200_000),
    "truncated": reply(200, b'{"a'),
    "huge header": SLOW["a huge header"][0],
}


@pytest.mark.parametrize("case", BAD_ANSWERS)
def test_a_server_that_is_no_hub_is_recognised_silently(case, monkeypatch, capfd):
    with speaking(lambda path: BAD_ANSWERS[case]) as address:
        monkeypatch.setattr(constants, "ENDPOINT", address)
        assert not hub.hub_answers("some/model")
    assert not capfd.readouterr().err


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
