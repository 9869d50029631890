"""The core of the record: the numbers of every run, its model and its texts.

`alignment.results` adds the sections of the capabilities. Console, tables and figures read only the
record, so all can be made again without a model.
"""

from math import fsum
from typing import Literal, NamedTuple

from msgspec import Struct

from alignment.measure.errors import Errors
from alignment.measure.support import LanguageSupport
from alignment.record.json_record import VERSION, Record
from alignment.stats.estimates import DIGITS, Estimate, Interval, Number

RANKED_BY = "calibrated_alignment_score"
COMPARED = (RANKED_BY, "cross_lingual_retrieval")  # a record keeps their value of every text
MISALIGNED_BELOW = 0.5
MIN_LISTED = 10  # least similar translations, whether misaligned or not

PerConcept = dict[str, Number]
PerPair = dict[str, dict[str, Number]]


class Pair(NamedTuple):
    """A concept in two languages, and the cosine between its texts."""

    concept: str
    a: str
    b: str
    similarity: float


class Quantiles(NamedTuple):
    """Quantiles of the values of a language's texts."""

    p5: Number
    p25: Number
    p75: Number
    p95: Number


class IdenticalStrings(NamedTuple):
    """A concept that has the same string in two languages."""

    concept: str
    a: str
    b: str


class Hub(NamedTuple):
    """A text that is the answer to more queries than others."""

    concept: str
    language: str
    times: float


class TextNeighbor(NamedTuple):
    """A text near another, and the cosine between them."""

    concept: str
    language: str
    similarity: float


class TextNeighbors(Struct, frozen=True):
    """The neighbourhood of a text.

    Attributes:
        nearest: the three nearest of all texts, the nearest first; ties in the order of the grid.
        errors: {language: concept that the text retrieves there instead of its translation}.
    """

    nearest: list[TextNeighbor]
    errors: dict[str, str]


class Coverage(Struct, frozen=True):
    """The numbers of texts.

    Attributes:
        texts: number of texts.
        cells: number of cells of the grid, C·L.
        languages: {language: number of its concepts}.
        concepts: {concept: number of its languages}.
        pairs: {language: {language: number of concepts in both}}.
    """

    texts: int
    cells: int
    languages: dict[str, int]
    concepts: dict[str, int]
    pairs: dict[str, dict[str, int]]


class Hubness(Struct, frozen=True):
    """The frequency of texts among the answers.

    Attributes:
        expected: number of times that a text would be an answer if all were equally frequent.
        hubs: the most frequent answers.
    """

    expected: Number
    hubs: list[Hub]


