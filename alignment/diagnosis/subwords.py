"""Subwords: whether texts with more subwords are aligned worse."""

import numpy as np

from alignment.diagnosis.record import SubwordUse
from alignment.grids import ConceptGrid
from alignment.grids.languages import ALL
from alignment.measure import metrics
from alignment.measure.arrays import Floats
from alignment.measure.hits import TIE
from alignment.measure.subwords import Subwords
from alignment.stats.estimates import COSINE_DIGITS, MIN_CONCEPTS, estimate, number
from alignment.stats.intervals import statistic_interval

_MOMENTS = 6  # the sums n, x, y, x², y², x·y of a correlation


def by_language(
    subwords: Subwords, alignment: Floats, grid: ConceptGrid, seed: int
) -> dict[str, SubwordUse]:
    """Return the use of subwords, and its correlation with the alignment (C, L) of texts."""
    count = subwords.count
    value, ends = _correlations(count, alignment, seed)
    per_text = [*metrics.mean_present(count, axis=0), metrics.mean_present(count)]
    unknown = [*subwords.share_unknown(), subwords.share_unknown(axis=None)]
    return {
        name: SubwordUse(
            number(per_text[i], COSINE_DIGITS),
            number(unknown[i], COSINE_DIGITS),
            estimate(value[i], ends[i], COSINE_DIGITS),
        )
        for i, name in enumerate((*grid.languages, ALL))
    }


def _correlations(count: Floats, alignment: Floats, seed: int) -> tuple[Floats, Floats]:
    """Return the rank correlations (L + 1,), all languages last, and their intervals (L + 1, 2)."""
    missing = np.isnan(count + alignment)
    x, y = (_ranks(np.where(missing, np.nan, V)) for V in (count, alignment))
    moments = np.nan_to_num(np.stack([~missing, x, y, x * x, y * y, x * y], axis=2))  # (C, L, 6)
    moments = np.concatenate([moments, moments.sum(axis=1, keepdims=True)], axis=1)
    flat = moments.reshape(len(moments), -1)
    value = _correlation(flat, np.ones((1, len(flat))))[0]
    ends = statistic_interval(flat, _correlation, seed).T
    too_small = (moments[:, :, 0] > 0).sum(axis=0) < MIN_CONCEPTS
    ends[np.isnan(value) | too_small] = np.nan
    return value, ends


def _correlation(sums: Floats, weights: Floats) -> Floats:
    """Return the correlations (R, M) of M pairs, from the ``_MOMENTS`` (C, 6·M) of each."""
    n, *moments = np.moveaxis((weights @ sums).reshape(len(weights), -1, _MOMENTS), 2, 0)
    x, y, xx, yy, xy = (metrics.ratio(moment, n) for moment in moments)
    spread = np.sqrt(np.maximum(xx - x * x, 0) * np.maximum(yy - y * y, 0))
    return np.divide(xy - x * y, spread, out=np.full(x.shape, np.nan), where=spread > 1e-12)


def _ranks(V: Floats) -> Floats:
    """Return the ranks (C, L) within each column, in [0, 1]; values that tie share their mean.

    scipy.stats is not used: its import takes longer than the whole analysis of a small grid, and
    it ties only equal values, while cosines tie within `hits.TIE`.
    """
    ranks = np.full(V.shape, np.nan)
    for j, column in enumerate(V.T):
        order = np.argsort(column)[: np.isfinite(column).sum()]  # NaN is last
        place = np.cumsum(np.diff(column[order], prepend=np.nan) > TIE)
        times = np.bincount(place)
        ranks[order, j] = ((np.cumsum(times) - times / 2) / max(1, len(order)))[place]
    return ranks
