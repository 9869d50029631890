"""Measure how often the 95 % intervals contain the truth, in worlds where it is computed.

``python benchmarks/coverage.py [DRAWS]`` writes benchmarks/coverage.md. Each draw of a world has
new concepts: some are harder than others for both models, and three texts in a hundred are
outliers. The truth is the mean of three draws in four; the intervals of the fourth are judged by
it. In the worst world a concept fails completely or not at all; its coverage is computed.
"""

from collections.abc import Callable
from itertools import product
from unittest import mock

import numpy as np
from measuring import report, sampling_error, source, start, table
from scipy.stats import multinomial

from alignment.measure import metrics
from alignment.stats import intervals

CONCEPTS, LANGUAGES = (5, 15, 50, 200), (2, 4, 8)
NOISES = {0.35: "ceiling", 0.5: "good", 0.8: "middling", 1.3: "weak"}
WORSE = 1.15  # the noise of the second model relative to that of the first
DIMENSIONS, K, FOLDS = 48, 3, 4
MEANS = "score", "calibrated score", "retrieval", "one language"
DIFFERENCES = "difference of scores", "difference of retrieval"
_BLOCK = 1 << 22  # similarities in memory at once
_MAX_TEXTS = 400  # larger grids have fewer draws

WEIGHTS = (0.25, 0.4, 0.5, 0.6, intervals.PSEUDO_CONCEPT, 1.0)
FAILURES = np.arange(0.5, 6.01, 0.05)  # expected number among all concepts
MAX_FAILING = 0.6  # largest share of concepts
KINDS = {  # {interval of a …: its function, failures of a second model for one of the first}
    "mean": (lambda failures: intervals.mean_interval(failures, 0.0, 1.0), 0.0),
    "difference from a perfect model": (intervals.difference_interval, 0.0),
    "difference from a model that fails half as often": (intervals.difference_interval, 0.5),
    "difference from a model that fails as often": (intervals.difference_interval, 1.0),
}


def vectors(C: int, L: int, noises: tuple[float, ...], draws: int, rng) -> np.ndarray:
    """Return unit vectors (draws, models, C, L, D); concepts are equally hard in all models."""
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
    """Return the values (4, B, C) of ``MEANS`` and their bounds (4, B, 2), for X (B, C, L, D)."""
    B, C, L, D = X.shape
    texts = X.reshape(B, C * L, D)
    s = texts @ texts.swapaxes(1, 2)
    between = s.reshape(B, C, L, C, L)
    gold = np.moveaxis(between[:, np.arange(C), :, np.arange(C), :], 0, 1)  # (B, C, L, L)
    other = ~np.eye(L, dtype=bool)
    hits = (gold >= between.max(axis=3) - 1e-6) & other
    retrieval = (hits.sum(axis=3) + hits.sum(axis=2)) / (2 * (L - 1))
    s[:, np.arange(C * L), np.arange(C * L)] = -1
    last = np.partition(s, -K, axis=2)[..., -K].reshape(B, C, L, 1)
    nearest = np.minimum(((gold >= last - 1e-6) & other).sum(axis=3), K) / K
    total = X.sum(axis=1, dtype=np.float64)
    baseline = (total @ total.swapaxes(1, 2) - gold.sum(axis=1)) / (C * (C - 1))
    scaled = (gold - baseline[:, None]) / (1 - baseline)[:, None]
    similarity, calibrated = ((V * other).sum(axis=3) / (L - 1) for V in (gold, scaled))
    best, at_random = min(K, L - 1) / K, (L - 1) / (C * L - 1)
    above = (nearest - at_random) / (best - at_random), (retrieval - 1 / C) * C / (C - 1)
    scores = _score(similarity, nearest, retrieval), _score(calibrated, *above)
    values = np.stack([V.mean(axis=2) for V in (*scores, retrieval, retrieval[..., :1])])
    zero, one, mean_baseline = np.zeros(B), np.ones(B), baseline[:, other].mean(axis=1)
    lowest = _score(0, -at_random / (best - at_random), -1 / (C - 1)) + zero
    plain = _score(mean_baseline, 0, 0), _score(one, best, 1)
    bounds = np.stack([plain, (lowest, one), (zero, one), (zero, one)])
    return values, bounds.swapaxes(1, 2)


def _score(*parts):
    return metrics.alignment_score(dict(zip(metrics.WEIGHTS, parts, strict=True)))


