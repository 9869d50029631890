"""Estimates: numbers as a record holds them, rounded where they enter, None where there is none."""

from math import isfinite
from typing import Any, NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import ArrayLike

ALPHA = 0.05  # significance level for corrected p
CONFIDENCE = 0.95
POWER = 0.8
MIN_CONCEPTS = 5  # for an interval: of fewer concepts it holds the truth far too rarely

# Digits behind the point. Beyond them lies the noise of the model's float32, which differs between
# processors: it begins in the 9th digit of a mean over a whole grid, but in the 7th of the cosine
# of few texts. Near the edge of a step rounding goes either way, so a step is far wider than that.
DIGITS = 6
COSINE_DIGITS = 4

Number = float | None  # None in a record, NaN in an array: a grid too small for the number


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
