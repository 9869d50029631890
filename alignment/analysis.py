"""Analysis: the vectors of a grid in, the record of everything measured on them out."""

from dataclasses import replace

import numpy as np

from alignment import contrasts, intervals, metrics, neighbours
from alignment.findings import findings
from alignment.grids import ConceptGrid
from alignment.measurement import PARTS, SCORE, Measurement
from alignment.results import MISALIGNED_BELOW, SCHEMA_VERSION, AlignmentResults

COMPARED = (f"calibrated_{SCORE}", "cross_lingual_retrieval")  # values kept for every concept
LOWEST = 10
MOST_NAMED = 5  # hubs, and influential concepts a number


def analyse(
    X: np.ndarray, grid: ConceptGrid, *, k: int, seed: int, model: str, provenance: dict
) -> AlignmentResults:
    """Measure X (C, L, D), the unit vectors of the grid's texts, and name what was found.

    Args:
        k: nearest neighbours looked at.
        seed: of resampling.
        model: name for the record.
        provenance: of the record.
    """
    measured = Measurement(X, grid, k, seed)
    record = {
        "schema_version": SCHEMA_VERSION,
        "model": model,
        "languages": grid.languages,
        **_published(measured),
        **_calibrated(measured),
        **_uncertainty(measured),
        **_retrieval(measured),
        "contrasts": _contrasts(measured),
        "undefined": _undefined(measured),
        "findings": [],
        "provenance": provenance,
    }
    results = AlignmentResults(**_plain(record))
    return replace(results, findings=findings(results))


def _published(m: Measurement) -> dict:
    grid = m.grid
    intra = m.by_concept["intra_concept_similarity"]
    pairs_below = metrics.lowest_pairs(m.S, below=MISALIGNED_BELOW)
    lowest = metrics.lowest_pairs(m.S, at_least=LOWEST)
    of_category = {
        category: intra[[own == category for own in grid.categories]]
        for category in dict.fromkeys(grid.categories)
    }
    return {
        SCORE: m.means[SCORE],
        "summary": {name: m.means[name] for name in PARTS},
        "weights": metrics.WEIGHTS,
        "intra_concept_similarity": dict(zip(grid.concepts, intra, strict=True)),
        "nearest_neighbor_accuracy": dict(
            zip(grid.concepts, m.by_concept["nearest_neighbor_accuracy"], strict=True)
        ),
        "cross_lingual_retrieval": _between(grid, m.near.retrieval.mean(axis=0)),
        "centroid_distances": _between(grid, metrics.centroid_distances(m.X)),
        "misaligned_pairs": [[*_names(grid, c, a, b), s] for c, a, b, s in pairs_below],
        "lowest_pairs": [
            [*_names(grid, c, a, b), s, grid.texts[c][a], grid.texts[c][b]] for c, a, b, s in lowest
        ],
        "discriminability": metrics.discriminability(m.S, m.baseline),
        "categories": {category: own.mean() for category, own in of_category.items()},
        "category_intervals": {
            category: intervals.bootstrap_interval(own[:, None], seed=m.seed)[:, 0]
            for category, own in of_category.items()
        },
        "concept_categories": dict(zip(grid.concepts, grid.categories, strict=True)),
    }


def _calibrated(m: Measurement) -> dict:
    c, a, b = np.nonzero(np.triu(m.S < m.paired.threshold - neighbours.TIE, k=1))
    order = np.argsort(m.S[c, a, b], kind="stable")
    c, a, b = c[order], a[order], b[order]
    return {
        "chance": m.chance,
        "calibrated": {name: m.means[f"calibrated_{name}"] for name in (SCORE, *PARTS)},
        "collapsed": metrics.is_collapsed(m.X),
        "baselines": _between(m.grid, m.baseline),
        "auroc": _between(m.grid, m.paired.auroc.mean(axis=0)),
        "thresholds": _between(m.grid, m.paired.threshold),
        "calibrated_misaligned_pairs": [
            [*_names(m.grid, *pair), similarity, threshold]
            for pair, similarity, threshold in zip(
                zip(c, a, b, strict=True),
                m.S[c, a, b].tolist(),
                m.paired.threshold[a, b].tolist(),
                strict=True,
            )
        ],
    }


def _uncertainty(m: Measurement) -> dict:
    headlines = np.stack(list(m.by_concept.values()), axis=1)  # (C, M)
    scores = (SCORE, f"calibrated_{SCORE}", *PARTS)
    of_languages = np.concatenate([m.values[name] for name in scores], axis=1)  # (C, 5·L)
    low, high = intervals.bootstrap_interval(of_languages, seed=m.seed)
    value = metrics.mean_present(of_languages, axis=0)
    by_language = np.stack([value, low, high], axis=1).reshape(len(scores), -1, 3)
    retrieval = m.near.retrieval.mean(axis=0)
    return {
        "headlines": m.means,
        "intervals": dict(
            zip(m.by_concept, intervals.bootstrap_interval(headlines, seed=m.seed).T, strict=True)
        ),
        "by_concept": {
            name: dict(zip(m.grid.concepts, m.by_concept[name], strict=True)) for name in COMPARED
        },
        "by_language": {
            language: {
                name: {"value": row[0], "interval": row[1:]}
                for name, row in zip(scores, by_language[:, j], strict=True)
            }
            for j, language in enumerate(m.grid.languages)
        },
        "retrieval_intervals": _between(
            m.grid, np.moveaxis(intervals.wilson_interval(retrieval, len(m.X)), 0, -1)
        ),
        "centroid_p": _between(m.grid, contrasts.of_centroids(m.X, m.seed)),
        "influence": _influence(m, scores),
    }


