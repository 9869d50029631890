"""Estimates: rounded numbers and intervals for the record, None where a number is missing."""

from math import isfinite
from typing import Any, NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import ArrayLike

ALPHA = 0.05  # significance level for corrected p
CONFIDENCE = 0.95
POWER = 0.8
MIN_CONCEPTS = 5  # for an interval: with fewer concepts its coverage is far too low

# Digits behind the point. The rounding errors of float32 differ between processors: they begin in
# the 9th digit of a mean over a whole grid, but in the 7th digit of the cosine of a few texts. A
# step is far wider than these errors, because near its edge rounding may go either way.
DIGITS = 6
COSINE_DIGITS = 4

Number = float | None  # None in a record, NaN in an array, where a grid is too small for it


class Interval(NamedTuple):
    """The 95 % confidence interval of a number; None at both ends where there is none."""

    low: Number
    high: Number

    def within(self, margin: float) -> bool:
        """Return whether the whole interval lies within ± margin."""
        low, high = self
        return low is not None and high is not None and -margin <= low and high <= margin

    def leaves_out_zero(self) -> bool:
        """Return whether 0 lies outside the interval; False where there is no interval."""
        low, high = self
        return low is not None and high is not None and (low > 0 or high < 0)


NO_INTERVAL = Interval(None, None)


class Estimate(Struct, frozen=True):
    """A number measured on a sample of concepts, and its interval."""

    value: Number
    interval: Interval


def number(value: float, digits: int = DIGITS) -> Number:
    """Return a rounded number; None for NaN and infinity."""
    return _rounded(float(value), digits) + 0.0 if isfinite(value) else None


def numbers(values: ArrayLike, digits: int = DIGITS) -> list[Any]:
    """Return an array as lists of rounded numbers, None for NaN."""
    array = np.asarray(values)
    if array.ndim > 1:
        return [numbers(row, digits) for row in array]
    return [number(value, digits) for value in array.tolist()]


def interval(ends: ArrayLike, digits: int = DIGITS) -> Interval:
    """Return the interval with the ends (2,), low and high; NaN where there is none."""
    return Interval(*numbers(ends, digits))


def estimate(value: float, ends: ArrayLike, digits: int = DIGITS) -> Estimate:
    """Return a mean and its interval with the ends (2,)."""
    return Estimate(number(value, digits), interval(ends, digits))


def _rounded(value: float, digits: int) -> float:
    return round(value, digits)
