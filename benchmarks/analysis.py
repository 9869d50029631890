"""Measure the analysis beside one bare product of its vectors and beside an index per query.

``python benchmarks/analysis.py [ROUNDS]`` writes benchmarks/analysis.md. The index per query is the
way of the published experiment; with 1,923 concepts one query in 50 has its index, and the seconds
are multiplied. The memory is the peak of the first analysis above the vectors. A second table
compares the analysis with one that probes all forms, whose vectors are given.
"""

from itertools import permutations

import numpy as np
from measuring import alone, medians, peak_memory, report, source, start, table, take_turns
from synthetic import K, analysis, bare_product, grid, probed_forms, vectors

from alignment.diagnosis.probes import PROBED
from alignment.measure import metrics, neighbours
from alignment.measure.indexes import faiss

SIZES = {15: 1, 100: 1, 300: 1, 600: 1, 1923: 50}  # {concepts: one query in n has its index}
PROBED_SIZES = (300, 1923)
FORM_LIMIT = 0.6  # the most that a probed form may cost, as a share of the analysis
LANGUAGES, DIMENSIONS, NOISE = 8, 512, 1.6


def main(rounds: int = 5) -> None:
    """Measure every size and write the tables."""
    report(
        table(
            "concepts × languages | bare product, s | analysis, s | of the bare product | its "
            "search alone, s | index per query, s | speedup of the analysis | of the search alone "
            "| memory",
            "{bare:.3f} | {ours:.3f} | {ratio:.1f} | {search:.3f} | {about}{loops:.3g} | "
            "{about}{speedup:.3g} | {about}{other:.3g} | {megabytes:.0f} MB",
            ((f"{C:,} × {LANGUAGES}", alone(C, rounds)) for C in SIZES),
        ),
        f"Medians of {rounds} rounds in turn: {source(rounds)} Ratios are medians over the "
        f"rounds. With {max(SIZES):,} concepts one query in {SIZES[max(SIZES)]} had its index.",
        table(
            f"concepts × languages | analysis, s | with {len(PROBED)} forms, s | of the analysis "
            "| at most",
            "{ours:.3f} | {probed:.3f} | {ratio:.2f} | " + f"{1 + FORM_LIMIT * len(PROBED):.1f}",
            ((f"{C:,} × {LANGUAGES}", alone(C, rounds, "probed")) for C in PROBED_SIZES),
        ),
    )


def measure_one(C: int, rounds: int, kind: str = "plain") -> dict[str, float]:
    """Return the medians of the times and of their ratios, and the peak above the vectors."""
    X, texts = vectors(C, LANGUAGES, DIMENSIONS, NOISE), grid(C, LANGUAGES)
    if kind == "probed":
        forms = probed_forms(X, texts)
        works = {"ours": lambda: analysis(X, texts), "probed": lambda: analysis(X, texts, forms)}
        return medians(take_turns(rounds, works), ratio=("probed", "ours"))
    flat, present = X.reshape(-1, DIMENSIONS), np.array(texts.mask())
    before = peak_memory()
    summary = analysis(X, texts).summary
    megabytes = peak_memory() - before
    works = {
        "bare": lambda: bare_product(flat),
        "ours": lambda: analysis(X, texts),
        "search": lambda: neighbours.search(X, present, metrics.gold_cosines(X, present), K),
        "loops": lambda: index_per_query(X, SIZES[C], summary),
    }
    turns = take_turns(rounds, works)
    for turn in turns:
        turn["loops"] *= SIZES[C]
    ratios = {"ratio": ("ours", "bare"), "speedup": ("loops", "ours"), "other": ("loops", "search")}
    about = "about " if SIZES[C] > 1 else ""
    return medians(turns, **ratios) | {"megabytes": megabytes, "about": about}


def index_per_query(X: np.ndarray, every: int, summary: dict[str, float]) -> None:
    """Compute retrieval and nearest neighbours of X (C, L, D) with a new index for each query.

    Every n-th concept or text is a query. Where all are, the results must be those of the summary.
    """
    C, L, D = X.shape
    by_language = np.ascontiguousarray(X.swapaxes(0, 1))
    hits = [
        _nearest(candidates, queries[c], 1)[0] == c
        for queries, candidates in permutations(by_language, 2)
        for c in range(0, C, every)
    ]
    texts, translations = X.reshape(C * L, D), []
    others = texts[1:].copy()
    for i in range(0, C * L, every):
        ids = _nearest(others, texts[i], K)
        translations.append((ids + (ids >= i)) // L == i // L)  # `others` lacks text i
        others[i : i + every] = texts[i : i + every][: len(others) - i]
    results = {"cross_lingual_retrieval": hits, "nearest_neighbor_accuracy": translations}
    for name, values in results.items():
        if every == 1 and abs(np.mean(values) - summary[name]) > 1e-6:
            raise SystemExit(f"{name}: {np.mean(values)} instead of {summary[name]}")


def _nearest(candidates: np.ndarray, query: np.ndarray, k: int) -> np.ndarray:
    index = faiss.IndexFlatIP(candidates.shape[1])
    index.add(candidates)
    return index.search(query[None], k)[1][0]


if __name__ == "__main__":
    start(main, measure_one)
