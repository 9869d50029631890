"""Tokens: how many subwords a model cuts each text into, and whether that goes with alignment."""

from dataclasses import dataclass

import numpy as np

from alignment.grids import ConceptGrid
from alignment.measure import metrics
from alignment.present.verdicts import ALL
from alignment.stats import intervals


@dataclass(frozen=True)
class Tokens:
    """How a model reads the texts of a grid.

    Attributes:
        subwords: (C, L), how many each text is cut into; NaN where there is no text.
        unknown: (C, L), how many of them the model does not know; None where it does not tell.
    """

    subwords: np.ndarray
    unknown: np.ndarray | None


def count(grid: ConceptGrid, tokenise) -> Tokens:
    """Count the subwords of the grid's texts.

    Args:
        tokenise: n texts to their n counts, and to n counts of unknown ones, or None.
    """
    subwords, unknown = tokenise(grid.flat_texts())

    def spread(counts):
        return grid.spread(np.array(counts, dtype=np.float64), nothing=np.nan)

    return Tokens(spread(subwords), None if unknown is None else spread(unknown))


def table(tokens: Tokens, alignment: np.ndarray, grid: ConceptGrid, seed: int) -> dict:
    """Say how each language is cut up, and whether texts in more pieces are aligned worse.

    Args:
        alignment: (C, L), how well each text is aligned; NaN where there is none.

    Returns:
        {language, or "all": {"subwords": mean a text, "unknown": share of the subwords, in
        [0, 1], or NaN, "correlation": Spearman's, in [−1, 1], of subwords with alignment over the
        texts, and "interval", 95 % over the concepts}}. Ranks are taken within each language,
        so that "all" compares no two languages; NaN where all texts have as many subwords.
    """
    missing = np.isnan(tokens.subwords + alignment)
    x, y = (_ranks(np.where(missing, np.nan, V)) for V in (tokens.subwords, alignment))
    moments = np.stack([x, y, x * x, y * y, x * y], axis=2)  # (C, L, 5)
    moments = np.concatenate([moments, metrics.mean_present(moments, axis=1)[:, None]], axis=1)
    flat = moments.reshape(len(moments), -1)
    value = correlation(flat, np.ones((1, len(flat))))[0]
    # a resample whose texts all have as many subwords shows no correlation
    drawn = np.nan_to_num(intervals.resampled(flat, correlation, seed=seed))
    ends = intervals.percentile_interval(drawn).T
    few = np.isfinite(flat[:, ::5]).sum(axis=0) < intervals.FEWEST
    ends[np.isnan(value) | few] = np.nan
    unknown = np.full_like(tokens.subwords, np.nan) if tokens.unknown is None else tokens.unknown
    columns = [
        *((code, slice(j, j + 1)) for j, code in enumerate(grid.languages)),
        (ALL, slice(None)),
    ]
    return {
        name: {
            "subwords": float(metrics.mean_present(tokens.subwords[:, at])),
            "unknown": np.nansum(unknown[:, at]) / np.nansum(tokens.subwords[:, at])
            if tokens.unknown is not None
            else np.nan,
            "correlation": value[i],
            "interval": ends[i],
        }
        for i, (name, at) in enumerate(columns)
    }


def correlation(moments: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return (R, M) correlations of M pairs, from values (C, 5·M): x, y, x², y², x·y of each."""
    x, y, xx, yy, xy = np.moveaxis(
        intervals.weighted_mean(moments, weights).reshape(len(weights), -1, 5), 2, 0
    )
    spread = np.sqrt(np.maximum(xx - x * x, 0) * np.maximum(yy - y * y, 0))
    return np.divide(xy - x * y, spread, out=np.full(x.shape, np.nan), where=spread > 1e-12)


def _ranks(V: np.ndarray) -> np.ndarray:
    """Return the ranks (C, L) within each column, in [0, 1], equal values sharing their mean."""
    ranks = np.full(V.shape, np.nan)
    for j, column in enumerate(V.T):
        present = np.isfinite(column)
        _, place, times = np.unique(column[present], return_inverse=True, return_counts=True)
        ranks[present, j] = ((np.cumsum(times) - times / 2) / max(1, present.sum()))[place]
    return ranks
