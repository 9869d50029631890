"""sentence-transformers models of a folder or the hub; torch is imported at their first use."""

import os
import re
import sys
from functools import partial
from importlib.util import find_spec
from logging import ERROR, getLogger
from multiprocessing import parent_process, resource_tracker
from multiprocessing.connection import wait
from multiprocessing.util import Finalize
from pathlib import Path
from threading import Thread
from typing import Any

from alignment import InputError, RunError, expanded, one_line
from alignment.engines import defer_sigint
from alignment.models.encoders import Function, LazyEncoder
from alignment.models.hub import cached_commit, cached_file, download, hub_answers
from alignment.models.model import Model, ModelOptions, sha256_of
from alignment.models.prompts import model_prompts, stored_prompts

BACKENDS = {"torch": "torch", "onnx": "onnxruntime", "openvino": "openvino"}  # and their modules
_STACK = ("sentence-transformers", "transformers", "torch")
_FILES = ("config_sentence_transformers.json", "modules.json", "tokenizer.json")
_UNKNOWN = ("[UNK]", "<unk>")  # the token where the vocabulary has no piece of a text
_ROUTED = ("Router", "Asym")  # modules with other weights for each role


def load_folder(name: str, options: ModelOptions) -> Model:
    """Return the model that SentenceTransformer.save wrote into a folder; see ``find.load``."""
    _require_backend(options)
    folder = expanded(name)
    paths = [path if (path := folder / file).is_file() else None for file in _FILES]
    if not any((folder / file).is_file() for file in ("config.json", "modules.json")):
        raise RunError(
            f"'{name}' is not a sentence-transformers model: it has neither modules.json nor "
            "config.json; give the folder that SentenceTransformer.save wrote"
        )
    encoder = LazyEncoder(lambda: _load(str(folder), options, local_files_only=True))
    return _model(name, encoder, sha256_of(folder), options.backend, paths)


def load_from_hub(hub_id: str, options: ModelOptions, now: bool = False) -> Model:
    """Return a model of the hub; load it now if asked to, or if it has to be downloaded."""
    _require_backend(options)
    commit = cached_commit(hub_id, options.revision)

    def load() -> Function:
        config = cached_file(hub_id, "config.json", commit) if commit else None
        for path in config.parent.rglob("*") if config else ():
            if path.exists() and not path.is_file() and not path.is_dir():  # it would block
                what = f"'{path}' is not a file; get it again"
                raise RunError(f"model '{hub_id}' cannot be read: {what}")
        # The record names the commit in the cache, so this commit has to run.
        read = partial(_load, hub_id, options, revision=commit or options.revision)
        try:
            if commit:
                return read(local_files_only=True)
        except RunError:
            if not hub_answers(hub_id):  # else the cache may hold half a download
                raise
        download(hub_id, commit or options.revision, options.backend, options.timeout)
        return read(local_files_only=not options.trust_remote_code)  # code may be elsewhere

    encoder = LazyEncoder(load)
    if now or not commit:
        encoder.load()
    commit = commit or cached_commit(hub_id, options.revision)
    paths = [cached_file(hub_id, file, commit or options.revision) for file in _FILES]
    return _model(hub_id, encoder, commit and f"commit:{commit}", options.backend, paths)


def take_loaded(model: Any, name: str) -> Model:
    """Return a SentenceTransformer in memory, whose vectors are never kept, as they may change."""
    config = getattr(getattr(model[0], "auto_model", None), "config", None)
    origin = model.model_card_data.base_model or getattr(config, "_name_or_path", "") or name
    prompts = model_prompts(origin, model.prompts, model.default_prompt_name)
    routed = any(type(module).__name__ in _ROUTED for module in model)
    encoder = LazyEncoder(lambda: _by_role(model), movable=False)
    return Model(name, encoder, None, _STACK, prompts, routed=routed)


def _model(
    name: str, encoder: LazyEncoder, fingerprint: str | None, backend: str, paths: list[Path | None]
) -> Model:
    packages: tuple[str, ...] = _STACK
    if backend != "torch":
        packages += ("optimum",)
        fingerprint = fingerprint and f"{fingerprint} {backend}"
    config, modules, tokeniser = paths  # of _FILES
    prompts = stored_prompts(name, config)
    tokenise = partial(_tokenise, name, tokeniser) if tokeniser else None
    pattern = rb"\.(%s)\b" % "|".join(_ROUTED).encode()
    routed = bool(modules and re.search(pattern, modules.read_bytes()))
    files = next((path.parent for path in (config, modules) if path), None)
    return Model(name, encoder, fingerprint, packages, prompts, tokenise, routed, files=files)


