"""How often the intervals of the recommended cut-offs hold the truth, where it is known.

``python benchmarks/thresholds.py [DRAWS]`` writes benchmarks/thresholds.md. The worlds are those of
coverage.py, and each draw of one is new concepts in the same languages. The truth is the cut-off of
many more concepts.
"""

import sys
from itertools import product

import numpy as np
from coverage import NOISES, vectors
from measuring import machine, seconds, write

from alignment.measure import cut_offs, metrics
from alignment.record.cut_off_numbers import USES, recommend, undefined_uses

CONCEPTS, LANGUAGES, MANY = (15, 50, 150), (2, 4), 3000
NAMED = {"duplicates": "1 % false", "semantic_cache": "0.1 % false", "bitext_mining": "equal error"}


def recommended(X: np.ndarray, uses: list[str]) -> dict:
    """Return what the package recommends on X (C, L, D), of texts that are all different."""
    C, L, _ = X.shape
    present, surfaces = np.ones((C, L), dtype=bool), np.arange(C * L).reshape(C, L)
    a, b = np.triu_indices(L, k=1)
    gold = metrics.gold_cosines(X, present)[:, a, b]
    names = [(f"l{i}", f"l{j}") for i, j in zip(a, b, strict=True)]
    texts = X, present, surfaces, np.ones(L, dtype=bool)
    return recommend(uses, cut_offs.distributions(*texts), gold, names, *texts)


def drawn(C: int, L: int, noise: float, seed: int) -> np.ndarray:
    """Return X (C, L, D) of new concepts."""
    rng = np.random.default_rng([seed, C, L, int(100 * noise)])
    return vectors(C, L, (noise,), 1, rng)[0, 0]


def judged(C: int, L: int, noise: float, draws: int) -> dict[str, tuple[float, float, float]]:
    """Return {use: truth, how often the interval of the cut-off holds it, its median width}."""
    uses = list(USES)
    truth = recommended(drawn(MANY, L, noise, 0), uses)
    ends = {use: [] for use in uses}
    for draw in range(1, draws + 1):
        for use, own in recommended(drawn(C, L, noise, draw), uses).items():
            ends[use].append(own.cosine.interval)
    return {use: _judged(truth[use].cosine.value, np.array(ends[use])) for use in uses}


def _judged(truth: float, ends: np.ndarray) -> tuple[float, float, float]:
    low, high = ends.T
    return truth, float(((low <= truth) & (truth <= high)).mean()), float(np.median(high - low))


def main(draws: int) -> None:
    """Draw every world and write the table."""
    found = {}

    def all_worlds() -> None:
        for key in product(CONCEPTS, LANGUAGES, NOISES):
            found[key] = judged(*key, draws)

    taken = seconds(all_worlds)
    lines = [
        f"| concepts × languages | world | {' | '.join(NAMED.values())} |",
        f"|--:|---|{'--:|' * len(NAMED)}",
    ]
    for (C, L, noise), own in found.items():
        missing = undefined_uses(C)
        cells = (_cell(*own[use], use in missing) for use in NAMED)
        lines.append(f"| {C} × {L} | {NOISES[noise]} | {' | '.join(cells)} |")
    lines += [
        "",
        "The true cut-off, how often its 95 % interval holds it, and the median width. In "
        "parentheses: with so few concepts the package gives none.",
        "",
        f"{draws:,} draws of each world: a coverage of .95 is known to ± "
        f"{1.96 * (0.95 * 0.05 / draws) ** 0.5:.3f}. `python benchmarks/thresholds.py {draws}` "
        f"took {taken / 60:.0f} minutes on {machine()}.",
    ]
    write("thresholds.md", lines)


def _cell(truth: float, coverage: float, width: float, too_few: bool) -> str:
    text = f"{truth:.3f}: {coverage:.3f} / {width:.3f}"
    return f"({text})" if too_few else text


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
