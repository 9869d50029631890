"""What the analysis costs beside one bare product, and beside an index for every query.

``python benchmarks/analysis.py [ROUNDS]`` writes benchmarks/analysis.md. Each row is a process of
its own that, in turn, multiplies all C·L vectors with one another block by block (float32, 512
dimensions), analyses the grid, and goes through the loops of the published experiment, which give
two of the analysis' numbers only: nearest neighbours and retrieval. These two are what its search
gives, which is timed alone too. With 1,923 concepts, where they would take minutes, the loops ask
one query in fifty, and their seconds are taken so many times. The memory is the peak of the first
analysis above what the process held with the vectors alone. A second table sets the analysis
beside one that probes all forms too, their vectors being there.
"""

import json
import statistics
import sys

import numpy as np
import per_query
from measuring import alone, machine, peak_megabytes, seconds, write
from synthetic import K, analysis, forms, grid, vectors

from alignment.diagnosis.probes import PROBED
from alignment.measure import metrics, neighbours

SIZES = {15: 1, 100: 1, 300: 1, 600: 1, 1923: 50}  # concepts: the loops ask one query in so many
PROBED_SIZES = (300, 1923)
A_FORM = 0.6  # of the analysis: what probing may cost at most, each form
LANGUAGES, DIMENSIONS, NOISE = 8, 512, 1.6


def main(rounds: int) -> None:
    """Measure every size and write the table."""
    lines = [
        "| concepts × languages | bare product, s | analysis, s | of the bare product | "
        "its search alone, s | index per query, s | analysis is so many times as fast | "
        "search alone | memory |",
        "|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for C, every in SIZES.items():
        row = alone(__file__, C, rounds)
        about = "about " if every > 1 else ""
        lines.append(
            f"| {C:,} × {LANGUAGES} | {row['bare']:.3f} | {row['ours']:.3f} | {row['ratio']:.1f} | "
            f"{row['search']:.3f} | {about}{row['loops']:.3g} | {about}{_rounded(row['faster'])} | "
            f"{about}{_rounded(row['search_faster'])} | {row['megabytes']:.0f} MB |"
        )
    lines += [
        "",
        f"Medians of {rounds} rounds in turn on {machine()}: "
        f"`python benchmarks/analysis.py {rounds}`. Ratios are medians of each round's own. "
        f"With {max(SIZES):,} concepts one query in {SIZES[max(SIZES)]} had its index.",
        "",
        *_probing(rounds),
    ]
    write("analysis.md", lines)


def _probing(rounds: int) -> list[str]:
    bound = 1 + A_FORM * len(PROBED)
    lines = [
        f"| concepts × languages | analysis, s | with {len(PROBED)} forms, s | of the analysis | "
        "at most |",
        "|--:|--:|--:|--:|--:|",
    ]
    for C in PROBED_SIZES:
        row = alone(__file__, C, rounds, "--probed")
        lines.append(
            f"| {C:,} × {LANGUAGES} | {row['plain']:.3f} | {row['probed']:.3f} | "
            f"{row['ratio']:.2f} | {bound:.1f} |"
        )
    return lines


def _rounded(times: float) -> str:
    return f"{float(f'{times:.2g}'):g}"


def measure_one(C: int, rounds: int) -> dict[str, float]:
    """Return the medians of the times and of their ratios, and the peak above the vectors."""
    X, texts = vectors(C, LANGUAGES, DIMENSIONS, NOISE), grid(C, LANGUAGES)
    flat = X.reshape(-1, DIMENSIONS)
    held = peak_megabytes()
    summary = analysis(X, texts).summary
    megabytes = peak_megabytes() - held
    works = {
        "bare": lambda: _bare_product(flat),
        "ours": lambda: analysis(X, texts),
        "search": lambda: _search(X, np.array(texts.mask())),
        "loops": lambda: _loops(X, summary, SIZES[C]),
    }
    turns = [{name: seconds(work) for name, work in works.items()} for _ in range(rounds)]
    for turn in turns:
        turn["loops"] *= SIZES[C]
        turn["ratio"] = turn["ours"] / turn["bare"]
        turn["faster"] = turn["loops"] / turn["ours"]
        turn["search_faster"] = turn["loops"] / turn["search"]
    medians = {name: statistics.median(turn[name] for turn in turns) for name in turns[0]}
    return medians | {"megabytes": megabytes}


def measure_probing(C: int, rounds: int) -> dict[str, float]:
    """Return the medians of the times without and with probing, and of their ratio."""
    X, texts = vectors(C, LANGUAGES, DIMENSIONS, NOISE), grid(C, LANGUAGES)
    written = forms(X, texts)
    turns = [
        {
            "plain": seconds(lambda: analysis(X, texts)),
            "probed": seconds(lambda: analysis(X, texts, written)),
        }
        for _ in range(rounds)
    ]
    for turn in turns:
        turn["ratio"] = turn["probed"] / turn["plain"]
    return {name: statistics.median(turn[name] for turn in turns) for name in turns[0]}


def _search(X, present) -> None:
    neighbours.search(X, present, metrics.gold_cosines(X, present), K)


def _bare_product(flat) -> None:
    for start in range(0, len(flat), 1024):
        flat[start : start + 1024] @ flat.T


def _loops(X, summary, every) -> None:
    looped = {
        "cross_lingual_retrieval": per_query.retrieval(X, every),
        "nearest_neighbor_accuracy": per_query.nearest(X, K, every),
    }
    for name, value in looped.items():
        if every == 1 and abs(value - summary[name]) > 1e-6:
            raise SystemExit(f"{name}: the loops find {value}, the analysis {summary[name]}")


if __name__ == "__main__":
    if "--one" in sys.argv:
        measure = measure_probing if "--probed" in sys.argv else measure_one
        print(json.dumps(measure(int(sys.argv[2]), int(sys.argv[3]))))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
