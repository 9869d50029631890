"""The record of cost: the variants of the run's vectors, and the cost of each."""

from typing import Literal

from msgspec import Struct

from alignment.cost.variants import Precision
from alignment.stats.contrast import Contrast
from alignment.stats.estimates import Number


class Cost(Struct, frozen=True):
    """The mean of a score with cheaper vectors.

    Attributes:
        value: mean with these vectors.
        contrast: this mean minus the full vectors'; p corrected for all variants and languages.
    """

    value: Number
    contrast: Contrast


class Variant(Struct, frozen=True):
    """The vectors in a cheaper format; the first variant of a record is the full vectors.

    Attributes:
        index: kind of the index; flat is exact.
        dimensions: number of dimensions, the first of the full vector.
        precision: format of a dimension: float32, float16, int8, binary, or binary-rescored, which
            compares the first 40 hits with the question's float32.
        bytes: size of a vector.
        retrieval: mean cross-lingual retrieval.
        by_language: {language: its retrieval}.
        search: {metric: its mean} of the two search metrics of a comparison; empty without
            questions.
    """

    index: Literal["flat"]
    dimensions: int
    precision: Precision
    bytes: int
    retrieval: Cost
    by_language: dict[str, Cost]
    search: dict[str, Cost]


Section = list[Variant]
