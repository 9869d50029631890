"""The model hub: which models the local cache has, whether the hub answers, and downloads."""

import json
import os
import re
import sys
from contextlib import suppress
from pathlib import Path, PurePosixPath
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit
from urllib.request import urlopen

from alignment import InputError, RunError, expanded, one_line

PROBE_SECONDS = 2.8
# Weights in formats that no back end reads, and the folders of the other back ends.
_UNUSED = re.compile(r".*\.(h5|msgpack|ot|gguf|tflite|mlmodel|pb)|coreml/.*")
_FOLDERS = ("onnx", "openvino")


def is_address(url: str) -> bool:
    """Return whether a URL can be the address of a server."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port beyond 65535, half of an IPv6 address
        return False


def available(hub_id: str, revision: str | None = None) -> bool:
    """Return whether the hub model is in the local cache, or the hub answers."""
    return bool(cached_commit(hub_id, revision)) or hub_answers(hub_id)


def cached_commit(hub_id: str, revision: str | None = None) -> str | None:
    """Return the commit of the hub model in the local cache, or None."""
    config = cached_file(hub_id, "config.json", revision)
    return config.parent.name if config else None


def cached_file(hub_id: str, name: str, revision: str | None = None) -> Path | None:
    """Return the path of a file of the hub model in the local cache, or None."""
    _constants()
    from huggingface_hub import try_to_load_from_cache

    try:
        path = try_to_load_from_cache(hub_id, name, revision=revision)
    except (OSError, ValueError):  # not an id, or a damaged cache
        return None
    return Path(path) if isinstance(path, str) else None


def cached_models() -> list[str]:
    """Return the ids of the models in the local cache."""
    _constants()
    from huggingface_hub import errors, scan_cache_dir

    try:
        repositories = scan_cache_dir().repos
    except (errors.CacheNotFound, OSError, ValueError):
        return []
    ids = (each.repo_id for each in repositories if each.repo_type == "model")
    return sorted(filter(cached_commit, ids))


def hub_answers(hub_id: str) -> bool:
    """Return whether the hub answers for the model in time and in JSON, even with a refusal."""
    constants = _constants()
    answers = []

    def ask() -> None:
        url = f"{constants.ENDPOINT}/api/models/{quote(hub_id)}"
        with suppress(Exception):  # a network may send anything
            try:
                reply = urlopen(url, None, PROBE_SECONDS)
            except HTTPError as refusal:
                reply = refusal
            with reply:
                answers.append(json.load(reply))  # the login page of a local network is HTML

    if not constants.HF_HUB_OFFLINE:
        thread = Thread(target=ask, daemon=True)  # nothing can end the look-up of a host name
        thread.start()
        thread.join(PROBE_SECONDS)
    return bool(answers)


def download(hub_id: str, revision: str | None, backend: str, seconds: float) -> None:
    """Download all files of a hub model that a back end may need.

    Libraries go on without a file that the hub does not send, and might return another model.

    Raises:
        RunError: where one file cannot be had.
    """
    constants = _constants()
    from httpx2 import TransportError
    from huggingface_hub import HfApi, errors, get_session, snapshot_download, utils

    session = get_session()
    send = session.send

    def send_once(*request: Any, **options: Any) -> Any:
        try:
            return send(*request, **options)
        except TransportError as error:  # which the client would repeat for minutes
            raise RunError(f"the hub does not answer: {one_line(error)}") from error

    utils.logging.set_verbosity_error()
    if not sys.stderr.isatty():
        utils.disable_progress_bars()
    constants.HF_HUB_DOWNLOAD_TIMEOUT, session.send = seconds, send_once
    try:
        files = HfApi().model_info(hub_id, revision=revision, timeout=seconds).siblings or []
        names = [PurePosixPath(file.rfilename) for file in files]
        safe = {name.parent for name in names if name.suffix == ".safetensors"}
        others = {folder for folder in _FOLDERS if folder != backend}
        needed = [
            str(name)
            for name in names
            if not (name.suffix == ".bin" and name.parent in safe)
            and not (name.parts[0] in others or _UNUSED.fullmatch(str(name)))
        ]
        snapshot_download(
            hub_id, revision=revision, allow_patterns=needed or None, etag_timeout=seconds
        )
    except errors.RepositoryNotFoundError as error:
        raise RunError(
            f"the hub has no model '{hub_id}' that you may read; check the name, or log in if it "
            "is private: hf auth login"
        ) from error
    except Exception as error:  # of the client, the network or the disk
        raise RunError(
            f"model '{hub_id}' cannot be downloaded: {one_line(error)}; try again later, or with a "
            "longer --timeout"
        ) from error
    finally:
        del session.send


def _constants() -> Any:
    """Return the constants of huggingface_hub, which reads variables as it is imported."""
    try:
        from huggingface_hub import constants
    except ValueError as error:
        names = ", ".join(sorted(name for name in os.environ if name.startswith("HF_")))
        why = f"huggingface_hub cannot start: {one_line(error)}"
        raise InputError(f"{why}; correct {names}") from None
    if not is_address(constants.ENDPOINT):
        raise InputError(f"HF_ENDPOINT '{constants.ENDPOINT}' is no address; write https://HOST")
    expanded(constants.HF_HUB_CACHE)
    return constants
