"""Models behind an OpenAI-compatible embeddings endpoint, through the official client.

The address is in OPENAI_BASE_URL, the key in OPENAI_API_KEY. The client repeats requests to a busy
server, and bounds its waiting. Errors of the client and of the server may quote the key, so none of
their exceptions leaves this module.
"""

import base64
import html
import os
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import numpy as np

from alignment import InputError, RunError, one_line
from alignment.models.encoders import LazyEncoder
from alignment.models.hub import is_address
from alignment.models.model import ENDPOINT, Model, require

PREFIX = "openai:"
VENDOR = "https://api.openai.com/v1"
TEXTS_A_REQUEST = 32  # the smallest limit of the common servers
CONNECT_SECONDS = 3
RETRIES = 3
BUSY = (408, 429, 500, 502, 503, 504)  # statuses that may change within seconds
MIN_SECRET = 6  # letters; a server without keys gets a word like "x", which many messages hold
_PART = 8  # consecutive letters of the key: servers cut it, and mask the rest
MAX_QUOTED = 200  # letters of a message from a server


def load_endpoint(name: str, seconds: float) -> Model:
    """Return the model of the name openai:NAME; the first request is sent at its first use.

    ``seconds`` is the time limit of the client. Raise InputError without a NAME or for an
    OPENAI_BASE_URL that is not an address, and RunError when the client is not installed.
    """
    model = name.removeprefix(PREFIX).strip()
    if not model:
        raise InputError(f"'{name}' names no model; write {PREFIX}NAME, as the server calls it")
    address = os.environ.get("OPENAI_BASE_URL", "").strip() or VENDOR
    if not is_address(address):
        raise InputError("OPENAI_BASE_URL is not an address; it looks like https://host/v1")
    parts = urlsplit(address)
    if "@" in parts.netloc or parts.query or parts.fragment:  # the record and logs show the address
        raise InputError(
            "OPENAI_BASE_URL holds a user, a password or a query; give https://host/v1 alone, and "
            "the key in OPENAI_API_KEY"
        )
    address = address.rstrip("/")
    require("openai", "openai", name)
    # It is not movable, because the key must not leave this machine.
    encoder = LazyEncoder(lambda: _Endpoint(name, model, address, seconds), movable=False)
    return Model(name, encoder, f"{ENDPOINT}{address} {model}", ("openai",))


class _Endpoint:
    """Embed n texts, each behind a prompt, over the network; return (n, D) vectors."""

    def __init__(self, name: str, model: str, address: str, seconds: float):
        self._model = model
        self._who = f"model '{name}': {address}"
        key = os.environ.get("OPENAI_API_KEY", "").strip()
        if not key:
            raise RunError(
                f"model '{name}' needs a key: set OPENAI_API_KEY (any word, where the server of "
                "OPENAI_BASE_URL asks for none)"
            )
        if not (key.isascii() and key.isprintable()):
            raise RunError("OPENAI_API_KEY holds letters that no key has; copy it again")
        if gives_away(address, key):
            raise InputError(
                "OPENAI_BASE_URL holds the key, or part of it; give https://host/v1 alone"
            )
        self._key = key
        self._client = self._guarded(lambda: _client(address, key, seconds))

    def __call__(self, texts: list[str], prompt: str) -> np.ndarray:
        rows = []
        for start in range(0, len(texts), TEXTS_A_REQUEST):
            rows += self._ask([prompt + text for text in texts[start : start + TEXTS_A_REQUEST]])
        return np.array(rows, dtype=np.float32)

    def _ask(self, texts: list[str]) -> list[list[float]]:
        def ask() -> list[tuple[int, list[float]]]:
            options = {"model": self._model, "encoding_format": "float"}
            answer = self._client.embeddings.create(input=texts, **options)
            return [(item.index, list(map(float, item.embedding))) for item in answer.data]

        numbered = self._guarded(ask)
        rows = dict(numbered)
        n = len(texts)
        if len(numbered) == n and set(rows) == set(range(n)):
            return [rows[index] for index in range(n)]
        wrong = f"did not number its {n} vectors from 0 to {n - 1}, so their texts are unknown"
        if len(numbered) != n:
            wrong = f"returned {len(numbered)} vectors for {n} texts"
        raise RunError(f"{self._who} {wrong}; such a server cannot be used")

    def _guarded(self, step: Callable[[], Any]) -> Any:
        try:
            return step()
        except Exception as error:
            message = _message(error, self._key)
        # Outside the handler, so that no traceback shows an exception that quotes the key.
        raise RunError(f"{self._who} {message}")


def _client(address: str, key: str, seconds: float) -> Any:
    from openai import DefaultHttpxClient, OpenAI, Timeout

    limits = Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))
    # a redirect would carry texts and headers to another server
    http_client = DefaultHttpxClient(follow_redirects=False, timeout=limits)
    return OpenAI(
        base_url=address, api_key=key, timeout=limits, http_client=http_client, max_retries=RETRIES
    )


def _message(error: Exception, key: str) -> str:
    """Say what went wrong and what to do; quote the server only where that reveals no key."""
    import openai

    def quoted(words: object) -> str:
        return "" if gives_away(str(words), key) else f": {one_line(str(words))[:MAX_QUOTED]}"

    if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
        return f"refuses the key ({error.status_code}); check OPENAI_API_KEY"
    if isinstance(error, openai.APIStatusError) and 300 <= error.status_code < 400:
        return f"sends elsewhere ({error.status_code}); set OPENAI_BASE_URL to that address"
    if isinstance(error, openai.APIStatusError):
        body = error.body.get("message") if isinstance(error.body, dict) else error.body
        reason = quoted(body or error.response.reason_phrase)
        remedy = "check the model's name and OPENAI_BASE_URL"
        if error.status_code in BUSY:
            remedy = "try again later, or with a longer --timeout"
        return f"answers {error.status_code}{reason}; {remedy}"
    if isinstance(error, openai.APITimeoutError):
        return "does not answer in time; check OPENAI_BASE_URL, or set a longer --timeout"
    if isinstance(error, openai.APIConnectionError):
        return f"cannot be reached{quoted(error.__cause__ or error)}; check OPENAI_BASE_URL"
    return f"gives no embeddings{quoted(error)}; check OPENAI_BASE_URL"


def gives_away(text: str, key: str) -> bool:
    """Return whether part of a key is in a text, even in capitals, escaped, encoded or split."""
    if len(key) < MIN_SECRET:
        return False
    size = min(_PART, len(key))
    parts = {key[start : start + size].casefold() for start in range(len(key) - size + 1)}
    return any(part in reading.casefold() for reading in _readings(text) for part in parts)


def _readings(text: str) -> Iterator[str]:
    """Yield everything that a text may be read as."""
    for written in (text, re.sub(r"\s", "", text)):
        plain = html.unescape(unquote(written))
        plain = re.sub(r"\\(?:u00|x)([0-9a-fA-F]{2})", lambda code: chr(int(code[1], 16)), plain)
        yield from (written, plain, plain.replace("\\", ""))
        for run in re.findall(r"[\w+/-]{8,}", plain, re.ASCII):
            ordinary = run.replace("-", "+").replace("_", "/")
            for start in range(4):  # the first sign of a base64 block
                block = ordinary[start : start + (len(ordinary) - start) // 4 * 4]
                yield base64.b64decode(block).decode("latin-1")
            for digits in re.findall("[0-9a-fA-F]{8,}", run):
                for start in range(2):  # the first digit of a hexadecimal pair
                    pairs = digits[start : start + (len(digits) - start) // 2 * 2]
                    yield bytes.fromhex(pairs).decode("latin-1")
