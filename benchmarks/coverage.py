"""How often the 95 % intervals hold the truth, in worlds where the truth is known.

``python benchmarks/coverage.py [DRAWS]`` writes benchmarks/coverage.md. A world is a number of
concepts and languages and the noise of two models. Each draw of it is new concepts, as if another
grid of the same kind had been chosen: some are harder than others, for both models alike, and three
texts in a hundred are odd. What the package measures (a test holds the two together) gets its
interval, and the truth is the mean of three draws in four, judged by the intervals of the fourth.

No such world is the worst: that is one in which a concept fails wholly or not at all, so seldom
that a grid may well have none that does. There the coverage is computed, not drawn.
"""

import sys
from collections.abc import Callable
from itertools import product
from unittest import mock

import numpy as np
from measuring import machine, seconds, write
from scipy.stats import multinomial

from alignment.measure import metrics
from alignment.stats import intervals
from alignment.stats.intervals import (
    difference_interval,
    mean_interval,
    statistic_interval,
    weighted_mean,
)

CONCEPTS, LANGUAGES = (5, 15, 50, 200), (2, 4, 8)
NOISES = {0.35: "ceiling", 0.5: "good", 0.8: "middling", 1.3: "weak"}
WORSE = 1.15  # the noise of the second model, in that of the first
DIMENSIONS, K, FOLDS = 48, 3, 4
MEANS = "score", "calibrated score", "retrieval", "one language"
DIFFERENCES = "difference of scores", "difference of retrieval"
_BLOCK = 1 << 22  # similarities held at once
_MANY = 400  # texts; of more there are fewer draws

WEIGHTS = (0.25, 0.4, 0.5, 0.6, intervals.PSEUDO_CONCEPT, 1.0)
FAILURES = np.arange(0.5, 6.01, 0.05)  # expected among all concepts
MOST_FAIL = 0.6  # of the concepts
KINDS = {  # {what has an interval: how it is made, failures of a second model for one of the first}
    "mean": (lambda failures: mean_interval(failures, 0.0, 1.0), 0.0),
    "difference from a perfect model": (difference_interval, 0.0),
    "difference from a model that fails half as often": (difference_interval, 0.5),
    "difference from a model that fails as often": (difference_interval, 1.0),
}


def vectors(C: int, L: int, noises: tuple[float, ...], draws: int, rng) -> np.ndarray:
    """Return unit vectors (draws, models, C, L, D); what is hard is hard in each model."""
    models = len(noises)
    meaning = rng.standard_normal((draws, 1, C, 1, DIMENSIONS), dtype=np.float32)
    hard = 0.7 * rng.standard_normal((draws, 1, C, 1))
    hard = hard + 0.5 * rng.standard_normal((draws, models, C, 1))
    hard = hard + 0.3 * rng.standard_normal((draws, models, C, L))
    hard += 2.0 * (rng.random((draws, 1, C, L)) < 0.03)
    length = np.array(noises)[:, None, None] * np.exp(0.5 * hard)
    X = rng.standard_normal((draws, models, C, L, DIMENSIONS), dtype=np.float32)
    X *= length[..., None].astype(np.float32)
    X += meaning + np.float32(0.3)
    return X / np.linalg.norm(X, axis=-1, keepdims=True)


