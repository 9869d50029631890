"""How the cost of the analysis grows with the concepts C and the languages L.

``python benchmarks/growth.py [ROUNDS] [--full]`` writes benchmarks/growth.json, and from it
growth.md and growth.png. Each measurement is a process of its own that makes synthetic vectors of
128 dimensions, whose retrieval is below 1 and above 0.5, and analyses them; the memory is the peak
of the whole process less the vectors. ``--full`` adds, once, 5,000 concepts in 100 languages, which
takes up to an hour; what an earlier run measured of it stays in growth.json.
"""

import json
import statistics
import sys
from pathlib import Path

import numpy as np
from measuring import ROOT, alone, machine, peak_megabytes, seconds, write
from synthetic import analysis, grid, vectors

MORE_CONCEPTS = [(250, 8), (500, 8), (1000, 8), (2000, 8), (4000, 8)]
MORE_LANGUAGES = [(500, 4), (500, 8), (500, 16), (500, 32), (500, 64)]
FULL = (5000, 100)
SWEEPS = MORE_CONCEPTS, MORE_LANGUAGES
LARGEST = MORE_CONCEPTS[-1]  # where the line of the law C²·L² begins
LAST = (LARGEST, MORE_LANGUAGES[-1], FULL)
DIMENSIONS, NOISE = 128, 1.3
ROOM = 1000  # MB that the largest may take beside its vectors
DATA = ROOT / "benchmarks" / "growth.json"
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
PICTURE = DATA.with_suffix(".png")

PrecomputedVectors = dict[tuple[int, int], dict[str, float]]  # what was measured of (C, L)


def main(rounds: int, full: bool) -> None:
    """Measure every size, and write the data, the table and the picture."""
    sizes = list(dict.fromkeys(MORE_CONCEPTS + MORE_LANGUAGES))
    turns = [{size: alone(__file__, *size) for size in sizes} for _ in range(rounds)]
    rows = {size: _middle([turn[size] for turn in turns]) for size in sizes}
    if FULL in (before := _read()):
        rows[FULL] = before[FULL]
    _write(rows, rounds)
    if full:
        rows[FULL] = _middle([alone(__file__, *FULL)])
        _write(rows, rounds)


def measure_one(C: int, L: int) -> dict[str, float]:
    """Return seconds and megabytes of one analysis, and the retrieval that it found."""
    X, texts = vectors(C, L, DIMENSIONS, NOISE), grid(C, L)
    found = []
    taken = seconds(lambda: found.append(analysis(X, texts)))
    return {
        "seconds": taken,
        "megabytes": peak_megabytes() - X.nbytes / 2**20,
        "retrieval": found[0].summary["cross_lingual_retrieval"],
    }


def _middle(measured: list[dict]) -> dict:
    middle = {name: statistics.median(row[name] for row in measured) for name in measured[0]}
    return middle | {"rounds": len(measured), "machine": machine()}


def _read() -> PrecomputedVectors:
    if not DATA.exists():
        return {}
    rows = json.loads(DATA.read_text(encoding="utf-8"))
    return {(row.pop("concepts"), row.pop("languages")): row for row in rows}


def _write(rows: PrecomputedVectors, rounds: int) -> None:
    named = [{"concepts": C, "languages": L} | row for (C, L), row in rows.items()]
    DATA.write_text(json.dumps(named, indent=1) + "\n", encoding="utf-8")
    write("growth.md", _table(rows, rounds))
    draw(rows, PICTURE)


def _table(rows: PrecomputedVectors, rounds: int) -> list[str]:
    lines = [
        "| concepts × languages | vectors | seconds | memory beside the vectors | retrieval |",
        "|--:|--:|--:|--:|--:|",
    ]
    for (C, L), row in sorted(rows.items(), key=lambda item: _products(item[0])):
        lines.append(
            f"| {C:,} × {L} | {C * L * DIMENSIONS * 4 / 2**20:,.0f} MB | {row['seconds']:,.2f} | "
            f"{row['megabytes']:,.0f} MB | {row['retrieval']:.2f} |"
        )
    ends = [f"{sizes[0][at]:,} to {sizes[-1][at]:,}" for at, sizes in enumerate(SWEEPS)]
    concepts, languages = (_exponent(rows, sizes) for sizes in SWEEPS)
    last = [_exponent(rows, sizes[-2:]) for sizes in SWEEPS]
    lines += [
        "",
        f"From {ends[0]} concepts the seconds grow as C^{concepts:.2f}, from {ends[1]} languages "
        f"as L^{languages:.2f}; over the last doubling as C^{last[0]:.2f} and L^{last[1]:.2f}.",
    ]
    if FULL in rows:
        lines.append(
            f"{FULL[0]:,} × {FULL[1]} took {_beside_the_law(rows):.2f} times what C²·L² makes of "
            f"the seconds of {_name(LARGEST)}."
        )
    lines += [
        "",
        f"Medians of {rounds} rounds in turn on {machine()}: `python benchmarks/growth.py "
        f"{rounds}`; 128 dimensions.",
    ]
    if FULL in rows:
        lines[-1] += f" {_name(FULL)} ran once (`--full`), on {rows[FULL]['machine']}."
    return lines


