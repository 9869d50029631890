"""Measure how often the intervals of the recommended thresholds contain the truth.

``python benchmarks/thresholds.py [DRAWS]`` writes benchmarks/thresholds.md. The worlds are those of
coverage.py, and each with two languages that are closer to one another than to the others; the
truth is what the package recommends on 3,000 concepts.
"""

from itertools import product

import numpy as np
from coverage import DIMENSIONS, NOISES, vectors
from measuring import report, sampling_error, source, start, table

from alignment import DEFAULT_MARGIN
from alignment.measure import metrics
from alignment.thresholds import cosines
from alignment.thresholds.cosines import PER_ONE
from alignment.thresholds.measure import USES, recommend, undefined_uses
from alignment.thresholds.show import USES as NAMES
from alignment.thresholds.show import helps

TRUTH_CONCEPTS = 3000
SHARED = 0.5  # length of what the two close languages have in common, relative to the meaning
FIRST_SEED = 20_000
Curves = tuple[np.ndarray, np.ndarray]  # shares of translations and negatives that pass each step


def recommended(X: np.ndarray) -> tuple[dict, Curves]:
    """Return {use: threshold} for X (C, L, D), whose texts all differ, and the curves."""
    C, L, _ = X.shape
    present, surfaces = np.ones((C, L), dtype=bool), np.arange(C * L).reshape(C, L)
    a, b = np.triu_indices(L, k=1)
    gold = metrics.gold_cosines(X, present)[:, a, b]
    names = [(f"l{i}", f"l{j}") for i, j in zip(a, b, strict=True)]
    texts = X, present, surfaces, np.ones(L, dtype=bool)
    shares = cosines.distributions(*texts)
    uses = [use for use in USES if use not in undefined_uses(C)]
    thresholds = recommend(uses, shares, gold, names, *texts)
    return thresholds, (shares.translations, shares.negatives)


def drawn(C: int, L: int, noise: float, seed: int, close: bool) -> np.ndarray:
    """Return X (C, L, D) of new concepts."""
    rng = np.random.default_rng([seed, C, L, int(100 * noise)])
    X = vectors(C, L, (noise,), 1, rng)[0, 0]
    if close:
        X[:, :2] += np.float32(SHARED / DIMENSIONS**0.5)
        X /= np.linalg.norm(X, axis=-1, keepdims=True)
    return X


def judged(C: int, L: int, noise: float, close: bool, draws: int) -> dict[str, list[float]]:
    """Return {use: four coverages, how often separate thresholds help, the cosine's width}."""
    truth, curves = recommended(drawn(TRUTH_CONCEPTS, L, noise, FIRST_SEED, close))
    rows: dict[str, list[list[float]]] = {}
    for draw in range(1, draws + 1):
        thresholds, _ = recommended(drawn(C, L, noise, FIRST_SEED + draw, close))
        for use, threshold in thresholds.items():
            at = round((threshold.cosine.value + 1) * PER_ONE)
            passing, false = (curve[at] for curve in curves)
            values = truth[use].cosine.value, false, 1 - passing, truth[use].saved.value
            estimates = threshold.cosine, threshold.false, threshold.missed, threshold.saved
            low, high = np.array([estimate.interval for estimate in estimates]).T
            covered = (low <= values) & (values <= high)
            helpful = helps(threshold.saved, DEFAULT_MARGIN) is True
            rows.setdefault(use, []).append([*covered, helpful, (high - low)[0]])
    return {
        use: [*np.mean(row, axis=0)[:-1], np.median(row, axis=0)[-1]] for use, row in rows.items()
    }


def main(draws: int = 400) -> None:
    """Draw every world and write the table."""
    rows: dict[tuple, list] = {}
    for C, (L, close), noise in product((50, 150), ((2, False), (4, False), (4, True)), NOISES):
        for use, row in judged(C, L, noise, close, draws).items():
            pairs = "two are closer" if close else "all equal"
            rows.setdefault((use, f"{C} × {L} | {pairs}"), []).append(row)
    ranges = {key: (np.min(row, axis=0), np.max(row, axis=0)) for key, row in rows.items()}
    report(
        table(
            "threshold | concepts × languages | pairs | cosine | negatives pass | translations "
            'missed | saved | "would help" | width of the cosine\'s',
            None,
            (
                (
                    f"{NAMES[use]} | {world}",
                    [f"{a:.3f}–{b:.3f}" for a, b in zip(*ends, strict=True)],
                )
                for use in USES
                for (name, world), ends in ranges.items()
                if name == use
            ),
        ),
        f"Ranges over {len(NOISES)} worlds: {', '.join(NOISES.values())}. The shares of 95 % "
        'intervals that contain the truth, and of draws in which separate thresholds "would help"; '
        "the median width of the interval of the cosine.",
        f"{draws:,} draws of each world; a coverage of .95 has a sampling error of ± "
        f"{sampling_error(0.95, draws)}. {source(draws)}",
    )


if __name__ == "__main__":
    start(main)
