"""Measure what the cache saves on a grid of 15,000 texts, and what filling it costs.

``python benchmarks/cache.py [ROUNDS] [MODEL]`` writes benchmarks/cache.md. Each run is a process
that loads the model and embeds. The vectors must be identical with and without the cache.
"""

import hashlib
import tempfile

from measuring import alone, medians, report, source, start, table, timed, word_pairs

TEXTS = 15_000
RUNS = {"without the cache": "no", "first run, fills the cache": "yes", "second run": "yes"}


def main(rounds: int = 5, model: str = "use-multilingual") -> None:
    """Measure the rounds and write the table."""
    turns: dict[str, list[dict]] = {name: [] for name in RUNS}
    digests = set()
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            for name, cached in RUNS.items():
                turns[name].append(alone(model, cached, ALIGNMENT_CACHE=folder))
                digests.add(turns[name][-1].pop("digest"))
                turns[name][-1]["uncached"] = turns["without the cache"][-1]["embedding"]
    if len(digests) > 1:
        raise SystemExit("the cached vectors differ from the others")
    rows = {name: medians(row, speedup=("uncached", "embedding")) for name, row in turns.items()}
    report(
        table(
            f"{model}, {TEXTS:,} texts | finding the model, s | embedding, s | speedup",
            "{finding:.2f} | {embedding:.2f} | {speedup:.1f}",
            rows.items(),
        ),
        f"Medians over the rounds ({rounds}): {source(rounds)} Finding the model includes "
        "computing its fingerprint.",
    )


def measure_one(name: str, cached: str) -> dict[str, float | str]:
    """Return the seconds of finding the model and of embedding, and a digest of the vectors."""
    from alignment import models

    texts, options = word_pairs(TEXTS), models.ModelOptions(cache=cached == "yes")
    model, finding, _ = timed(lambda: models.load(name, options))
    vectors, embedding, _ = timed(lambda: model.embed(texts))
    digest = hashlib.sha256(vectors.tobytes()).hexdigest()
    return {"finding": finding, "embedding": embedding, "digest": digest}


if __name__ == "__main__":
    start(main, measure_one)
