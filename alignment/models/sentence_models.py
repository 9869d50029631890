"""sentence-transformers models: from a folder, or from the hub and its local cache.

torch is imported at the first use, so a run whose vectors are all in the cache never pays for it.
"""

import json
import os
import re
import sys
from collections.abc import Callable
from importlib.util import find_spec
from multiprocessing import resource_tracker
from multiprocessing.util import Finalize
from pathlib import Path

from alignment import InputError, RunError
from alignment.engines import defer_sigint
from alignment.models.encoders import LazyEncoder, one_line
from alignment.models.hub import cached_commit, cached_file, hub_answers
from alignment.models.sources import Model, sha256_of

BACKENDS = ("torch", "onnx", "openvino")
_BACKEND_MODULES = {"onnx": "onnxruntime", "openvino": "openvino"}
_STACK = ("sentence-transformers", "transformers", "torch")
_CONFIG = "config_sentence_transformers.json"
_TOKENISER = "tokenizer.json"
_UNKNOWN = ("[UNK]", "<unk>")  # what a text comes to that the vocabulary has no piece for
_SYMMETRIC_PROMPTS = ("STS", "query")  # for comparing like with like; the better fit first
_E5 = re.compile(r"(^|[-_])e5-(small|base|large)(?!.*instruct)", re.IGNORECASE)


def load_folder(
    name: str, trust_remote_code: bool = False, backend: str = "torch", device: str | None = None
) -> Model:
    """Return the model that SentenceTransformer.save wrote into a folder.

    Raises:
        InputError: for a back end that does not exist, or that cannot share out its texts.
        RunError: for a folder that holds no model, or a back end that is not installed.
    """
    _require_backend(backend, device)
    folder = Path(name).expanduser()
    if not (folder / "config.json").is_file() and not (folder / "modules.json").is_file():
        raise RunError(
            f"'{name}' is no sentence-transformers model: it has neither modules.json nor "
            "config.json; give the folder that SentenceTransformer.save wrote"
        )

    def load():
        return _function(
            str(folder),
            local_files_only=True,
            trust_remote_code=trust_remote_code,
            backend=backend,
            device=device,
        )

    files = {name: folder / name for name in (_CONFIG, _TOKENISER) if (folder / name).is_file()}
    return _model(name, LazyEncoder(load), sha256_of(folder), backend, files)


def load_from_hub(
    hub_id: str,
    revision: str | None = None,
    trust_remote_code: bool = False,
    backend: str = "torch",
    device: str | None = None,
) -> Model:
    """Return the hub's model; it is downloaded now where it is not in the local cache.

    Raises:
        InputError: for a back end that does not exist, or that cannot share out its texts.
        RunError: for a model that cannot be downloaded, or a back end that is not installed.
    """
    _require_backend(backend, device)
    commit = cached_commit(hub_id, revision)

    def load():
        options = {"trust_remote_code": trust_remote_code, "backend": backend, "device": device}
        options["revision"] = commit or revision  # so that what runs is what the record says
        try:
            return _function(hub_id, local_files_only=bool(commit), **options)
        except RunError:
            if not commit or not hub_answers(hub_id):  # else the cache may hold half a download
                raise
            return _function(hub_id, local_files_only=False, **options)

    encoder = LazyEncoder(load)
    if not commit:
        encoder.load()
    found = commit or cached_commit(hub_id, revision)
    paths = {name: cached_file(hub_id, name, found or revision) for name in (_CONFIG, _TOKENISER)}
    files = {name: path for name, path in paths.items() if path}
    return _model(hub_id, encoder, found and f"commit:{found}", backend, files)


def _model(
    name: str, encoder: LazyEncoder, fingerprint: str | None, backend: str, files: dict[str, Path]
) -> Model:
    packages = _STACK
    if backend != "torch":
        packages += ("optimum",)
        fingerprint = fingerprint and f"{fingerprint} {backend}"
    return Model(
        name,
        name,
        encoder,
        fingerprint,
        packages,
        prompt=_prompt(name, files.get(_CONFIG)),
        tokenise=_tokenise(files[_TOKENISER]) if _TOKENISER in files else None,
    )


