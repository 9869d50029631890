"""Search: 10 000 questions among 200 000 passages, beside FAISS alone. Writes search.md.

Three worlds of unit vectors of 384 dimensions: one language; eight, where translations lie close
together; eight, where the language counts for more than the meaning, so that most versions of an
answer are deep down and have to be counted there.
"""

import json
import sys

import numpy as np
from measuring import alone, machine, peak_megabytes, seconds, write

D, QUESTIONS, PASSAGES = 384, 10_000, 200_000
WORLDS = {  # languages, how far translations are apart, how much a language counts
    "one language": (1, 0.7, 0.0),
    "eight, well aligned": (8, 0.5, 0.2),
    "eight, hardly aligned": (8, 1.0, 3.0),
}
MEASURES = ("recall_at_1", "hit_at_1", "max_rank")


def task(L: int, apart: float, language: float):
    """Return what is asked and searched: each question near the version of its own language."""
    from alignment.measure.search import Task

    rng = np.random.default_rng(0)
    C, n = PASSAGES // L, QUESTIONS // L
    X = rng.standard_normal((C, L, D), dtype=np.float32)
    X *= apart
    X += rng.standard_normal((C, 1, D), dtype=np.float32)
    X += language * rng.standard_normal((1, L, D), dtype=np.float32)
    X /= np.sqrt(np.einsum("cld,cld->cl", X, X))[..., None]
    answer = rng.integers(0, C, n)
    questions = X[answer] + np.float32(2 / np.sqrt(D)) * rng.standard_normal(
        (n, L, D), dtype=np.float32
    )
    questions /= np.linalg.norm(questions, axis=2, keepdims=True)
    return Task(questions, np.ones((n, L), bool), answer, X, np.ones((C, L), bool))


def one(world: str) -> dict:
    """Measure a world in this process: ours first, so that its peak of memory is its own."""
    from alignment.measure.search import search

    asked = task(*WORLDS[world])
    values = {}

    def ours():
        found = search(asked)
        values.update(found.between | found.mixed, first=found.first, wrong=found.crowding)

    took = seconds(ours)
    beside = peak_megabytes() - (asked.passages.nbytes + asked.questions.nbytes) / 2**20
    bare = min(seconds(lambda: _bare(asked)), seconds(lambda: _bare(asked)))
    took = min(took, seconds(ours))
    means = {name: float(np.nanmean(values[name])) for name in MEASURES}
    return {"seconds": took, "bare": bare, "megabytes": beside, **means}


def _bare(asked) -> None:
    import faiss

    index = faiss.IndexFlatIP(D)
    index.add(asked.passages.reshape(-1, D))
    index.search(asked.questions.reshape(-1, D), 10)


def main() -> None:
    """Measure each world in a process of its own."""
    rows = {world: alone(__file__, world) for world in WORLDS}
    lines = [
        f"{QUESTIONS:,} questions, {PASSAGES:,} passages, {D} dimensions, on {machine()}; *bare*",
        "is `IndexFlatIP` filled and searched for the ten nearest. Memory is the process's,",
        "the vectors left out.",
        "",
        "| languages | found first, one language at a time | first answer right, one index | "
        "mean rank of the last version | seconds | bare | ratio | memory, MB |",
        "|:--|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for world, own in rows.items():
        lines.append(
            f"| {world} | {100 * own['recall_at_1']:.0f} % | {100 * own['hit_at_1']:.0f} % | "
            f"{own['max_rank']:,.1f} | {own['seconds']:.1f} | {own['bare']:.1f} | "
            f"{own['seconds'] / own['bare']:.2f} | {own['megabytes']:,.0f} |"
        )
    lines += ["", "A rank beyond the 100 nearest of a language is counted by a second product."]
    write("search.md", lines)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(one(sys.argv[2])))
    else:
        main()
