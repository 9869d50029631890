"""Measure the search of 10,000 questions among 200,000 passages beside FAISS alone.

``python benchmarks/search.py [ROUNDS]`` writes benchmarks/search.md. In the last of three worlds
the language matters more than the meaning, so that most versions of an answer have high ranks.
"""

import numpy as np
from measuring import alone, medians, peak_memory, report, source, start, table, take_turns, timed
from threadpoolctl import threadpool_limits

D, QUESTIONS, PASSAGES = 384, 10_000, 200_000
WORLDS = {  # languages, distance of translations, length of what a language has in common
    "one language": (1, 0.7, 0.0),
    "eight, well aligned": (8, 0.5, 0.2),
    "eight, hardly aligned": (8, 1.0, 3.0),
}
MEASURES = {"recall_at_1": 100, "hit_at_1": 100, "max_rank": 1}  # {name: unit}


def task(L: int, distance: float, language: float):
    """Return the questions and passages; a question is near the answer in its language."""
    from alignment.search.task import Task

    rng = np.random.default_rng(0)
    C, n = PASSAGES // L, QUESTIONS // L
    X = rng.standard_normal((C, L, D), dtype=np.float32)
    X *= distance
    X += rng.standard_normal((C, 1, D), dtype=np.float32)
    X += language * rng.standard_normal((1, L, D), dtype=np.float32)
    X /= np.sqrt(np.einsum("cld,cld->cl", X, X))[..., None]
    answer = rng.integers(0, C, n)
    noise = rng.standard_normal((n, L, D), dtype=np.float32)
    questions = X[answer] + np.float32(2 / np.sqrt(D)) * noise
    questions /= np.linalg.norm(questions, axis=2, keepdims=True)
    return Task(questions, np.ones((n, L), bool), answer, X, np.ones((C, L), bool))


def measure_one(world: str, rounds: int) -> dict[str, float]:
    """Measure a world; the package searches first, since FAISS would raise the peak memory."""
    import faiss

    from alignment.engines import computing_on
    from alignment.search.task import search

    data = task(*WORLDS[world])
    results = search(data)
    values = results.between | results.mixed
    megabytes = peak_memory() - (data.passages.nbytes + data.questions.nbytes) / 2**20
    index, questions = faiss.IndexFlatIP(D), data.questions.reshape(-1, D)
    index.add(data.passages.reshape(-1, D))
    works = {"seconds": lambda: search(data), "bare": lambda: index.search(questions, 10)}
    turns = take_turns(rounds, works)
    with threadpool_limits(1), computing_on(_one_by_one):
        ours, theirs = (timed(work)[2] for work in works.values())
    row = {name: unit * np.nanmean(values[name]) for name, unit in MEASURES.items()}
    row |= medians(turns, ratio=("seconds", "bare"))
    return row | {"one_core": ours / theirs, "megabytes": megabytes}


def _one_by_one(function, items, *shared):
    return (function(item, *shared) for item in items)


def main(rounds: int = 3) -> None:
    """Measure each world in a process of its own and write the table."""
    report(
        table(
            "languages | found first, one language at a time | first answer right, one index | "
            "mean rank of the last version | seconds | bare | ratio | on one core | memory, MB",
            "{recall_at_1:.0f} % | {hit_at_1:.0f} % | {max_rank:,.1f} | {seconds:.1f} | "
            "{bare:.1f} | {ratio:.2f} | {one_core:.2f} | {megabytes:,.0f}",
            ((world, alone(world, rounds)) for world in WORLDS),
        ),
        f"{QUESTIONS:,} questions, {PASSAGES:,} passages, {D} dimensions, synthetic; medians of "
        f"{rounds} rounds in turn: {source(rounds)} *Bare* is `IndexFlatIP.search` for the ten "
        "nearest of all in an index that is already filled; *on one core* is the ratio of "
        "processor seconds with one thread each. Memory is that of the process without vectors.",
    )


if __name__ == "__main__":
    start(main, measure_one)
