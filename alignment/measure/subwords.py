"""Subwords: the number that a tokeniser makes of each text, and the number of unknown ones."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from unicodedata import normalize

import numpy as np

from alignment.grids import ConceptGrid
from alignment.measure.arrays import Floats
from alignment.measure.metrics import ratio

Counts = tuple[Sequence[int], Sequence[int] | None]


@dataclass(frozen=True)
class Subwords:
    """The numbers of subwords of the texts of a grid."""

    count: Floats  # (C, L); NaN where there is no text
    unknown: Floats  # (C, L), number of unknown ones; NaN if the tokeniser does not show them

    def share_unknown(self, axis: int | None = 0) -> Floats:
        """Return the share of unknown subwords by language (L,), or of all for ``axis`` None."""
        unknown = np.where(np.isfinite(self.count), self.unknown, 0).sum(axis)
        return ratio(unknown, np.nansum(self.count, axis))

    def per_character(self, grid: ConceptGrid) -> Floats:
        """Return (L,): subwords per character (in NFC) relative to English; NaN without English."""
        english = [j for j, code in enumerate(grid.languages) if code.split("-")[0] == "en"]
        characters = [
            sum(len(normalize("NFC", text)) for text in texts if text)
            for texts in zip(*grid.texts, strict=True)
        ]
        length: Floats = np.nansum(self.count, axis=0) / characters
        return length / (length[english[0]] if english else np.nan)


def count_subwords(grid: ConceptGrid, tokenise: Callable[[list[str]], Counts]) -> Subwords:
    """Count the subwords of the grid's texts.

    ``tokenise`` maps n texts to n counts of subwords, and to n counts of unknown ones or None.
    """
    counts, unknown = tokenise(grid.flat_texts())
    columns = np.array([counts, unknown or np.full(len(counts), np.nan)], dtype=np.float64)
    return Subwords(*(grid.spread(column, nothing=np.nan) for column in columns))
