"""Which model a name, an object or nothing at all stands for."""

import os
from collections.abc import Callable
from dataclasses import replace
from difflib import get_close_matches
from functools import partial

from alignment import InputError, RunError, one_line
from alignment.models.arrays import ENDINGS, load_array
from alignment.models.encoders import Encoder
from alignment.models.endpoint import PREFIX, load_endpoint
from alignment.models.hub import available, cached_models
from alignment.models.model import PUBLISHED_MODEL, Model, ModelOptions
from alignment.models.mteb_models import is_mteb, mteb_name, take_mteb
from alignment.models.packaged import (
    E5_MODEL,
    EMBEDDED_MODEL,
    PACKAGED,
    installed,
    load_packaged,
)
from alignment.models.sentence_models import (
    is_sentence_transformer,
    load_folder,
    load_from_hub,
    take_loaded,
)

_DEFAULTS = ModelOptions()


def load(model: str | Encoder | None, options: ModelOptions = _DEFAULTS) -> Model:
    """Find a model by name, take an object as it is, or find the default.

    None asks for the published model, and takes the embedded one where that cannot be had; a
    model that is named runs or fails. A named model's weights are read at its first use.

    Args:
        model: hub id, local sentence-transformers folder, "use-multilingual",
            "multilingual-e5-small-q4", "openai:NAME", a .npy or .npz file, a SentenceTransformer,
            a model of MTEB's, any other object with ``.encode``, or None.
        options: how to load and to use it.

    Raises:
        InputError: for an object without ``.encode``, an option that the model does not have, or a
            file that holds no vectors.
        RunError: for a model that cannot be had.
    """
    try:
        found = _find(model, options)
    except OSError as error:
        what = f" ('{error.filename}')" if error.filename else ""
        raise RunError(
            f"model '{model}' cannot be read: {error.strerror or one_line(error)}{what}; check the "
            "path, and whether you may read it"
        ) from error
    prompts = options.asked(found.prompts)
    return replace(found, prompts=prompts, keep=found.keep and options.cache)


def name_of(model: str | Encoder | None) -> str:
    """Return what a model is called before it is loaded: its name, or what the object says."""
    if isinstance(model, str):
        return model
    return mteb_name(model) or str(getattr(model, "name", type(model).__name__))


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
    if loader := _loader(model, options):
        options.refuse(model, "revision", "backend", "device")
        return loader(model)
    if os.path.exists(os.path.expanduser(model)):  # noqa: PTH110, PTH111 - of any string
        options.refuse(model, "revision")
        return load_folder(model, options)
    if model.startswith((".", "/", "~")) or model.count("/") > 1 or "\\" in model:
        raise RunError(f"model folder '{model}' does not exist; check the path")
    hub_id = model if "/" in model else f"sentence-transformers/{model}"
    if available(hub_id, options.revision):
        return load_from_hub(hub_id, options)
    if model in PACKAGED:
        return load_packaged(model)  # which says what installs it
    raise RunError(_nowhere(model))


def _loader(name: str, options: ModelOptions) -> Callable[[str], Model] | None:
    """Return what loads a model of this name, or None for sentence-transformers."""
    if name in (EMBEDDED_MODEL, E5_MODEL, *installed()):
        return load_packaged
    if name.startswith(PREFIX):
        return partial(load_endpoint, seconds=options.timeout)
    return load_array if name.lower().endswith(ENDINGS) else None


def _take(encoder: Encoder, options: ModelOptions) -> Model:
    if not callable(getattr(encoder, "encode", None)):
        raise InputError(f"the model {encoder!r:.60} has no .encode(list of str); give it one")
    name = name_of(encoder)
    options.refuse(name, "revision", "backend", "device")
    if is_mteb(encoder):
        options.refuse(name, "prompt", "passage_prompt")
        return take_mteb(encoder, name)
    if is_sentence_transformer(encoder):
        return take_loaded(encoder, name)
    return Model(name, encoder)


def _default(options: ModelOptions) -> Model:
    why = "it is not in the local cache, and the hub does not answer"
    if available(PUBLISHED_MODEL):
        try:  # loaded now, while the embedded one can still be used instead
            return load_from_hub(PUBLISHED_MODEL, options, now=True)
        except RunError as error:
            why = str(error)
    return replace(load_packaged(EMBEDDED_MODEL), fallback=why)


def _nowhere(name: str) -> str:
    near = get_close_matches(name, [EMBEDDED_MODEL, E5_MODEL, PUBLISHED_MODEL], n=1)
    if near and near[0] != name:
        remedy = f"did you mean '{near[0]}'?"
    else:
        remedy = f"check the name and the network, or use {EMBEDDED_MODEL}, which needs none"
    return (
        f"model '{name}' is neither a local folder nor in the local cache, and the hub does not "
        f"answer; {remedy}"
    )
