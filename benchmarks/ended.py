"""End runs by signals at random moments, and check what they leave.

``python benchmarks/ended.py [COUNT] [SEED]`` ends COUNT runs (200) and writes benchmarks/ended.md.
A run must end with status 128 + n and one line; its folder must be that of an earlier run or of a
complete one, and each figure must carry the record's digest.
"""

import json
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from subprocess import PIPE, Popen

import numpy as np
from measuring import SCRIPT, report, source, start, table, timed

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRID = "concept,en,de\n" + "".join(f"c{n},en {n},de {n}\n" for n in range(12))
RUN = "--model ../ok.npy --grid ../ok.csv --pairs tables/pairs.csv --summary summary.md"
CASES = (f"{RUN} --no-figures", f"{RUN} --html")


def state(folder: Path) -> dict[str, bytes]:
    """Return all files and folders, hidden ones included."""
    paths = folder.rglob("*")
    return {str(p.relative_to(folder)): b"" if p.is_dir() else p.read_bytes() for p in paths}


def begin(folder: Path, options: str, seed: int) -> Popen:
    """Start a command line in a folder."""
    command = [sys.executable, SCRIPT, *options.split(), "--seed", str(seed)]
    return Popen(command, cwd=folder, stdout=PIPE, stderr=PIPE, text=True)


def fault_of(number: int, status: int, errors: str, left: dict, old: dict, new: dict) -> str:
    """Return what is wrong after a signal, or an empty text."""
    digest = json.loads(left["alignment_results.json"])["digest"].encode()
    if any(digest not in data for name, data in left.items() if name.endswith(".png")):
        return "figures of another record"
    if status == 128 + number:
        fits = errors.count("\n") == 1 and ("files are complete" in errors) == (left == new)
    elif errors.startswith("Fatal Python error: init_"):  # Python itself had not begun
        fits = left == old
    else:  # the signal came after the run, or before its handlers
        fits = not errors and (status, left) in ((0, new), (-number, old))
    return "" if fits and left in (old, new) else f"status {status}, {errors!r}, {sorted(left)}"


def main(count: int = 200, seed: int = 0) -> None:
    """End the runs and write the table."""
    for number in SIGNALS:  # nohup would have the runs ignore them
        signal.signal(number, signal.default_int_handler)
    rng, cases = random.Random(seed), []
    rows = {number.name: np.zeros(4, dtype=int) for number in SIGNALS}
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch) / "work"
        (work.parent / "ok.csv").write_text(GRID)
        np.save(work.parent / "ok.npy", np.random.default_rng(0).normal(size=(24, 8)))
        for options in CASES:
            earlier = work.parent / f"earlier {len(cases)}"
            earlier.mkdir()
            begin(earlier, options, 1).communicate()
            shutil.copytree(earlier, work)
            seconds = timed(begin(work, options, 2).communicate)[1]
            cases.append((options, earlier, state(earlier), state(work), seconds))
            shutil.rmtree(work)
        for _ in range(count):
            (options, earlier, old, new, seconds), number = rng.choice(cases), rng.choice(SIGNALS)
            shutil.copytree(earlier, work)
            with begin(work, options, 2) as process:
                time.sleep(rng.uniform(0, seconds))
                process.send_signal(number)
                _, errors = process.communicate(timeout=120)
            left = state(work)
            fault = fault_of(number, process.returncode, errors, left, old, new)
            rows[number.name] += 1, left == old, left == new, bool(fault)
            print(end=f"{options}, {number.name}: {fault}\n" if fault else "")
            shutil.rmtree(work)
    report(
        table("ended by | runs | old results | new results | faults", None, rows.items()),
        f"{count} command lines in a folder with earlier results, half of them with figures and a "
        "page. A fault: files that are neither those of the earlier run nor those of a complete "
        "one, a figure of another record, a wrong status, more than one line on standard error. "
        f"{source(count, seed)}",
    )


if __name__ == "__main__":
    start(main)
