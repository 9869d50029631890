"""Centring: vectors less the mean of their language (Libovický et al. 2020)."""

import numpy as np

from alignment.measure.arrays import Bools, Vectors

FOLDS = 5  # each fold of the concepts is centred by the mean of the other four


def centred(X: Vectors, present: Bools, left_out: Bools) -> Vectors:
    """Return X (C, L, D) minus each language's mean, at unit length; rows of absent texts stay 0.

    ``present`` (C, L) says where there is a text; concepts ``left_out`` (C,) do not enter the mean.
    """
    averaged = present & ~left_out[:, None]
    count = np.maximum(averaged.sum(axis=0), 1)[:, None]
    mean = np.einsum("cl,cld->ld", averaged, X, dtype=np.float64) / count
    rows = X - mean.astype(np.float32)
    rows[~present] = 0
    length = np.sqrt(np.einsum("cld,cld->cl", rows, rows))[..., None]
    unit: Vectors = np.divide(rows, length, out=rows, where=length > 1e-7)
    return unit
