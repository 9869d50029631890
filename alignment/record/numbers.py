"""Numbers: the measured values of a grid by the names that the record gives them."""

from typing import Any

import numpy as np

from alignment.explain import COSINE_DIGITS, contrasts
from alignment.grids import ConceptGrid
from alignment.measure import metrics
from alignment.measure.measurement import PARTS, SCORE, Measurement
from alignment.record.results import Coverage, Hub, Hubness
from alignment.stats.estimates import MIN_CONCEPTS, Estimate, Interval
from alignment.stats.intervals import mean_interval, wilson_interval

COMPARED = (f"calibrated_{SCORE}", "cross_lingual_retrieval")  # values kept for every text
BY_LANGUAGE = (SCORE, f"calibrated_{SCORE}", *PARTS)
QUANTILES = (0.05, 0.25, 0.75, 0.95)
MAX_NAMED = 5  # hubs, and influential concepts a number


def numbers(m: Measurement) -> dict[str, Any]:
    """Return every number of the record, its interval, and why one is missing."""
    return {
        "coverage": _coverage(m),
        **_published(m),
        **_calibrated(m),
        **_uncertainty(m),
        **_retrieval(m),
        "undefined": _undefined(m),
    }


def _coverage(m: Measurement) -> Coverage:
    there = m.present.astype(np.int64)
    return Coverage(
        texts=int(there.sum()),
        cells=there.size,
        languages=dict(zip(m.grid.languages, there.sum(axis=0), strict=True)),
        concepts=dict(zip(m.grid.concepts, there.sum(axis=1), strict=True)),
        pairs=between(m.grid, there.T @ there),
    )


def _published(m: Measurement) -> dict[str, Any]:
    grid = m.grid
    there = m.present.astype(np.int64)
    cells = wilson_interval(m.near.retrieval_table, there.T @ there)
    intra = m.by_concept["intra_concept_similarity"]
    return {
        SCORE: m.means[SCORE],
        "summary": {name: m.means[name] for name in PARTS},
        "weights": metrics.WEIGHTS,
        **{name: _by_concept(m, name) for name in PARTS[:2]},
        "cross_lingual_retrieval": between(grid, m.near.retrieval_table),
        "retrieval_intervals": between(grid, np.moveaxis(cells, 0, -1)),
        "centroid_distances": between(grid, metrics.centroid_distances(m.X)),
        "centroid_p": between(grid, contrasts.of_centroids(m.X, m.seed)),
        "discriminability": metrics.discriminability(intra, m.paired.baseline),
        **_categories(m, intra),
    }


def _categories(m: Measurement, intra: np.ndarray) -> dict[str, Any]:
    low, high = _bounds(m)["intra_concept_similarity"]
    of_category = {
        category: intra[[own == category for own in m.grid.categories]]
        for category in dict.fromkeys(m.grid.categories)
    }
    return {
        "categories": {category: own.mean() for category, own in of_category.items()},
        "category_intervals": {
            category: mean_interval(own[:, None], low, high, m.seed)[:, 0]
            for category, own in of_category.items()
        },
        "concept_categories": dict(zip(m.grid.concepts, m.grid.categories, strict=True)),
    }


def _calibrated(m: Measurement) -> dict[str, Any]:
    return {
        "chance": m.chance,
        "calibrated": {name: m.means[f"calibrated_{name}"] for name in (SCORE, *PARTS)},
        "collapsed": metrics.is_collapsed(m.X, m.present),
        "baselines": between(m.grid, m.paired.baseline),
        "auroc": between(m.grid, m.paired.auroc_table),
        "thresholds": between(m.grid, m.paired.threshold),
    }


def _uncertainty(m: Measurement) -> dict[str, Any]:
    low, high = np.array([_bounds(m)[name] for name in m.by_concept]).T
    ends = mean_interval(np.stack(list(m.by_concept.values()), axis=1), low, high, m.seed).T
    return {
        "further": {name: m.means[name] for name in m.further},
        "intervals": dict(zip(m.by_concept, ends, strict=True)),
        "values": {name: _by_text(m, name) for name in COMPARED},
        "failures": _failures(m),
        "by_language": _by_language(m),
        "distributions": {name: _distributions(m, name) for name in PARTS[:2]},
        "scripts": dict(zip(m.grid.languages, m.grid.scripts(), strict=True)),
        "influence": _influence(m, BY_LANGUAGE),
    }


