"""Analysis: the vectors of a grid in, the record of everything measured on them out."""

from pathlib import Path
from typing import Any

import numpy as np

from alignment.engines import Engine, one_machine
from alignment.explain import COSINE_DIGITS, confusions, contrasts, probes
from alignment.explain.diagnosis import diagnose
from alignment.explain.forms import SENTENCE
from alignment.explain.subwords import Subwords
from alignment.explain.subwords import by_language as subwords_by_language
from alignment.grids import ConceptGrid
from alignment.measure import metrics
from alignment.measure.measurement import PARTS, SCORE, Measurement
from alignment.record.lists import named_pairs, texts_of, write_pairs
from alignment.record.results import AlignmentResults, Contrasts, Coverage, Hub, Hubness
from alignment.stats import intervals
from alignment.stats.estimates import Estimate, Interval

COMPARED = (f"calibrated_{SCORE}", "cross_lingual_retrieval")  # values kept for every concept
MAX_NAMED = 5  # hubs, and influential concepts a number


def analyse(
    X: np.ndarray,
    grid: ConceptGrid,
    *,
    k: int,
    seed: int,
    model: str,
    provenance: dict[str, Any],
    engine: Engine = one_machine,
    forms: dict[str, tuple[np.ndarray, ConceptGrid]] | None = None,
    subwords: Subwords | None = None,
    pairs: Path | None = None,
) -> AlignmentResults:
    """Measure X (C, L, D), the unit vectors of the grid's texts; the record has no findings yet.

    Args:
        X: 0 where the grid has no text.
        grid: of C concepts in L languages.
        k: nearest neighbours looked at.
        seed: of resampling.
        model: name for the record.
        provenance: of the record.
        engine: goes through the languages.
        forms: vectors of the grid in other forms, of `probes.embed_forms`; None to probe nothing.
        subwords: how the model cuts the texts up; None where it does not show it.
        pairs: file for all single pairs, of which the record keeps the first 100; None for none.
    """
    m = Measurement(X, grid, k, seed, engine)
    lists, counts = named_pairs(m)
    why = _why(m, forms, subwords)
    if pairs:
        write_pairs(pairs, m)
    return AlignmentResults.of(
        model=model,
        languages=grid.languages,
        coverage=_coverage(m),
        **_published(m),
        **_calibrated(m),
        **lists,
        **_uncertainty(m),
        **_retrieval(m),
        **why,
        counts=counts,
        texts=texts_of(grid, lists, why["confusions"]),
        undefined=_undefined(m),
        findings=[],
        provenance=provenance,
    )


def _coverage(m: Measurement) -> Coverage:
    """Over how many texts, concepts and languages each number is."""
    there = m.present.astype(np.int64)
    return Coverage(
        texts=int(there.sum()),
        cells=there.size,
        languages=dict(zip(m.grid.languages, there.sum(axis=0), strict=True)),
        concepts=dict(zip(m.grid.concepts, there.sum(axis=1), strict=True)),
        pairs=_between(m.grid, there.T @ there),
    )


def _published(m: Measurement) -> dict[str, Any]:
    grid = m.grid
    intra = m.by_concept["intra_concept_similarity"]
    of_category = {
        category: intra[[own == category for own in grid.categories]]
        for category in dict.fromkeys(grid.categories)
    }
    there = m.present.astype(np.int64)
    cells = intervals.wilson_interval(m.near.retrieval_table, there.T @ there)
    return {
        SCORE: m.means[SCORE],
        "summary": {name: m.means[name] for name in PARTS},
        "weights": metrics.WEIGHTS,
        **{name: _by_concept(m, name) for name in PARTS[:2]},
        "cross_lingual_retrieval": _between(grid, m.near.retrieval_table),
        "retrieval_intervals": _between(grid, np.moveaxis(cells, 0, -1)),
        "centroid_distances": _between(grid, metrics.centroid_distances(m.X)),
        "centroid_p": _between(grid, contrasts.of_centroids(m.X, m.present, m.seed)),
        "discriminability": metrics.discriminability(intra, m.paired.baseline),
        "categories": {category: own.mean() for category, own in of_category.items()},
        "category_intervals": {
            category: intervals.bootstrap_interval(own[:, None], seed=m.seed)[:, 0]
            for category, own in of_category.items()
        },
        "concept_categories": dict(zip(grid.concepts, grid.categories, strict=True)),
    }


