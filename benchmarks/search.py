"""Search: 10 000 questions among 200 000 passages, beside FAISS alone. Writes search.md.

Three worlds of unit vectors of 384 dimensions: one language; eight, where translations lie close
together; eight, where the language counts for more than the meaning, so that most versions of an
answer are deep down and have to be counted there.
"""

import json
import sys
import time

import numpy as np
from measuring import alone, machine, peak_megabytes, seconds, write
from threadpoolctl import threadpool_limits

D, QUESTIONS, PASSAGES = 384, 10_000, 200_000
WORLDS = {  # languages, how far translations are apart, how much a language counts
    "one language": (1, 0.7, 0.0),
    "eight, well aligned": (8, 0.5, 0.2),
    "eight, hardly aligned": (8, 1.0, 3.0),
}
MEASURES = ("recall_at_1", "hit_at_1", "max_rank")


def task(L: int, apart: float, language: float):
    """Return what is asked and searched: each question near the version of its own language."""
    from alignment.search.task import Task

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


def one(world: str, rounds: int) -> dict:
    """Measure a world in this process: ours first, so that its peak of memory is its own."""
    import faiss

    from alignment.engines import computing_on
    from alignment.search.task import search

    asked = task(*WORLDS[world])
    found = []
    took = [_took(lambda: found.append(search(asked)))]
    values = found[0].between | found[0].mixed
    means = {name: float(np.nanmean(values[name])) for name in MEASURES}
    beside = peak_megabytes() - (asked.passages.nbytes + asked.questions.nbytes) / 2**20
    index = faiss.IndexFlatIP(D)
    index.add(asked.passages.reshape(-1, D))
    questions = asked.questions.reshape(-1, D)
    bare = [_took(lambda: index.search(questions, 10))]
    for _ in range(rounds - 1):
        took.append(_took(lambda: search(asked)))
        bare.append(_took(lambda: index.search(questions, 10)))
    with threadpool_limits(1), computing_on(in_turn):
        one_core = _took(lambda: search(asked)) / _took(lambda: index.search(questions, 10))
    ours, theirs = (np.median(clocks, axis=0)[0] for clocks in (took, bare))
    ratio = np.median(np.divide(took, bare), axis=0)[0]
    return {
        **{"seconds": ours, "bare": theirs, "ratio": ratio, "one_core": one_core[1]},
        **{"megabytes": beside, **means},
    }


def in_turn(function, items, *shared):
    """Go through the items on one core."""
    return (function(item, *shared) for item in items)


def _took(work) -> np.ndarray:
    """Return the seconds (2,) on the clock, and of the processors."""
    before = time.process_time()
    return np.array([seconds(work), time.process_time() - before])


def main(rounds: int = 3) -> None:
    """Measure each world in a process of its own, in rounds in turn."""
    rows = {world: alone(__file__, world, rounds) for world in WORLDS}
    lines = [
        "| languages | found first, one language at a time | first answer right, one index | "
        "mean rank of the last version | seconds | bare | ratio | on one core | memory, MB |",
        "|:--|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for world, own in rows.items():
        lines.append(
            f"| {world} | {100 * own['recall_at_1']:.0f} % | {100 * own['hit_at_1']:.0f} % | "
            f"{own['max_rank']:,.1f} | {own['seconds']:.1f} | {own['bare']:.1f} | "
            f"{own['ratio']:.2f} | {own['one_core']:.2f} | {own['megabytes']:,.0f} |"
        )
    lines += [
        "",
        f"{QUESTIONS:,} questions, {PASSAGES:,} passages, {D} dimensions, synthetic; "
        f"rounds in turn, medians of {rounds}, on {machine()}: `python "
        f"benchmarks/search.py {rounds}`. *Bare* is `IndexFlatIP.search` for the ten "
        "nearest of all, the index being filled; *on one core* is the ratio of processor seconds "
        "where each has one thread. Memory is the process's, the vectors left out.",
    ]
    write("search.md", lines)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(one(sys.argv[2], int(sys.argv[3]))))
    else:
        main(*map(int, sys.argv[1:]))
