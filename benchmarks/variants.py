"""What the variants of vectors cost beside the plain analysis.

``python benchmarks/variants.py [ROUNDS]`` writes benchmarks/variants.md: twelve variants (three
numbers of dimensions, four precisions) of synthetic vectors, and as many with rescoring. Memory is
the peak above that of the plain analysis, which goes first in the process.
"""

import json
import statistics
import sys

from measuring import alone, machine, peak_megabytes, seconds, write
from synthetic import analysis, grid, vectors

C, L, D, NOISE = 1923, 8, 512, 1.6
TRUNCATE, QUANTIZE = (256, 128), ("float16", "int8", "binary")
AT_MOST, MEGABYTES = 4.0, 300


def main(rounds: int) -> None:
    """Measure, and write the table."""
    row = alone(__file__, rounds)
    lines = [
        "| concepts × languages × dimensions | analysis, s | with twelve variants, s | "
        "of the analysis | at most | memory above it, MB | at most |",
        "|:--|--:|--:|--:|--:|--:|--:|",
        f"| {C:,} × {L} × {D} | {row['plain']:.1f} | {row['variants']:.1f} | {row['ratio']:.2f} | "
        f"{AT_MOST:.1f} | {row['megabytes']:.0f} | {MEGABYTES} |",
        "",
        f"Medians of {rounds} rounds in turn on {machine()}: "
        f"`python benchmarks/variants.py {rounds}`.",
    ]
    write("variants.md", lines)


def measure_one(rounds: int) -> dict[str, float]:
    """Return the medians of the times and of their ratio, and the memory."""
    X, texts = vectors(C, L, D, NOISE), grid(C, L)
    cheaper = {"truncate": TRUNCATE, "quantize": QUANTIZE}
    analysis(X, texts)
    held = peak_megabytes()
    analysis(X, texts, **cheaper)
    megabytes = peak_megabytes() - held
    turns = []
    for _ in range(rounds):
        turn = {
            "plain": seconds(lambda: analysis(X, texts)),
            "variants": seconds(lambda: analysis(X, texts, **cheaper)),
        }
        turns.append(turn | {"ratio": turn["variants"] / turn["plain"]})
    medians = {name: statistics.median(turn[name] for turn in turns) for name in turns[0]}
    return medians | {"megabytes": megabytes}


if __name__ == "__main__":
    if "--one" in sys.argv:
        print(json.dumps(measure_one(int(sys.argv[2]))))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
