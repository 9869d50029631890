"""Encoders: texts in, unit vectors out.

An encoder is any object with ``.encode(list of str)``; `alignment.models` makes one of a name.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np

from alignment import InputError, RunError, one_line
from alignment.engines import track
from alignment.models.cache import Cache

BATCH = 256  # texts handed to an encoder at once: small enough for progress, large enough for speed


class Encoder(Protocol):
    """Anything that turns n texts into an (n, D) array."""

    def encode(self, texts: list[str]) -> np.ndarray:
        """Return one vector per text, in their order."""


Function = Callable[..., np.ndarray]  # takes n texts, a prompt [and a task], returns (n, D)
EmbedBatch = Callable[[list[str]], np.ndarray]
Through = Callable[[EmbedBatch, list[list[str]]], Iterable[np.ndarray]]


class LazyEncoder:
    """The encoder of a named model, which is loaded at its first use.

    Args:
        load: returns the function of n texts and the prompt before them to their (n, D) array.
        movable: whether another machine may load it; not where a key of this one is needed.
    """

    seconds: float | None = None  # that loading took; None while it is not loaded
    _function: Function | None = None

    def __init__(self, load: Callable[[], Function], movable: bool = True):
        self._load = load
        self.movable = movable

    def __getstate__(self) -> dict[str, object]:
        """Leave the weights out; another machine loads them again."""
        return {"_load": self._load, "movable": self.movable}

    def load(self) -> Function:
        """Return the function of the model, loaded now or before."""
        if self._function is None:
            start = time.perf_counter()
            self._function = self._load()
            self.seconds = time.perf_counter() - start
        return self._function

    def encode(self, texts: list[str], prompt: str = "", task: str = "") -> np.ndarray:
        """Return (n, D) vectors of the texts behind the prompt; ``task`` is their role, if used."""
        return self.load()(texts, prompt, *([task] if task else []))


@dataclass(frozen=True, repr=False)
class PrecomputedVectors:
    """The (n, D) vectors of a file; row n belongs to the n-th text, whether texts repeat or not."""

    name: str
    vectors: np.ndarray

    def encode(self, texts: list[str]) -> np.ndarray:
        """Return the rows, or raise InputError where there are not as many as texts."""
        if len(self.vectors) != len(texts):
            raise InputError(
                f"'{self.name}' has {len(self.vectors):,} rows, but the grid has {len(texts):,} "
                "texts; give one row per text, in the order that --export-texts writes"
            )
        return self.vectors


def unit_vectors(
    encoder: Encoder,
    texts: list[str],
    prompt: str = "",
    cache: Cache | None = None,
    through: Through = map,
    task: str = "",
) -> np.ndarray:
    """Embed n texts, each behind the prompt; return (n, D) float32 rows of unit length.

    A named model embeds each distinct text once, and only where the cache does not have it, so
    identical texts have identical vectors. An object is asked for every text, since its answer may
    depend on their order; its vectors are never cached, and neither are those of a file.

    Args:
        encoder: of a named model, or any object with ``.encode``.
        texts: without the prompt.
        prompt: put before every text.
        cache: of this model.
        through: goes through the batches of a named model: ``map``, or that of an engine.
        task: the role of the texts, for a model with other weights for each role.

    Raises:
        RunError: when the encoder fails, or returns another shape, a NaN, an infinity or a zero
            vector, with the first such text. It is an InputError for a file of vectors.
    """
    if isinstance(encoder, PrecomputedVectors):
        if prompt:
            raise InputError(
                f"'{encoder.name}' holds finished vectors, which a prompt cannot change; leave "
                "out the prompt"
            )
        remedy = "compute that row again, or drop the text"
        return _normalized(encoder.encode(texts), texts, f"'{encoder.name}'", remedy, InputError)
    named = encoder if isinstance(encoder, LazyEncoder) else None
    distinct = list(dict.fromkeys(texts)) if named else texts
    vectors = cache.get(distinct, prompt, task) if cache else {}
    missing = [text for text in distinct if text not in vectors]
    batches = [missing[start : start + BATCH] for start in range(0, len(missing), BATCH)]
    through = through if named and named.movable else map
    parts = through(partial(embed_batch, encoder, prompt, task=task), batches)
    rows: list[np.ndarray] = []
    embedded = zip(batches, parts, strict=True)
    for batch, part in track(embedded, list(map(len, batches)), "Embedding", "text"):
        rows.extend(part)
        if cache:
            cache.put(batch, part, prompt, task)
    vectors |= zip(missing, rows, strict=True)
    return _stack([vectors[text] for text in texts] if named else rows)


def embed_batch(encoder: Encoder, prompt: str, texts: list[str], task: str = "") -> np.ndarray:
    """Return (n, D) float32 unit vectors of one batch; raise what ``unit_vectors`` raises."""
    try:
        if isinstance(encoder, LazyEncoder):
            vectors = _real_numbers(encoder.encode(texts, prompt, task))
        else:
            vectors = _real_numbers(encoder.encode([prompt + text for text in texts]))
    except (InputError, RunError):
        raise
    except Exception as error:  # an encoder may raise anything
        raise RunError(
            f"the encoder failed on {len(texts)} texts from '{texts[0]:.40}': {one_line(error)}"
        ) from error
    return _normalized(vectors, texts)


def _real_numbers(vectors: Any) -> np.ndarray:
    """Return the vectors as float32; raise RunError where that would change their meaning."""
    if hasattr(vectors, "detach"):  # a torch tensor, of any type, on any device
        vectors = vectors.detach().cpu()
        vectors = vectors.float() if vectors.is_floating_point() else vectors
    if getattr(vectors, "is_sparse", hasattr(vectors, "nnz")):
        kind = "sparse"
    elif np.ma.is_masked(vectors):
        kind = "masked"
    else:
        vectors = np.asarray(vectors)
        kind = vectors.dtype.name
        if vectors.dtype.kind in "fiu" or "float" in kind:  # bfloat16 has no standard dtype kind
            return vectors.astype(np.float32)
    raise RunError(f"the encoder returned {kind} values; it must return an array of real numbers")


def _normalized(
    vectors: np.ndarray,
    texts: list[str],
    source: str = "the encoder",
    remedy: str = "reword it, or use another model",
    wrong: type[Exception] = RunError,
) -> np.ndarray:
    """Return float32 rows of unit length; raise ``wrong`` where a row has no direction."""
    if vectors.ndim != 2 or len(vectors) != len(texts) or not vectors.size:
        raise wrong(
            f"{source} returned shape {vectors.shape} for {len(texts)} texts from "
            f"'{texts[0]:.40}'; it must return ({len(texts)}, D)"
        )
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    for rows, what in ((~np.isfinite(lengths), "NaN or infinity"), (lengths == 0, "a zero vector")):
        if rows.any():
            raise wrong(
                f"{source} returned {what} for the text '{texts[rows.argmax()]:.40}'; "
                f"such a text has no direction: {remedy}"
            )
    return (vectors / lengths).astype(np.float32)


def _stack(rows: list[np.ndarray]) -> np.ndarray:
    widths = sorted({len(row) for row in rows})
    if len(widths) > 1:
        raise RunError(
            f"the encoder returned vectors of {' and of '.join(map(str, widths))} dimensions; they "
            "must all be of one length (where the cache holds those of an earlier model of this "
            "name, --no-cache helps)"
        )
    return np.stack(rows)
