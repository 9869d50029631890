"""The record of thresholds: from which cosine two texts count as translations, by use."""

from typing import NamedTuple

from msgspec import Struct

from alignment.stats.estimates import Estimate, Number

DUPLICATES, BITEXT, CACHE = "duplicates", "bitext_mining", "semantic_cache"
FALSE_SHARES = {DUPLICATES: 0.01, CACHE: 0.001}  # of negatives; BITEXT has the equal error


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
        cosine: from which a pair of texts passes.
        false: share of negatives that passes, mean over the language pairs.
        missed: share of translations that does not pass, mean over the language pairs.
        most_false: the language pair with the largest share of negatives that passes.
        most_missed: the language pair with the largest share of translations that does not pass.
        saved: by how much ``missed`` would be smaller if each language pair had its own threshold
            that as many negatives pass; for bitext mining, by how much the equal error would be.
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
        languages: the languages that these serve: the supported ones, or all if fewer than two.
        undefined: {use: why no threshold is recommended}.
        one_percent: {language: {language: cosine from which at most 1 % of negatives pass}}.
        one_percent_passed: {language: {language: share of translations that passes it}}.
        five_percent: {language: {language: cosine from which at most 5 % pass}}.
        five_percent_passed: {language: {language: share of translations that passes it}}.
        equal_error: {language: {language: share of translations that fails where as large a share
            of negatives passes}}.
        equal_error_cosine: {language: {language: the cosine of the equal error}}.
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
