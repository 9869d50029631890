"""Analysis: the vectors of a grid in, the record of everything measured on them out."""

from dataclasses import replace

import numpy as np

from alignment.engines import Engine, one_machine
from alignment.explain import confusions, contrasts, probes
from alignment.explain.diagnosis import diagnose
from alignment.explain.forms import SENTENCE
from alignment.explain.subwords import Tokens
from alignment.explain.subwords import table as token_table
from alignment.grids import ConceptGrid
from alignment.measure import hits, metrics
from alignment.measure.measurement import PARTS, SCORE, Measurement, measure
from alignment.present.findings import findings
from alignment.record.results import MISALIGNED_BELOW, SCHEMA_VERSION, AlignmentResults
from alignment.stats import intervals

COMPARED = (f"calibrated_{SCORE}", "cross_lingual_retrieval")  # values kept for every concept
LOWEST = 10
MOST_NAMED = 5  # hubs, and influential concepts a number


def analyse(
    X: np.ndarray,
    grid: ConceptGrid,
    *,
    k: int,
    seed: int,
    model: str,
    provenance: dict,
    engine: Engine = one_machine,
    forms: dict[str, tuple[np.ndarray, ConceptGrid]] | None = None,
    tokens: Tokens | None = None,
) -> AlignmentResults:
    """Measure X (C, L, D), the unit vectors of the grid's texts, and name what was found.

    Args:
        X: 0 where the grid has no text.
        grid: of C concepts in L languages.
        k: nearest neighbours looked at.
        seed: of resampling.
        model: name for the record.
        provenance: of the record.
        engine: goes through the languages.
        forms: vectors of the grid in other forms, of `probes.embed_forms`; None to probe nothing.
        tokens: how the model cuts the texts up; None where it does not show it.
    """
    measured = measure(X, grid, k, seed, engine)
    lists = _lists(measured)
    record = {
        "schema_version": SCHEMA_VERSION,
        "model": model,
        "languages": grid.languages,
        "coverage": _coverage(measured),
        **_published(measured),
        **_calibrated(measured),
        **{name: rows for name, (rows, _) in lists.items()},
        "counts": {name: count for name, (_, count) in lists.items()},
        **_uncertainty(measured),
        **_retrieval(measured),
        **_why(measured, forms, tokens),
        "undefined": _undefined(measured),
        "findings": [],
        "provenance": provenance,
    }
    results = AlignmentResults(**_plain(record))
    return replace(results, findings=findings(results))


def _coverage(m: Measurement) -> dict:
    """Over how many texts, concepts and languages each number is."""
    there = m.present.astype(np.int64)
    return {
        "texts": there.sum(),
        "cells": there.size,
        "languages": dict(zip(m.grid.languages, there.sum(axis=0), strict=True)),
        "concepts": dict(zip(m.grid.concepts, there.sum(axis=1), strict=True)),
        "pairs": _between(m.grid, there.T @ there),
    }


def _published(m: Measurement) -> dict:
    grid = m.grid
    intra = m.by_concept["intra_concept_similarity"]
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
        "cross_lingual_retrieval": _between(grid, m.near.retrieval_table),
        "centroid_distances": _between(grid, metrics.centroid_distances(m.X)),
        "discriminability": metrics.discriminability(intra, m.paired.baseline),
        "categories": {category: own.mean() for category, own in of_category.items()},
        "category_intervals": {
            category: intervals.bootstrap_interval(own[:, None], seed=m.seed)[:, 0]
            for category, own in of_category.items()
        },
        "concept_categories": dict(zip(grid.concepts, grid.categories, strict=True)),
    }


def _calibrated(m: Measurement) -> dict:
    return {
        "chance": m.chance,
        "calibrated": {name: m.means[f"calibrated_{name}"] for name in (SCORE, *PARTS)},
        "collapsed": metrics.is_collapsed(m.X, m.present),
        "baselines": _between(m.grid, m.paired.baseline),
        "auroc": _between(m.grid, m.paired.auroc_table),
        "thresholds": _between(m.grid, m.paired.threshold),
    }


def _lists(m: Measurement) -> dict[str, tuple[list, int]]:
    """Return the pairs that are named, by kind, each with how many of its kind there are."""
    gold, texts = m.paired.gold, m.grid.texts
    a, b = (places.tolist() for places in np.triu_indices(m.X.shape[1], k=1))
    threshold = m.paired.threshold[a, b]
    published = metrics.lowest(
        gold, np.full(len(a), MISALIGNED_BELOW), at_most=confusions.MOST_LISTED
    )
    of_all = metrics.lowest(gold, np.full(len(a), -np.inf), at_least=LOWEST)
    calibrated = metrics.lowest(gold, threshold - hits.TIE, at_most=confusions.MOST_LISTED)
    alike = m.identical.sum(axis=(1, 2)).cumsum()
    identical = np.argwhere(m.identical[: np.searchsorted(alike, confusions.MOST_LISTED) + 1])

    def named(places, *columns):
        return [
            [*_names(m.grid, c, a[p], b[p]), float(gold[c, p]), *(f(c, p) for f in columns)]
            for c, p in places
        ]

    def text(languages):
        return lambda c, p: texts[c][languages[p]]

    return {
        "misaligned_pairs": (named(published[0]), published[1]),
        "lowest_pairs": (named(of_all[0], text(a), text(b)), len(of_all[0])),
        "calibrated_misaligned_pairs": (
            named(calibrated[0], lambda c, p: float(threshold[p])),
            calibrated[1],
        ),
        "identical_surface_pairs": (
            [
                [*_names(m.grid, *place), texts[place[0]][place[1]]]
                for place in identical[: confusions.MOST_LISTED]
            ],
            int(alike[-1]),
        ),
    }


