"""The record of thresholds: the cosines from which two texts count as translations, by use."""

from typing import NamedTuple

from msgspec import Struct

from alignment.stats.estimates import Estimate, Number

DUPLICATES, BITEXT, CACHE = "duplicates", "bitext_mining", "semantic_cache"
FALSE_SHARES = {DUPLICATES: 0.01, CACHE: 0.001}  # negatives that pass; BITEXT has the equal error


class PairShare(NamedTuple):
    """A share of one language pair."""

    a: str
    b: str
    share: Number


class PairSpread(NamedTuple):
    """The 5th, 25th, 75th and 95th percentile of the cosines of a language pair."""

    a: str
    b: str
    equal_error: Number
    translations: list[Number]
    negatives: list[Number]


class Threshold(Struct, frozen=True):
    """One threshold for all language pairs.

    Attributes:
        cosine: the least cosine that passes.
        false: share of negatives that pass, mean over the language pairs.
        missed: share of translations that do not pass, mean over the language pairs.
        most_false: the language pair with the largest share of negatives that pass.
        most_missed: the language pair with the largest share of translations that do not pass.
        saved: decrease of ``missed`` if each language pair had a separate threshold with the same
            share of negatives; for bitext mining, decrease of the equal error.
    """

    cosine: Estimate
    false: Estimate
    missed: Estimate
    most_false: PairShare
    most_missed: PairShare
    saved: Estimate


class Thresholds(Struct, frozen=True):
    """Thresholds by use, and by language pair. Identical strings are left out.

    Attributes:
        recommended: {use: one threshold for all language pairs of ``languages``}.
        languages: the supported languages, or all if fewer than two are.
        undefined: {use: why no threshold is recommended}.
        one_percent: {language: {language: least cosine that at most 1 % of negatives pass}}.
        one_percent_passed: {language: {language: share of translations that pass it}}.
        five_percent: {language: {language: least cosine that at most 5 % of negatives pass}}.
        five_percent_passed: {language: {language: share of translations that pass it}}.
        equal_error: {language: {language: share of translations that fail, equal to the share of
            negatives that pass}}.
        equal_error_cosine: {language: {language: cosine of the equal error}}.
        pairs: percentiles of at most 100 pairs of ``languages``, the largest equal error first.
        pair_count: number of pairs of ``languages``.
        negatives: number of pairs of different concepts that were compared.
    """

    recommended: dict[str, Threshold]
    languages: list[str]
    undefined: dict[str, str]
    one_percent: dict[str, dict[str, Number]]
    one_percent_passed: dict[str, dict[str, Number]]
    five_percent: dict[str, dict[str, Number]]
    five_percent_passed: dict[str, dict[str, Number]]
    equal_error: dict[str, dict[str, Number]]
    equal_error_cosine: dict[str, dict[str, Number]]
    pairs: list[PairSpread]
    pair_count: int
    negatives: int


Section = Thresholds
