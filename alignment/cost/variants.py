"""Variants: the vectors with fewer dimensions and fewer bits, and their retrieval.

They are cut and rounded as in sentence-transformers (``truncate_dim``, ``quantize_embeddings``),
with the codes of FAISS. For float16 and int8 only the stored vector is rounded: the question is
multiplied by the decoded vector, as in an ``IndexScalarQuantizer``. For binary both are reduced to
signs and searched by Hamming distance, as in an ``IndexBinaryFlat``; for binary-rescored, the first
hits are compared with the full question again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Literal, get_args

import numpy as np

from alignment import InputError
from alignment.measure import neighbours
from alignment.measure.arrays import Bools, Floats, Stored, Vectors
from alignment.measure.indexes import as_signs, through_codec
from alignment.measure.metrics import gold_cosines

Precision = Literal["float32", "float16", "int8", "binary", "binary-rescored"]
PRECISIONS: tuple[Precision, ...] = get_args(Precision)
_BITS = dict(zip(PRECISIONS, (32, 16, 8, 1, 1), strict=True))


@dataclass(frozen=True)
class VectorFormat:
    """How a vector is stored: its first ``dimensions``, each with a ``precision``."""

    dimensions: int
    precision: Precision

    @property
    def bytes(self) -> int:
        """The size of a vector; eight signs share a byte."""
        return -(-self.dimensions * _BITS[self.precision] // 8)


def formats(D: int, truncate: Sequence[int], quantize: Sequence[str]) -> list[VectorFormat]:
    """Return every combination by precision, the full vectors first; InputError beyond D."""
    if wrong := [d for d in truncate if d >= D]:
        raise InputError(
            f"--truncate {wrong[0]}: the vectors have {D} dimensions; name fewer, from 1 to {D - 1}"
        )
    dimensions = sorted({D, *truncate}, reverse=True)
    precisions = [name for name in PRECISIONS if name in {PRECISIONS[0], *quantize}]
    return [VectorFormat(d, precision) for precision in precisions for d in dimensions]


def check(truncate: Sequence[int], quantize: Sequence[str]) -> None:
    """Raise InputError for an impossible number of dimensions or an unknown precision."""
    for d in truncate:
        if not isinstance(d, Integral) or d < 1:
            raise InputError(f"--truncate {d}: give whole numbers of dimensions, from 1 on")
    for precision in quantize:
        if precision not in PRECISIONS:
            choice = ", ".join(PRECISIONS[1:])
            raise InputError(f"--quantize {precision}: unknown precision; choose from {choice}")


def retrieval(X: Vectors, present: Bools, vector_format: VectorFormat) -> Floats:
    """Return the retrieval (C, L) with vectors X (C, L, D), present (C, L), in a cheaper format."""
    queries, precision = truncated(X, vector_format.dimensions), vector_format.precision
    if precision == "binary":
        packed = np.packbits(queries > 0, axis=-1)
        signs = np.where(queries > 0, np.float32(1), np.float32(-1))
        product = gold_cosines(signs, present)
        minus_hamming = (product - vector_format.dimensions) / 2
        return neighbours.credits(packed, packed, present, minus_hamming, present)
    stored: Stored = quantized(queries, present, precision)
    gold = gold_cosines(queries, present, stored)
    if precision == "binary-rescored":
        stored = np.packbits(queries > 0, axis=-1)
    return neighbours.credits(queries, stored, present, gold, present)


def truncated(X: Vectors, dimensions: int) -> Vectors:
    """Return the first dimensions of vectors (…, D), scaled to unit length; 0 stays 0."""
    if dimensions == X.shape[-1]:
        return X
    cut = X[..., :dimensions].copy()
    length = np.linalg.norm(cut, axis=-1, keepdims=True)
    unit: Vectors = np.divide(cut, length, out=cut, where=length > 0)
    return unit


def quantized(X: Vectors, present: Bools, precision: Precision) -> Vectors:
    """Return vectors (…, D) as they are decoded after storage; 0 where no text is present.

    The ranges of int8 are those of X. Signs are scaled to unit length.
    """
    if precision == "float32":
        return X
    decoded = np.zeros_like(X)
    if precision.startswith("binary"):
        decoded[present] = as_signs(X[present])
    else:
        decoded[present] = through_codec(X[present], _BITS[precision])
    return decoded


def quantize_query(X: Vectors, present: Bools, precision: Precision) -> Vectors:
    """Return queries (…, D) as they are compared with ``quantized`` vectors."""
    return quantized(X, present, precision) if precision == "binary" else X
