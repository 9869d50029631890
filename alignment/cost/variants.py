"""Variants: the same vectors with fewer dimensions and fewer bits, and what is then retrieved.

What is cut off and rounded is what sentence-transformers cuts off and rounds (``truncate_dim``,
``quantize_embeddings``); the codes are those of FAISS's own indexes. Of a question and an answer
only the stored one is rounded to float16 and int8, as in an ``IndexScalarQuantizer``, whose product
is that of the question and the decoded vector. Binary vectors are the signs of both, searched by
their Hamming distances in an ``IndexBinaryFlat``; rescored, the first hits are compared with the
question itself once more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Integral
from typing import Literal, get_args

import numpy as np

from alignment import InputError
from alignment.measure import hits, neighbours
from alignment.measure.arrays import Bools, Floats, Stored, Vectors, slices
from alignment.measure.indexes import as_signs, through_codec
from alignment.measure.metrics import gold_cosines

Precision = Literal["float32", "float16", "int8", "binary", "binary-rescored"]
PRECISIONS: tuple[Precision, ...] = get_args(Precision)
_BITS = {"float32": 32, "float16": 16, "int8": 8, "binary": 1, "binary-rescored": 1}
_BLOCK = 1 << 18  # numbers held at once beside the vectors


@dataclass(frozen=True)
class Form:
    """How a vector is stored.

    Attributes:
        dimensions: the first so many.
        precision: of each of them.
    """

    dimensions: int
    precision: Precision

    @property
    def bytes(self) -> int:
        """How many a vector takes; eight signs share one."""
        return -(-self.dimensions * _BITS[self.precision] // 8)


def forms(D: int, truncate: Iterable[int], quantize: Iterable[str]) -> list[Form]:
    """Return every combination, the full vectors first, those of a precision side by side.

    Raises:
        InputError: for more dimensions than there are to cut.
    """
    truncate = list(truncate)
    if wrong := [d for d in truncate if d >= D]:
        raise InputError(
            f"--truncate {wrong[0]}: the vectors have {D} dimensions; name fewer, from 1 to {D - 1}"
        )
    dimensions = sorted({D, *truncate}, reverse=True)
    precisions = [name for name in PRECISIONS if name in {PRECISIONS[0], *quantize}]
    return [Form(d, precision) for precision in precisions for d in dimensions]


def check(truncate: Iterable[int], quantize: Iterable[str]) -> None:
    """Raise InputError for what is no number of dimensions, or no precision."""
    for d in truncate:
        if not isinstance(d, Integral) or d < 1:
            raise InputError(f"--truncate {d}: give whole numbers of dimensions, from 1 on")
    for precision in quantize:
        if precision not in PRECISIONS:
            known = ", ".join(PRECISIONS[1:])
            raise InputError(f"--quantize {precision}: unknown precision; choose from {known}")


def retrieval(X: Vectors, present: Bools, form: Form) -> Floats:
    """Return the retrieval (C, L) of a text, as in ``Neighbours``, of vectors so stored.

    Args:
        X: (C, L, D).
        present: (C, L).
        form: how they are stored.
    """
    asked = truncated(X, form.dimensions)
    if form.precision == "binary":
        packed = np.packbits(asked > 0, axis=-1)
        gold = _gold_of_signs(packed, present)
        return neighbours.credits(packed, packed, present, gold, present)
    stored: Stored = kept(asked, present, form.precision)
    gold = gold_cosines(asked, present, stored)
    if form.precision == "binary-rescored":
        stored = np.packbits(asked > 0, axis=-1)
    return neighbours.credits(asked, stored, present, gold, present)


def truncated(X: Vectors, dimensions: int) -> Vectors:
    """Return the first dimensions of vectors (…, D), of unit length again; 0 stays 0."""
    if dimensions == X.shape[-1]:
        return X
    cut = X[..., :dimensions].copy()
    length = np.linalg.norm(cut, axis=-1, keepdims=True)
    unit: Vectors = np.divide(cut, length, out=cut, where=length > 0)
    return unit


def kept(X: Vectors, present: Bools, precision: Precision) -> Vectors:
    """Return what is left of vectors (…, D) that are stored so; 0 where there is none.

    The ranges of int8 are those of the vectors themselves. Signs are of unit length.
    """
    if precision == "float32":
        return X
    rounded = np.zeros_like(X)
    if precision.startswith("binary"):
        rounded[present] = as_signs(X[present])
    else:
        rounded[present] = through_codec(X[present], _BITS[precision])
    return rounded


def as_asked(X: Vectors, present: Bools, precision: Precision) -> Vectors:
    """Return vectors (…, D) as they are compared with what is ``kept`` of others."""
    return kept(X, present, precision) if precision == "binary" else X


def _gold_of_signs(packed: Stored, present: Bools) -> Floats:
    """Return (C, L, L): minus how many signs of a concept's texts differ; NaN where one lacks."""
    C, L, width = packed.shape
    gold = np.empty((C, L, L))
    for rows in slices(C, L * L * width, _BLOCK):
        gold[rows] = -hits.differing(packed[rows, :, None], packed[rows, None])
    gold[~(present[:, :, None] & present[:, None, :])] = np.nan
    gold[:, np.arange(L), np.arange(L)] = np.nan
    return gold
