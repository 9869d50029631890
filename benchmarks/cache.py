"""What the cache saves on a grid of 15 000 texts, and what it costs the run that fills it.

``python benchmarks/cache.py [ROUNDS] [MODEL]`` writes benchmarks/cache.md. Each run is a process
of its own that takes the model by name and embeds; in a round the runs follow one another: without
a cache, with an empty one, and with the one just filled. Their vectors must be the same bytes.
"""

import hashlib
import os
import statistics
import subprocess
import sys
import tempfile
import time

from measuring import machine, write

TEXTS = 15_000
RUNS = {"without the cache": "no", "first run, fills the cache": "yes", "second run": "yes"}


def main(rounds: int, model: str) -> None:
    """Measure ``rounds`` rounds and write the table."""
    measured = [_round(model) for _ in range(rounds)]
    slowest = [round_["without the cache"] for round_ in measured]
    lines = [
        f"| {model}, {TEXTS:,} texts | finding the model, s | embedding, s | times as fast |",
        "|:--|--:|--:|--:|",
    ]
    for name in RUNS:
        found, embedded = (
            statistics.median(times) for times in zip(*(r[name] for r in measured), strict=True)
        )
        faster = statistics.median(
            base[1] / round_[name][1] for base, round_ in zip(slowest, measured, strict=True)
        )
        lines.append(f"| {name} | {found:.2f} | {embedded:.2f} | {faster:.1f} |")
    lines += [
        "",
        f"Medians of {rounds} rounds on {machine()}: "
        f"`python benchmarks/cache.py {rounds}`. Finding the model includes its fingerprint.",
    ]
    write("cache.md", lines)


def _round(model: str) -> dict[str, tuple[float, float]]:
    times, digests = {}, set()
    with tempfile.TemporaryDirectory() as folder:
        for name, cached in RUNS.items():
            done = subprocess.run(
                [sys.executable, __file__, "--one", model, cached],
                env=os.environ | {"ALIGNMENT_CACHE": folder},
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            )
            found, embedded, digest = done.stdout.split()
            times[name] = float(found), float(embedded)
            digests.add(digest)
    if len(digests) > 1:
        raise SystemExit("the cached vectors are not the bytes of the others")
    return times


def measure_one(name: str, cached: bool) -> None:
    """Print the seconds of finding the model and of embedding, and a digest of the vectors."""
    from alignment import models
    from concepts import CONCEPTS

    words = list(dict.fromkeys(CONCEPTS.flat_texts()))
    texts = [f"{one} {other}" for one in words for other in words if one != other]
    texts += [f"{text}!" for text in texts]
    start = time.perf_counter()
    model = models.load(name, models.ModelOptions(cache=cached))
    found = time.perf_counter()
    vectors = model.embed(texts[:TEXTS])
    embedded = time.perf_counter()
    print(found - start, embedded - found, hashlib.sha256(vectors.tobytes()).hexdigest())


if __name__ == "__main__":
    if "--one" in sys.argv:
        measure_one(sys.argv[2], sys.argv[3] == "yes")
    else:
        main(
            int(sys.argv[1]) if len(sys.argv) > 1 else 5,
            sys.argv[2] if len(sys.argv) > 2 else "use-multilingual",
        )
