"""Encoders: texts in, unit vectors out.

An encoder is any object with ``.encode(list of str)``; `alignment.models` makes one of a name.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
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
        ...


Function = Callable[..., np.ndarray]  # n texts, the prompt before them [and a task]: (n, D)
EmbedBatch = Callable[[list[str]], np.ndarray]
Through = Callable[[EmbedBatch, list[list[str]]], Iterable[np.ndarray]]


class LazyEncoder:
    """The encoder of a named model: loaded at its first use, given each distinct text once.

    Args:
        load: returns the function of n texts and the prompt before them to their (n, D) array.
        movable: whether another machine may load it; not where a key of this one is needed.

    Attributes:
        seconds: that loading it took; None where it is not loaded.
    """

    seconds: float | None = None

    def __init__(self, load: Callable[[], Function], movable: bool = True):
        self._load = load
        self.movable = movable

    def __getstate__(self) -> dict[str, object]:
        """Travel without the weights; where it arrives it is loaded again."""
        return {"_load": self._load, "movable": self.movable}

    @cached_property
    def _function(self) -> Function:
        start = time.perf_counter()
        function = self._load()
        self.seconds = time.perf_counter() - start
        return function

    def load(self) -> None:
        """Load the model now; raise what loading it raises."""
        _ = self._function

    def encode(self, texts: list[str], prompt: str = "", task: str = "") -> np.ndarray:
        """Return (n, D) vectors of the texts, each behind the prompt.

        Args:
            task: the role of the texts, for a model that has other weights for each.
        """
        return self._function(texts, prompt, *([task] if task else []))


@dataclass(frozen=True, repr=False)
class PrecomputedVectors:
    """Vectors computed elsewhere: row n is of the grid's n-th text, be it equal to another or not.

    Attributes:
        name: of the file they came from.
        vectors: (n, D).
    """

    name: str
    vectors: np.ndarray

    def encode(self, texts: list[str]) -> np.ndarray:
        """Return the rows, where they are as many as the texts.

        Raises:
            InputError: where they are not.
        """
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

    A named model embeds each distinct text once and not at all where the cache has it, so equal
    texts have equal vectors. An object is asked for every text, since it may answer by their
    order; its vectors are never kept, and neither are those of a file.

    Args:
        encoder: of a named model, or any object with ``.encode``.
        texts: without the prompt.
        prompt: put before every text.
        cache: of this model.
        through: goes through a named model's batches: ``map`` here, or an engine elsewhere.
        task: as of ``LazyEncoder.encode``.

    Raises:
        InputError: for a file of vectors that does not fit the texts, holds what no encoder may
            return, or cannot have a prompt.
        RunError: when the encoder fails, or returns another shape, a NaN, an infinity or a zero
            vector; it names the first such text.
    """
    if isinstance(encoder, PrecomputedVectors):
        if prompt:
            raise InputError(
                f"'{encoder.name}' holds finished vectors, which a prompt cannot change; leave "
                "out the prompt"
            )
        remedy = "compute that row again, or drop the text"
        try:
            return _check(encoder.encode(texts), texts, f"'{encoder.name}'", remedy)
        except RunError as error:
            raise InputError(str(error)) from None
    if not isinstance(encoder, LazyEncoder):
        embed = partial(embed_batch, encoder, prompt)
        return _stack([row for _, part in _batched(embed, texts, map) for row in part])
    distinct = list(dict.fromkeys(texts))
    known = cache.get(distinct, prompt, task) if cache else {}
    unknown = [text for text in distinct if text not in known]
    embed = partial(embed_batch, encoder, prompt, task=task)
    for batch, part in _batched(embed, unknown, through if encoder.movable else map):
        known.update(zip(batch, part, strict=True))
        if cache:
            cache.put(batch, part, prompt, task)
    return _stack([known[text] for text in texts])


def _batched(
    embed: EmbedBatch, texts: list[str], through: Through
) -> Iterator[tuple[list[str], np.ndarray]]:
    """Yield each batch with its unit vectors."""
    batches = [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)]
    parts = zip(batches, through(embed, batches), strict=True)
    return track(parts, [len(batch) for batch in batches], "Embedding", "text")


def embed_batch(encoder: Encoder, prompt: str, texts: list[str], task: str = "") -> np.ndarray:
    """Return (n, D) float32 unit vectors of one batch; raise what ``unit_vectors`` raises."""
    try:
        if isinstance(encoder, LazyEncoder):
            vectors = encoder.encode(texts, prompt, task)
        else:
            vectors = encoder.encode([prompt + text for text in texts])
        vectors = _real_numbers(vectors)
    except (InputError, RunError):
        raise
    except Exception as error:  # the encoder is somebody else's code
        raise RunError(
            f"the encoder failed on {len(texts)} texts from '{texts[0]:.40}': {one_line(error)}"
        ) from error
    return _check(vectors, texts)


def _real_numbers(vectors: Any) -> np.ndarray:
    """Return what an encoder gave as float32; refuse what would lose its meaning by that."""
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
        if vectors.dtype.kind in "fiu" or "float" in kind:  # bfloat16 is of no kind
            return vectors.astype(np.float32)
    raise RunError(f"the encoder returned {kind} values; it must return an array of real numbers")


def _check(
    vectors: np.ndarray,
    texts: list[str],
    who: str = "the encoder",
    remedy: str = "reword it, or use another model",
) -> np.ndarray:
    if vectors.ndim != 2 or len(vectors) != len(texts) or not vectors.size:
        raise RunError(
            f"{who} returned shape {vectors.shape} for {len(texts)} texts from "
            f"'{texts[0]:.40}'; it must return ({len(texts)}, D)"
        )
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    for wrong, what in (
        (~np.isfinite(lengths), "NaN or infinity"),
        (lengths == 0, "a zero vector"),
    ):
        if wrong.any():
            raise RunError(
                f"{who} returned {what} for the text '{texts[wrong.argmax()]:.40}'; "
                f"such a text has no direction: {remedy}"
            )
    return (vectors / lengths).astype(np.float32)


def _stack(rows: list[np.ndarray]) -> np.ndarray:
    widths = {len(row) for row in rows}
    if len(widths) > 1:
        raise RunError(
            f"the encoder returned vectors of {' and of '.join(map(str, sorted(widths)))} "
            "dimensions; they must all be of one length (where the cache holds those of an earlier "
            "model of this name, --no-cache helps)"
        )
    return np.stack(rows)
