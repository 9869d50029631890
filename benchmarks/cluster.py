"""What nodes of a Ray cluster add on one machine: embedding on 1, 2 and 3 of them.

``python benchmarks/cluster.py [ROUNDS] [MODEL]`` writes benchmarks/cluster.md. All nodes run here
and share its processors: this is what the engine costs, not what other machines would bring.
Each row is a process of its own; in each round a new cluster; vectors must be the local bytes.
"""

import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
TEXTS = 15_000
NODES = (0, 1, 2, 3)


def main(rounds: int, model: str) -> None:
    """Measure every number of nodes and write the table."""
    measured = {nodes: [] for nodes in NODES}
    for _ in range(rounds):
        for nodes in NODES:
            command = [sys.executable, __file__, "--one", str(nodes), model]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            measured[nodes].append([float(number) for number in done.stdout.split()])
    if len({digest for times in measured.values() for *_, digest in times}) > 1:
        raise SystemExit("the vectors of the cluster are not the bytes of the local ones")
    lines = [
        f"| {model}, {TEXTS:,} texts | joining, s | first vectors after, s | all after, s "
        "| texts/s from then on | driver, MB |",
        "|:--|--:|--:|--:|--:|--:|",
    ]
    for nodes, times in measured.items():
        joined, first, done, memory = map(statistics.median, list(zip(*times, strict=True))[:4])
        name = f"{nodes} node{'s' * (nodes > 1)}" if nodes else "local engine"
        rate = (TEXTS - 256) / (done - first)
        lines.append(
            f"| {name} | {joined:.1f} | {first:.1f} | {done:.1f} | {rate:,.0f} | {memory:.0f} |"
        )
    lines += [
        "",
        f"Medians of {rounds} rounds in turn on {os.cpu_count()} cores ({platform.machine()}, "
        f"{platform.system()}), CPython {platform.python_version()}: "
        f"`python benchmarks/cluster.py {rounds}`. The vectors are the same bytes in every row.",
        "",
    ]
    (ROOT / "benchmarks" / "cluster.md").write_text("\n".join(lines), encoding="utf-8")
    print("\n".join(lines))


def measure_one(nodes: int, name: str) -> None:
    """Print the seconds to join, to the first batch, to the last; MB held; a checksum."""
    sys.path.insert(0, str(ROOT))
    import resource
    import zlib
    from contextlib import nullcontext

    from alignment import models
    from alignment.encoders import BATCH, embed_here
    from concepts import CONCEPTS

    words = list(dict.fromkeys(CONCEPTS.flat_texts()))
    texts = [f"{one} {other}" for one in words for other in words if one != other]
    texts = (texts + [f"{text}!" for text in texts])[:TEXTS]
    batches = [texts[start : start + BATCH] for start in range(0, TEXTS, BATCH)]
    model = models.load(name)
    start = time.perf_counter()
    with _engine(nodes) if nodes else nullcontext() as engine:
        joined = time.perf_counter()
        checksum, seconds = 0, []
        for part in (engine.embed if engine else embed_here)(model.encoder, batches, model.prompt):
            checksum = zlib.crc32(part.tobytes(), checksum)
            seconds.append(time.perf_counter() - joined)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(joined - start, seconds[0], seconds[-1], memory, checksum)


def _engine(nodes: int):
    from ray.cluster_utils import Cluster

    from alignment.cluster import RayEngine

    size = {"num_cpus": os.cpu_count(), "object_store_memory": 200 << 20}
    cluster = Cluster(True, head_node_args=size | {"include_dashboard": False})
    for _ in range(nodes - 1):
        cluster.add_node(**size)
    cluster.wait_for_nodes()
    return RayEngine(cluster.address)


if __name__ == "__main__":
    if "--one" in sys.argv:
        measure_one(int(sys.argv[2]), sys.argv[3])
    else:
        main(
            int(sys.argv[1]) if len(sys.argv) > 1 else 3,
            sys.argv[2] if len(sys.argv) > 2 else "use-multilingual",
        )
