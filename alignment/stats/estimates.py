"""Estimates: what leaves the statistics, with named fields."""

from dataclasses import dataclass
from typing import NamedTuple

ALPHA = 0.05  # of an adjusted p, from which on a difference is significant

Number = float | None  # None, in arrays NaN: a grid too small for the number


class Interval(NamedTuple):
    """The 95 % confidence interval of a number; None at both ends where there is none."""

    low: Number
    high: Number


@dataclass(frozen=True)
class Estimate:
    """A number measured on a sample of concepts, and its interval."""

    value: Number
    interval: Interval


@dataclass(frozen=True)
class Contrast:
    """The difference of a group, or of a language, from the rest.

    Attributes:
        difference: inside minus outside.
        interval: of the difference.
        p: two-sided, adjusted for all questions of its kind.
        concepts_needed: so many such concepts would show the difference; None where none would.
    """

    difference: Number
    interval: Interval
    p: Number
    concepts_needed: int | None

    @property
    def significant(self) -> bool:
        """Whether p is at most ``ALPHA``."""
        return self.p is not None and self.p <= ALPHA
