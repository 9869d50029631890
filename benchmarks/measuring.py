"""Shared code of the benchmarks: processes, seconds, memory, and the tables they write."""

import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
SCRIPT = str(ROOT / "cross_lingual_alignment.py")
sys.path.insert(0, str(ROOT))  # the packages lie beside this folder


def machine() -> str:
    """Return the processors, the system and the Python that the numbers are measured on."""
    system = f"{platform.machine()}, {platform.system()}"
    return f"{os.cpu_count()} cores ({system}), CPython {platform.python_version()}"


def source(*arguments: object) -> str:
    """Return the command that makes a table, and the machine."""
    words = " ".join(map(str, (Path(sys.argv[0]).name, *arguments)))
    return f"`python benchmarks/{words}` on {machine()}."


def start(main: Callable[..., object], one: Callable[..., object] | None = None) -> None:
    """Pass the command line to ``main``; where it begins with --one, print the JSON of ``one``."""
    arguments = [int(word) if word.isdigit() else word for word in sys.argv[1:]]
    if one and arguments[:1] == ["--one"]:
        print(json.dumps(one(*arguments[1:])))
    else:
        main(*arguments)


def alone(*arguments: object, **environment: str) -> Any:
    """Run this script with --one in a process of its own, and return what it prints as JSON."""
    command = [sys.executable, sys.argv[0], "--one", *map(str, arguments)]
    return json.loads(subprocess.check_output(command, env=os.environ | environment))


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """Return the result of the work, its seconds, and its processor seconds."""
    clock, processor = time.perf_counter(), time.process_time()
    result = work()
    return result, time.perf_counter() - clock, time.process_time() - processor


def take_turns(rounds: int, works: dict[str, Callable[[], object]]) -> list[dict[str, float]]:
    """Return the seconds of each work in each round."""
    return [{name: timed(work)[1] for name, work in works.items()} for _ in range(rounds)]


def medians(turns: list[dict[str, float]], **ratios: tuple[str, str]) -> dict[str, float]:
    """Return the median of each value over the rounds, and of the ratios of two values."""
    for turn in turns:
        turn |= {name: turn[first] / turn[second] for name, (first, second) in ratios.items()}
    return {name: statistics.median(turn[name] for turn in turns) for name in turns[0]}


def peak_memory() -> float:
    """Return the largest memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def sampling_error(share: float, draws: int) -> str:
    """Return half the width of the 95 % interval of a share that was simulated."""
    return f"{1.96 * (share * (1 - share) / draws) ** 0.5:.3f}"


def word_pairs(count: int) -> list[str]:
    """Return different texts of two words from the published concepts."""
    from concepts import CONCEPTS

    words = list(dict.fromkeys(CONCEPTS.flat_texts()))
    texts = [f"{first} {second}" for first in words for second in words if first != second]
    return (texts + [f"{text}!" for text in texts])[:count]


def table(headings: str, cells: str | None, rows: Iterable[tuple[str, Any]]) -> str:
    """Return a table of rows, printed one by one: a first cell, and values for the other cells."""
    lines = [f"| {headings} |", f"|:--|{'--:|' * headings.count('|')}"]
    for name, values in rows:
        named = values if isinstance(values, dict) else {}
        texts = (cells or " | ".join(["{}"] * len(values))).format(*values, **named)
        lines.append(f"| {name} | {texts} |")
        print(lines[-1], flush=True)
    return "\n".join(lines)


def report(*paragraphs: str) -> None:
    """Write and show the results of this script, in the file of its name."""
    text = "\n\n".join(paragraphs) + "\n"
    (ROOT / "benchmarks" / f"{Path(sys.argv[0]).stem}.md").write_text(text, encoding="utf-8")
    print(text)