def _influence(m: Measurement, scores: tuple[str, ...]) -> dict:
    """How far each number moves without each concept: the largest moves, {number: {concept: …}}."""
    columns = {name: m.by_concept[name] for name in scores}
    for j, language in enumerate(m.grid.languages):
        columns[f"cross_lingual_retrieval {language}"] = m.values["cross_lingual_retrieval"][:, j]
    influence = {}
    for name, values in columns.items():
        moves = (values.mean() - values) / max(1, len(values) - 1)
        largest = np.argsort(-abs(moves), kind="stable")[:MOST_NAMED]
        influence[name] = {m.grid.concepts[c]: moves[c] for c in largest if abs(moves[c]) > 1e-12}
    return influence


def _retrieval(m: Measurement) -> dict:
    retrieved = m.near.retrieved
    spread = retrieved.std()
    largest = np.argsort(-retrieved, axis=None, kind="stable")[:MOST_NAMED]
    return {
        "language_bias": m.language_bias,
        "hubness": {
            "skewness": ((retrieved - retrieved.mean()) ** 3).mean() / spread**3
            if spread > 1e-9
            else 0.0,
            "expected": m.X.shape[1] - 1,
            "hubs": [
                [m.grid.concepts[c], m.grid.languages[j], retrieved[c, j].item()]
                for c, j in zip(*np.unravel_index(largest, retrieved.shape), strict=True)
            ],
            "never_retrieved": int((retrieved == 0).sum()),
        },
        **_without_identical_surfaces(m),
    }


def _without_identical_surfaces(m: Measurement) -> dict:
    places = np.argwhere(np.triu(m.identical, k=1))
    repeated = np.triu(m.identical, k=1).any(axis=1)  # (C, L): written so in an earlier language
    parts = {
        "intra_concept_similarity": metrics.over_partners(np.where(m.identical, np.nan, m.S)),
        "nearest_neighbor_accuracy": neighbours.nearest_without(m.near, m.X, m.k, repeated),
        "cross_lingual_retrieval": metrics.over_partners(m.paired.distinct_retrieval),
    }
    means = {name: metrics.mean_present(V) for name, V in parts.items()}
    return {
        "identical_surface_pairs": [
            [*_names(m.grid, c, a, b), m.grid.texts[c][a]] for c, a, b in places
        ],
        "without_identical_surfaces": {SCORE: metrics.alignment_score(means)} | means,
    }


def _contrasts(m: Measurement) -> dict:
    intra = m.by_concept["intra_concept_similarity"]
    languages = len(m.grid.languages)
    return {
        "categories": contrasts.of_categories(intra, m.grid.categories, m.seed)
        if languages > 1
        else {},
        "languages": contrasts.of_languages(m.near.retrieval, m.grid, m.seed),
        "scripts": contrasts.of_scripts(m.X, m.grid.scripts(), m.seed),
    }


def _undefined(m: Measurement) -> dict[str, str]:
    """Say why numbers are missing, by the name of the number."""
    numbers = m.means | {"language_bias": m.language_bias}
    reasons = {name: _reason(m, name) for name in numbers if not np.isfinite(numbers[name])}
    for name, value in _without_identical_surfaces(m)["without_identical_surfaces"].items():
        if not np.isfinite(value) and name not in reasons:
            reasons[f"without_identical_surfaces {name}"] = "too little is left"
    if len(m.X) < intervals.FEWEST:
        reasons["intervals"] = f"fewer than {intervals.FEWEST} concepts cannot be resampled"
    return reasons


def _reason(m: Measurement, name: str) -> str:
    C, L = m.X.shape[:2]
    if L < 2:
        return "one language has no translations"
    if name == "language_bias":
        return "no nearest vector is of a wrong concept"
    if m.k >= C * L and name.endswith((SCORE, "nearest_neighbor_accuracy")):
        return f"k = {m.k} neighbours are more than the {C * L - 1} other texts"
    return f"{C} concept{'s are' if C > 1 else ' is'} too few"


def _names(grid, c, a, b):
    return grid.concepts[c], grid.languages[a], grid.languages[b]


def _between(grid, table) -> dict[str, dict]:
    """Name the cells of a (L, L, …) table, its diagonal left out."""
    return {
        a: {b: table[i, j] for j, b in enumerate(grid.languages) if i != j}
        for i, a in enumerate(grid.languages)
    }


def _plain(value):
    """Turn arrays into lists, and NaN, the mark of what a grid is too small for, into None.

    Lists are taken to be plain already.
    """
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, np.ndarray) and value.ndim:
        return [_plain(item) for item in value.tolist()]
    if isinstance(value, np.ndarray | np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value
