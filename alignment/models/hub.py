"""The model hub: which models the local cache has, and whether the hub answers."""

import json
import os
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from alignment import InputError, expanded, one_line
from alignment.engines.waiting import is_address, within

PROBE_SECONDS = 2.8


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
    from huggingface_hub import scan_cache_dir
    from huggingface_hub.errors import CacheNotFound

    try:
        repositories = scan_cache_dir().repos
    except (CacheNotFound, OSError, ValueError):
        return []
    ids = sorted(each.repo_id for each in repositories if each.repo_type == "model")
    return [hub_id for hub_id in ids if cached_commit(hub_id)]


def hub_answers(hub_id: str) -> bool:
    """Return whether the hub answers for the model within ``PROBE_SECONDS``.

    A refusal is an answer too; the login page of a local network is not, since the hub sends JSON.
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
    except Exception:  # a network may send anything
        return False


def _constants() -> Any:
    """Return the constants of huggingface_hub, which reads variables as it is imported."""
    try:
        from huggingface_hub import constants
    except ValueError as error:
        variables = ", ".join(sorted(name for name in os.environ if name.startswith("HF_")))
        raise InputError(
            f"huggingface_hub cannot start: {one_line(error)}; correct {variables}"
        ) from None
    if not is_address(constants.ENDPOINT):
        raise InputError(f"HF_ENDPOINT '{constants.ENDPOINT}' is no address; write https://HOST")
    expanded(constants.HF_HUB_CACHE)
    return constants