def measured(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the values (4, B, C) of ``MEANS`` and their bounds (4, B, 2), of X (B, C, L, D)."""
    B, C, L, D = X.shape
    texts = X.reshape(B, C * L, D)
    s = texts @ texts.swapaxes(1, 2)
    between = s.reshape(B, C, L, C, L)
    gold = np.moveaxis(between[:, np.arange(C), :, np.arange(C), :], 0, 1)  # (B, C, L, L)
    other = ~np.eye(L, dtype=bool)
    found = (gold >= between.max(axis=3) - 1e-6) & other
    retrieval = (found.sum(axis=3) + found.sum(axis=2)) / (2 * (L - 1))
    s[:, np.arange(C * L), np.arange(C * L)] = -1
    last = np.partition(s, -K, axis=2)[..., -K].reshape(B, C, L, 1)
    nearest = np.minimum(((gold >= last - 1e-6) & other).sum(axis=3), K) / K
    total = X.sum(axis=1, dtype=np.float64)
    baseline = (total @ total.swapaxes(1, 2) - gold.sum(axis=1)) / (C * (C - 1))
    room = (1 - baseline)[:, None]
    of_pairs = (gold, (gold - baseline[:, None]) / room)
    similarity, calibrated = ((V * other).sum(axis=3) / (L - 1) for V in of_pairs)
    best, at_random = min(K, L - 1) / K, (L - 1) / (C * L - 1)
    parts = similarity, nearest, retrieval
    by_chance = (
        calibrated,
        (nearest - at_random) / (best - at_random),
        (retrieval - 1 / C) * C / (C - 1),
    )
    V = [_score(parts), _score(by_chance), retrieval, retrieval[..., :1]]
    one, across = np.ones(B), baseline[:, other].mean(axis=1)
    worst = _score((0 * one, -at_random / (best - at_random) * one, -1 / (C - 1) * one))
    bounds = [(_score((across, 0, 0)), _score((one, best, 1))), (worst, one), (0 * one, one)]
    return np.stack([v.mean(axis=2) for v in V]), np.stack([*bounds, bounds[2]]).swapaxes(1, 2)


def _score(parts):
    return metrics.alignment_score(dict(zip(metrics.WEIGHTS, parts, strict=True)))


def world(C: int, L: int, noise: float, draws: int, seed: int = 0) -> tuple[dict, dict]:
    """Return the values (C, draws) of every quantity, and the bounds (2, draws) of the means."""
    rng = np.random.default_rng([seed, C, L, int(100 * noise)])
    block = max(1, _BLOCK // (2 * (C * L) ** 2))
    values, bounds = [], []
    for start in range(0, draws, block):
        X = vectors(C, L, (noise, WORSE * noise), min(block, draws - start), rng)
        both = [measured(X[:, model]) for model in range(2)]
        values.append(np.stack([v for v, _ in both]))
        bounds.append(both[0][1])
    first, second = np.concatenate(values, axis=2).swapaxes(2, 3)  # (4, C, draws) each
    differences = (first - second)[[0, 2]]
    return (
        dict(zip(MEANS + DIFFERENCES, (*first, *differences), strict=True)),
        dict(zip(MEANS, np.moveaxis(np.concatenate(bounds, axis=1), 2, 1), strict=True)),
    )


def covered(values: np.ndarray, ends: np.ndarray) -> tuple[float, float]:
    """Return how often intervals (2, draws) hold the truth of values (C, draws); median width."""
    means = values.mean(axis=0)
    fold = np.arange(len(means)) % FOLDS
    truth = np.array([means[fold != own].mean() for own in range(FOLDS)])[fold]
    low, high = ends
    holds = (low - 1e-9 <= truth) & (truth <= high + 1e-9)
    return float(holds.mean()), float(np.median(high - low))


def intervals_of(values: dict, bounds: dict) -> dict[str, np.ndarray]:
    """Return the intervals (2, draws) that the package gives these values."""
    return {
        name: mean_interval(V, *bounds[name]) if name in bounds else difference_interval(V)
        for name, V in values.items()
    }


def judged(C: int, L: int, noise: float, draws: int) -> dict:
    """Return the coverage and median width of our intervals, and of a plain bootstrap."""
    values, bounds = world(C, L, noise, draws)
    values = {name: V.astype(np.float64) for name, V in values.items()}
    ours = intervals_of(values, bounds)
    plain = {name: statistic_interval(V, weighted_mean) for name, V in values.items()}
    found = {n: [covered(V, ends[n]) for ends in (ours, plain)] for n, V in values.items()}
    return found | {"truth": float(values["retrieval"].mean())}


def worst(
    C: int, ends_of: Callable[[np.ndarray], np.ndarray], second: float, weight: float
) -> tuple[float, float]:
    """Return the least coverage over all rates of failure, and the width where nothing fails.

    Args:
        C: concepts, which fail wholly or not at all.
        ends_of: values (C, M) to intervals (2, M).
        second: failures of a second model for one of the first.
        weight: of a pseudo-concept.
    """
    most = min(C, 30)  # failures; more are next to impossible
    only, other = np.indices((most + 1, most + 1 if second else 1)).reshape(2, -1)
    only, other = (counts[only + other <= C] for counts in (only, other))
    place = np.arange(C)[:, None]
    with mock.patch.object(intervals, "PSEUDO_CONCEPT", weight):
        intervals.pseudo_weights.cache_clear()
        low, high = ends_of((place < only) - (place >= C - other).astype(float))
    intervals.pseudo_weights.cache_clear()
    p = FAILURES[FAILURES <= MOST_FAIL * C, None] / C
    q = second * p
    shares = np.stack(np.broadcast_arrays(p * (1 - q), q * (1 - p), 1 - p - q + 2 * p * q), -1)
    chance = multinomial.pmf(np.stack([only, other, C - only - other], axis=-1), C, shares)
    held = (chance * ((low <= p - q) & (p - q <= high))).sum(axis=1)
    return float(held.min()), float((high - low)[0])


def _worst_table() -> list[str]:
    lines = [
        f"| concepts | interval of a | {' | '.join(map(str, WEIGHTS))} |",
        f"|--:|---|{'---|' * len(WEIGHTS)}",
    ]
    for C, (kind, asked) in product(CONCEPTS, KINDS.items()):
        cells = (_cell(*worst(C, *asked, weight)) for weight in WEIGHTS)
        lines.append(f"| {C} | {kind} | {' | '.join(cells)} |")
    return lines


def main(draws: int) -> None:
    """Draw every world and write the tables."""
    found = {}
    taken = seconds(lambda: found.update(_all_worlds(draws)))
    names = MEANS + DIFFERENCES
    lines = [f"| concepts | {' | '.join(names)} |", f"|--:|{'---|' * len(names)}"]
    for C in CONCEPTS:
        cells = [[row[name] for key, row in found.items() if key[0] == C] for name in names]
        lines.append(f"| {C} | {' | '.join(map(_range, cells))} |")
    lines += [
        "",
        "The least and the greatest coverage over 2, 4 and 8 languages and four worlds from the "
        "ceiling to weak, and the median width; in parentheses the least coverage and the width of "
        "a bootstrap without pseudo-concepts.",
        "",
        f"| concepts × languages | world | retrieval | {' | '.join(names)} |",
        f"|--:|---|--:|{'---|' * len(names)}",
    ]
    for (C, L, noise), row in found.items():
        cells = " | ".join(_cell(*row[name][0]) for name in names)
        lines.append(f"| {C} × {L} | {NOISES[noise]} | {row['truth']:.3f} | {cells} |")
    lines += [
        "",
        "The least coverage where concepts fail wholly or not at all, over 0.5 to 6 failures "
        "expected in the grid (of 5 concepts at most 3), and the width where none fails, by the "
        f"weight of a pseudo-concept (the package's is {intervals.PSEUDO_CONCEPT}); computed, not "
        "drawn:",
        "",
        *_worst_table(),
        "",
        f"Coverage / median width. {draws:,} draws of each world, fewer of more than {_MANY} "
        f"texts: a coverage of .95 is known to ± {1.96 * (0.95 * 0.05 / draws) ** 0.5:.3f}. "
        f"`python benchmarks/coverage.py {draws}` took {taken / 60:.0f} minutes on {machine()}.",
    ]
    write("coverage.md", lines)


def _all_worlds(draws: int) -> dict:
    return {
        (C, L, noise): judged(C, L, noise, int(draws * min(1, _MANY / (C * L))))
        for C, L, noise in product(CONCEPTS, LANGUAGES, NOISES)
    }


def _range(cells: list) -> str:
    ours, plain = np.array(cells).swapaxes(0, 1)  # (worlds, 2) each
    low, high = (_share(end) for end in (ours[:, 0].min(), ours[:, 0].max()))
    widths = [np.median(V[:, 1]) for V in (ours, plain)]
    return f"{low}–{high}, {widths[0]:.2f} ({_share(plain[:, 0].min())}, {widths[1]:.2f})"


def _cell(coverage: float, width: float) -> str:
    return f"{_share(coverage)} / {width:.3f}"


def _share(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
