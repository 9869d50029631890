"""Which model a name, an object or None stands for."""

import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches

from alignment import InputError, RunError, one_line, tell
from alignment.models import sentence_models
from alignment.models.arrays import ENDINGS, load_array
from alignment.models.encoders import Encoder
from alignment.models.endpoint import PREFIX, load_endpoint
from alignment.models.hub import available, cached_models
from alignment.models.model import PUBLISHED_MODEL, Model, ModelOptions
from alignment.models.mteb_models import metadata, take_mteb
from alignment.models.packaged import E5_MODEL, EMBEDDED_MODEL, PACKAGED, installed, load_packaged

_DEFAULTS = ModelOptions()


def load(
    model: str | Encoder | None, options: ModelOptions = _DEFAULTS, embeds: Iterable[str] = ()
) -> Model:
    """Return the model of a name or an object; most weights are loaded at their first use.

    ``model`` is a hub id, a sentence-transformers folder, a packaged model, "openai:NAME", a .npy
    or .npz file, a SentenceTransformer, a model of MTEB's, or any other object with ``.encode``.
    None is the published model, or the embedded one where the published one cannot be loaded,
    which is told. ``embeds`` names the options that need more texts embedded than the grid's.

    Raise InputError for an option that the model does not have, or RunError if loading fails.
    """
    try:
        loaded = _find(model, options)
    except OSError as error:
        file = f" ('{error.filename}')" if error.filename else ""
        raise RunError(
            f"model '{model}' cannot be read: {error.strerror or one_line(error)}{file}; check the "
            "path, and whether you may read it"
        ) from error
    for option in embeds:
        loaded.require_texts(option)
    if loaded.fallback:
        tell("note", f"{loaded.name} is used instead of {loaded.requested}: {loaded.fallback}")
    prompts = options.asked(loaded.prompts)
    return replace(loaded, prompts=prompts, keep=loaded.keep and options.cache)


def name_of(model: str | Encoder | None) -> str:
    """Return the name of a model before it is loaded; an object may have one."""
    if isinstance(model, str):
        return model
    return metadata(model, "name") or str(getattr(model, "name", type(model).__name__))


def runnable_offline() -> list[str]:
    """Return the names of the models that this machine can run without a network."""
    return installed() + cached_models()


def _find(model: str | Encoder | None, options: ModelOptions) -> Model:
    if model is None:
        if not options.chosen("revision", "backend", "device"):
            return _default(options)
        model = PUBLISHED_MODEL  # a pinned commit, another back end or a device is a named model
    if not isinstance(model, str):
        return _take(model, options)
    if not model.strip():
        raise InputError("the model name is empty; name a hub model, a folder or use-multilingual")
    packaged = model in (EMBEDDED_MODEL, E5_MODEL, *installed())
    if packaged or model.startswith(PREFIX) or model.lower().endswith(ENDINGS):
        options.refuse(model, "revision", "backend", "device")
        if packaged:
            return load_packaged(model)
        endpoint = model.startswith(PREFIX)
        return load_endpoint(model, options.timeout) if endpoint else load_array(model)
    if os.path.exists(os.path.expanduser(model)):  # noqa: PTH110, PTH111 - pathlib may raise
        options.refuse(model, "revision")
        return sentence_models.load_folder(model, options)
    if model.startswith((".", "/", "~")) or model.count("/") > 1 or "\\" in model:
        raise RunError(f"model folder '{model}' does not exist; check the path")
    hub_id = model if "/" in model else f"sentence-transformers/{model}"
    if available(hub_id, options.revision):
        return sentence_models.load_from_hub(hub_id, options)
    if model in PACKAGED:
        return load_packaged(model)  # raises the error that says how to install it
    remedy = f"check the name and the network, or use {EMBEDDED_MODEL}, which needs none"
    near = get_close_matches(model, [EMBEDDED_MODEL, E5_MODEL, PUBLISHED_MODEL], n=1)
    if near and near[0] != model:
        remedy = f"did you mean '{near[0]}'?"
    raise RunError(
        f"model '{model}' is neither a local folder nor in the local cache, and the hub does not "
        f"answer; {remedy}"
    )


def _take(encoder: Encoder, options: ModelOptions) -> Model:
    if not callable(getattr(encoder, "encode", None)):
        raise InputError(f"the model {encoder!r:.60} has no .encode(list of str); give it one")
    name = name_of(encoder)
    options.refuse(name, "revision", "backend", "device")
    if hasattr(encoder, "mteb_model_meta"):
        options.refuse(name, "prompt", "passage_prompt")
        return take_mteb(encoder, name)
    package = sys.modules.get("sentence_transformers")  # imported by whoever made such a model
    if package and isinstance(encoder, package.SentenceTransformer):
        return sentence_models.take_loaded(encoder, name)
    return Model(name, encoder)


def _default(options: ModelOptions) -> Model:
    try:  # loaded now, while the embedded one can still be used instead
        if available(PUBLISHED_MODEL):
            return sentence_models.load_from_hub(PUBLISHED_MODEL, options, now=True)
        why = "it is not in the local cache, and the hub does not answer"
    except RunError as error:
        why = str(error)
    return replace(load_packaged(EMBEDDED_MODEL), fallback=why)
