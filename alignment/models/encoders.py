"""Encoders, which are objects with ``.encode(list of str)``: texts in, unit vectors out."""

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
Through = Callable[..., Iterable[np.ndarray]]  # applies a function to batches of texts: ``map``


@dataclass(eq=False, repr=False)
class LazyEncoder:
    """The encoder of a model that is loaded at its first use."""

    _load: Callable[[], Function]
    movable: bool = True  # whether another machine may load it, which a key would forbid
    seconds: float | None = None  # that loading took; None while it is not loaded
    _function: Function | None = None

    def __getstate__(self) -> dict[str, object]:
        """Leave the weights out, which another machine loads again."""
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
    """The (n, D) vectors of the file ``name``: one row for each text, even for a repeated one."""

    name: str
    vectors: np.ndarray

    def encode(self, texts: list[str]) -> np.ndarray:
        """Return the rows; raise InputError unless there are as many as texts."""
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

    A LazyEncoder embeds each distinct text once, and only where the cache does not have it, so
    identical texts have identical vectors. ``through`` (``map``, or that of an engine) applies it
    to the batches, and ``task`` is the role of the texts, where the model has other weights for
    each. Another object embeds every text, since its vectors may depend on their order. Raise
    RunError when the encoder fails, or returns another shape, a NaN, an infinity or a zero vector;
    InputError when a file of vectors does.
    """
    if isinstance(encoder, PrecomputedVectors):
        if prompt:
            raise InputError(
                f"'{encoder.name}' holds finished vectors, which a prompt cannot change; leave "
                "out the prompt"
            )
        return _normalized(encoder.encode(texts), texts, encoder.name)
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
    if named:
        vectors |= zip(missing, rows, strict=True)
        rows = [vectors[text] for text in texts]
    if len(widths := {len(row) for row in rows}) > 1:
        raise RunError(
            f"the encoder returned vectors of {' and of '.join(map(str, sorted(widths)))} "
            "dimensions; they must all be of one length (where the cache holds those of an earlier "
            "model of this name, --no-cache helps)"
        )
    return np.stack(rows)


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


def _normalized(vectors: np.ndarray, texts: list[str], file: str = "") -> np.ndarray:
    """Return float32 rows of unit length; raise an error where a row has no direction."""
    wrong, source = (InputError, f"'{file}'") if file else (RunError, "the encoder")
    if vectors.ndim != 2 or len(vectors) != len(texts) or not vectors.size:
        raise wrong(
            f"{source} returned shape {vectors.shape} for {len(texts)} texts from "
            f"'{texts[0]:.40}'; it must return ({len(texts)}, D)"
        )
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    for rows, what in ((~np.isfinite(lengths), "NaN or infinity"), (lengths == 0, "a zero vector")):
        if rows.any():
            by_file = "compute that row again, or drop the text"
            remedy = by_file if file else "reword it, or use another model"
            raise wrong(
                f"{source} returned {what} for the text '{texts[rows.argmax()]:.40}'; "
                f"such a text has no direction: {remedy}"
            )
    return (vectors / lengths).astype(np.float32)
