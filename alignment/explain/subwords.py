"""Subwords: how many a model cuts each text into, and whether that goes with alignment."""

from collections.abc import Callable
from dataclasses import dataclass
from unicodedata import normalize

import numpy as np

from alignment.explain import ALL
from alignment.grids import ConceptGrid
from alignment.measure import metrics
from alignment.measure.hits import TIE
from alignment.stats.estimates import MIN_CONCEPTS, Interval, Number
from alignment.stats.intervals import statistic_interval

_MOMENTS = 6  # n, x, y, x², y², x·y: what a correlation is made of


@dataclass(frozen=True)
class Subwords:
    """How a model reads the texts of a grid.

    Attributes:
        count: (C, L), how many subwords each text is cut into; NaN where there is no text.
        unknown: (C, L), how many of them the model does not know; NaN where it does not tell.
    """

    count: np.ndarray
    unknown: np.ndarray

    def share_unknown(self, axis: int | None = 0) -> np.ndarray:
        """Return the share of subwords that the model does not know: (L,), or of all of them."""
        there = np.isfinite(self.count)
        unknown: np.ndarray = np.where(there, self.unknown, 0).sum(axis)
        return unknown / np.nansum(self.count, axis)

    def per_character(self, grid: ConceptGrid) -> np.ndarray:
        """Return (L,): subwords a character (composed, NFC) over English's; NaN without English."""
        english = [j for j, code in enumerate(grid.languages) if code.split("-")[0] == "en"]
        characters = [
            sum(len(normalize("NFC", text)) for text in texts if text)
            for texts in zip(*grid.texts, strict=True)
        ]
        length = np.nansum(self.count, axis=0) / characters
        return length / (length[english[0]] if english else np.nan)


@dataclass(frozen=True)
class SubwordUse:
    """How the texts of a language, or of all, are cut up.

    Attributes:
        per_text: mean number of subwords.
        unknown: share of them that the model does not know, in [0, 1].
        correlation: Spearman's, in [−1, 1], of their number with alignment over the texts; ranks
            are taken within each language, so that no two languages are compared.
        interval: of the correlation, over concepts.
    """

    per_text: Number
    unknown: Number
    correlation: Number
    interval: Interval


def count_subwords(grid: ConceptGrid, tokenise: Callable) -> Subwords:
    """Count the subwords of the grid's texts.

    Args:
        tokenise: n texts to their n counts, and to n counts of unknown ones, or None.
    """
    counts = tokenise(grid.flat_texts())
    own, unknown = (
        grid.spread(np.array(numbers, dtype=np.float64), nothing=np.nan)
        for numbers in (counts[0], counts[1] or [np.nan] * len(counts[0]))
    )
    return Subwords(own, unknown)


def by_language(
    subwords: Subwords, alignment: np.ndarray, grid: ConceptGrid, seed: int
) -> dict[str, SubwordUse]:
    """Say how each language is cut up, and whether texts in more pieces are aligned worse.

    Args:
        alignment: (C, L), how well each text is aligned; NaN where there is none.

    Returns:
        By language, and over all of them as "all".
    """
    value, ends = _correlations(subwords.count, alignment, seed)
    count = subwords.count
    per_text = [*metrics.mean_present(count, axis=0), metrics.mean_present(count)]
    unknown = [*subwords.share_unknown(), subwords.share_unknown(axis=None)]
    return {
        name: SubwordUse(float(per_text[i]), float(unknown[i]), float(value[i]), Interval(*ends[i]))
        for i, name in enumerate((*grid.languages, ALL))
    }


def _correlations(count: np.ndarray, alignment: np.ndarray, seed: int):
    """Return the rank correlations (L + 1,), all languages last, and their intervals (L + 1, 2)."""
    missing = np.isnan(count + alignment)
    x, y = (_ranks(np.where(missing, np.nan, V)) for V in (count, alignment))
    moments = np.nan_to_num(np.stack([~missing, x, y, x * x, y * y, x * y], axis=2))  # (C, L, 6)
    moments = np.concatenate([moments, moments.sum(axis=1, keepdims=True)], axis=1)
    flat = moments.reshape(len(moments), -1)
    value = correlation(flat, np.ones((1, len(flat))))[0]
    ends = statistic_interval(flat, correlation, seed).T
    few = (moments[:, :, 0] > 0).sum(axis=0) < MIN_CONCEPTS
    ends[np.isnan(value) | few] = np.nan
    return value, ends


def correlation(sums: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return (R, M) correlations of M pairs, from sums (C, 6·M): n, x, y, x², y², x·y of each."""
    n, *moments = np.moveaxis((weights @ sums).reshape(len(weights), -1, _MOMENTS), 2, 0)
    x, y, xx, yy, xy = (metrics.ratio(moment, n) for moment in moments)
    spread = np.sqrt(np.maximum(xx - x * x, 0) * np.maximum(yy - y * y, 0))
    return np.divide(xy - x * y, spread, out=np.full(x.shape, np.nan), where=spread > 1e-12)


def _ranks(V: np.ndarray) -> np.ndarray:
    """Return the ranks (C, L) within each column, in [0, 1]; values that tie share their mean.

    Not of scipy.stats, whose import takes longer than the whole analysis of a small grid, and
    whose ties are exact, while those of cosines are not (`hits.TIE`).
    """
    ranks = np.full(V.shape, np.nan)
    for j, column in enumerate(V.T):
        order = np.argsort(column)[: np.isfinite(column).sum()]  # NaN is last
        place = np.cumsum(np.diff(column[order], prepend=np.nan) > TIE)
        times = np.bincount(place)
        ranks[order, j] = ((np.cumsum(times) - times / 2) / max(1, len(order)))[place]
    return ranks
