"""Centroids: test whether the mean vectors of two languages are farther apart than by chance."""

from collections.abc import Iterator

import numpy as np

from alignment.measure import metrics
from alignment.measure.arrays import Floats, Ints, Vectors
from alignment.stats.permutation import blocks, max_family, random_signs

PERMUTATIONS = 999  # fewer than elsewhere: each costs a product with all vectors
_ROUNDING = 1e-4  # relative error of small distances between sums of float32


def centroid_p(X: Vectors, seed: int) -> Floats:
    """Return p (L, L), corrected for all pairs, that two centroids are as far apart by chance.

    Under the null hypothesis the two texts of a concept may be exchanged (also a text and a gap).
    All pairs share the exchanges; distances are compared in units of their standard deviation under
    exchange. The diagonal is NaN.
    """
    L = X.shape[1]
    a, b = np.triu_indices(L, k=1)
    p = np.full((L, L), np.nan)
    if not len(a):
        return p
    drawn = np.concatenate(list(_exchanged_distances(X, a, b, seed)))
    mean, deviation = drawn.mean(axis=0), np.maximum(drawn.std(axis=0), 1e-6)
    # an exchange of all texts, or of none, must count although sums of float32 differ a little
    observed = np.nan_to_num(metrics.centroid_distances(X)[a, b]) * (1 - _ROUNDING)
    rows = blocks(PERMUTATIONS, len(a))
    answers = max_family(
        (observed - mean) / deviation, ((drawn[part] - mean) / deviation for part in rows)
    )
    p[a, b] = p[b, a] = answers.p_adjusted
    return p


def _exchanged_distances(X: Vectors, a: Ints, b: Ints, seed: int) -> Iterator[Floats]:
    """Yield blocks (m, P) of 1 − cos of two centroids after random exchanges of texts.

    The two sums are their midpoint plus and minus half the difference of the languages' signed
    sums, so one product with the signs and two of the sums serve all pairs.
    """
    C, L, D = X.shape
    total = X.sum(axis=0)
    sums = total @ total.T
    middle = (_diagonal_sums(sums, 1) + 2 * sums)[a, b] / 4
    signs = random_signs(PERMUTATIONS, C, seed).astype(np.float32)
    for rows in blocks(PERMUTATIONS, L * max(D, L)):
        signed = (signs[rows] @ X.reshape(C, L * D)).reshape(-1, L, D)
        among, mixed = signed @ np.swapaxes(signed, 1, 2), signed @ total.T
        square = (_diagonal_sums(among, 1) - 2 * among)[:, a, b] / 4
        along = (_diagonal_sums(mixed, -1) + mixed - np.swapaxes(mixed, 1, 2))[:, a, b] / 4
        lengths = np.sqrt(np.maximum((middle + square) ** 2 - 4 * along**2, 0))
        yield 1 - np.divide(
            middle - square, lengths, out=np.zeros_like(square), where=lengths > 1e-9
        )


def _diagonal_sums(M: Floats, sign: int) -> Floats:
    """Return (…, L, L): M[a, a] + sign · M[b, b] of matrices M (…, L, L)."""
    diagonal = np.diagonal(M, axis1=-2, axis2=-1)
    return diagonal[..., :, None] + sign * diagonal[..., None, :]
