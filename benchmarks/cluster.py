"""What nodes of a Ray cluster add on one machine: embedding on 1, 2 and 3 of them.

``python benchmarks/cluster.py [ROUNDS] [MODEL]`` writes benchmarks/cluster.md. All nodes run here
and share its processors: this is what the engine costs, not what other machines would bring.
Each row is a process of its own; in each round a new cluster; vectors must be the local bytes.
"""

import json
import os
import statistics
import sys
import time
import zlib
from contextlib import nullcontext
from functools import partial

from measuring import alone, machine, peak_megabytes, write

TEXTS = 15_000
NODES = (0, 1, 2, 3)


def main(rounds: int, model: str) -> None:
    """Measure every number of nodes and write the table."""
    measured = {nodes: [] for nodes in NODES}
    for _ in range(rounds):
        for nodes in NODES:
            measured[nodes].append(alone(__file__, nodes, model))
    if len({row["checksum"] for rows in measured.values() for row in rows}) > 1:
        raise SystemExit("the vectors of the cluster are not the bytes of the local ones")
    lines = [
        f"| {model}, {TEXTS:,} texts | joining, s | first vectors after, s | all after, s "
        "| driver, MB |",
        "|:--|--:|--:|--:|--:|",
    ]
    for nodes, rows in measured.items():
        name = f"{nodes} node{'s' * (nodes > 1)}" if nodes else "local engine"
        middle = {what: statistics.median(row[what] for row in rows) for what in rows[0]}
        lines.append(
            f"| {name} | {middle['joining']:.1f} | {middle['first']:.1f} | {middle['all']:.1f} | "
            f"{middle['megabytes']:.0f} |"
        )
    how = "One round" if rounds == 1 else f"Medians of {rounds} rounds in turn"
    lines += [
        "",
        f"{how} on {machine()}: `python benchmarks/cluster.py "
        f"{rounds}`. The vectors are the same bytes in every row.",
    ]
    write("cluster.md", lines)


def measure_one(nodes: int, name: str) -> dict[str, float]:
    """Return the seconds to join, from then to the first batch and to the last; MB; a checksum."""
    from alignment import models
    from alignment.models.encoders import BATCH, embed_batch
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
        embed = partial(embed_batch, model.encoder, model.prompts.text)
        for part in (engine.map_batches if engine else map)(embed, batches):
            checksum = zlib.crc32(part.tobytes(), checksum)
            seconds.append(time.perf_counter() - joined)
        megabytes = peak_megabytes()
    return {
        "joining": joined - start,
        "first": seconds[0],
        "all": seconds[-1],
        "megabytes": megabytes,
        "checksum": checksum,
    }


def _engine(nodes: int):
    from ray.cluster_utils import Cluster

    from alignment.engines.cluster import RayEngine

    size = {"num_cpus": os.cpu_count(), "object_store_memory": 200 << 20}
    cluster = Cluster(True, head_node_args=size | {"include_dashboard": False})
    for _ in range(nodes - 1):
        cluster.add_node(**size)
    cluster.wait_for_nodes()
    return RayEngine(cluster.address)


if __name__ == "__main__":
    if "--one" in sys.argv:
        print(json.dumps(measure_one(int(sys.argv[2]), sys.argv[3])))
    else:
        main(
            int(sys.argv[1]) if len(sys.argv) > 1 else 3,
            sys.argv[2] if len(sys.argv) > 2 else "use-multilingual",
        )
