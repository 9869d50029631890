"""Measure the cost of grids with hundreds of languages, up to the size of FLORES.

``python benchmarks/languages.py [CONCEPTS LANGUAGES DIMENSIONS]`` measures one size, or all, and
writes benchmarks/languages.json and languages.md. Times are processor seconds, which depend little
on other work on the machine; the bare product of all vectors and the ``TranslationEvaluator`` of
sentence-transformers, whose results must be those of the analysis, run in part, on one core.
"""

import json
from functools import partial
from itertools import combinations

import numpy as np
from measuring import ROOT, alone, machine, peak_memory, report, source, start, table, timed
from synthetic import analysis, bare_product, grid, vectors
from threadpoolctl import threadpool_limits

SIZES = [(50, 400, 512), (200, 100, 512), (1012, 204, 1024)]
BLOCKS, PAIRS = 20, 50  # timed parts of the bare product and of the evaluator
DATA = ROOT / "benchmarks" / "languages.json"


def main(*size: int) -> None:
    """Measure the sizes, and write the data and the table of all sizes measured so far."""
    rows = json.loads(DATA.read_text(encoding="utf-8")) if DATA.exists() else {}
    for dimensions in [size] if size else SIZES:
        name = " × ".join(f"{n:,}" for n in dimensions)
        rows[name] = alone(*dimensions) | {"machine": machine()}
        DATA.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    report(
        table(
            "concepts × languages × dimensions | vectors, MB | memory beside them, MB | bare "
            "product, s | analysis, s | of the bare product | on the clock, s | "
            "TranslationEvaluator, s",
            "{vectors:,.0f} | {megabytes:,.0f} | {bare:,.1f} | {ours:,.1f} | {ratio:.1f} | "
            "{clock:,.0f} | {evaluator:,.1f}",
            ((name, row | {"ratio": row["ours"] / row["bare"]}) for name, row in rows.items()),
        ),
        "Processor seconds, except those on the clock, measured once with other work on the "
        f"machine: {source()} The evaluator ran on {PAIRS} pairs.",
    )


def measure_one(C: int, L: int, D: int) -> dict[str, float]:
    """Return the seconds and the memory of one analysis, and the seconds of the other programs."""
    X, texts = vectors(C, L, D, np.linspace(1, D**0.5 / 10, L)[:, None]), grid(C, L)
    results, clock, ours = timed(lambda: analysis(X, texts))
    megabytes = peak_memory()  # before torch and the blocks of products
    flat, every = X.reshape(-1, D), max(1, C * L // (1024 * BLOCKS))
    computed = sum(len(flat[n : n + 1024]) for n in range(0, len(flat), 1024 * every))
    with threadpool_limits(1):
        bare_product(flat[:1024])
        bare = timed(lambda: bare_product(flat, every))[2] * len(flat) / computed
    return {
        "vectors": X.nbytes / 2**20,
        "megabytes": megabytes - X.nbytes / 2**20,
        "ours": ours,
        "clock": clock,
        "bare": bare,
        "evaluator": _evaluator(X, results),
        "retrieval": results.summary["cross_lingual_retrieval"],
    }


def _evaluator(X: np.ndarray, results) -> float:
    import torch
    from sentence_transformers.sentence_transformer.evaluation import TranslationEvaluator

    class Evaluator(TranslationEvaluator):
        def embed_inputs(self, model, sentences, **_):
            return list(torch.from_numpy(model[int(sentences[0].split()[0])]))

        def store_metrics_in_model_card_data(self, *_):
            pass

    torch.set_num_threads(1)
    C, L, _ = X.shape
    codes, retrieval = list(results.languages), results.cross_lingual_retrieval
    pairs, seconds = list(combinations(range(L), 2)), []
    for a, b in pairs[:: -(-len(pairs) // PAIRS)]:
        by_language = {j: np.ascontiguousarray(X[:, j]) for j in (a, b)}
        evaluate = Evaluator(*([f"{j} {c}" for c in range(C)] for j in (a, b)))
        scores, _, processor = timed(partial(evaluate, by_language))
        seconds.append(processor)
        ours = retrieval[codes[a]][codes[b]], retrieval[codes[b]][codes[a]]
        theirs = scores["src2trg_accuracy"], scores["trg2src_accuracy"]
        if not np.allclose(theirs, ours, atol=1e-5):
            raise SystemExit(f"{codes[a]}, {codes[b]}: {theirs} instead of {ours}")
    return sum(seconds) * len(pairs) / len(seconds)


if __name__ == "__main__":
    start(main, measure_one)