def _calibrated(m: Measurement) -> dict[str, Any]:
    return {
        "chance": m.chance,
        "calibrated": {name: m.means[f"calibrated_{name}"] for name in (SCORE, *PARTS)},
        "collapsed": metrics.is_collapsed(m.X, m.present),
        "baselines": _between(m.grid, m.paired.baseline),
        "auroc": _between(m.grid, m.paired.auroc_table),
        "thresholds": _between(m.grid, m.paired.threshold.round(COSINE_DIGITS)),
    }


def _uncertainty(m: Measurement) -> dict[str, Any]:
    headlines = np.stack(list(m.by_concept.values()), axis=1)  # (C, M)
    ends = intervals.bootstrap_interval(headlines, seed=m.seed).T
    scores = (SCORE, f"calibrated_{SCORE}", *PARTS)
    of_languages = np.stack([m.values[name] for name in scores], axis=1)  # (C, 5, L)
    value = metrics.mean_present(of_languages, axis=0)
    flat = of_languages.reshape(len(of_languages), -1)
    low, high = intervals.bootstrap_interval(flat, seed=m.seed).reshape(2, *value.shape)
    return {
        "further": {name: m.means[name] for name in m.further},
        "intervals": dict(zip(m.by_concept, ends, strict=True)),
        "by_concept": {name: _by_concept(m, name) for name in COMPARED},
        "by_language": {
            language: {
                name: Estimate(value[i, j], Interval(low[i, j], high[i, j]))
                for i, name in enumerate(scores)
            }
            for j, language in enumerate(m.grid.languages)
        },
        "influence": _influence(m, scores),
    }


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


def _why(m: Measurement, forms, subwords: Subwords | None) -> dict[str, Any]:
    """Why it fails: what was taken for what, in which forms, and what that says of a language."""
    intra = m.by_concept["intra_concept_similarity"]
    probed = probes.probe(m, forms) if forms is not None else None
    changes = probes.changes(probed, m.seed) if probed else None
    retrieval, similarity = (m.values[name] for name in (PARTS[2], f"calibrated_{PARTS[0]}"))
    written = forms.get(SENTENCE) if forms else None
    return {
        "contrasts": Contrasts(
            categories=contrasts.of_categories(intra, m.grid.categories, m.seed)
            if len(m.grid.languages) > 1
            else {},
            scripts=contrasts.of_scripts(m.X, m.grid.scripts(), m.seed),
        ),
        "confusions": confusions.of_answers(m.X, m.grid, m.near.answer),
        "probes": changes,
        "templates": written[1].templates if written else {},
        "subwords": subwords_by_language(subwords, similarity, m.grid, m.seed)
        if subwords
        else None,
        "diagnosis": diagnose(
            retrieval,
            contrasts.of_languages(m.near.retrieval, m.grid, m.seed),
            m.grid,
            m.seed,
            probed,
            changes,
            subwords,
        ),
    }


def _undefined(m: Measurement) -> dict[str, str]:
    """Say why numbers are missing, by the name of the number."""
    numbers = m.means | {"language_bias": m.language_bias}
    reasons = {name: _reason(m, name) for name in numbers if not np.isfinite(numbers[name])}
    for name, V in m.without_identical.items():
        if not np.isfinite(metrics.mean_of_concepts(V)) and name not in reasons:
            reasons[f"without_identical_strings {name}"] = "too little is left"
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


def _by_concept(m: Measurement, name: str) -> dict[str, Any]:
    return dict(zip(m.grid.concepts, m.by_concept[name], strict=True))


def _between(grid: ConceptGrid, table: np.ndarray) -> dict[str, dict[str, Any]]:
    """Name the cells of a (L, L, …) table, its diagonal left out."""
    return {
        a: {b: table[i, j] for j, b in enumerate(grid.languages) if i != j}
        for i, a in enumerate(grid.languages)
    }
