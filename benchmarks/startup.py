"""Measure how long a run takes beside a bare script, where the network is absent or hangs.

``python benchmarks/startup.py [ROUNDS]`` alternates whole processes, and writes startup.md.
"""

import os
import socket
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from statistics import median

from measuring import ROOT, SCRIPT, medians, report, source, start, table, take_turns
from PIL import Image

from concepts import CONCEPTS

NO_SERVER = "http://127.0.0.1:9"


def main(rounds: int = 5) -> None:
    """Measure the rounds after one that is not counted, and write the table."""
    with tempfile.TemporaryDirectory() as scratch, socket.create_server(("127.0.0.1", 0)) as mute:
        hanging = f"http://127.0.0.1:{mute.getsockname()[1]}"
        turns = take_turns(rounds + 1, _works(Path(scratch), hanging))[1:]
    ratios = medians([{name: turn[name] / turn["bare script"] for name in turn} for turn in turns])
    seconds = {name: sorted(turn[name] for turn in turns) for name in ratios}
    report(
        table(
            "whole process | median, s | min–max, s | of the bare script",
            "{:.2f} | {:.2f}–{:.2f} | {:.2f}",
            ((n, (median(s), s[0], s[-1], ratios[n])) for n, s in seconds.items()),
        ),
        f"{rounds} rounds in turn, without an accelerator: {source(rounds)} Ratios are medians "
        "over the rounds.",
    )


def _works(scratch: Path, hanging: str) -> dict:
    texts = scratch / "texts"
    texts.write_text("\n".join(CONCEPTS.flat_texts()), encoding="utf-8")
    size = Image.open(ROOT / "fig/cross_lingual_alignment_figure.png").size
    bare = [ROOT / "benchmarks/bare.py", texts, scratch / "bare.png", *map(str, size)]

    def run(command: list, hub: str = NO_SERVER) -> None:
        cache = tempfile.mkdtemp(dir=scratch)  # an empty one, as in a first run
        names = {"HF_ENDPOINT": hub, "HF_HOME": str(scratch / "hf"), "ALIGNMENT_CACHE": cache}
        command = [sys.executable, *command]
        subprocess.run(command, env=os.environ | names, check=True, capture_output=True)

    named = [SCRIPT, "--output", scratch / "results"]
    return {
        "bare script": partial(run, bare),
        "nothing named, no network": partial(run, named),
        "nothing named, network hangs": partial(run, named, hanging),
        "nothing named, without figures": partial(run, [*named, "--no-figures"]),
        "--help": partial(run, [SCRIPT, "--help"]),
    }


if __name__ == "__main__":
    start(main)
