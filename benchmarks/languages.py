"""What many languages cost: grids of hundreds of them, to the shape of FLORES.

``python benchmarks/languages.py [CONCEPTS LANGUAGES DIMENSIONS]`` measures one size, or all, each
in a process of its own, into benchmarks/languages.json, and writes languages.md from it. The
vectors are synthetic: from the first language to the last, the noise around a concept's direction
grows.

Times are seconds of the processor, all cores together, so that other work on the machine changes
them little; what stands beside the analysis runs on one core, where no thread waits for another.
The bare product multiplies all vectors with one another, block by block; of FLORES a tenth of the
blocks, times ten. sentence-transformers' ``TranslationEvaluator`` gives the retrieval of one pair
there and back; it is timed on pairs spread over the grid, times their number, its vectors being
there already, and has to find what the analysis found. The memory is the peak of the whole process
less the vectors.
"""

import json
import sys
import time
from functools import partial
from itertools import combinations

import numpy as np
from measuring import ROOT, alone, machine, peak_megabytes, write
from synthetic import analysis, grid, vectors
from threadpoolctl import threadpool_limits

SIZES = [(50, 400, 512), (200, 100, 512), (1012, 204, 1024)]
BLOCKS = 20  # of the bare product that are computed, at least
PAIRS = 50  # that the evaluator is timed on
DATA = ROOT / "benchmarks" / "languages.json"


def main(sizes: list[tuple[int, int, int]]) -> None:
    """Measure the sizes, and write the data and the table of all that were ever measured."""
    rows = json.loads(DATA.read_text(encoding="utf-8")) if DATA.exists() else {}
    for size in sizes:
        name = " × ".join(f"{n:,}" for n in size)
        rows[name] = alone(__file__, *size) | {"machine": machine()}
        DATA.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    lines = [
        "| concepts × languages × dimensions | vectors, MB | memory beside them, MB | "
        "bare product, s | analysis, s | of the bare product | on the clock, s | "
        "TranslationEvaluator, s |",
        "|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name, row in rows.items():
        lines.append(
            f"| {name} | {row['vectors']:,.0f} | {row['megabytes']:,.0f} | {row['bare']:,.1f} | "
            f"{row['ours']:,.1f} | {row['ours'] / row['bare']:.1f} | {row['clock']:,.0f} | "
            f"{row['evaluator']:,.1f} |"
        )
    lines += [
        "",
        f"Processor seconds, but for those on the clock, measured once on {machine()} with other "
        f"work beside it: `python benchmarks/languages.py`. The evaluator ran on {PAIRS} pairs.",
    ]
    write("languages.md", lines)


def measure_one(C: int, L: int, D: int) -> dict[str, float]:
    """Return seconds and megabytes of one analysis, and seconds of what stands beside it."""
    X = vectors(C, L, D, np.linspace(1, D**0.5 / 10, L)[:, None])
    texts, start = grid(C, L), time.perf_counter()
    results, ours = _processor_seconds(lambda: analysis(X, texts))
    clock = time.perf_counter() - start
    megabytes = peak_megabytes()  # before the others load torch, or hold a block of products
    with threadpool_limits(1):
        bare = _bare_product(X.reshape(-1, D))
    return {
        "vectors": X.nbytes / 2**20,
        "megabytes": megabytes - X.nbytes / 2**20,
        "ours": ours,
        "clock": clock,
        "bare": bare,
        "evaluator": _evaluator(X, results),
        "retrieval": results.summary["cross_lingual_retrieval"],
    }


def _processor_seconds(work):
    start = time.process_time()
    return work(), time.process_time() - start


def _bare_product(flat: np.ndarray) -> float:
    rows = -(-len(flat) // 1024)
    every = max(1, rows // BLOCKS)
    blocks = [flat[start : start + 1024] for start in range(0, len(flat), 1024 * every)]
    blocks[0] @ flat.T
    _, taken = _processor_seconds(lambda: sum(len(block @ flat.T) for block in blocks))
    return taken * len(flat) / sum(map(len, blocks))


def _evaluator(X: np.ndarray, results) -> float:
    import torch
    from sentence_transformers.sentence_transformer.evaluation import TranslationEvaluator

    class Evaluator(TranslationEvaluator):  # of languages whose vectors are there
        def embed_inputs(self, model, sentences, **_):
            return list(torch.from_numpy(model[int(sentences[0].split()[0])]))

        def store_metrics_in_model_card_data(self, *_):
            pass

    torch.set_num_threads(1)
    C, L, _ = X.shape
    codes = list(results.languages)
    pairs = list(combinations(range(L), 2))
    picked = pairs[:: -(-len(pairs) // PAIRS)]
    of_language = {j: np.ascontiguousarray(X[:, j]) for pair in picked for j in pair}
    taken = 0.0
    for a, b in picked:
        evaluate = Evaluator(*([f"{j} {c}" for c in range(C)] for j in (a, b)))
        scores, own = _processor_seconds(partial(evaluate, of_language))
        taken += own
        table = results.cross_lingual_retrieval
        there, back = table[codes[a]][codes[b]], table[codes[b]][codes[a]]
        score = scores["src2trg_accuracy"], scores["trg2src_accuracy"]
        if not np.allclose(score, (there, back), atol=1e-5):
            raise SystemExit(f"{codes[a]}, {codes[b]}: {score}, the analysis {there}, {back}")
    return taken * len(pairs) / len(picked)


if __name__ == "__main__":
    if "--one" in sys.argv:
        print(json.dumps(measure_one(*map(int, sys.argv[2:5]))))
    else:
        main([tuple(map(int, sys.argv[1:4]))] if sys.argv[1:] else SIZES)
