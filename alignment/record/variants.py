"""The record of variants: the run's vectors in cheaper forms, and what each costs."""

from dataclasses import dataclass

from alignment.grids.names import EachLanguage
from alignment.measure.variants import Precision
from alignment.stats.estimates import Contrast, Number, Verdict


@dataclass(frozen=True)
class Cost:
    """What became of a mean.

    Attributes:
        value: with these vectors.
        contrast: minus that with the full vectors; p is adjusted for all variants and languages.
        verdict: worse or better, where p ≤ .05 and the means differ by more than the margin; level,
            where the interval lies within the margin, or no text of any language has moved.
    """

    value: Number
    contrast: Contrast
    verdict: Verdict


@dataclass(frozen=True)
class Variant:
    """The vectors in a cheaper form; the first of a record's are the full ones.

    Attributes:
        dimensions: the first so many.
        precision: of each: float32, float16, int8, binary, or binary-rescored, of which the first
            40 hits are compared with the question's float32.
        bytes: a vector takes.
        retrieval: mean cross-lingual retrieval.
        by_language: {language: its retrieval}.
        search: {score: of the questions} of the two that models are compared by; none where
            there are no questions.
    """

    dimensions: int
    precision: Precision
    bytes: int
    retrieval: Cost
    by_language: dict[EachLanguage, Cost]
    search: dict[str, Cost]
