"""What the benchmarks share: where the package lies, a process of its own, seconds and memory."""

import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))  # a script has its own folder there, and `alignment` lies beside it


def machine() -> str:
    """Name what the numbers hold for."""
    return (
        f"{os.cpu_count()} cores ({platform.machine()}, {platform.system()}), "
        f"CPython {platform.python_version()}"
    )


def alone(script: str, *arguments) -> dict:
    """Run ``script --one ARGUMENTS`` in a process of its own, and return the JSON it prints."""
    command = [sys.executable, script, "--one", *map(str, arguments)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def seconds(work: Callable[[], object]) -> float:
    """Return how long it takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def peak_megabytes() -> float:
    """Return the most memory this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def write(name: str, lines: list[str]) -> None:
    """Write and show a table of the README."""
    text = "\n".join([*lines, ""])
    (ROOT / "benchmarks" / name).write_text(text, encoding="utf-8")
    print(text)
