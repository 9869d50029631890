"""The model hub: what is in the local cache, and whether the hub answers."""

import json
import os
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from alignment import InputError, RunError, expanded, one_line
from alignment.engines.waiting import is_address, within

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
    _constants()
    from huggingface_hub import try_to_load_from_cache

    try:
        path = try_to_load_from_cache(hub_id, name, revision=revision)
    except (OSError, ValueError):  # what is no id, and whatever damage a cache may have
        return None
    return Path(path) if isinstance(path, str) else None


def require_files(hub_id: str, commit: str) -> None:
    """Refuse a copy in the local cache that holds a pipe or a device, on which a reader would wait.

    Raises:
        RunError: with its name.
    """
    config = cached_file(hub_id, "config.json", commit)
    for path in config.parent.rglob("*") if config else ():
        if path.exists() and not path.is_file() and not path.is_dir():
            raise RunError(f"model '{hub_id}' cannot be read: '{path}' is not a file; get it again")


def cached_models() -> list[str]:
    """Return the ids of the models in the local cache."""
    _constants()
    from huggingface_hub import scan_cache_dir
    from huggingface_hub.errors import CacheNotFound

    try:
        repositories = scan_cache_dir().repos
    except (CacheNotFound, OSError, ValueError):
        return []
    ids = sorted(each.repo_id for each in repositories if each.repo_type == "model")
    return [hub_id for hub_id in ids if cached_commit(hub_id)]


def hub_answers(hub_id: str) -> bool:
    """Ask the hub for the model's page, and wait no longer than ``PROBE_SECONDS``.

    A refusal is an answer too, the login page of a local network is not: the hub speaks JSON.
    """
    constants = _constants()
    if constants.HF_HUB_OFFLINE:
        return False

    def ask() -> bool:
        url = f"{constants.ENDPOINT}/api/models/{urllib.parse.quote(hub_id)}"
        try:
            reply = urllib.request.urlopen(url, timeout=PROBE_SECONDS)
        except urllib.error.HTTPError as refusal:
            reply = refusal
        with reply:
            json.load(reply)
        return True

    try:
        return within(PROBE_SECONDS, ask)
    except Exception:  # of whatever a network answers that is not the hub
        return False


def _constants() -> Any:
    """Return the constants of huggingface_hub, which are read from variables as it is imported."""
    try:
        from huggingface_hub import constants
    except ValueError as error:
        own = ", ".join(sorted(name for name in os.environ if name.startswith("HF_")))
        said = f"huggingface_hub cannot start: {one_line(error)}; correct {own}"
        raise InputError(said) from None
    if not is_address(constants.ENDPOINT):
        raise InputError(f"HF_ENDPOINT '{constants.ENDPOINT}' is no address; write https://HOST")
    expanded(constants.HF_HUB_CACHE)
    return constants
