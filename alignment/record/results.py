"""The record of one run: what was measured, of which model, on which texts.

``AlignmentResults`` is the image of alignment_results.json, key for key (see docs/results.md).
Console, tables and figures read it and nothing else, so all can be made again without a model.
"""

from dataclasses import dataclass, field
from functools import cached_property
from math import fsum
from typing import ClassVar, Literal, NamedTuple

from alignment.explain.confusions import Confusions
from alignment.explain.contrasts import ScriptContrast
from alignment.explain.diagnosis import LanguageDiagnosis
from alignment.explain.nearby import Nearby
from alignment.explain.probes import Change
from alignment.explain.subwords import SubwordUse
from alignment.explain.support import Support, SupportEvidence
from alignment.grids import names
from alignment.record.cut_offs import CutOffs
from alignment.record.json_record import DIGITS, Record
from alignment.record.search import Search
from alignment.record.variants import Variant
from alignment.stats.estimates import Contrast, Estimate, Interval, Number

MISALIGNED_BELOW = 0.5
MIN_LISTED = 10  # least similar translations, be they misaligned or not

PerConcept = dict[names.EachConcept, Number]
PerPair = dict[names.EachLanguage, dict[names.EachLanguage, Number]]


class Pair(NamedTuple):
    """A concept in two languages, and the cosine between its texts."""

    concept: names.Concept
    a: names.Language
    b: names.Language
    similarity: float


class Quantiles(NamedTuple):
    """How the values of a language's texts are spread."""

    p5: Number
    p25: Number
    p75: Number
    p95: Number


class IdenticalStrings(NamedTuple):
    """A concept that two languages write alike."""

    concept: names.Concept
    a: names.Language
    b: names.Language


class Hub(NamedTuple):
    """A text that is the answer to more queries than others."""

    concept: names.Concept
    language: names.Language
    times: float


@dataclass(frozen=True)
class Coverage:
    """Over how much the numbers are.

    Attributes:
        texts: there are.
        cells: of the grid, C·L.
        languages: {language: concepts that it has}.
        concepts: {concept: languages that have it}.
        pairs: {language: {language: concepts that both have}}.
    """

    texts: int
    cells: int
    languages: dict[names.EachLanguage, int]
    concepts: dict[str, int]
    pairs: dict[names.EachLanguage, dict[names.EachLanguage, int]]


@dataclass(frozen=True)
class Hubness:
    """How unevenly answers are spread over the texts.

    Attributes:
        skewness: of how often a text is an answer.
        expected: how often it would be, were all alike.
        hubs: the most frequent answers.
        never_retrieved: texts that are never an answer.
    """

    skewness: Number
    expected: Number
    hubs: list[Hub]
    never_retrieved: int


@dataclass(frozen=True)
class Contrasts:
    """Groups against the rest, in the languages that the model knows; see also ``diagnosis``.

    Attributes:
        categories: {category: its similarity against that of the others}.
        scripts: centroid distances across scripts against those within; None without both.
    """

    categories: dict[names.Category, Contrast]
    scripts: ScriptContrast | None


@dataclass(frozen=True)
class Provenance:
    """What it takes to run it again.

    Attributes:
        requested_model: another name than what ran only in a fallback.
        fallback: whether the embedded model was used instead of the published one.
        model_fingerprint: commit, hash of the files, or address; None for a Python object.
        dimension: of the vectors, D.
        disk_bytes: that the model's files take; None where they are not on this machine.
        prompt: before every text.
        k: nearest neighbours looked at.
        seed: random seed.
        margin: differences within it do not matter.
        grid: its name.
        grid_sha256: of its content.
        versions: of Python and the packages.
    """

    requested_model: str
    fallback: bool
    model_fingerprint: str | None
    dimension: int
    disk_bytes: int | None
    prompt: str
    k: int
    seed: int
    margin: float
    grid: str
    grid_sha256: str
    versions: dict[str, str]