def _name(size: tuple[int, int]) -> str:
    return f"{size[0]:,} × {size[1]}"


def _products(size: tuple[int, int]) -> int:
    """Count the similarities that all vectors have with one another: C²·L²."""
    return (size[0] * size[1]) ** 2


def _exponent(rows: PrecomputedVectors, sizes: list[tuple[int, int]]) -> float:
    """Return the exponent of what grows in these sizes, C or L: half that of C²·L², doubled."""
    x = np.log([_products(size) for size in sizes])
    y = np.log([rows[size]["seconds"] for size in sizes])
    return 2 * np.polyfit(x, y, 1)[0]


def _beside_the_law(rows: PrecomputedVectors) -> float:
    law = rows[LARGEST]["seconds"] * _products(FULL) / _products(LARGEST)
    return rows[FULL]["seconds"] / law


def draw(rows: PrecomputedVectors, path: Path) -> None:
    """Draw seconds and memory against C²·L², one marker a size; seconds beside a line of slope 1.

    The line goes through the most concepts that every run measures.
    """
    from matplotlib.figure import Figure

    from alignment.report.figures.drawing import INK, look

    with look():
        fig = Figure(figsize=(9, 4))
        fig.subplots_adjust(left=0.07, right=0.98, bottom=0.12, top=0.9, wspace=0.17)
        time, memory = fig.subplots(1, 2)
        _panel(time, rows, "seconds", "Seconds")
        ends = np.array([min(map(_products, rows)), max(map(_products, rows))])
        law = rows[LARGEST]["seconds"] * ends / _products(LARGEST)
        time.plot(ends, law, color=INK, lw=1, zorder=1, label="in proportion to C²·L²")
        time.set_yscale("log")
        time.legend(loc="upper left", frameon=True, framealpha=1, edgecolor="none")
        _panel(memory, rows, "megabytes", "Megabytes beside the vectors", named=LAST)
        memory.axhline(ROOM, color=INK, lw=1)
        below = {"xytext": (0, -5), "textcoords": "offset points", "va": "top"}
        memory.annotate("limit", (ends[0], ROOM), color=INK, size=9, **below)
        memory.set_ylim(0)
        for ax in (time, memory):
            ax.xaxis.set_major_formatter(lambda x, _: "10" + f"{np.log10(x):.0f}".translate(RAISED))
            ax.yaxis.set_major_formatter("{x:,g}")
            ax.minorticks_off()
            ax.set_xlim(ends[0] / 10, ends[1] * 10)
        fig.savefig(path, metadata={"Source": "benchmarks/growth.json"})


def _panel(ax, rows: PrecomputedVectors, what: str, title: str, named=None) -> None:
    """Mark each size, and write beside it which it is, or only beside the ``named``."""
    above, below = ((-6, 4), "right"), ((7, -10), "left")
    kinds = [  # rings and points, because many of one kind lie on one of the other
        (MORE_CONCEPTS, {"marker": "o", "ms": 4, "label": "8 languages, more concepts"}, above),
        (
            MORE_LANGUAGES,
            {"marker": "s", "ms": 9, "mfc": "none", "label": "500 concepts, more languages"},
            below,
        ),
        ([FULL], {"marker": "D", "ms": 6}, above),
    ]
    ax.set_xscale("log")
    for number, (sizes, look, (offset, side)) in enumerate(kinds):
        sizes = [size for size in sizes if size in rows]
        x, y = [_products(size) for size in sizes], [rows[size][what] for size in sizes]
        ax.plot(x, y, ls="none", color=f"C{number}", **look)
        for size, *at in zip(sizes, x, y, strict=True):
            if size in (named or rows):
                place = {"xytext": offset, "textcoords": "offset points", "ha": side}
                room = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
                look = {"color": f"C{number}", "size": 9, "zorder": 1.5}  # markers stand before it
                ax.annotate(_name(size), at, bbox=room, **look, **place)
    ax.set_xlabel("C²·L²")
    ax.set_title(title, loc="left", weight="bold", size=11)


if __name__ == "__main__":
    if "--one" in sys.argv:
        print(json.dumps(measure_one(int(sys.argv[2]), int(sys.argv[3]))))
    else:
        rounds = [int(word) for word in sys.argv[1:] if word.isdigit()]
        main(rounds[0] if rounds else 3, "--full" in sys.argv)