def _tokenise(path: Path) -> Callable:
    """Return what counts subwords by the model's tokeniser file, which needs no torch."""

    def tokenise(texts):
        from tokenizers import Tokenizer

        tokeniser = Tokenizer.from_file(str(path))
        tokeniser.no_padding()
        tokeniser.no_truncation()
        unknown = {tokeniser.token_to_id(name) for name in _UNKNOWN} - {None}
        rows = [row.ids for row in tokeniser.encode_batch(texts, add_special_tokens=False)]
        return list(map(len, rows)), [sum(token in unknown for token in row) for row in rows]

    return tokenise


def _prompt(name: str, config: Path | None) -> str:
    """Return what the model wants before a text: its own prompt, or what E5's card asks for.

    Its own is the default that it names; else, because alignment compares like with like, the one
    that it stores for that. sentence-transformers by itself applies a default only.
    """
    try:
        stored = json.loads(config.read_text(encoding="utf-8")) if config else {}
        prompts, default = stored.get("prompts") or {}, stored.get("default_prompt_name")
    except (OSError, ValueError, AttributeError):
        prompts, default = {}, None  # loading the model will say what is wrong with the file
    if default in prompts:
        return prompts[default] or ""
    own = next((prompts[use] for use in _SYMMETRIC_PROMPTS if prompts.get(use)), "")
    return own or ("query: " if _E5.search(Path(name).name) else "")


def _require_backend(backend: str, device: str | None) -> None:
    if backend not in BACKENDS:
        raise InputError(f"back end '{backend}' does not exist; take {', '.join(BACKENDS)}")
    if backend != "torch" and device and "," in device:
        raise InputError(f"back end '{backend}' computes on one device, not on '{device}'")
    module = _BACKEND_MODULES.get(backend)
    if module and not (find_spec(module) and find_spec("optimum")):
        raise RunError(
            f"back end '{backend}' is not installed; pip install 'sentence-transformers[{backend}]'"
        )


def _function(name: str, device: str | None, **options) -> Callable:
    devices = device.split(",") if device else [None]
    model = _sentence_transformer(name, devices, **options)
    share = _pool(model, devices) if len(devices) > 1 else {}
    # The prompt is handed over, also the empty one: the model would else put its default, and
    # some models leave the prompt's tokens out of the mean.
    return lambda texts, prompt: model.encode(
        texts, prompt=prompt, chunk_size=-(-len(texts) // len(devices)), **share
    )


def _pool(model, devices: list[str]) -> dict:
    """Start sentence-transformers' own process a device; they end with the model."""
    # Ending them leaves a semaphore of their progress bars, which is news to nobody.
    os.environ.setdefault("PYTHONWARNINGS", "ignore:resource_tracker:UserWarning")
    resource_tracker.ensure_running()  # it would let interruptions in again as it starts
    with defer_sigint():
        pool = model.start_multi_process_pool(devices)
        # before the locks go that processes still take up as they start
        Finalize(model, model.stop_multi_process_pool, (pool,), exitpriority=1)
    return {"pool": pool}


def _require_devices(devices: list[str]) -> None:
    import torch

    for name in (name for name in devices if name is not None):
        try:
            device = torch.device(name)
            there = (device.index or 0) < torch.get_device_module(device).device_count()
        except (RuntimeError, AttributeError):  # no device's name, or none that computes
            there = False
        if not there:
            raise RunError(f"device '{name}' does not exist here; cpu does, or leave it out")


def _sentence_transformer(name: str, devices: list[str | None], **options):
    try:
        from huggingface_hub.errors import RepositoryNotFoundError
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging
    except ImportError as error:
        raise RunError(
            f"model '{name}' needs sentence-transformers; pip install -r requirements.txt"
        ) from error
    _require_devices(devices)
    if not sys.stderr.isatty():
        logging.disable_progress_bar()
    try:
        return SentenceTransformer(name, device=devices[0], **options)
    except RepositoryNotFoundError as error:
        raise RunError(
            f"the hub has no model '{name}' that you may read; check the name, or log in if it is "
            "private: hf auth login"
        ) from error
    except Exception as error:  # whatever a foreign model's files and code may raise
        raise RunError(f"model '{name}' cannot be loaded: {one_line(error)}") from error