def _by_language(m: Measurement) -> dict[str, dict[str, Estimate]]:
    C, L = m.present.shape
    values = np.stack([m.values[name] for name in BY_LANGUAGE], axis=1)  # (C, 5, L)
    low, high = np.repeat([_bounds(m)[name] for name in BY_LANGUAGE], L, axis=0).T
    value = metrics.mean_present(values, axis=0)
    ends = mean_interval(values.reshape(C, -1), low, high, m.seed).reshape(2, *value.shape)
    return {
        language: {
            name: Estimate(value[i, j], Interval(*ends[:, i, j]))
            for i, name in enumerate(BY_LANGUAGE)
        }
        for j, language in enumerate(m.grid.languages)
    }


def _distributions(m: Measurement, name: str) -> dict[str, np.ndarray]:
    """Return {language: quantiles of its values}, NaN where it has none."""
    columns = (values[np.isfinite(values)] for values in m.values[name].T)
    return {
        code: np.quantile(own if len(own) else [np.nan], QUANTILES)
        for code, own in zip(m.grid.languages, columns, strict=True)
    }


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


def _influence(m: Measurement, scores: tuple[str, ...]) -> dict[str, dict[str, float]]:
    """How far each number moves without each concept: the largest moves, {number: {concept: …}}."""
    columns = {name: m.by_concept[name] for name in scores}
    for j, language in enumerate(m.grid.languages):
        columns[f"cross_lingual_retrieval {language}"] = m.values["cross_lingual_retrieval"][:, j]
    influence = {}
    for name, values in columns.items():
        others = max(1, np.isfinite(values).sum() - 1)
        moves = np.nan_to_num((metrics.mean_present(values) - values) / others)
        largest = np.argsort(-abs(moves), kind="stable")[:MAX_NAMED]
        influence[name] = {m.grid.concepts[c]: moves[c] for c in largest if abs(moves[c]) > 1e-12}
    return influence


def _retrieval(m: Measurement) -> dict[str, Any]:
    without = {name: metrics.mean_of_concepts(V) for name, V in m.without_identical.items()}
    return {
        "language_bias": m.language_bias,
        "hubness": _hubness(m),
        "without_identical_strings": {SCORE: metrics.alignment_score(without)} | without,
    }


def _hubness(m: Measurement) -> Hubness:
    retrieved = np.where(m.present, m.near.retrieved, np.nan)
    times = retrieved[m.present]
    spread = times.std()
    largest = np.argsort(-retrieved, axis=None, kind="stable")[:MAX_NAMED]
    return Hubness(
        skewness=((times - times.mean()) ** 3).mean() / spread**3 if spread > 1e-9 else 0.0,
        expected=(m.present * m.partners).sum() / len(times),
        hubs=[
            Hub(m.grid.concepts[c], m.grid.languages[j], retrieved[c, j])
            for c, j in zip(*np.unravel_index(largest, retrieved.shape), strict=True)
        ],
        never_retrieved=int((times == 0).sum()),
    )


def _undefined(m: Measurement) -> dict[str, str]:
    """Say why numbers are missing, by the name of the number."""
    numbers = m.means | {"language_bias": m.language_bias}
    reasons = {name: _reason(m, name) for name in numbers if not np.isfinite(numbers[name])}
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


def _by_concept(m: Measurement, name: str) -> dict[str, Any]:
    values = m.by_concept[name]
    if name not in PARTS[1:]:  # credits are the same on every processor
        values = values.round(COSINE_DIGITS)
    return dict(zip(m.grid.concepts, values, strict=True))


def _by_text(m: Measurement, name: str) -> dict[str, np.ndarray]:
    """Return {language: values of its texts, concept by concept}."""
    return dict(zip(m.grid.languages, m.values[name].T, strict=True))


def _failures(m: Measurement) -> dict[str, dict[str, str]]:
    failed = m.near.answer != np.arange(len(m.X))[:, None, None]  # (C, L, L)
    bits = np.packbits(failed, axis=0)
    return {
        a: {b: bits[:, i, j].tobytes().hex() for j, b in enumerate(m.grid.languages) if i != j}
        for i, a in enumerate(m.grid.languages)
    }


def between(grid: ConceptGrid, table: np.ndarray) -> dict[str, dict[str, Any]]:
    """Name the cells of a (L, L, …) table, its diagonal left out."""
    return {
        a: {b: table[i, j] for j, b in enumerate(grid.languages) if i != j}
        for i, a in enumerate(grid.languages)
    }
