"""Measure what the nodes of a Ray cluster cost on one machine: embedding on 1, 2 and 3 of them.

``python benchmarks/cluster.py [ROUNDS] [MODEL]`` writes benchmarks/cluster.md. All nodes share the
processors of this machine; each measurement has a new cluster, and the vectors must be identical.
"""

import os
import time
import zlib
from contextlib import nullcontext
from functools import partial

from measuring import alone, medians, peak_memory, report, source, start, table, word_pairs

TEXTS = 15_000
NODES = {0: "local engine", 1: "1 node", 2: "2 nodes", 3: "3 nodes"}


def main(rounds: int = 3, model: str = "use-multilingual") -> None:
    """Measure every number of nodes and write the table."""
    turns = [{nodes: alone(nodes, model) for nodes in NODES} for _ in range(rounds)]
    if len({row["checksum"] for turn in turns for row in turn.values()}) > 1:
        raise SystemExit("the vectors of the cluster differ from the local ones")
    rows = {name: medians([turn[nodes] for turn in turns]) for nodes, name in NODES.items()}
    report(
        table(
            f"{model}, {TEXTS:,} texts | joining, s | first vectors, s | all, s | driver, MB",
            "{joining:.1f} | {first:.1f} | {all:.1f} | {megabytes:.0f}",
            rows.items(),
        ),
        f"Medians over the rounds ({rounds}); vectors are timed from the joining, and are "
        f"identical in every row: {source(rounds)}",
    )


def measure_one(nodes: int, name: str) -> dict[str, float]:
    """Return the seconds to join, from then to the first batch and to the last; MB; a checksum."""
    from alignment import models
    from alignment.models.encoders import BATCH, embed_batch

    texts = word_pairs(TEXTS)
    batches = [texts[first : first + BATCH] for first in range(0, TEXTS, BATCH)]
    model = models.load(name)
    embed = partial(embed_batch, model.encoder, model.prompts.text)
    checksum, seconds = 0, []
    begin = time.perf_counter()
    with _engine(nodes) if nodes else nullcontext() as engine:
        joined = time.perf_counter()
        for part in (engine.map_batches if engine else map)(embed, batches):
            checksum = zlib.crc32(part.tobytes(), checksum)
            seconds.append(time.perf_counter() - joined)
        ends = {"joining": joined - begin, "first": seconds[0], "all": seconds[-1]}
        return ends | {"megabytes": peak_memory(), "checksum": checksum}


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
    start(main, measure_one)
