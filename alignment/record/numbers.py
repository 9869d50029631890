"""Numbers: the measured values of a grid by the names that the record gives them, rounded."""

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
    """Return every number of the record's core, its interval, and why one is missing."""
    present = m.present.astype(np.int64)
    coverage = Coverage(
        texts=int(present.sum()),
        cells=present.size,
        languages=dict(zip(m.grid.languages, present.sum(axis=0).tolist(), strict=True)),
        concepts=dict(zip(m.grid.concepts, present.sum(axis=1).tolist(), strict=True)),
        pairs=between(m.grid, (present.T @ present).tolist()),
    )
    return {
        "coverage": coverage,
        **_published(m),
        **_calibrated(m),
        **_uncertainty(m),
        **_retrieval(m),
        "undefined": _undefined(m),
    }


def _published(m: Measurement) -> dict[str, Any]:
    grid = m.grid
    present = m.present.astype(np.int64)
    cells = wilson_interval(m.near.retrieval_table, present.T @ present)
    intra = m.by_concept[PARTS[0]]
    distances = metrics.centroid_distances(m.X)
    apart = metrics.discriminability(intra, m.paired.baseline)
    return {
        SCORE: number(m.means[SCORE]),
        "summary": {name: number(m.means[name]) for name in PARTS},
        "weights": metrics.WEIGHTS,
        PARTS[0]: named(grid.concepts, intra, COSINE_DIGITS),
        PARTS[1]: named(grid.concepts, m.by_concept[PARTS[1]]),
        "cross_lingual_retrieval": table(grid, m.near.retrieval_table),
        "retrieval_intervals": {
            a: {b: Interval(*ends) for b, ends in row.items()}
            for a, row in table(grid, np.moveaxis(cells, 0, -1)).items()
        },
        "centroid_distances": table(grid, distances, COSINE_DIGITS),
        "centroid_p": table(grid, centroid_p(m.X, m.seed)),
        "discriminability": {name: number(value) for name, value in apart.items()},
        **_categories(m, intra),
    }


def _categories(m: Measurement, intra: Floats) -> dict[str, Any]:
    low, high = _bounds(m)[PARTS[0]]
    members = {
        category: intra[[one == category for one in m.grid.categories]]
        for category in dict.fromkeys(m.grid.categories)
    }
    return {
        "categories": {name: number(own.mean(), COSINE_DIGITS) for name, own in members.items()},
        "category_intervals": {
            name: interval(mean_interval(own[:, None], low, high, m.seed)[:, 0], COSINE_DIGITS)
            for name, own in members.items()
        },
        "concept_categories": dict(zip(m.grid.concepts, m.grid.categories, strict=True)),
    }


def _calibrated(m: Measurement) -> dict[str, Any]:
    return {
        "chance": {name: number(value) for name, value in m.chance.items()},
        "calibrated": {name: number(m.means[f"calibrated_{name}"]) for name in (SCORE, *PARTS)},
        "collapsed": metrics.is_collapsed(m.X, m.present),
        "baselines": table(m.grid, m.paired.baseline, COSINE_DIGITS),
        "auroc": table(m.grid, m.paired.auroc_table, COSINE_DIGITS),
        "negative_p99": table(m.grid, m.paired.negative_p99, COSINE_DIGITS),
    }


def _uncertainty(m: Measurement) -> dict[str, Any]:
    low, high = np.array([_bounds(m)[name] for name in m.by_concept]).T
    ends = mean_interval(np.stack(list(m.by_concept.values()), axis=1), low, high, m.seed).T
    intervals = (interval(own, COSINE_DIGITS) for own in ends)
    return {
        "further": {name: number(m.means[name]) for name in m.further},
        "intervals": dict(zip(m.by_concept, intervals, strict=True)),
        "values": {
            name: dict(zip(m.grid.languages, numbers(m.values[name].T, COSINE_DIGITS), strict=True))
            for name in COMPARED
        },
        "failures": _failures(m),
        "by_language": _by_language(m),
        "distributions": {name: _distributions(m, name) for name in PARTS[:2]},
        "scripts": dict(zip(m.grid.languages, m.grid.scripts(), strict=True)),
    }


def _by_language(m: Measurement) -> dict[str, dict[str, Estimate]]:
    C, L = m.present.shape
    values = np.stack([m.values[name] for name in BY_LANGUAGE], axis=1)  # (C, 5, L)
    low, high = np.repeat([_bounds(m)[name] for name in BY_LANGUAGE], L, axis=0).T
    value = metrics.mean_present(values, axis=0)
    ends = mean_interval(values.reshape(C, -1), low, high, m.seed).reshape(2, *value.shape)
    return {
        language: {
            name: estimate(value[i, j], ends[:, i, j], COSINE_DIGITS)
            for i, name in enumerate(BY_LANGUAGE)
        }
        for j, language in enumerate(m.grid.languages)
    }


def _distributions(m: Measurement, name: str) -> dict[str, Quantiles]:
    """Return {language: quantiles of its values}, None where it has none."""
    columns = (values[np.isfinite(values)] for values in m.values[name].T)
    found = (np.quantile(own if len(own) else [np.nan], QUANTILES) for own in columns)
    rounded = (Quantiles(*numbers(own, COSINE_DIGITS)) for own in found)
    return dict(zip(m.grid.languages, rounded, strict=True))


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
        ends = zip(*(bounds[f"{kind}{part}"] for part in PARTS), strict=True)
        failing, perfect = (
            metrics.alignment_score(dict(zip(PARTS, end, strict=True))) for end in ends
        )
        bounds[f"{kind}{SCORE}"] = (failing, perfect)
    return bounds


def _retrieval(m: Measurement) -> dict[str, Any]:
    without = {name: metrics.mean_of_concepts(V) for name, V in m.without_identical.items()}
    scores = {SCORE: metrics.alignment_score(without)} | without
    return {
        "language_bias": number(m.language_bias),
        "hubness": _hubness(m),
        "without_identical_strings": {name: number(value) for name, value in scores.items()},
    }


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
    bits = np.packbits(failed, axis=0)
    return {
        a: {b: bits[:, i, j].tobytes().hex() for j, b in enumerate(m.grid.languages) if i != j}
        for i, a in enumerate(m.grid.languages)
    }


def named(names: tuple[str, ...], values: Floats, digits: int = DIGITS) -> dict[str, Number]:
    """Return {name: value} of values (n,)."""
    return dict(zip(names, numbers(values, digits), strict=True))


def table(grid: ConceptGrid, values: Floats, digits: int = DIGITS) -> dict[str, dict[str, Any]]:
    """Name the rounded cells of a (L, L, …) table, its diagonal left out."""
    return between(grid, numbers(values, digits))


def between(grid: ConceptGrid, rows: list[list[Any]]) -> dict[str, dict[str, Any]]:
    """Name the cells of L rows of L, the diagonal left out."""
    return {
        a: {b: rows[i][j] for j, b in enumerate(grid.languages) if i != j}
        for i, a in enumerate(grid.languages)
    }