def _tokenise(name: str, path: Path, texts: list[str]) -> tuple[list[int], list[int]]:
    """Count subwords by the tokeniser file of a model, which needs no torch."""
    from tokenizers import Tokenizer

    try:
        tokeniser = Tokenizer.from_file(str(path))
    except Exception as error:  # it raises nothing narrower
        raise RunError(
            f"model '{name}' cannot be read: '{path}': {one_line(error)}; get it again"
        ) from error
    tokeniser.no_padding()
    tokeniser.no_truncation()
    unknown = {tokeniser.token_to_id(piece) for piece in _UNKNOWN} - {None}
    rows = [row.ids for row in tokeniser.encode_batch(texts, add_special_tokens=False)]
    return list(map(len, rows)), [sum(token in unknown for token in row) for row in rows]


def _require_backend(options: ModelOptions) -> None:
    backend, device = options.backend, options.device
    if backend not in BACKENDS:
        raise InputError(f"back end '{backend}' does not exist; use {', '.join(BACKENDS)}")
    if backend == "torch":
        return
    if device and "," in device:
        where = f"on one device, not on '{device}'"
        raise InputError(f"back end '{backend}' computes {where}; name one")
    if not (find_spec(BACKENDS[backend]) and find_spec("optimum")):
        raise RunError(
            f"back end '{backend}' is not installed; pip install 'sentence-transformers[{backend}]'"
        )


def _load(name: str, options: ModelOptions, local_files_only: bool, **more: Any) -> Function:
    """Load a model for the devices of the options, with ``more`` for SentenceTransformer."""
    try:
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging
    except ImportError as error:
        raise RunError(
            f"model '{name}' needs sentence-transformers; pip install -r requirements.txt"
        ) from error
    devices = options.device.split(",") if options.device else []
    for device in devices:
        try:
            index = torch.device(device).index or 0
            exists = index < torch.get_device_module(device).device_count()
        except (RuntimeError, AttributeError):  # no name of a device, or one that only stores
            exists = False
        if not exists:
            raise RunError(f"device '{device}' does not exist here; use cpu, or leave it out")
    if not sys.stderr.isatty():
        logging.disable_progress_bar()
    # It logs that the hub does not answer, which the error says too.
    getLogger("sentence_transformers.util.file_io").setLevel(ERROR)
    more |= {"trust_remote_code": options.trust_remote_code, "backend": options.backend}
    more |= {"device": devices[0] if devices else None, "local_files_only": local_files_only}
    try:
        model = SentenceTransformer(name, **more)
    except Exception as error:  # the files and the code of a model may raise anything
        raise RunError(f"model '{name}' cannot be loaded: {one_line(error)}") from error
    if len(devices) < 2:
        return _by_role(model)
    return _by_role(model, len(devices), pool=_pool(model, devices))


def _by_role(model: Any, parts: int = 1, pool: Any = None) -> Function:
    # The prompt is always given, even an empty one: the model would else put its default, and
    # some models leave the prompt's tokens out of the mean.
    by_task = {"query": model.encode_query, "passage": model.encode_document}
    return lambda texts, prompt, task="": by_task.get(task, model.encode)(
        texts, prompt=prompt, chunk_size=-(-len(texts) // parts), pool=pool, show_progress_bar=False
    )


def _pool(model: Any, devices: list[str]) -> Any:
    """Start a process of sentence-transformers for each device; they end with the model."""
    # Ending them leaves a semaphore of their progress bars, of which Python warns.
    os.environ.setdefault("PYTHONWARNINGS", "ignore:resource_tracker:UserWarning")
    resource_tracker.ensure_running()  # its start would allow interruptions again
    from unittest.mock import patch

    with defer_sigint(), patch.object(type(model), "_multi_process_worker", _worker):
        pool = model.start_multi_process_pool(devices)
        # Stop the pool before the locks of multiprocessing are destroyed.
        Finalize(model, model.stop_multi_process_pool, (pool,), exitpriority=1)
    return pool


def _worker(device: str, model: Any, *queues: Any) -> None:
    """Run a worker of sentence-transformers that ends with its parent, even with a killed one."""

    def follow() -> None:
        wait([parent_process().sentinel])  # type: ignore[union-attr]  # it has one
        os._exit(1)

    Thread(target=follow, daemon=True).start()
    type(model)._multi_process_worker(device, model, *queues)
