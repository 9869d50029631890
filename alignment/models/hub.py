"""The model hub: which models the local cache has, and whether the hub answers."""

import json
import os
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

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

    def ask() -> bool:
        try:
            reply = urlopen(f"{constants.ENDPOINT}/api/models/{quote(hub_id)}", None, PROBE_SECONDS)
        except HTTPError as refusal:
            reply = refusal
        with reply:
            json.load(reply)  # the login page of a local network is HTML
        return True

    try:
        return not constants.HF_HUB_OFFLINE and within(PROBE_SECONDS, ask)
    except Exception:  # a network may send anything
        return False


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
