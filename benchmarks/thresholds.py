"""How often the intervals of the recommended thresholds hold the truth, where it is known.

``python benchmarks/thresholds.py [DRAWS]`` writes benchmarks/thresholds.md. The worlds are those of
coverage.py, in which all language pairs are alike, and each with two languages that are nearer to
one another than to the others. Each draw of a world is new concepts in the same languages; the
truth is that of many more concepts. None of these draws served to develop the intervals.
"""

import sys
from itertools import product
from typing import NamedTuple

import numpy as np
from coverage import DIMENSIONS, NOISES, vectors
from measuring import machine, seconds, write

from alignment import DEFAULT_MARGIN
from alignment.measure import metrics
from alignment.thresholds import cosines
from alignment.thresholds.cosines import PER_ONE
from alignment.thresholds.measure import USES, recommend, undefined_uses
from alignment.thresholds.show import USES as NAMES
from alignment.thresholds.show import helps

CONCEPTS, LANGUAGES, MANY = (50, 150), (2, 4), 3000
APART = 0.5  # what two languages have in common, in that of what a concept means
FIRST_SEED = 20_000


class World(NamedTuple):
    """What the package recommends on some texts; on many of them, that is the truth.

    Attributes:
        recommended: {use: the threshold}.
        curves: (T,) shares of translations, and of negatives, that pass each step.
    """

    recommended: dict
    curves: tuple[np.ndarray, np.ndarray]


def world(X: np.ndarray) -> World:
    """Return what the package recommends on X (C, L, D), of texts that are all different."""
    C, L, _ = X.shape
    present, surfaces = np.ones((C, L), dtype=bool), np.arange(C * L).reshape(C, L)
    a, b = np.triu_indices(L, k=1)
    gold = metrics.gold_cosines(X, present)[:, a, b]
    names = [(f"l{i}", f"l{j}") for i, j in zip(a, b, strict=True)]
    texts = X, present, surfaces, np.ones(L, dtype=bool)
    found = cosines.distributions(*texts)
    uses = [use for use in USES if use not in undefined_uses(C)]
    curves = found.translations, found.negatives
    return World(recommend(uses, found, gold, names, *texts), curves)


def drawn(C: int, L: int, noise: float, seed: int, apart: bool) -> np.ndarray:
    """Return X (C, L, D) of new concepts."""
    rng = np.random.default_rng([seed, C, L, int(100 * noise)])
    X = vectors(C, L, (noise,), 1, rng)[0, 0]
    if apart:
        X[:, :2] += np.float32(APART / DIMENSIONS**0.5)
        X /= np.linalg.norm(X, axis=-1, keepdims=True)
    return X


def judged(C: int, L: int, noise: float, apart: bool, draws: int) -> dict[str, list[float]]:
    """Return {use: how often its intervals hold the truth, and how often own ones would help}.

    The intervals are those of the cosine, of the negatives that pass this cosine, of the
    translations that do not, and of what own thresholds save; last is the cosine's median width.
    """
    truth = world(drawn(MANY, L, noise, FIRST_SEED, apart))
    rows: dict[str, list[list[float]]] = {}
    for draw in range(1, draws + 1):
        for use, own in world(drawn(C, L, noise, FIRST_SEED + draw, apart)).recommended.items():
            at = round((own.cosine.value + 1) * PER_ONE)
            passing, false = (float(curve[at]) for curve in truth.curves)
            best = truth.recommended[use]
            true = best.cosine.value, false, 1 - passing, best.saved.value
            found = own.cosine, own.false, own.missed, own.saved
            ends = [estimate.interval for estimate in found]
            held = [low <= own <= high for own, (low, high) in zip(true, ends, strict=True)]
            width = ends[0].high - ends[0].low
            rows.setdefault(use, []).append(
                [*held, helps(own.saved, DEFAULT_MARGIN) is True, width]
            )
    return {
        use: [*np.mean(own, axis=0)[:-1], np.median(np.array(own)[:, -1])]
        for use, own in rows.items()
    }


def main(draws: int) -> None:
    """Draw every world and write the table."""
    found: dict[tuple, list] = {}

    def all_worlds() -> None:
        for C, L, noise, apart in product(CONCEPTS, LANGUAGES, NOISES, (False, True)):
            if apart and L == 2:
                continue
            for use, own in judged(C, L, noise, apart, draws).items():
                found.setdefault((use, C, L, apart), []).append(own)

    taken = seconds(all_worlds)
    lines = [
        "| threshold | concepts × languages | pairs | cosine | negatives pass | "
        'translations missed | saved | "would help" | width of the cosine\'s |',
        "|---|--:|---|--:|--:|--:|--:|--:|--:|",
    ]
    for (use, C, L, apart), rows in sorted(found.items(), key=_by_use):
        cells = " | ".join(_range(column) for column in np.array(rows).T)
        kind = "two apart" if apart else "alike"
        lines.append(f"| {NAMES[use]} | {C} × {L} | {kind} | {cells} |")
    lines += [
        "",
        f"From the least to the most of {len(NOISES)} worlds: {', '.join(NOISES.values())}. How "
        'often the 95 % interval holds the truth, how often own thresholds "would help", and the '
        "median width of the cosine's interval.",
        "",
        f"{draws:,} draws of each world: a coverage of .95 is known to ± "
        f"{1.96 * (0.95 * 0.05 / draws) ** 0.5:.3f}. `python benchmarks/thresholds.py {draws}` "
        f"took {taken / 60:.0f} minutes on {machine()}.",
    ]
    write("thresholds.md", lines)


def _by_use(item: tuple[tuple, list]) -> int:
    return list(USES).index(item[0][0])


def _range(values: np.ndarray) -> str:
    return f"{values.min():.3f}–{values.max():.3f}"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
