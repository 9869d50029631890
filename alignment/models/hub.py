"""The model hub: what is in the local cache, and whether the hub answers."""

import json
import threading
import urllib.error
import urllib.parse
import urllib.request
from contextlib import suppress
from pathlib import Path

PROBE_SECONDS = 2.8


def available(hub_id: str, revision: str | None = None) -> bool:
    """Return whether the hub model is in the local cache, or the hub answers."""
    return bool(cached_commit(hub_id, revision)) or hub_answers(hub_id)


def cached_commit(hub_id: str, revision: str | None = None) -> str | None:
    """Return the commit of the hub model in the local cache, or None where there is none."""
    config = cached_file(hub_id, "config.json", revision)
    return config.parent.name if config else None


def cached_file(hub_id: str, name: str, revision: str | None = None) -> Path | None:
    """Return where the hub model's file is in the local cache, or None where it is not."""
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        path = try_to_load_from_cache(hub_id, name, revision=revision)
    except HFValidationError:
        return None
    return Path(path) if isinstance(path, str) else None


def cached_models() -> list[str]:
    """Return the ids of the models in the local cache."""
    from huggingface_hub import scan_cache_dir
    from huggingface_hub.errors import CacheNotFound

    try:
        repositories = scan_cache_dir().repos
    except CacheNotFound:
        return []
    ids = sorted(each.repo_id for each in repositories if each.repo_type == "model")
    return [hub_id for hub_id in ids if cached_commit(hub_id)]


def hub_answers(hub_id: str) -> bool:
    """Ask the hub for the model's page, and wait no longer than ``PROBE_SECONDS``.

    In a thread, because looking a name up cannot be given a time limit. A refusal is an answer
    too, the login page of a local network is not: the hub speaks JSON.
    """
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        return False
    url = f"{constants.ENDPOINT}/api/models/{urllib.parse.quote(hub_id)}"
    answer = []

    def ask():
        with suppress(OSError, ValueError):
            try:
                reply = urllib.request.urlopen(url, timeout=PROBE_SECONDS)
            except urllib.error.HTTPError as refusal:
                reply = refusal
            with reply:
                answer.append(json.load(reply))

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(PROBE_SECONDS)
    return bool(answer)
