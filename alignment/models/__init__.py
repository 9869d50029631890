"""Models: a name in, an encoder that is ready to run out.

What a model needs is imported when that model is asked for, so a run of the embedded model never
pays for torch.
"""

from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from alignment import InputError, RunError
from alignment.models.arrays import ENDINGS, load_array
from alignment.models.encoders import Encoder
from alignment.models.endpoint import PREFIX, load_endpoint
from alignment.models.hub import available, cached_models
from alignment.models.packaged import (
    E5_MODEL,
    EMBEDDED_MODEL,
    installed,
    load_packaged,
    missing_package,
)
from alignment.models.sentence_models import BACKENDS, load_folder, load_from_hub
from alignment.models.sources import Model

__all__ = ["BACKENDS", "EMBEDDED_MODEL", "PUBLISHED_MODEL", "available", "load", "runnable_offline"]

PUBLISHED_MODEL = "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2"


def load(
    model: str | Encoder | None,
    *,
    revision: str | None = None,
    trust_remote_code: bool = False,
    backend: str = "torch",
    device: str | None = None,
) -> Model:
    """Find a model by name, take an object as it is, or find the default.

    None asks for the published model, and takes the embedded one where that cannot be had; a
    model that is named runs or fails. A named model's weights are read at its first use.

    Args:
        model: hub id, local sentence-transformers folder, "use-multilingual",
            "multilingual-e5-small-q4", "openai:NAME", a .npy or .npz file, an object with
            ``.encode``, or None.
        revision: branch, tag or commit of a hub model.
        trust_remote_code: let a hub model run code of its own.
        backend: what computes a sentence-transformers model: "torch", "onnx" or "openvino".
        device: what it computes on, as torch names it; several, "cuda:0,cuda:1", share the texts.

    Raises:
        InputError: for an object without ``.encode``, a revision, a back end or a device of a
            model that has none, or a file that holds no vectors.
        RunError: for a model that cannot be had.
    """
    if model is None and revision is None and backend == "torch" and device is None:
        return _load_default()
    if model is None:
        model = PUBLISHED_MODEL  # a pinned commit, another back end or a device is a named model
    if not isinstance(model, str):
        return _take(model, revision, backend, device)
    if not model.strip():
        raise InputError("the model name is empty; name a hub model, a folder or use-multilingual")
    other = _loader(model)
    local = bool(other) or Path(model).expanduser().exists()
    if local:
        _refuse_revision(model, revision)
    if other:
        _refuse_backend(model, backend)
        _refuse_device(model, device)
        return other(model)
    if local:
        return load_folder(model, trust_remote_code, backend, device)
    return load_from_hub(_hub_id(model, revision), revision, trust_remote_code, backend, device)


def runnable_offline() -> list[str]:
    """Return the names of the models that this machine can run without a network."""
    return installed() + cached_models()


def _loader(name: str):
    """Return what loads a model of this name, or None for sentence-transformers."""
    if name in (EMBEDDED_MODEL, E5_MODEL, *installed()):
        return load_packaged
    if name.startswith(PREFIX):
        return load_endpoint
    if name.lower().endswith(ENDINGS):
        return load_array
    return None


def _take(encoder: Encoder, revision: str | None, backend: str, device: str | None) -> Model:
    if not callable(getattr(encoder, "encode", None)):
        raise InputError(f"the model {encoder!r:.60} has no .encode(list of str); give it one")
    name = str(getattr(encoder, "name", type(encoder).__name__))
    _refuse_revision(name, revision)
    _refuse_backend(name, backend)
    _refuse_device(name, device)
    return Model(name=name, requested=name, encoder=encoder)


def _refuse_revision(name: str, revision: str | None) -> None:
    if revision:
        raise InputError(f"model '{name}' is not on the hub and has no revisions; leave it out")


def _refuse_backend(name: str, backend: str) -> None:
    if backend != "torch":
        raise InputError(
            f"back end '{backend}' is for sentence-transformers models, and '{name}' is none; "
            "leave it out"
        )


def _refuse_device(name: str, device: str | None) -> None:
    if device is not None:
        raise InputError(
            f"device '{device}' is for sentence-transformers models, by folder or hub id, and "
            f"'{name}' is none; leave it out"
        )


def _load_default() -> Model:
    why = "it is not in the local cache, and the hub does not answer"
    if available(PUBLISHED_MODEL):
        try:
            model = load_from_hub(PUBLISHED_MODEL)
            model.encoder.load()  # now, while another can still take its place
            return model
        except RunError as error:
            why = str(error)
    return replace(load_packaged(EMBEDDED_MODEL), requested=PUBLISHED_MODEL, fallback=why)


def _hub_id(name: str, revision: str | None) -> str:
    """Return the hub's name for the model, after making sure that it can be had."""
    if name.startswith((".", "/", "~")) or name.count("/") > 1 or "\\" in name:
        raise RunError(f"model folder '{name}' does not exist; check the path")
    hub_id = name if "/" in name else f"sentence-transformers/{name}"
    if available(hub_id, revision):
        return hub_id
    if missing := missing_package(name):
        raise RunError(f"model '{name}' is not installed; pip install {missing}")
    near = get_close_matches(name, [EMBEDDED_MODEL, E5_MODEL, PUBLISHED_MODEL], n=1)
    if near and near[0] != name:
        remedy = f"did you mean '{near[0]}'?"
    else:
        remedy = f"check the name and the network, or use {EMBEDDED_MODEL}, which needs none"
    raise RunError(
        f"model '{name}' is neither a local folder nor in the local cache, and the hub does not "
        f"answer; {remedy}"
    )
