"""Numbers: the measured values of a grid, rounded, by their names in the record."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from alignment.grids import ConceptGrid
from alignment.measure import metrics
from alignment.measure.arrays import Floats
from alignment.measure.centroids import centroid_p
from alignment.measure.measurement import PARTS, SCORE, Measurement
from alignment.record.core import COMPARED, Coverage, Hub, Hubness, Quantiles
from alignment.stats.estimates import (
    COSINE_DIGITS,
    DIGITS,
    MIN_CONCEPTS,
    Estimate,
    Interval,
    Number,
    estimate,
    interval,
    number,
    numbers,
)
from alignment.stats.intervals import mean_interval, wilson_interval

BY_LANGUAGE = (SCORE, f"calibrated_{SCORE}", *PARTS)
QUANTILES = (0.05, 0.25, 0.75, 0.95)
MAX_HUBS = 5


def core_numbers(m: Measurement) -> dict[str, Any]:
    """Return the numbers and intervals of the record's core, and why numbers are missing."""
    present = m.present.astype(np.int64)
    common = present.T @ present  # (L, L), concepts that two languages have
    coverage = Coverage(
        texts=int(present.sum()),
        cells=present.size,
        languages=_by_language(m, present.sum(axis=0).tolist()),
        concepts=_by_concept(m, present.sum(axis=1).tolist()),
        pairs=between(m.grid, common.tolist()),
    )
    intervals = table(m.grid, np.moveaxis(wilson_interval(m.near.retrieval_table, common), 0, -1))
    return {
        "coverage": coverage,
        "retrieval_intervals": {
            a: {b: Interval(*ends) for b, ends in row.items()} for a, row in intervals.items()
        },
        **_values(m),
        **_of_categories(m),
        "intervals": _intervals(m),
        "by_language": _of_languages(m),
        "distributions": {name: _distributions(m, name) for name in PARTS[:2]},
        "failures": _failures(m),
        "hubness": _hubness(m),
        "undefined": _undefined(m),
    }


def _values(m: Measurement) -> dict[str, Any]:
    """Return the numbers without an interval, and the scores."""
    grid, intra, nearest = m.grid, *(m.by_concept[name] for name in PARTS[:2])
    without = {name: metrics.mean_of_concepts(V) for name, V in m.without_identical.items()}
    return {
        SCORE: number(m.means[SCORE]),
        "summary": {name: number(m.means[name]) for name in PARTS},
        "weights": metrics.WEIGHTS,
        PARTS[0]: _by_concept(m, numbers(intra, COSINE_DIGITS)),
        PARTS[1]: _by_concept(m, numbers(nearest)),
        PARTS[2]: table(grid, m.near.retrieval_table),
        "centroid_distances": table(grid, metrics.centroid_distances(m.X), COSINE_DIGITS),
        "centroid_p": table(grid, centroid_p(m.X, m.seed)),
        "discriminability": _rounded(metrics.discriminability(intra, m.paired.baseline)),
        "chance": _rounded(m.chance),
        "calibrated": {name: number(m.means[f"calibrated_{name}"]) for name in (SCORE, *PARTS)},
        "collapsed": metrics.is_collapsed(m.X, m.present),
        "baselines": table(grid, m.paired.baseline, COSINE_DIGITS),
        "auroc": table(grid, m.paired.auroc_table, COSINE_DIGITS),
        "negative_p99": table(grid, m.paired.negative_p99, COSINE_DIGITS),
        "further": {name: number(m.means[name]) for name in m.further},
        "language_bias": number(m.language_bias),
        "without_identical_strings": _rounded({SCORE: metrics.alignment_score(without)} | without),
        "values": {
            name: _by_language(m, numbers(m.values[name].T, COSINE_DIGITS)) for name in COMPARED
        },
        "scripts": _by_language(m, m.grid.scripts()),
        "concept_categories": _by_concept(m, m.grid.categories),
    }


def _of_categories(m: Measurement) -> dict[str, Any]:
    low, high = _bounds(m)[PARTS[0]]
    means, intervals = {}, {}
    for category in dict.fromkeys(m.grid.categories):
        values = m.by_concept[PARTS[0]][[other == category for other in m.grid.categories]]
        ends = mean_interval(values[:, None], low, high, m.seed)[:, 0]
        means[category] = number(values.mean(), COSINE_DIGITS)
        intervals[category] = interval(ends, COSINE_DIGITS)
    return {"categories": means, "category_intervals": intervals}


def _intervals(m: Measurement) -> dict[str, Interval]:
    low, high = np.array([_bounds(m)[name] for name in m.by_concept]).T
    ends = mean_interval(np.stack(list(m.by_concept.values()), axis=1), low, high, m.seed).T
    return {
        name: interval(pair, COSINE_DIGITS) for name, pair in zip(m.by_concept, ends, strict=True)
    }


