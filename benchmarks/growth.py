"""Measure how the cost of the analysis grows with the concepts C and the languages L.

``python benchmarks/growth.py [ROUNDS] [--full]`` writes benchmarks/growth.json, and from it
growth.md and growth.png. Each measurement is a process that analyses synthetic vectors of 128
dimensions, whose retrieval is between 0.5 and 1; the memory is the peak of the process without the
vectors. ``--full`` adds 5,000 concepts in 100 languages once, which takes up to an hour; without
it, growth.json keeps the earlier measurement of that size.
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
Rows = dict[Size, dict]


def main(*options: int | str) -> None:
    """Measure every size, and write the data, the table and the picture."""
    rounds = next((option for option in options if option != "--full"), 3)
    sizes = list(dict.fromkeys(CONCEPTS + LANGUAGES))
    turns = [{size: alone(*size) for size in sizes} for _ in range(rounds)]
    rows = {size: _middle([turn[size] for turn in turns]) for size in sizes}
    if "--full" in options:
        rows[FULL] = _middle([alone(*FULL)])
    else:
        rows |= {size: row for size, row in read().items() if size == FULL}
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


def _middle(turns: list[dict]) -> dict:
    return medians(turns) | {"rounds": len(turns), "machine": machine()}


def read() -> Rows:
    """Return what earlier runs measured."""
    rows = json.loads(DATA.read_text(encoding="utf-8")) if DATA.exists() else []
    return {(row.pop("concepts"), row.pop("languages")): row for row in rows}


def products(size: Size) -> int:
    """Return the number of similarities between all vectors: C²·L²."""
    return (size[0] * size[1]) ** 2


def _name(size: Size) -> str:
    return f"{size[0]:,} × {size[1]}"


def summary(rows: Rows, rounds: int) -> list[str]:
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
        f"and L^{exponent(LANGUAGES[-2:]):.2f}."
    )
    note = f"Medians of {rounds} rounds in turn: {source(rounds)} Vectors have 128 dimensions."
    if FULL in rows:
        ratio = rows[FULL]["seconds"] / (_law(rows) * products(FULL))
        growth += f" {_name(FULL)} took {ratio:.2f} times the seconds that C²·L² predicts from "
        growth += f"{_name(LARGEST)}."
        note += f" {_name(FULL)} ran once (`--full`), on {rows[FULL]['machine']}."
    return [lines, growth, note]


def _law(rows: Rows) -> float:
    return rows[LARGEST]["seconds"] / products(LARGEST)


def draw(rows: Rows) -> None:
    """Draw seconds and memory against C²·L², and a line through the largest grid of every run."""
    from matplotlib.figure import Figure

    from alignment.report.figures.drawing import INK, look

    series = {  # the sizes, their marker, and where the name of the last one is written
        "8 languages, more concepts": (CONCEPTS, "o", (-6, 4), "right"),
        "500 concepts, more languages": (LANGUAGES, "s", (7, -10), "left"),
        None: ([size for size in rows if size == FULL], "D", (-6, 4), "right"),
    }
    ends = np.array([min(map(products, rows)), max(map(products, rows))])
    with look():
        fig = Figure(figsize=(9, 4), layout="constrained")
        seconds, memory = axes = fig.subplots(1, 2)
        for ax, value in zip(axes, ("seconds", "megabytes"), strict=True):
            for number, (label, (sizes, marker, offset, side)) in enumerate(series.items()):
                points = [(products(size), rows[size][value]) for size in sizes]
                color = {"color": f"C{number}"}
                ax.plot(*zip(*points, strict=True), marker, mfc="none", label=label, **color)
                place = {"xytext": offset, "textcoords": "offset points", "ha": side}
                ax.annotate(_name(sizes[-1]), points[-1], size=9, **place, **color)
            ax.set_xscale("log")
            ax.set_xlabel("C²·L²")
            ax.yaxis.set_major_formatter("{x:,g}")
            ax.set_xlim(ends[0] / 10, ends[1] * 10)
        seconds.set_title("Seconds", loc="left", weight="bold", size=11)
        seconds.plot(ends, _law(rows) * ends, color=INK, lw=1, label="in proportion to C²·L²")
        seconds.set_yscale("log")
        seconds.legend(loc="upper left")
        memory.set_title("Megabytes beside the vectors", loc="left", weight="bold", size=11)
        memory.axhline(LIMIT, color=INK, lw=1)
        memory.annotate("limit", (ends[0], LIMIT - 50), color=INK, size=9)
        memory.set_ylim(0)
        fig.savefig(DATA.with_suffix(".png"), metadata={"Source": "benchmarks/growth.json"})


if __name__ == "__main__":
    start(main, measure_one)
