"""Measure what the variants of vectors cost beside the plain analysis.

``python benchmarks/variants.py [ROUNDS]`` writes benchmarks/variants.md: twelve variants (three
numbers of dimensions, four precisions), and twelve with rescoring.
"""

from measuring import alone, medians, peak_memory, report, source, start, table, take_turns
from synthetic import analysis, grid, vectors

C, L, D, NOISE = 1923, 8, 512, 1.6
VARIANTS = {"truncate": (256, 128), "quantize": ("float16", "int8", "binary")}
MAX_RATIO, MAX_MEGABYTES = 4.0, 300


def main(rounds: int = 3) -> None:
    """Measure and write the table."""
    report(
        table(
            "concepts × languages × dimensions | analysis, s | with twelve variants, s | "
            "of the analysis | at most | memory above it, MB | at most",
            f"{{plain:.1f}} | {{variants:.1f}} | {{ratio:.2f}} | {MAX_RATIO} | {{megabytes:.0f}} "
            f"| {MAX_MEGABYTES}",
            [(f"{C:,} × {L} × {D}", alone(rounds))],
        ),
        f"Medians of {rounds} rounds in turn: {source(rounds)}",
    )


def measure_one(rounds: int) -> dict[str, float]:
    """Return the medians of the times and of their ratio, and the memory."""
    X, texts = vectors(C, L, D, NOISE), grid(C, L)
    works = {
        "plain": lambda: analysis(X, texts),
        "variants": lambda: analysis(X, texts, **VARIANTS),
    }
    works["plain"]()
    before = peak_memory()
    works["variants"]()
    megabytes = peak_memory() - before
    turns = take_turns(rounds, works)
    return medians(turns, ratio=("variants", "plain")) | {"megabytes": megabytes}


if __name__ == "__main__":
    start(main, measure_one)
