"""Encoders: texts in, unit vectors out.

An encoder is any object with ``.encode(list of str)``; `alignment.models` makes one of a name.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from alignment import InputError, RunError
from alignment.engines import track

BATCH = 256  # texts handed to an encoder at once: small enough for progress, large enough for speed


class Encoder(Protocol):
    """Anything that turns n texts into an (n, D) array."""

    def encode(self, texts: list[str]) -> np.ndarray:
        """Return one vector a text, in their order."""
        ...


class Store(Protocol):
    """Where unit vectors are kept from run to run, by text: `alignment.models.cache`."""

    def get(self, texts: list[str]) -> dict[str, np.ndarray]: ...  # noqa: D102
    def put(self, texts: list[str], vectors: np.ndarray) -> None: ...  # noqa: D102


class LazyEncoder:
    """The encoder of a named model: loaded at its first use, given each distinct text once.

    Args:
        load: returns the function of n texts and the prompt before them to their (n, D) array.
        movable: whether another machine may load it; not where a key of this one is needed.
    """

    def __init__(
        self,
        load: Callable[[], Callable[[list[str], str], np.ndarray]],
        movable: bool = True,
    ):
        self._load = load
        self.movable = movable

    def __getstate__(self) -> dict:
        """Travel without the weights; where it arrives it is loaded again."""
        return {"_load": self._load, "movable": self.movable}

    @cached_property
    def _function(self) -> Callable[[list[str], str], np.ndarray]:
        return self._load()

    def load(self) -> None:
        """Load the model now; raise what loading it raises."""
        _ = self._function

    def encode(self, texts: list[str], prompt: str = "") -> np.ndarray:
        """Return (n, D) vectors of the texts, each behind the prompt."""
        return self._function(texts, prompt)


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
                "texts; give one row a text, in the order that --export-texts writes"
            )
        return self.vectors


def embed_batch(encoder: Encoder, texts: list[str], prompt: str) -> np.ndarray:
    """Return (n, D) float32 unit vectors of one batch; raise what ``unit_vectors`` raises."""
    return _check(_encode(encoder, texts, prompt), texts)


def embed_here(encoder: Encoder, batches: list[list[str]], prompt: str) -> Iterator[np.ndarray]:
    """Embed the batches in this process, one after another."""
    return (embed_batch(encoder, batch, prompt) for batch in batches)


def unit_vectors(
    encoder: Encoder,
    texts: list[str],
    prompt: str = "",
    cache: Store | None = None,
    embed: Callable[[Encoder, list[list[str]], str], Iterator[np.ndarray]] = embed_here,
) -> np.ndarray:
    """Embed n texts, each behind the prompt; return (n, D) float32 rows of unit length.

    A named model embeds each distinct text once and not at all where the cache has it, so equal
    texts have equal vectors. An object is asked for every text, since it may answer by their
    order; its vectors are never kept, and neither are those of a file.

    Args:
        embed: where a named model computes: ``embed_here``, or an engine's own.

    Raises:
        InputError: for a file of vectors that does not fit the texts, or a prompt before them.
        RunError: when the encoder fails, or returns another shape, a NaN, an infinity or a zero
            vector; it names the first such text.
    """
    if isinstance(encoder, PrecomputedVectors):
        if prompt:
            raise InputError(
                f"'{encoder.name}' holds finished vectors, which no prompt can change any more; "
                "leave the prompt out"
            )
        return _check(encoder.encode(texts), texts, f"'{encoder.name}'")
    if not isinstance(encoder, LazyEncoder):
        rows = [row for _, part in _embed(encoder, texts, prompt, embed_here) for row in part]
        return _stack(rows)
    distinct = list(dict.fromkeys(texts))
    known = cache.get(distinct) if cache else {}
    unknown = [text for text in distinct if text not in known]
    for batch, part in _embed(encoder, unknown, prompt, embed if encoder.movable else embed_here):
        known.update(zip(batch, part, strict=True))
        if cache:
            cache.put(batch, part)
    return _stack([known[text] for text in texts])


def _embed(encoder, texts, prompt, embed) -> Iterator[tuple[list[str], np.ndarray]]:
    batches = [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)]
    parts = zip(batches, embed(encoder, batches, prompt), strict=True)
    return track(parts, [len(batch) for batch in batches], "Embedding", "text")


def _encode(encoder: Encoder, texts: list[str], prompt: str) -> np.ndarray:
    try:
        if isinstance(encoder, LazyEncoder):
            vectors = encoder.encode(texts, prompt)
        else:
            vectors = encoder.encode([prompt + text for text in texts])
        if hasattr(vectors, "detach"):  # a torch tensor, of any type, on any device
            vectors = vectors.detach().float().cpu()
        return np.asarray(vectors, dtype=np.float32)
    except (InputError, RunError):
        raise
    except Exception as error:  # the encoder is somebody else's code
        raise RunError(
            f"the encoder failed on {len(texts)} texts from '{texts[0]:.40}': {one_line(error)}"
        ) from error


def _check(vectors: np.ndarray, texts: list[str], who: str = "the encoder") -> np.ndarray:
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
                "such a text has no direction: reword it, or use another model"
            )
    return (vectors / lengths).astype(np.float32)


def _stack(rows: list[np.ndarray]) -> np.ndarray:
    widths = {len(row) for row in rows}
    if len(widths) > 1:
        raise RunError(
            f"the encoder returned vectors of {' and of '.join(map(str, sorted(widths)))} "
            "dimensions; it must keep to one number of them (a cache may hold those of an earlier "
            "model of this name: --no-cache)"
        )
    return np.stack(rows)


def one_line(error: BaseException) -> str:
    """Return what a foreign error says, on one line and not endlessly."""
    return " ".join(str(error).split())[:300] or type(error).__name__