def _of_languages(m: Measurement) -> dict[str, dict[str, Estimate]]:
    C, L = m.present.shape
    values = np.stack([m.values[name] for name in BY_LANGUAGE], axis=1)  # (C, 5, L)
    low, high = np.repeat([_bounds(m)[name] for name in BY_LANGUAGE], L, axis=0).T
    means = metrics.mean_present(values, axis=0)
    ends = mean_interval(values.reshape(C, -1), low, high, m.seed).reshape(2, *means.shape)
    return {
        language: {
            name: estimate(means[i, j], ends[:, i, j], COSINE_DIGITS)
            for i, name in enumerate(BY_LANGUAGE)
        }
        for j, language in enumerate(m.grid.languages)
    }


def _distributions(m: Measurement, name: str) -> dict[str, Quantiles]:
    """Return {language: quantiles of its values}, None where it has none."""
    columns = (values[np.isfinite(values)] for values in m.values[name].T)
    quantiles = [np.quantile(column if len(column) else [np.nan], QUANTILES) for column in columns]
    return _by_language(m, [Quantiles(*row) for row in numbers(quantiles, COSINE_DIGITS)])


def _bounds(m: Measurement) -> dict[str, tuple[float, float]]:
    """Return the values of a concept that fails, and of a perfect one, for every headline."""
    across = metrics.between_languages_mean(m.paired.baseline)
    within = float(metrics.mean_present(m.paired.baseline.diagonal()))
    best = float(np.minimum(m.k, m.partners).mean() / m.k)
    nearest, retrieval = (m.chance[name] for name in PARTS[1:])
    bounds = dict.fromkeys(m.by_concept, (0.0, 1.0)) | {
        PARTS[0]: (across, 1.0),
        PARTS[1]: (0.0, best),
        f"calibrated_{PARTS[1]}": (-nearest / max(best - nearest, 1e-9), 1.0),
        f"calibrated_{PARTS[2]}": (-retrieval / max(1 - retrieval, 1e-9), 1.0),
        "gap": (across - within, 1 - within),
    }
    for kind in ("", "calibrated_"):
        ends = ({part: bounds[f"{kind}{part}"][end] for part in PARTS} for end in (0, 1))
        failing, perfect = map(metrics.alignment_score, ends)
        bounds[f"{kind}{SCORE}"] = failing, perfect
    return bounds


def _hubness(m: Measurement) -> Hubness:
    retrieved = np.where(m.present, m.near.retrieved, np.nan)
    largest = np.argsort(-retrieved, axis=None, kind="stable")[:MAX_HUBS]
    return Hubness(
        expected=number((m.present * m.partners).sum() / m.present.sum()),
        hubs=[
            Hub(m.grid.concepts[c], m.grid.languages[j], number(retrieved[c, j]) or 0.0)
            for c, j in zip(*np.unravel_index(largest, retrieved.shape), strict=True)
        ],
    )


def _undefined(m: Measurement) -> dict[str, str]:
    """Say why numbers are missing, by the name of the number."""
    means = m.means | {"language_bias": m.language_bias}
    reasons = {name: _reason(m, name) for name in means if not np.isfinite(means[name])}
    for name, V in m.without_identical.items():
        if not np.isfinite(metrics.mean_of_concepts(V)) and name not in reasons:
            reasons[f"without_identical_strings {name}"] = "too little is left"
    if len(m.X) < MIN_CONCEPTS:
        reasons["intervals"] = f"fewer than {MIN_CONCEPTS} concepts cannot be resampled"
    return reasons


def _reason(m: Measurement, name: str) -> str:
    C, L = m.X.shape[:2]
    if L < 2:
        return "one language has no translations"
    if name == "language_bias":
        return "no nearest vector is of a wrong concept"
    if name == "retrieval_among_10":
        return "fewer than 10 concepts have a text in the same two languages"
    others = m.present.sum() - 1
    if m.k > others and name.endswith((SCORE, "nearest_neighbor_accuracy")):
        return f"k = {m.k} neighbours are more than the {others} other texts"
    return f"{C} concept{'s are' if C > 1 else ' is'} too few"


def _failures(m: Measurement) -> dict[str, dict[str, str]]:
    failed = m.near.answer != np.arange(len(m.X))[:, None, None]  # (C, L, L)
    bits = np.moveaxis(np.packbits(failed, axis=0), 0, -1)
    return between(m.grid, [[cell.tobytes().hex() for cell in row] for row in bits])


def _rounded(values: Mapping[str, float]) -> dict[str, Number]:
    return {name: number(value) for name, value in values.items()}


def _by_concept(m: Measurement, values: Iterable[Any]) -> dict[str, Any]:
    return dict(zip(m.grid.concepts, values, strict=True))


def _by_language(m: Measurement, values: Iterable[Any]) -> dict[str, Any]:
    return dict(zip(m.grid.languages, values, strict=True))


def table(grid: ConceptGrid, values: Floats, digits: int = DIGITS) -> dict[str, dict[str, Any]]:
    """Name the rounded cells of a (L, L, …) table, its diagonal left out."""
    return between(grid, numbers(values, digits))


def between(grid: ConceptGrid, rows: list[list[Any]]) -> dict[str, dict[str, Any]]:
    """Name the cells of L rows of L, the diagonal left out."""
    return {
        a: {b: rows[i][j] for j, b in enumerate(grid.languages) if i != j}
        for i, a in enumerate(grid.languages)
    }
