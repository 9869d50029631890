"""What the gate says of equal models, and of one that is worse in one language.

``python benchmarks/gate.py [PAIRS]`` writes benchmarks/gate.md. Models are right but for noise, as
much of it as gives the stated retrieval; concepts differ in how hard they are. Equal models have
the same noise drawn anew, and a worse one has more of it in its first language, so much that
retrieval is .1 lower there. Everything is measured on their vectors, as in a run.
"""

import sys
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from measuring import machine, write
from synthetic import K, grid

from alignment import DEFAULT_MARGIN
from alignment.compare.gate import MetricShift, shifts_of
from alignment.compare.models import COMPARED
from alignment.measure.measurement import Measurement, measure

D = 16
SIZES = ((6, 4), (15, 2), (15, 8), (50, 8))
RETRIEVAL = (0.99, 0.9, 0.5)
LARGE = (50, 30), 0.99  # at the ceiling alone: it takes longer than all others
LOST = 0.1
HARD = 0.3  # standard deviation of the logarithm of a concept's noise


@dataclass(frozen=True)
class World:
    """Models of one quality on grids of one size.

    Attributes:
        C: concepts.
        L: languages.
        retrieval: mean over the texts.
    """

    C: int
    L: int
    retrieval: float

    def model(self, seed: int, noise: float, more: float = 1.0) -> Measurement:
        """Measure a model on concepts that every seed has of its own.

        Args:
            seed: even ones share the concepts with the next.
            noise: of a text, where the meaning has length 1.
            more: times as much in the first language.
        """
        concepts, rng = np.random.default_rng([seed // 2, 0]), np.random.default_rng([seed, 1])
        X = concepts.normal(size=(self.C, 1, D))
        scale = noise * np.exp(HARD * concepts.normal(size=(self.C, 1, 1)))
        own = np.where(np.arange(self.L) == 0, more, 1.0)[:, None]
        X = X + scale * own * rng.normal(size=(self.C, self.L, D))
        X /= np.linalg.norm(X, axis=2, keepdims=True)
        return measure(X.astype(np.float32), grid(self.C, self.L), min(K, self.C * self.L - 1))

    @cached_property
    def noise(self) -> float:
        """As much of it as gives the retrieval."""
        return self._searched(lambda x: self._mean(x, 1.0), self.retrieval)

    @cached_property
    def more(self) -> float:
        """How much more in the first language makes its retrieval lower by ``LOST``."""
        lower = self._mean(self.noise, 1.0, 0) - LOST
        return self._searched(lambda x: self._mean(self.noise, x, 0), lower)

    def _mean(self, noise: float, more: float, language: int | slice = slice(None)) -> float:
        draws = max(4, 400 // self.C)
        found = [self.model(2 * seed, noise, more).near.retrieval for seed in range(draws)]
        return float(np.nanmean(np.stack(found)[:, :, language]))

    @staticmethod
    def _searched(value, wanted: float) -> float:
        low, high = 0.05, 20.0
        for _ in range(12):
            middle = (low * high) ** 0.5
            low, high = (middle, high) if value(middle) > wanted else (low, middle)
        return (low * high) ** 0.5

    def gate(self, seed: int, more: float = 1.0) -> list[MetricShift]:
        """Hold a model against another; the first language of the new one has more noise."""
        old, new = self.model(2 * seed, self.noise), self.model(2 * seed + 1, self.noise, more)
        pairs = {name: (old.values[name].round(4), new.values[name].round(4)) for name in COMPARED}
        return shifts_of(pairs, list(old.grid.languages), DEFAULT_MARGIN, seed)

    def rates(self, draws: int) -> tuple[float, float]:
        """Return how often one of two equal models is called worse anywhere, and better."""
        found = [[shift.contrast for shift in self.gate(seed)] for seed in range(draws)]
        worse = [any(own.is_worse for own in each) for each in found]
        better = [any(own.is_better for own in each) for each in found]
        return float(np.mean(worse)), float(np.mean(better))

    def power(self, draws: int) -> tuple[float, float]:
        """Return how often a worse model is called worse, and in its worse language."""
        found = [
            {shift.language for shift in self.gate(seed, self.more) if shift.contrast.is_worse}
            for seed in range(draws)
        ]
        return float(np.mean([bool(own) for own in found])), float(
            np.mean(["l0" in own for own in found])
        )


def main(draws: int) -> None:
    """Draw every world and write the table."""
    lines = [
        "| concepts × languages | retrieval | equal: worse | equal: better "
        "| one language .1 lower: worse anywhere | worse there |",
        "|--:|--:|--:|--:|--:|--:|",
    ]
    for (C, L), retrieval in (*product(SIZES, RETRIEVAL), LARGE):
        world = World(C, L, retrieval)
        rates = "{:.3f} | {:.3f}".format(*world.rates(draws))
        power = "{:.2f} | {:.2f}".format(*world.power(max(20, draws // 5)))
        lines.append(f"| {C} × {L} | {retrieval} | {rates} | {power} |")
        print(lines[-1], flush=True)
    lines += [
        "",
        f"{draws:,} pairs of equal models a row, and a fifth as many where one is worse. `python "
        f"benchmarks/gate.py {draws}` on {machine()}.",
    ]
    write("gate.md", lines)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
