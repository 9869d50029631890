"""Encoders: texts in, unit vectors out.

An encoder is any object with ``.encode(list of str)``; `alignment.models` makes one of a name.
"""

from collections.abc import Iterable
from typing import Protocol

import numpy as np

from alignment import RunError

BATCH = 256  # texts handed to an encoder at once: small enough for progress, large enough for speed


class Encoder(Protocol):
    """Anything that turns n texts into an (n, D) array."""

    def encode(self, texts: list[str]) -> np.ndarray:
        """Return one vector a text, in their order."""
        ...


def unit_vectors(encoder: Encoder, texts: list[str], prompt: str = "") -> np.ndarray:
    """Embed n texts, each behind the prompt; return (n, D) float32 rows of unit length.

    Raises:
        RunError: when the encoder fails, or returns another shape, a NaN, an infinity or a zero
            vector; it names the first such text.
    """
    parts = [
        _check(_encode(encoder, [prompt + text for text in batch]), batch)
        for batch in _batches(texts)
    ]
    widths = {part.shape[1] for part in parts}
    if len(widths) > 1:
        raise RunError(
            f"the encoder returned vectors of {' and of '.join(map(str, sorted(widths)))} "
            "dimensions; it must keep to one number of them"
        )
    return np.concatenate(parts)


def _batches(texts: list[str]) -> Iterable[list[str]]:
    from tqdm import tqdm

    # Shown on a terminal only, and only where the wait is worth a word.
    with tqdm(total=len(texts), desc="Embedding", unit="text", delay=1, disable=None) as progress:
        for start in range(0, len(texts), BATCH):
            batch = texts[start : start + BATCH]
            yield batch
            progress.update(len(batch))


def _encode(encoder: Encoder, texts: list[str]) -> np.ndarray:
    try:
        return np.asarray(encoder.encode(texts), dtype=np.float32)
    except Exception as error:  # the encoder is somebody else's code
        raise RunError(
            f"the encoder failed on {len(texts)} texts from '{texts[0]:.40}': {one_line(error)}"
        ) from error


def _check(vectors: np.ndarray, texts: list[str]) -> np.ndarray:
    if vectors.ndim != 2 or len(vectors) != len(texts) or not vectors.size:
        raise RunError(
            f"the encoder returned shape {vectors.shape} for {len(texts)} texts from "
            f"'{texts[0]:.40}'; it must return ({len(texts)}, D)"
        )
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    for wrong, what in (
        (~np.isfinite(lengths), "NaN or infinity"),
        (lengths == 0, "a zero vector"),
    ):
        if wrong.any():
            raise RunError(
                f"the encoder returned {what} for the text '{texts[wrong.argmax()]:.40}'; "
                "such a text has no direction: reword it, or use another model"
            )
    return (vectors / lengths).astype(np.float32)


def one_line(error: BaseException) -> str:
    """Return what a foreign error says, on one line and not endlessly."""
    return " ".join(str(error).split())[:300] or type(error).__name__
