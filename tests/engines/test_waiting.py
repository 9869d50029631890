"""Servers that keep a run waiting, or answer nonsense: bounded, and told in one line."""

import time
from contextlib import suppress
from unittest.mock import patch

import pytest
from huggingface_hub import constants
from servers import hanging, reply, speaking

from alignment import InputError, RunError, models
from alignment.models import ModelOptions, endpoint, hub
from alignment.models.encoders import unit_vectors

SECONDS = 0.4
WRONG = {  # what a server sends
    "broken": reply(500),
    "resets": None,
    "cut": reply(200, b"{", Content_Length=99),
    "a bad chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "a huge header": reply(200, X="a" * 200_000),
    "silent": b"",
}


def ask_endpoint(address):
    pytest.importorskip("openai")
    environment = {"OPENAI_API_KEY": "zebrafinch-0123", "OPENAI_BASE_URL": f"{address}/v1"}
    with patch.dict("os.environ", environment):
        model = models.load("openai:m", ModelOptions(timeout=SECONDS))
        return unit_vectors(model.encoder, ["water"])


def ask_hub(address):
    with patch.object(constants, "ENDPOINT", address):
        hub.download("some/model", None, "torch", SECONDS)


@pytest.mark.parametrize("ask", [ask_endpoint, ask_hub])
@pytest.mark.parametrize("case", WRONG)
def test_no_wait_exceeds_the_limit(case, ask, capfd, monkeypatch):
    monkeypatch.setattr(endpoint, "RETRIES", 0)
    server = hanging() if case == "silent" else speaking(lambda path: WRONG[case])
    with server as address:
        start = time.monotonic()
        with pytest.raises(RunError) as caught:
            ask(address)
        assert time.monotonic() - start < SECONDS + 1.5
    assert "\n" not in str(caught.value) and not capfd.readouterr().err


def test_a_busy_endpoint_is_asked_again_when_it_says():
    times = []

    def busy(path):
        times.append(time.monotonic())
        return reply(503, Retry_After="1") if len(times) < 2 else reply(422)

    with speaking(busy) as address, suppress(RunError):  # for the 422
        ask_endpoint(address)
    assert 1 <= times[1] - times[0] < 2


def test_a_hub_that_falls_silent_ends_the_download():
    page = b'{"_id": "1", "id": "some/model", "sha": "0123", "siblings": [{"rfilename": "a"}]}'
    tree = b'[{"type": "file", "path": "a", "size": 0, "oid": ""}]'

    def falling_silent(path):
        if "/resolve/" in path:
            time.sleep(2)
        return reply(200, tree if "/tree/" in path else page)

    start = time.monotonic()
    with (
        speaking(falling_silent) as address,
        pytest.raises(RunError, match="cannot be downloaded: the hub does not answer"),
    ):
        ask_hub(address)
    assert time.monotonic() - start < 5  # the client alone would ask for minutes


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf")])
def test_a_time_that_bounds_nothing_is_refused(seconds):
    with pytest.raises(InputError, match="timeout"):
        ModelOptions(timeout=seconds)


BAD_ANSWERS = {
    "garbage": b"\xff\n garbage",
    "deep": reply(200, b"[" * 200_000),
    "truncated": reply(200, b'{"a'),
    "huge header": WRONG["a huge header"],
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
