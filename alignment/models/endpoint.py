"""Models behind an OpenAI-compatible embeddings endpoint, through the official client.

OPENAI_BASE_URL says where and OPENAI_API_KEY who; how long it is waited for, `waiting`.
What a client or a server says may quote the key, so none of its exceptions leaves this module.
"""

import os
import urllib.parse
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from alignment import DEFAULT_TIMEOUT, InputError, RunError, one_line
from alignment.engines.waiting import BUSY, is_address, make_patient
from alignment.models.encoders import LazyEncoder
from alignment.models.model import ENDPOINT, Model, require
from alignment.models.secret import gives_away

PREFIX = "openai:"
VENDOR = "https://api.openai.com/v1"
TEXTS_A_REQUEST = 32  # what the strictest of the common servers takes
CONNECT_SECONDS = 3
MAX_QUOTED = 200  # letters of what a server says
_T = TypeVar("_T")


def load_endpoint(name: str, seconds: float = DEFAULT_TIMEOUT) -> Model:
    """Return the model NAME of openai:NAME; the server is asked at its first use.

    Args:
        name: with the prefix.
        seconds: for each request, in which a busy server is asked again.

    Raises:
        InputError: for no NAME, or an OPENAI_BASE_URL that is not an address.
        RunError: where the client is not installed.
    """
    model = name.removeprefix(PREFIX).strip()
    if not model:
        raise InputError(f"'{name}' names no model; write {PREFIX}NAME, as the server calls it")
    address = _address(os.environ.get("OPENAI_BASE_URL", "").strip() or VENDOR)
    require("openai", "openai", name)
    # It is not movable: the key stays here.
    encoder = LazyEncoder(lambda: _Endpoint(name, model, address, seconds), movable=False)
    return Model(name, encoder, f"{ENDPOINT}{address} {model}", ("openai",))


class _Endpoint:
    """Embed texts over the network; called with n texts and a prompt, gives (n, D)."""

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
            answer = self._client.embeddings.create(
                model=self._model, input=texts, encoding_format="float"
            )
            return [(item.index, list(map(float, item.embedding))) for item in answer.data]

        numbered = self._guarded(ask)
        rows = dict(numbered)
        if len(numbered) != len(texts):
            raise RunError(
                f"{self._who} returned {len(numbered)} vectors for {len(texts)} texts; "
                "such a server cannot be used"
            )
        if set(rows) != set(range(len(texts))):
            raise RunError(
                f"{self._who} did not number its {len(texts)} vectors from 0 to {len(texts) - 1}, "
                "so their texts are unknown; such a server cannot be used"
            )
        return [rows[index] for index in range(len(texts))]

    def _guarded(self, step: Callable[[], _T]) -> _T:
        try:
            return step()
        except Exception as error:  # the client's, and whatever it wraps
            said = _said(error, self._key)
        # Outside of the handler: a traceback then has no client's exception to quote the key.
        raise RunError(f"{self._who} {said}")


def _client(address: str, key: str, seconds: float) -> Any:
    from openai import DefaultHttpxClient, OpenAI, Timeout

    patience = Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))
    # a redirect would carry the texts and the account's headers to another server
    straight = DefaultHttpxClient(follow_redirects=False, timeout=patience)
    make_patient(straight, seconds)
    return OpenAI(
        base_url=address, api_key=key, timeout=patience, http_client=straight, max_retries=0
    )


def _said(error: Exception, key: str) -> str:
    """Say what went wrong, and what to do; nothing of a server's words where they hold the key."""
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


def _address(url: str) -> str:
    """Return the address that a base URL is, as the record may show it.

    A user, a password or a query is refused, not left out: the client's transport logs whole
    addresses, and two services that differ in their query only would be taken for one.
    """
    if not is_address(url):
        raise InputError("OPENAI_BASE_URL is not an address; it looks like https://host/v1")
    parts = urllib.parse.urlsplit(url)
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise InputError(
            "OPENAI_BASE_URL holds a user, a password or a query; give https://host/v1 alone, and "
            "the key in OPENAI_API_KEY"
        )
    return url.rstrip("/")
