"""The record of thresholds: from which cosine two texts count as translations, by use."""

from dataclasses import dataclass
from typing import NamedTuple

from alignment.grids.names import Language
from alignment.stats.estimates import Estimate, Number

DUPLICATES, BITEXT, CACHE = "duplicates", "bitext_mining", "semantic_cache"
FALSE_SHARES = {DUPLICATES: 0.01, CACHE: 0.001}  # of unrelated texts; of BITEXT, the equal error


class PairShare(NamedTuple):
    """A share of one language pair."""

    a: Language
    b: Language
    share: Number


class PairSpread(NamedTuple):
    """How the cosines of a language pair are spread: the 5th, 25th, 75th and 95th percentile."""

    a: Language
    b: Language
    equal_error: Number
    translations: list[Number]
    unrelated: list[Number]


@dataclass(frozen=True)
class CutOff:
    """One cut-off for all language pairs.

    Attributes:
        cosine: from which a pair of texts passes.
        false: share of unrelated texts that passes, in the mean over the language pairs.
        missed: share of translations that does not, likewise.
        most_false: the language pair with the largest such share of unrelated texts.
        least_false: with the smallest.
        most_missed: with the largest share of translations that does not pass.
        least_missed: with the smallest.
        saved: by how much ``missed`` would be smaller if each language pair had a cut-off of its
            own, of which as many unrelated texts pass; for bitext mining, the equal error.
    """

    cosine: Estimate
    false: Estimate
    missed: Estimate
    most_false: PairShare
    least_false: PairShare
    most_missed: PairShare
    least_missed: PairShare
    saved: Estimate


@dataclass(frozen=True)
class CutOffs:
    """Cut-offs by use, and by language pair. Texts that are written alike are left out.

    Attributes:
        recommended: {use: one cut-off for all language pairs of ``languages``}.
        languages: which these serve, those that the model knows; all where it knows fewer than two.
        undefined: {use: why there is none}.
        one_percent: {language: {language: cosine from which at most 1 % of unrelated texts pass}}.
        one_percent_passed: {language: {language: share of translations that passes it}}.
        five_percent: {language: {language: likewise, at most 5 %}}.
        five_percent_passed: {language: {language: share of translations that passes it}}.
        equal_error: {language: {language: share of translations that fails where as large a share
            of unrelated texts passes}}.
        equal_error_cosine: {language: {language: the cosine where that is}}.
        pairs: how cosines are spread between ``languages``, the largest equal error first, at most
            100.
        pair_count: how many pairs of ``languages`` there are.
        unrelated: how many pairs of unrelated texts were looked at.
    """

    recommended: dict[str, CutOff]
    languages: list[Language]
    undefined: dict[str, str]
    one_percent: dict[Language, dict[Language, Number]]
    one_percent_passed: dict[Language, dict[Language, Number]]
    five_percent: dict[Language, dict[Language, Number]]
    five_percent_passed: dict[Language, dict[Language, Number]]
    equal_error: dict[Language, dict[Language, Number]]
    equal_error_cosine: dict[Language, dict[Language, Number]]
    pairs: list[PairSpread]
    pair_count: int
    unrelated: int