@dataclass(frozen=True, repr=False)
class AlignmentResults(Record):
    """Everything one run found out. A number that the grid is too small for is None.

    Attributes:
        schema_version: of this layout.
        model: what ran.
        languages: L codes, in grid order.
        coverage: over how many texts the numbers are.
        alignment_score: Σ weights · summary.
        summary: the means of the three parts, by name.
        weights: of the three parts in the score, by name.
        intra_concept_similarity: {concept: mean cosine over its language pairs}.
        nearest_neighbor_accuracy: {concept: share of its k nearest that are translations}.
        cross_lingual_retrieval: {query language: {target language: share found first}}.
        retrieval_intervals: the same, Wilson.
        centroid_distances: {language: {language: 1 − cos of the mean vectors}}.
        centroid_p: that the distance is chance.
        misaligned_pairs: below 0.5, lowest first, at most 100; ``counts`` says how many there are.
        next_lowest_pairs: those that come next, where fewer than ten are misaligned.
        calibrated_misaligned_pairs: below ``thresholds``, lowest first, at most 100.
        discriminability: mean cosine of same and of different concepts, and the gap.
        categories: {category: mean intra-concept similarity}.
        category_intervals: of these means.
        concept_categories: {concept: category}.
        chance: of the accuracies, by name.
        calibrated: the score and its parts, 0 by chance and 1 at best, by name.
        collapsed: whether the encoder gave one vector for every text.
        baselines: {language: {language: mean cosine of unrelated texts}}.
        auroc: {language: {language: share of unrelated cosines below a concept's own}}.
        thresholds: {language: {language: 99th percentile of unrelated cosines}}.
        further: other ways to look at retrieval, and the gap, by name.
        intervals: {name of a mean: 95 % interval, over concepts}.
        values: {name: {language: values of its texts, in the order of concepts}} of the two
            numbers that models are compared by; None where there is no text.
        failures: {query language: {target language: hexadecimal digits}}, a bit for each concept,
            the first in the highest place of the first digit; 1 where its retrieval fails.
        by_language: {language: {name: estimate}} of the scores and their parts.
        distributions: {name: {language: quantiles of its values}} of parts with one a concept.
        scripts: {language: script of most of its letters}.
        influence: {number: {concept: how far the number moves without it}}, the largest moves.
        language_bias: same-language share of the wrong answers in a pool of all languages, over
            the share expected.
        hubness: how unevenly answers are spread.
        identical_strings: written alike, at most 100.
        without_identical_strings: the score and its parts without them.
        counts: {list: how many there are of its kind}.
        contrasts: categories and scripts against the rest.
        confusions: the failed retrievals.
        probes: {form: {language, or "all": change of retrieval}}; None where not probed.
        templates: {language: the sentence of the probe}, of the probed languages.
        subwords: {language, or "all": how its texts are cut up}; None where not known.
        diagnosis: {language: how and why it differs from the others}.
        support: {language: whether the model knows it}.
        support_evidence: {language: what it is judged by}.
        among_supported: {mean: among the languages it knows}; None for all, or fewer than two.
        texts: {concept: {language: text}}, all of them where there is room; else of what is named
            here, of the highest and the lowest concepts, and of those least retrieved.
        nearby: {concept: {language: what is around its text}}, likewise; older records have none.
        search: questions searched for among the grid's texts; None where none were asked.
        variants: the vectors in cheaper forms, the full ones first; None where none were asked for.
        cut_offs: from which cosine texts count as translations; None where not asked.
        undefined: {number: why it is None}.
        findings: what all this shows, in sentences.
        provenance: model, grid, settings and versions.
    """

    schema_version: Literal[2]
    model: str
    languages: list[str]
    coverage: Coverage
    alignment_score: Number
    summary: dict[names.EachPart, Number]
    weights: dict[names.EachPart, float]
    intra_concept_similarity: PerConcept
    nearest_neighbor_accuracy: PerConcept
    cross_lingual_retrieval: PerPair
    retrieval_intervals: dict[names.EachLanguage, dict[names.EachLanguage, Interval]]
    centroid_distances: PerPair
    centroid_p: PerPair
    misaligned_pairs: list[Pair]
    next_lowest_pairs: list[Pair]
    calibrated_misaligned_pairs: list[Pair]
    discriminability: dict[str, Number]
    categories: dict[str, Number]
    category_intervals: dict[names.EachCategory, Interval]
    concept_categories: dict[names.EachConcept, names.Category]
    chance: dict[str, Number]
    calibrated: dict[names.EachScore, Number]
    collapsed: bool
    baselines: PerPair
    auroc: PerPair
    thresholds: PerPair
    further: dict[str, Number]
    intervals: dict[names.EachHeadline, Interval]
    values: dict[names.EachCompared, dict[names.EachLanguage, list[Number]]]
    failures: dict[names.EachLanguage, dict[names.EachLanguage, str]]
    by_language: dict[names.EachLanguage, dict[names.EachOfLanguage, Estimate]]
    distributions: dict[names.EachSpread, dict[names.EachLanguage, Quantiles]]
    scripts: dict[names.EachLanguage, str]
    influence: dict[str, dict[names.Concept, float]]
    language_bias: Number
    hubness: Hubness
    identical_strings: list[IdenticalStrings]
    without_identical_strings: dict[names.EachScore, Number]
    counts: dict[names.EachList, int]
    contrasts: Contrasts
    confusions: Confusions
    probes: dict[str, dict[names.LanguageOrAll, Change]] | None
    templates: dict[names.Language, str]
    subwords: dict[names.LanguageOrAll, SubwordUse] | None
    diagnosis: dict[names.Language, LanguageDiagnosis]
    support: dict[names.EachLanguage, Support]
    support_evidence: dict[names.EachLanguage, SupportEvidence]
    among_supported: dict[str, Number] | None
    texts: dict[names.Concept, dict[names.Language, str]]
    search: Search | None
    variants: list[Variant] | None
    cut_offs: CutOffs | None
    undefined: dict[str, str]
    findings: list[str]
    provenance: Provenance
    nearby: dict[names.Concept, dict[names.Language, Nearby]] = field(default_factory=dict)

    VERSION: ClassVar[int] = 2
    COSINES: ClassVar[frozenset[str]] = frozenset(
        {
            *("intra_concept_similarity", "categories", "category_intervals", "contrasts"),
            *("centroid_distances", "baselines", "thresholds", "auroc", "subwords"),
            *("intervals", "by_language", "confusions", "distributions", "values"),
            *("misaligned_pairs", "next_lowest_pairs", "calibrated_misaligned_pairs"),
        }
    )

    @property
    def lowest_pairs(self) -> list[Pair]:
        """The least similar translations, at least ten where there are so many."""
        return self.misaligned_pairs + self.next_lowest_pairs

    def by_concept(self, name: str) -> PerConcept:
        """Return {concept: mean over its texts} of one of ``values``."""
        rows = zip(*self.values[name].values(), strict=True)
        known = ([value for value in row if value is not None] for row in rows)
        means = [round(fsum(own) / len(own), DIGITS) if own else None for own in known]
        return dict(zip(self.coverage.concepts, means, strict=True))

    @cached_property
    def headlines(self) -> dict[str, Estimate]:
        """Every mean that has an interval, by the names of ``intervals``."""
        means = {"alignment_score": self.alignment_score, **self.summary, **self.further}
        means |= {f"calibrated_{name}": value for name, value in self.calibrated.items()}
        return {name: Estimate(means[name], self.intervals[name]) for name in self.intervals}
