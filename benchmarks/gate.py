"""Measure the gate on equal models, and on one that is worse in one language.

``python benchmarks/gate.py [PAIRS]`` writes benchmarks/gate.md. Models have as much noise as gives
the stated retrieval, and concepts differ in how hard they are. A worse model has more noise in its
first language, which lowers retrieval there by .1.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from measuring import report, source, start, table
from synthetic import K, grid

from alignment import DEFAULT_MARGIN
from alignment.compare.gate import MetricShift, shifts_of
from alignment.compare.models import COMPARED
from alignment.measure.measurement import Measurement, measure

D = 16
SIZES = ((6, 4), (15, 2), (15, 8), (50, 8))
RETRIEVAL = (0.99, 0.9, 0.5)
LARGE = (50, 30), 0.99  # only at the ceiling, since it takes longer than all others
DROP = 0.1
HARD = 0.3  # standard deviation of the logarithm of a concept's noise


@dataclass(frozen=True)
class World:
    """Models with one mean retrieval on grids of C concepts in L languages."""

    C: int
    L: int
    retrieval: float

    def model(self, seed: int, noise: float, factor: float = 1.0) -> Measurement:
        """Measure a model whose noise is longer by ``factor`` in the first language.

        An even seed shares its concepts with the next.
        """
        concepts, rng = np.random.default_rng([seed // 2, 0]), np.random.default_rng([seed, 1])
        X = concepts.normal(size=(self.C, 1, D))
        scale = noise * np.exp(HARD * concepts.normal(size=(self.C, 1, 1)))
        factors = np.where(np.arange(self.L) == 0, factor, 1.0)[:, None]
        X = X + scale * factors * rng.normal(size=(self.C, self.L, D))
        X /= np.linalg.norm(X, axis=2, keepdims=True)
        return measure(X.astype(np.float32), grid(self.C, self.L), min(K, self.C * self.L - 1))

    @cached_property
    def noise(self) -> float:
        """Find the noise that gives the retrieval."""
        return _search(lambda noise: self._mean(noise, 1.0)[0], self.retrieval)

    @cached_property
    def factor(self) -> float:
        """Find the factor that lowers the retrieval of the first language by ``DROP``."""
        target = self._mean(self.noise, 1.0)[1] - DROP
        return _search(lambda factor: self._mean(self.noise, factor)[1], target)

    def _mean(self, noise: float, factor: float) -> tuple[float, float]:
        """Return the mean retrieval of all languages, and of the first."""
        seeds = range(0, 2 * max(4, 400 // self.C), 2)
        values = np.stack([self.model(seed, noise, factor).near.retrieval for seed in seeds])
        return float(np.nanmean(values)), float(np.nanmean(values[:, :, 0]))

    def gate(self, seed: int, factor: float = 1.0) -> list[MetricShift]:
        """Compare a new model, with more noise in its first language, with an old one."""
        old, new = self.model(2 * seed, self.noise), self.model(2 * seed + 1, self.noise, factor)
        pairs = {name: (old.values[name].round(4), new.values[name].round(4)) for name in COMPARED}
        return shifts_of(pairs, list(old.grid.languages), DEFAULT_MARGIN, seed)

    def rates(self, draws: int) -> np.ndarray:
        """Return how often one of two equal models is called worse anywhere, and better."""
        runs = [[shift.contrast for shift in self.gate(seed)] for seed in range(draws)]
        verdicts = [[(c.is_worse, c.is_better) for c in contrasts] for contrasts in runs]
        return np.mean([np.any(run, axis=0) for run in verdicts], axis=0)

    def power(self, draws: int) -> np.ndarray:
        """Return how often a worse model is called worse, and in its worse language."""
        runs = [self.gate(seed, self.factor) for seed in range(draws)]
        worse = [{shift.language for shift in run if shift.contrast.is_worse} for run in runs]
        return np.mean([(bool(languages), "l0" in languages) for languages in worse], axis=0)


def _search(value: Callable[[float], float], target: float) -> float:
    low, high = 0.05, 20.0
    for _ in range(12):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if value(middle) > target else (low, middle)
    return (low * high) ** 0.5


def main(draws: int = 500) -> None:
    """Draw every world and write the table."""
    worlds = [World(*size, retrieval) for size, retrieval in (*product(SIZES, RETRIEVAL), LARGE)]
    fifth = max(20, draws // 5)
    report(
        table(
            "concepts × languages | retrieval | equal: worse | equal: better | "
            "one language .1 lower: worse anywhere | worse in this language",
            "{} | {:.3f} | {:.3f} | {:.2f} | {:.2f}",
            ((f"{w.C} × {w.L}", [w.retrieval, *w.rates(draws), *w.power(fifth)]) for w in worlds),
        ),
        f"{draws:,} pairs of equal models per row, and a fifth of that number where one is worse: "
        f"{source(draws)}",
    )


if __name__ == "__main__":
    start(main)