def _uncertainty(m: Measurement) -> dict:
    headlines = np.stack(list(m.by_concept.values()), axis=1)  # (C, M)
    scores = (SCORE, f"calibrated_{SCORE}", *PARTS)
    of_languages = np.concatenate([m.values[name] for name in scores], axis=1)  # (C, 5·L)
    low, high = intervals.bootstrap_interval(of_languages, seed=m.seed)
    value = metrics.mean_present(of_languages, axis=0)
    by_language = np.stack([value, low, high], axis=1).reshape(len(scores), -1, 3)
    there = m.present.astype(np.int64)
    cells = intervals.wilson_interval(m.near.retrieval_table, there.T @ there)
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
        "retrieval_intervals": _between(m.grid, np.moveaxis(cells, 0, -1)),
        "centroid_p": _between(m.grid, contrasts.of_centroids(m.X, m.present, m.seed)),
        "influence": _influence(m, scores),
    }


def _influence(m: Measurement, scores: tuple[str, ...]) -> dict:
    """How far each number moves without each concept: the largest moves, {number: {concept: …}}."""
    columns = {name: m.by_concept[name] for name in scores}
    for j, language in enumerate(m.grid.languages):
        columns[f"cross_lingual_retrieval {language}"] = m.values["cross_lingual_retrieval"][:, j]
    influence = {}
    for name, values in columns.items():
        others = max(1, np.isfinite(values).sum() - 1)
        moves = np.nan_to_num((metrics.mean_present(values) - values) / others)
        largest = np.argsort(-abs(moves), kind="stable")[:MOST_NAMED]
        influence[name] = {m.grid.concepts[c]: moves[c] for c in largest if abs(moves[c]) > 1e-12}
    return influence


def _retrieval(m: Measurement) -> dict:
    retrieved = np.where(m.present, m.near.retrieved, np.nan)
    times = retrieved[m.present]
    spread = times.std()
    largest = np.argsort(-retrieved, axis=None, kind="stable")[:MOST_NAMED]
    queries = (m.present * m.partners).sum()
    without = {name: metrics.mean_of_concepts(V) for name, V in m.without_identical.items()}
    return {
        "language_bias": m.language_bias,
        "hubness": {
            "skewness": ((times - times.mean()) ** 3).mean() / spread**3 if spread > 1e-9 else 0.0,
            "expected": queries / len(times),
            "hubs": [
                [m.grid.concepts[c], m.grid.languages[j], retrieved[c, j].item()]
                for c, j in zip(*np.unravel_index(largest, retrieved.shape), strict=True)
            ],
            "never_retrieved": int((times == 0).sum()),
        },
        "without_identical_surfaces": {SCORE: metrics.alignment_score(without)} | without,
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


def _why(m: Measurement, forms, tokens: Tokens | None) -> dict:
    """Why it fails: what was taken for what, in which forms, and what that says of a language."""
    found = _contrasts(m)
    probed = probes.probe(m, forms) if forms is not None else None
    changes = probes.table(probed, m.seed) if probed else None
    retrieval, similarity = (m.values[name] for name in (PARTS[2], f"calibrated_{PARTS[0]}"))
    written = forms.get(SENTENCE) if forms else None
    return {
        "contrasts": found,
        "confusions": confusions.of_answers(m.X, m.grid, m.near.answer),
        "probes": changes,
        "templates": written[1].templates if written else {},
        "tokens": token_table(tokens, similarity, m.grid, m.seed) if tokens else None,
        "diagnosis": diagnose(
            retrieval, found["languages"], m.grid, m.seed, probed, changes, tokens
        ),
    }


def _undefined(m: Measurement) -> dict[str, str]:
    """Say why numbers are missing, by the name of the number."""
    numbers = m.means | {"language_bias": m.language_bias}
    reasons = {name: _reason(m, name) for name in numbers if not np.isfinite(numbers[name])}
    for name, V in m.without_identical.items():
        if not np.isfinite(metrics.mean_of_concepts(V)) and name not in reasons:
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
    if name == "retrieval_among_10":
        return "fewer than 10 concepts have a text in the same two languages"
    others = m.present.sum() - 1
    if m.k > others and name.endswith((SCORE, "nearest_neighbor_accuracy")):
        return f"k = {m.k} neighbours are more than the {others} other texts"
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