class Provenance(Struct, frozen=True):
    """Everything that is needed to repeat the run.

    Attributes:
        requested_model: name of the requested model; it differs from ``model`` in a fallback.
        fallback: whether the embedded model was used instead of the published one.
        model_fingerprint: commit, hash of the files, or address; None for a Python object.
        dimension: dimensions of the vectors, D.
        disk_bytes: size of the model's files; None where they are not on this machine.
        prompt: text before every text.
        k: number of nearest neighbours.
        seed: random seed.
        margin: differences within ± margin do not matter.
        grid: name of the grid.
        grid_sha256: fingerprint of its content.
        versions: {package: version}, Python included.
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


class CoreResults(Record, frozen=True, kw_only=True):
    """All results of a run. A number that the grid is too small for is None.

    Attributes:
        schema_version: version of this layout.
        model: name of the model that ran.
        languages: L codes, in grid order.
        coverage: numbers of texts.
        alignment_score: Σ weights · summary.
        summary: {part: mean} of the three parts.
        weights: {part: weight in the score}.
        intra_concept_similarity: {concept: mean cosine over its language pairs}.
        nearest_neighbor_accuracy: {concept: share of its k nearest that are translations}.
        cross_lingual_retrieval: {query language: {target language: share found first}}.
        retrieval_intervals: {query language: {target language: Wilson interval}}.
        centroid_distances: {language: {language: 1 − cos of the mean vectors}}.
        centroid_p: {language: {language: p of the distance, corrected}}.
        misaligned_pairs: at most 100 pairs below 0.5, lowest first; ``counts`` has their number.
        next_lowest_pairs: the next lowest pairs, where fewer than ten are misaligned.
        discriminability: mean cosine of same and of different concepts, and the gap.
        categories: {category: mean intra-concept similarity}.
        category_intervals: {category: interval of this mean}.
        concept_categories: {concept: category}.
        chance: {accuracy: value of a model that aligns nothing}.
        calibrated: {name: value} of the score and its parts, 0 by chance and 1 at best.
        collapsed: whether the encoder gave one vector for every text.
        baselines: {language: {language: mean cosine of non-translations}}.
        auroc: {language: {language: share of negatives with a lower cosine than the concept}}.
        negative_p99: {language: {language: 99th percentile of the negatives' cosines}}.
        further: {name: value} of other metrics of retrieval, and of the gap.
        intervals: {name of a mean: 95 % interval, over concepts}.
        values: {name: {language: values of its texts, in the order of concepts}} of the two
            metrics that models are compared by; None where there is no text.
        failures: {query language: {target language: hexadecimal digits}}, a bit for each concept,
            the first in the highest place of the first digit; 1 where its retrieval fails.
        by_language: {language: {name: estimate}} of the scores and their parts.
        distributions: {part: {language: quantiles of its values}}, by concept.
        scripts: {language: script of most of its letters}.
        language_bias: same-language share of the wrong answers in a pool of all languages, divided
            by the expected share.
        hubness: frequency of texts among the answers.
        identical_strings: at most 100 concepts with one string in two languages.
        without_identical_strings: {name: value} of the score and its parts without them.
        counts: {list: full number of its pairs}.
        errors: the failed retrievals.
        support: {language: whether the model supports it, and the evidence}.
        among_supported: {mean: value among the supported languages}; None if all are supported, or
            fewer than two.
        texts: {concept: {language: text}}, all of them where there is room; else the texts named
            here, and those of the highest, the lowest and the least retrieved concepts.
        text_neighbors: {concept: {language: neighbourhood of its text}}, for as many concepts as
            there is room for, the least retrieved first.
        undefined: {number: why it is None}.
        notices: decisions made while the grid and the questions were read.
        findings: sentences on the results.
        provenance: model, grid, settings and versions.
    """

    schema_version: Literal[3] = VERSION
    model: str
    languages: list[str]
    coverage: Coverage
    alignment_score: Number
    summary: dict[str, Number]
    weights: dict[str, float]
    intra_concept_similarity: PerConcept
    nearest_neighbor_accuracy: PerConcept
    cross_lingual_retrieval: PerPair
    retrieval_intervals: dict[str, dict[str, Interval]]
    centroid_distances: PerPair
    centroid_p: PerPair
    misaligned_pairs: list[Pair]
    next_lowest_pairs: list[Pair]
    discriminability: dict[str, Number]
    categories: dict[str, Number]
    category_intervals: dict[str, Interval]
    concept_categories: dict[str, str]
    chance: dict[str, Number]
    calibrated: dict[str, Number]
    collapsed: bool
    baselines: PerPair
    auroc: PerPair
    negative_p99: PerPair
    further: dict[str, Number]
    intervals: dict[str, Interval]
    values: dict[str, dict[str, list[Number]]]
    failures: dict[str, dict[str, str]]
    by_language: dict[str, dict[str, Estimate]]
    distributions: dict[str, dict[str, Quantiles]]
    scripts: dict[str, str]
    language_bias: Number
    hubness: Hubness
    identical_strings: list[IdenticalStrings]
    without_identical_strings: dict[str, Number]
    counts: dict[str, int]
    errors: Errors
    support: dict[str, LanguageSupport]
    among_supported: dict[str, Number] | None
    texts: dict[str, dict[str, str]]
    text_neighbors: dict[str, dict[str, TextNeighbors]]
    undefined: dict[str, str]
    notices: list[str]
    findings: list[str]
    provenance: Provenance

    def lowest_pairs(self) -> list[Pair]:
        """Return the least similar translations, ten or more if the grid has as many."""
        return self.misaligned_pairs + self.next_lowest_pairs

    def by_concept(self, name: str) -> PerConcept:
        """Return {concept: mean over its texts} for one of ``values``."""
        means = means_of_units(self.values[name])
        return dict(zip(self.coverage.concepts, means, strict=True))

    def headlines(self) -> dict[str, Estimate]:
        """Return {name: estimate} of every mean in ``intervals``."""
        means = {"alignment_score": self.alignment_score, **self.summary, **self.further}
        means |= {f"calibrated_{name}": value for name, value in self.calibrated.items()}
        return {name: Estimate(means[name], self.intervals[name]) for name in self.intervals}


def means_of_units(values: dict[str, list[Number]]) -> list[Number]:
    """Return each unit's mean over its columns, given {column: a value for each unit}."""
    rows = zip(*values.values(), strict=True)
    present = ([value for value in row if value is not None] for row in rows)
    return [round(fsum(row) / len(row), DIGITS) if row else None for row in present]