def world(C: int, L: int, noise: float, draws: int) -> tuple[dict, dict]:
    """Return the values (C, draws) of every quantity, and the bounds (2, draws) of the means."""
    rng = np.random.default_rng([0, C, L, int(100 * noise)])
    block = max(1, _BLOCK // (2 * (C * L) ** 2))
    values, bounds = [], []
    for first in range(0, draws, block):
        X = vectors(C, L, (noise, WORSE * noise), min(block, draws - first), rng)
        better, worse = (measured(X[:, model]) for model in range(2))
        values.append(np.stack([better[0], worse[0]]))
        bounds.append(better[1])
    better, worse = np.concatenate(values, axis=2).swapaxes(2, 3)  # (4, C, draws) each
    return (
        dict(zip(MEANS + DIFFERENCES, (*better, *(better - worse)[[0, 2]]), strict=True)),
        dict(zip(MEANS, np.moveaxis(np.concatenate(bounds, axis=1), 2, 1), strict=True)),
    )


def covered(values: np.ndarray, ends: np.ndarray) -> tuple[float, float]:
    """Return the share of intervals (2, draws) that contain the truth, and the median width."""
    means = values.mean(axis=0)
    fold = np.arange(len(means)) % FOLDS
    truth = np.array([means[fold != judged].mean() for judged in range(FOLDS)])[fold]
    low, high = ends
    holds = (low - 1e-9 <= truth) & (truth <= high + 1e-9)
    return float(holds.mean()), float(np.median(high - low))


def judged(C: int, L: int, noise: float, draws: int) -> dict:
    """Return coverage and median width of the package's intervals, and of a plain bootstrap."""
    values, bounds = world(C, L, noise, draws)
    results: dict = {"truth": f"{values['retrieval'].astype(np.float64).mean():.3f}"}
    for name, V in values.items():
        V = V.astype(np.float64)
        if name in bounds:
            ours = intervals.mean_interval(V, *bounds[name])
        else:
            ours = intervals.difference_interval(V)
        plain = intervals.statistic_interval(V, intervals.weighted_mean)
        results[name] = [covered(V, ours), covered(V, plain)]
    return results


def worst(
    C: int, ends_of: Callable[[np.ndarray], np.ndarray], second: float, weight: float
) -> tuple[float, float]:
    """Return the least coverage over all failure rates, and the width without a failure.

    A second model has ``second`` failures for one of the first.
    """
    most = min(C, 30)  # more failures have a negligible probability
    only, other = np.indices((most + 1, most + 1 if second else 1)).reshape(2, -1)
    only, other = (counts[only + other <= C] for counts in (only, other))
    place = np.arange(C)[:, None]
    with mock.patch.object(intervals, "PSEUDO_CONCEPT", weight):
        intervals.pseudo_weights.cache_clear()
        low, high = ends_of((place < only) - (place >= C - other).astype(float))
    intervals.pseudo_weights.cache_clear()
    p = FAILURES[FAILURES <= MAX_FAILING * C, None] / C
    q = second * p
    shares = np.stack(np.broadcast_arrays(p * (1 - q), q * (1 - p), 1 - p - q + 2 * p * q), -1)
    chance = multinomial.pmf(np.stack([only, other, C - only - other], axis=-1), C, shares)
    coverage = (chance * ((low <= p - q) & (p - q <= high))).sum(axis=1)
    return float(coverage.min()), float((high - low)[0])


def main(draws: int = 1000) -> None:
    """Draw every world and write the tables."""
    names = (*MEANS, *DIFFERENCES)
    worlds = {
        (C, L, noise): judged(C, L, noise, int(draws * min(1, _MAX_TEXTS / (C * L))))
        for C, L, noise in product(CONCEPTS, LANGUAGES, NOISES)
    }
    by_size = {C: [row for size, row in worlds.items() if size[0] == C] for C in CONCEPTS}
    report(
        table(
            f"concepts | {' | '.join(names)}",
            None,
            ((C, [_range([row[n] for row in rows]) for n in names]) for C, rows in by_size.items()),
        ),
        "The least and the greatest coverage over 2, 4 and 8 languages and four worlds from the "
        "ceiling to weak, and the median width; in parentheses the least coverage and the width of "
        "a bootstrap without pseudo-concepts.",
        table(
            f"concepts × languages | world | retrieval | {' | '.join(names)}",
            None,
            (
                (f"{C} × {L}", [NOISES[noise], row["truth"], *(_cell(*row[n][0]) for n in names)])
                for (C, L, noise), row in worlds.items()
            ),
        ),
        "The least coverage where concepts fail completely or not at all, over 0.5 to 6 failures "
        "expected in the grid (at most 3 of 5 concepts), and the width without a failure, by the "
        f"weight of a pseudo-concept (the package's is {intervals.PSEUDO_CONCEPT}); computed, not "
        "drawn:",
        table(
            f"concepts | interval of a | {' | '.join(map(str, WEIGHTS))}",
            None,
            (
                (C, [kind, *(_cell(*worst(C, *arguments, weight)) for weight in WEIGHTS)])
                for C, (kind, arguments) in product(CONCEPTS, KINDS.items())
            ),
        ),
        f"Coverage / median width. {draws:,} draws of each world, fewer for more than {_MAX_TEXTS} "
        f"texts; a coverage of .95 has a sampling error of ± {sampling_error(0.95, draws)}. "
        f"{source(draws)}",
    )


def _range(cells: list) -> str:
    ours, plain = np.array(cells).swapaxes(0, 1)  # coverage and width in each world
    text = f"{ours[:, 0].min():.3f}–{ours[:, 0].max():.3f}, {np.median(ours[:, 1]):.2f}"
    return f"{text} ({plain[:, 0].min():.3f}, {np.median(plain[:, 1]):.2f})"


def _cell(coverage: float, width: float) -> str:
    return f"{coverage:.3f} / {width:.3f}"


if __name__ == "__main__":
    start(main)
