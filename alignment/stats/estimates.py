"""Estimates: what leaves the statistics, with named fields."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

ALPHA = 0.05  # of an adjusted p, at most which a difference is significant
CONFIDENCE = 0.95
POWER = 0.8
MARGIN = 0.01  # differences within it do not matter
MIN_CONCEPTS = 5  # that may have an interval: of fewer it holds the truth far too rarely

Number = float | None  # None, in arrays NaN: a grid too small for the number
Verdict = Literal["worse", "better", "level", "inconclusive"]  # of a mean beside an earlier one


class Interval(NamedTuple):
    """The 95 % confidence interval of a number; None at both ends where there is none."""

    low: Number
    high: Number

    def within(self, margin: float) -> bool:
        """Whether it lies within ± margin, so that the number is as good as 0."""
        return (
            self.low is not None
            and self.high is not None
            and -margin <= self.low
            and self.high <= margin
        )


@dataclass(frozen=True)
class Estimate:
    """A number measured on a sample of concepts, and its interval."""

    value: Number
    interval: Interval


@dataclass(frozen=True)
class Contrast:
    """The difference of a group, a language or a form from what it is compared with.

    Attributes:
        difference: inside minus outside.
        interval: of the difference, by itself.
        p: two-sided, adjusted for all questions of its family.
        detectable: the smallest difference that these concepts would have shown, family included,
            in four of five cases.
    """

    difference: Number
    interval: Interval
    p: Number
    detectable: Number

    @property
    def significant(self) -> bool:
        """Whether p is at most ``ALPHA``."""
        return self.p is not None and self.p <= ALPHA
