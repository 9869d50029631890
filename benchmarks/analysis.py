"""What the analysis costs beside one bare product of all the vectors, and what it holds.

``python benchmarks/analysis.py [ROUNDS]`` writes benchmarks/analysis.md. Each row is a process of
its own that, in turn, multiplies all C·L vectors with one another block by block (float32, 512
dimensions) and analyses the grid; the memory is its peak above what it held with the vectors alone.
"""

import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
SIZES = (15, 100, 300, 600, 1923)
LANGUAGES, DIMENSIONS = 8, 512


def main(rounds: int) -> None:
    """Measure every size and write the table."""
    lines = [
        "| concepts × languages | bare product, s | analysis, s | ratio | memory |",
        "|--:|--:|--:|--:|--:|",
    ]
    for C in SIZES:
        command = [sys.executable, __file__, "--one", str(C), str(rounds)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        bare, analysis, ratio, megabytes = map(float, done.stdout.split())
        lines.append(
            f"| {C:,} × {LANGUAGES} | {bare:.3f} | {analysis:.3f} | {ratio:.1f} | "
            f"{megabytes:.0f} MB |"
        )
    lines += [
        "",
        f"Medians of {rounds} rounds in turn on {os.cpu_count()} cores ({platform.machine()}, "
        f"{platform.system()}), CPython {platform.python_version()}: "
        f"`python benchmarks/analysis.py {rounds}`.",
        "",
    ]
    (ROOT / "benchmarks" / "analysis.md").write_text("\n".join(lines), encoding="utf-8")
    print("\n".join(lines))


def measure_one(C: int, rounds: int) -> None:
    """Print the medians of bare product, analysis and ratio, and the peak above the vectors."""
    sys.path.insert(0, str(ROOT))
    import numpy as np

    from alignment.analysis import analyse

    rng = np.random.default_rng(0)
    X = 1.6 * rng.standard_normal((C, LANGUAGES, DIMENSIONS), dtype=np.float32)
    X += rng.standard_normal((C, 1, DIMENSIONS), dtype=np.float32)
    X /= np.linalg.norm(X, axis=2, keepdims=True)
    grid = _grid(C)
    flat = X.reshape(-1, DIMENSIONS)
    pairs = []
    start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(rounds):
        bare = _seconds(lambda: _bare_product(flat))
        ours = _seconds(
            lambda: analyse(X, grid, k=3, seed=0, model="synthetic", provenance={"k": 3})
        )
        pairs.append((bare, ours))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start
    bare, ours = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(ours / bare for bare, ours in pairs)
    print(bare, ours, ratio, peak / 1024)


def _grid(C: int):
    """Ten categories, two scripts, and a tenth of the concepts written alike in two languages."""
    from alignment.grids import ConceptGrid

    def text(c, number):
        if number < 2 and c % 10 == 0:
            return f"same {c}"
        return f"{'word' if number < LANGUAGES / 2 else 'слово'} {number} {c}"

    return ConceptGrid.from_dict(
        {
            f"c{c}": {"category": f"category {c % 10}"}
            | {f"l{number}": text(c, number) for number in range(LANGUAGES)}
            for c in range(C)
        }
    )


def _bare_product(flat) -> None:
    for start in range(0, len(flat), 1024):
        flat[start : start + 1024] @ flat.T


def _seconds(work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    if "--one" in sys.argv:
        measure_one(int(sys.argv[2]), int(sys.argv[3]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
