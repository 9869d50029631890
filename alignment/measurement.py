"""Measurement: everything measured on the vectors of a grid, as arrays.

Each number is first a value for every concept and language, V (C, L). Its mean over the languages
is the concept's value, its mean over both is the headline.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from alignment import metrics, neighbours, pairs
from alignment.grids import ConceptGrid

PARTS = tuple(metrics.WEIGHTS)
SCORE = "alignment_score"


@dataclass(frozen=True)
class Measurement:
    """Everything measured, as arrays; computed when first asked for."""

    X: np.ndarray
    grid: ConceptGrid
    k: int
    seed: int

    @cached_property
    def S(self) -> np.ndarray:
        """(C, L, L) similarities within each concept."""
        return metrics.same_concept_similarity(self.X)

    @cached_property
    def baseline(self) -> np.ndarray:
        """(L, L) mean similarities of different concepts."""
        return metrics.different_concept_similarity(self.X, self.S)

    @cached_property
    def near(self) -> neighbours.Neighbours:
        """What the searches found."""
        return neighbours.search(self.X, self.S, self.k)

    @cached_property
    def identical(self) -> np.ndarray:
        """(C, L, L) of bool, where two languages write a concept alike."""
        surfaces = np.array(self.grid.surfaces(), dtype=object)
        return (surfaces[:, :, None] == surfaces[:, None, :]) & ~np.eye(self.X.shape[1], dtype=bool)

    @cached_property
    def paired(self) -> pairs.LanguagePairs:
        """What is read off the language pairs."""
        return pairs.measure(self.X, self.near.density, self.identical)

    @cached_property
    def parts(self) -> dict[str, np.ndarray]:
        """(C, L) values of the published parts and of their score."""
        return _with_score(self.S, self.near.nearest, metrics.over_partners(self.near.retrieval))

    @cached_property
    def chance(self) -> dict[str, float]:
        """What the accuracies are where nothing is aligned."""
        C, L = self.X.shape[:2]
        return {
            "nearest_neighbor_accuracy": (L - 1) / (C * L - 1),
            "cross_lingual_retrieval": 1 / C,
        }

    @cached_property
    def best(self) -> dict[str, float]:
        """What the accuracies can reach: of k neighbours only L − 1 can be translations."""
        L = self.X.shape[1]
        return {
            "nearest_neighbor_accuracy": min(self.k, L - 1) / self.k,
            "cross_lingual_retrieval": 1.0,
        }

    @cached_property
    def calibrated(self) -> dict[str, np.ndarray]:
        """(C, L) values of the calibrated parts and of their score; 0 for a collapsed encoder."""
        if metrics.is_collapsed(self.X):
            return {name: np.zeros_like(V) for name, V in self.parts.items()}
        return _with_score(
            metrics.calibrated_similarity(self.S, self.baseline),
            *(
                metrics.calibrated_accuracy(self.parts[name], self.chance[name], self.best[name])
                for name in PARTS[1:]
            ),
        )

    @cached_property
    def further(self) -> dict[str, np.ndarray]:
        """(C, L) values of what stands beside the score."""
        forth = self.near.retrieval
        return {
            "auroc": metrics.over_partners(self.paired.auroc),
            "csls_retrieval": metrics.over_partners(self.paired.csls),
            "mean_reciprocal_rank": metrics.over_partners(self.paired.reciprocal_rank),
            "mutual_retrieval": metrics.over_partners(forth * forth.transpose(0, 2, 1)),
            "mixed_pool_retrieval": self.near.mixed,
            "gap": metrics.separation(self.X, self.S),
        }

    @cached_property
    def language_bias(self) -> float:
        """Share of the query's own language among wrong answers, over the share expected, 1/L."""
        wrong = (1 - self.near.mixed).sum()
        share = self.near.own_language.sum() / wrong if wrong > 1e-9 else np.nan
        return share * self.X.shape[1]

    @cached_property
    def values(self) -> dict[str, np.ndarray]:
        """(C, L) values of every headline."""
        calibrated = {f"calibrated_{name}": V for name, V in self.calibrated.items()}
        return self.parts | calibrated | self.further

    @cached_property
    def by_concept(self) -> dict[str, np.ndarray]:
        """(C,) values of every headline."""
        return {name: metrics.mean_present(V, axis=1) for name, V in self.values.items()}

    @cached_property
    def means(self) -> dict[str, float]:
        """Every headline."""
        return {name: metrics.mean_present(V) for name, V in self.values.items()}


def _with_score(similarity, nearest, retrieval) -> dict[str, np.ndarray]:
    parts = dict(zip(PARTS, (metrics.over_partners(similarity), nearest, retrieval), strict=True))
    return {SCORE: metrics.alignment_score(parts)} | parts
