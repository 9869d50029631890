"""How long a run takes beside a bare script, with the network absent, hanging, or not asked.

``python benchmarks/startup.py [RUNS]`` times whole processes in turn, so that a machine that
changes its speed changes all of them, and writes benchmarks/startup.md.
"""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measuring import ROOT, machine, write
from PIL import Image

from concepts import CONCEPTS

NOBODY = "http://127.0.0.1:9"


def main(runs: int) -> None:
    """Measure ``runs`` rounds, after one that does not count, and write the table."""
    with tempfile.TemporaryDirectory() as scratch, socket.create_server(("127.0.0.1", 0)) as mute:
        hanging = f"http://127.0.0.1:{mute.getsockname()[1]}"
        commands = _commands(Path(scratch), hanging)
        rounds = [
            {name: _seconds(command, hub, scratch) for name, (command, hub) in commands.items()}
            for _ in range(runs + 1)
        ][1:]
    write("startup.md", _table(rounds))


def _commands(scratch: Path, hanging: str) -> dict:
    texts = scratch / "texts"
    texts.write_text("\n".join(CONCEPTS.flat_texts()), encoding="utf-8")
    script = [sys.executable, ROOT / "cross_lingual_alignment.py"]
    picture = Image.open(ROOT / "fig" / "cross_lingual_alignment_figure.png")
    bare = [sys.executable, ROOT / "benchmarks" / "bare.py", texts, scratch / "bare.png"]
    return {
        "bare script": ([*bare, *map(str, picture.size)], NOBODY),
        "nothing named, no network": ([*script, "--output", scratch / "a"], NOBODY),
        "nothing named, network hangs": ([*script, "--output", scratch / "b"], hanging),
        "the same without figures": ([*script, "--no-figures", "--output", scratch / "c"], NOBODY),
        "--help": ([*script, "--help"], NOBODY),
    }


def _seconds(command: list, hub: str, scratch: str) -> float:
    environment = os.environ | {"HF_ENDPOINT": hub, "HF_HOME": str(Path(scratch) / "hf")}
    environment |= {"ALIGNMENT_CACHE": tempfile.mkdtemp(dir=scratch)}  # a first run each time
    start = time.perf_counter()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return time.perf_counter() - start


def _table(rounds: list[dict[str, float]]) -> list[str]:
    lines = ["| whole process | median, s | min–max, s | of the bare script |", "|:--|--:|--:|--:|"]
    for name in rounds[0]:
        seconds = [round_[name] for round_ in rounds]
        ratio = statistics.median(round_[name] / round_["bare script"] for round_ in rounds)
        lines.append(
            f"| {name} | {statistics.median(seconds):.2f} | {min(seconds):.2f}–{max(seconds):.2f} "
            f"| {ratio:.2f} |"
        )
    return [
        *lines,
        "",
        f"{len(rounds)} rounds in turn on {machine()}, without an accelerator: "
        f"`python benchmarks/startup.py {len(rounds)}`. Ratios are medians of each round's own.",
    ]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
