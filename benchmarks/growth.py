"""Measure how the cost of the analysis grows with the concepts C and the languages L.

``python benchmarks/growth.py [ROUNDS] [--full]`` writes benchmarks/growth.json, growth.md and
growth.png. The memory is the peak of the process without its vectors, which have 128 dimensions.
``--full`` measures 5,000 × 100 again, which takes up to an hour.
"""

import json
from pathlib import Path

import numpy as np
from measuring import alone, machine, medians, peak_memory, report, source, start, table, timed
from synthetic import analysis, grid, vectors

CONCEPTS = [(250, 8), (500, 8), (1000, 8), (2000, 8), (4000, 8)]
LANGUAGES = [(500, 4), (500, 8), (500, 16), (500, 32), (500, 64)]
LARGEST, FULL = CONCEPTS[-1], (5000, 100)  # the line of C²·L² goes through the first
DIMENSIONS, NOISE = 128, 1.3
LIMIT = 1000  # MB that the largest size may take beside its vectors
DATA = Path(__file__).with_suffix(".json")

Size = tuple[int, int]


def main(*options: int | str) -> None:
    """Measure every size, and write the data, the table and the picture."""
    rounds = next((option for option in options if option != "--full"), 3)
    sizes = dict.fromkeys(CONCEPTS + LANGUAGES, rounds)
    rows = {FULL: read()[FULL]}
    if "--full" in options:
        sizes[FULL] = 1
    for size, repeated in sizes.items():
        row = medians([alone(*size) for _ in range(repeated)])
        rows[size] = row | {"rounds": repeated, "machine": machine()}
    named = [{"concepts": C, "languages": L} | row for (C, L), row in rows.items()]
    DATA.write_text(json.dumps(named, indent=1) + "\n", encoding="utf-8")
    report(*summary(rows, rounds))
    draw(rows)


def measure_one(C: int, L: int) -> dict[str, float]:
    """Return the seconds, the memory and the retrieval of one analysis."""
    X, texts = vectors(C, L, DIMENSIONS, NOISE), grid(C, L)
    results, seconds, _ = timed(lambda: analysis(X, texts))
    return {
        "seconds": seconds,
        "megabytes": peak_memory() - X.nbytes / 2**20,
        "retrieval": results.summary["cross_lingual_retrieval"],
    }


def read() -> dict[Size, dict]:
    """Return what earlier runs measured."""
    rows = json.loads(DATA.read_text(encoding="utf-8"))
    return {(row.pop("concepts"), row.pop("languages")): row for row in rows}


def products(size: Size) -> int:
    """Return the number of similarities between all vectors: C²·L²."""
    return (size[0] * size[1]) ** 2


def law(size: Size, rows: dict[Size, dict]) -> float:
    """Return the seconds that are in proportion to C²·L² and to those of ``LARGEST``."""
    return rows[LARGEST]["seconds"] * products(size) / products(LARGEST)


def _name(size: Size) -> str:
    return f"{size[0]:,} × {size[1]}"


def summary(rows: dict[Size, dict], rounds: int) -> list[str]:
    """Return the table, and the exponents of C and L."""
    lines = table(
        "concepts × languages | vectors | seconds | memory beside the vectors | retrieval",
        "{vectors:,.0f} MB | {seconds:,.2f} | {megabytes:,.0f} MB | {retrieval:.2f}",
        (
            (_name(size), rows[size] | {"vectors": products(size) ** 0.5 * DIMENSIONS / 2**18})
            for size in sorted(rows, key=products)
        ),
    )

    def exponent(sizes: list[Size]) -> float:
        x, y = [products(size) for size in sizes], [rows[size]["seconds"] for size in sizes]
        return 2 * np.polyfit(np.log(x), np.log(y), 1)[0]

    growth = (
        f"From {CONCEPTS[0][0]:,} to {CONCEPTS[-1][0]:,} concepts the seconds grow as "
        f"C^{exponent(CONCEPTS):.2f}, from {LANGUAGES[0][1]} to {LANGUAGES[-1][1]} languages as "
        f"L^{exponent(LANGUAGES):.2f}; over the last doubling as C^{exponent(CONCEPTS[-2:]):.2f} "
        f"and L^{exponent(LANGUAGES[-2:]):.2f}. {_name(FULL)} took "
        f"{rows[FULL]['seconds'] / law(FULL, rows):.2f} times the seconds that C²·L² predicts from "
        f"{_name(LARGEST)}."
    )
    note = f"Medians of {rounds} rounds: {source(rounds)} Vectors have 128 dimensions."
    return [lines, growth, f"{note} {_name(FULL)} ran once, on {rows[FULL]['machine']}."]


def draw(rows: dict[Size, dict]) -> None:
    """Draw seconds and memory against C²·L², and a line through the largest grid of every run."""
    from matplotlib.figure import Figure

    from alignment.report.figures.drawing import INK, look

    with look():
        fig = Figure(figsize=(9, 4), layout="constrained")
        seconds, memory = axes = fig.subplots(1, 2)
        for ax, value in zip(axes, ("seconds", "megabytes"), strict=True):
            for marker, sizes in zip("osD", (CONCEPTS, LANGUAGES, [FULL]), strict=True):
                points = [(products(size), rows[size][value]) for size in sizes]
                label = f"{_name(sizes[0])} to {_name(sizes[-1])}" if sizes[1:] else _name(FULL)
                ax.plot(*zip(*points, strict=True), marker, mfc="none", label=label)
            ax.set(xscale="log", xlabel="C²·L²")
            ax.xaxis.set_major_formatter("{x:.0e}")
        ends = [CONCEPTS[0], FULL]
        x, y = [products(size) for size in ends], [law(size, rows) for size in ends]
        seconds.plot(x, y, color=INK, lw=1, label="in proportion to C²·L²")
        seconds.set(title="Seconds", yscale="log")
        seconds.legend(loc="upper left")
        seconds.yaxis.set_major_formatter("{x:,g}")
        memory.axhline(LIMIT, color=INK, lw=1)
        memory.set(title="Megabytes beside the vectors, and their limit", ylim=(0, None))
        for ax in axes:
            ax.minorticks_off()
        fig.savefig(DATA.with_suffix(".png"), metadata={"Source": "benchmarks/growth.json"})


if __name__ == "__main__":
    start(main, measure_one)
