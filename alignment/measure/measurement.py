"""Measurement: everything measured on the vectors of a grid, as arrays.

Each number is first a value for every concept and language, V (C, L), NaN where there is no text.
Its mean over the languages is the concept's value; the mean over the concepts is the headline.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from alignment.grids import ConceptGrid
from alignment.measure import metrics, neighbours, pairs, pool
from alignment.measure.arrays import Bools, Floats, Ints, Vectors

PARTS = tuple(metrics.WEIGHTS)
SCORE = "alignment_score"


@dataclass(frozen=True)
class Measurement:
    """Everything measured, as arrays, made by `measure`. Derived values are computed lazily."""

    X: Vectors  # (C, L, D), the unit vectors; 0 where the grid has no text
    grid: ConceptGrid  # C concepts in L languages
    k: int  # number of nearest neighbours
    seed: int  # for resampling
    present: Bools  # (C, L) of bool, whether there is a text
    identical: Bools  # (C, L, L) of bool, whether a later language has an identical text
    near: neighbours.Neighbours  # results of the searches
    paired: pairs.LanguagePairs  # values of the language pairs

    def among(self, languages: list[int]) -> "Measurement":
        """Measure some languages, given by their places, without the others.

        A language that fails lowers every pair that it is part of.
        """
        if len(languages) == len(self.grid.languages):
            return self
        part = self.grid.with_columns(languages)
        return measure(self.X[:, languages], part, self.k, self.seed)

    @cached_property
    def parts(self) -> dict[str, Floats]:
        """(C, L) values of the published parts and of their score."""
        return _with_score(self.paired.similarity, self.near.nearest, self.near.retrieval)

    @cached_property
    def partners(self) -> Ints:
        """(C, 1), number of other languages with a text of the concept."""
        texts: Ints = self.present.sum(axis=1, keepdims=True)
        return texts - 1

    @cached_property
    def nearest_chance(self) -> Floats:
        """(C, 1), nearest-neighbour accuracy where nothing is aligned."""
        chance: Floats = self.partners / (self.present.sum() - 1)
        return chance

    @cached_property
    def chance(self) -> dict[str, float]:
        """The accuracies of a model that aligns nothing."""
        of_language = np.where(self.present, 1 / self.present.sum(axis=0), np.nan)
        return {
            "nearest_neighbor_accuracy": self.nearest_chance.mean(),
            "cross_lingual_retrieval": metrics.mean_of_concepts(of_language),
        }

    @cached_property
    def calibrated(self) -> dict[str, Floats]:
        """(C, L) values of the calibrated parts and of their score; 0 for a collapsed encoder."""
        if metrics.is_collapsed(self.X, self.present):
            return {name: np.where(np.isnan(V), V, 0) for name, V in self.parts.items()}
        best = np.minimum(self.k, self.partners) / self.k
        nearest = metrics.calibrated_accuracy(self.near.nearest, self.nearest_chance, best)
        similarity = self.paired.calibrated_similarity
        return _with_score(similarity, nearest, self.near.calibrated_retrieval)

    @cached_property
    def further(self) -> dict[str, Floats]:
        """(C, L) values of the metrics that are reported beside the score."""
        return {
            "auroc": self.paired.auroc,
            "csls_retrieval": self.paired.csls,
            "mean_reciprocal_rank": self.paired.reciprocal_rank,
            "retrieval_among_10": self.paired.among_10,
            "mutual_retrieval": self.paired.mutual,
            "mixed_pool_retrieval": self.near.mixed,
            "gap": metrics.separation(self.X, self.present, self.paired.similarity),
        }

    @cached_property
    def without_identical(self) -> dict[str, Floats]:
        """(C, L) values of the published parts without identical texts, by name."""
        repeated: Bools = np.any(self.identical, axis=1)  # an earlier language has the same text
        near = self.near.nearest, self.near.level
        nearest = pool.nearest_without(*near, self.X, self.present, self.k, repeated)
        values = self.paired.distinct_similarity, nearest, self.paired.distinct_retrieval
        return dict(zip(PARTS, values, strict=True))

    @cached_property
    def language_bias(self) -> float:
        """Share of the query's own language among wrong answers, over the share expected."""
        wrong = 1 - self.near.mixed
        candidates = self.present.sum() - 1 - self.partners
        share = (self.present.sum(axis=0) - 1) / np.where(candidates > 0, candidates, np.nan)
        expected = np.nansum(wrong * share)
        return np.nansum(self.near.same_language) / expected if expected > 1e-9 else np.nan

    @cached_property
    def values(self) -> dict[str, Floats]:
        """(C, L) values of every headline."""
        calibrated = {f"calibrated_{name}": V for name, V in self.calibrated.items()}
        return self.parts | calibrated | self.further

    @cached_property
    def by_concept(self) -> dict[str, Floats]:
        """(C,) values of every headline."""
        return {name: metrics.mean_present(V, axis=1) for name, V in self.values.items()}

    @cached_property
    def means(self) -> dict[str, float]:
        """Every headline."""
        return {name: metrics.mean_of_concepts(V) for name, V in self.values.items()}


def _with_score(similarity: Floats, nearest: Floats, retrieval: Floats) -> dict[str, Floats]:
    parts = dict(zip(PARTS, (similarity, nearest, retrieval), strict=True))
    return {SCORE: metrics.alignment_score(parts)} | parts


def measure(X: Vectors, grid: ConceptGrid, k: int, seed: int = 0) -> Measurement:
    """Search with the vectors X (C, L, D) of the grid's texts, and compare the languages.

    X has rows of unit length, 0 where the grid has no text; ``seed`` is for resampling.
    """
    present, surfaces = np.array(grid.mask(), dtype=bool), surfaces_of(grid)
    gold = metrics.gold_cosines(X, present)
    near, density = neighbours.search(X, present, gold, k)
    paired = pairs.measure(X, present, gold, density, surfaces)
    identical = np.triu(surfaces[:, :, None] == surfaces[:, None, :], k=1)
    return Measurement(X, grid, k, seed, present, identical, near, paired)


def surfaces_of(grid: ConceptGrid) -> Ints:
    """Return numbers (C, L), equal where texts are identical; the number of a gap is unique."""
    rows = grid.surfaces()
    texts = [text or f"\0{c} {j}" for c, row in enumerate(rows) for j, text in enumerate(row)]
    number = {text: i for i, text in enumerate(dict.fromkeys(texts))}
    return np.array([number[text] for text in texts]).reshape(len(rows), -1)
