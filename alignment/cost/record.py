"""The record of cheaper vectors: the run's vectors in other forms, and what each costs."""

from typing import Literal

from msgspec import Struct

from alignment.cost.variants import Precision
from alignment.stats.contrast import Contrast
from alignment.stats.estimates import Number


class Cost(Struct, frozen=True):
    """A mean with cheaper vectors.

    Attributes:
        value: with these vectors.
        contrast: minus that with the full vectors; p is corrected for all variants and languages.
    """

    value: Number
    contrast: Contrast


class Variant(Struct, frozen=True):
    """The vectors in a cheaper form; the first of a record's are the full ones.

    Attributes:
        index: how vectors are searched: exactly.
        dimensions: number of dimensions, the first of the full vector.
        precision: of each: float32, float16, int8, binary, or binary-rescored, of which the first
            40 hits are compared with the question's float32.
        bytes: a vector takes.
        retrieval: mean cross-lingual retrieval.
        by_language: {language: its retrieval}.
        search: {score: of the questions} of the two that models are compared by; none where
            there are no questions.
    """

    index: Literal["flat"]
    dimensions: int
    precision: Precision
    bytes: int
    retrieval: Cost
    by_language: dict[str, Cost]
    search: dict[str, Cost]


Section = list[Variant]
