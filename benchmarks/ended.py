"""What is left of a run that is ended: by signals at random moments, and between its renames.

``python benchmarks/ended.py [N]`` ends N command lines (200) in a folder with earlier results, a
fifth of them at a rename, and writes benchmarks/ended.md. After each: are the
results all old or all new, does one line say so, is the status right, and is nothing left behind?
A killed run may leave its stage; then the next run of the same command has to have removed it.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import numpy as np
from measuring import ROOT, machine, write

from alignment.engines.files import staged

SCRIPT = str(ROOT / "cross_lingual_alignment.py")
CATCHABLE = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
OLD, NEW = ["--seed", "1"], ["--seed", "2"]
EXTRA = ["--pairs", "tables/pairs.csv", "--summary", "summary.md"]
CONCEPTS, LANGUAGES = 12, ("en", "de", "fr")
# The n-th file that comes to its place first sends the signal: a moment that chance rarely hits.
AT_RENAME = """
import os, runpy, sys
from pathlib import Path
replace, calls = Path.replace, []
def ending(path, target):
    calls.extend([path] * (".alignment-" not in str(target)))
    if len(calls) == {nth}:
        os.kill(os.getpid(), {number})
    return replace(path, target)
Path.replace = ending
sys.argv = sys.argv[1:]
sys.path[0] = os.path.dirname(sys.argv[0])
runpy.run_path(sys.argv[0], run_name="__main__")
"""


class Case(NamedTuple):
    """A command line, its results in a folder of its own, and how long it takes."""

    name: str
    options: list[str]
    old: dict[str, bytes]
    new: dict[str, bytes]
    seconds: float
    renames: int


def main(count: int) -> None:
    """End ``count`` runs, and write down what was found."""
    for number in CATCHABLE:  # under nohup they would be ignored
        signal.signal(number, signal.default_int_handler)
    rng = random.Random(0)
    with tempfile.TemporaryDirectory() as scratch:
        cases = _cases(Path(scratch))
        rows: list[dict] = []
        while len(rows) < count:
            rows += _row(len(rows), cases, rng, Path(scratch) / "work")
    write("ended.md", _table(rows))
    for row in rows:
        if row["faults"]:
            print(row)


def _cases(scratch: Path) -> list[Case]:
    rows = [[f"c{c}", *(f"{c} {language}" for language in LANGUAGES)] for c in range(CONCEPTS)]
    table = "\n".join(",".join(row) for row in [["concept", *LANGUAGES], *rows])
    (scratch / "grid.csv").write_text(table, encoding="utf-8")
    vectors = np.random.default_rng(0).normal(size=(CONCEPTS * len(LANGUAGES), 8))
    np.save(scratch / "vectors.npy", vectors)
    file = ["--model", str(scratch / "vectors.npy"), "--grid", str(scratch / "grid.csv"), *EXTRA]
    return [
        _case("a file of vectors", [*file, "--no-figures"], scratch),
        _case("with figures and page", [*file, "--html"], scratch),
        _case("use-multilingual", ["--model", "use-multilingual", *EXTRA], scratch),
    ]


def _case(name: str, options: list[str], scratch: Path) -> Case:
    folder = scratch / name
    folder.mkdir()
    states = []
    for seed in (OLD, NEW):
        start = time.perf_counter()
        subprocess.run(_command(options, seed), cwd=folder, check=True, capture_output=True)
        states.append(_state(folder))
    assert all(states[0][file] != states[1][file] for file in _telling(states[0])), name
    return Case(name, options, *states, time.perf_counter() - start, len(states[1]))


def _telling(state: dict[str, bytes]) -> list[str]:
    return [name for name in state if name.endswith((".json", ".html"))]


def _command(options: list[str], seed: list[str], ending: list[str] | None = None) -> list[str]:
    return [sys.executable, *(ending or []), SCRIPT, *options, *seed]


def _state(folder: Path) -> dict[str, bytes]:
    """Return all files, hidden ones and empty folders included."""
    return {
        str(path.relative_to(folder)): b"" if path.is_dir() else path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() or not any(path.iterdir())
    }


def _row(n: int, cases: list[Case], rng: random.Random, folder: Path) -> list[dict]:
    """End a run, and look; nothing is returned of one that was over before."""
    case = cases[(n % 10 > 5) + (n % 10 == 9)]  # three tenths that draw, one with a real model
    number = rng.choice([*CATCHABLE, signal.SIGKILL])
    at_rename = n % 5 == 0
    moment = rng.randint(1, case.renames) if at_rename else rng.uniform(0, case.seconds)
    shutil.rmtree(folder, ignore_errors=True)
    _lay(case.old, folder)
    ending = ["-c", AT_RENAME.format(nth=moment, number=int(number))] if at_rename else None
    with subprocess.Popen(
        _command(case.options, NEW, ending),
        cwd=folder,
        env=os.environ | {"ALIGNMENT_RUN": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        if not at_rename:
            time.sleep(moment)
            if run.poll() is not None:
                run.communicate()
                return []
            run.send_signal(number)
        printed, said = run.communicate(timeout=120)
    faults, found = _faults(case, number, run.returncode, said, printed, folder)
    row = {
        "case": case.name,
        "signal": number.name,
        "at": f"rename {moment}" if at_rename else f"{moment:.3f} s",
        "status": run.returncode,
        "results": found,
        "said": said,
        "faults": faults,
    }
    return [row]


def _lay(state: dict[str, bytes], folder: Path) -> None:
    for name, content in state.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def _faults(
    case: Case, number: signal.Signals, status: int, said: str, printed: str, folder: Path
) -> tuple[list[str], str]:
    """Return what is wrong, and whether the results are old or new."""
    faults = [f"still runs: {name}" for name in _running(folder)]
    if status == -signal.SIGKILL:
        faults += _faults_of_the_next_run(case, folder)
        with staged(folder):  # what the next run begins with
            pass
    state = _state(folder)
    found = "old" if state == case.old else "new" if state == case.new else "mixed"
    if found == "mixed":
        faults.append(f"neither old nor new: {sorted(state)}")
    complete = "the files are complete" in said
    if said.startswith("Fatal Python error: init_"):  # Python itself had not begun
        return ([] if found == "old" else [f"{found} results before the start"]), found
    expected = {
        0: (found == "new" and not said and printed),  # the signal came too late
        -number: (found != "mixed" and not said),  # killed, or ended before there was a listener
        128 + number: (said.count("\n") == 1 and (found == "new") == complete),
    }
    if not expected.get(status):
        faults.append(f"status {status}, {found} results, and on standard error: {said!r}")
    return faults, found


def _faults_of_the_next_run(case: Case, folder: Path) -> list[str]:
    again = folder.with_name("again")
    shutil.rmtree(again, ignore_errors=True)
    shutil.copytree(folder, again)
    done = subprocess.run(_command(case.options, OLD), cwd=again, capture_output=True, text=True)
    left = sorted(set(_state(again)) ^ set(case.old))
    if done.returncode or done.stderr or left or _state(again) != case.old:
        return [f"the next run: status {done.returncode}, {done.stderr!r}, {left}"]
    return []


def _running(folder: Path) -> list[str]:
    """Return the command lines of processes whose environment names the folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"ALIGNMENT_RUN={folder}".encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_text().replace("\0", " "))
        except OSError:  # ended meanwhile, or another user's
            continue
    return found


def _table(rows: list[dict]) -> list[str]:
    lines = [
        "| ended by | where | runs | old results | new results | mixed | other faults |",
        "|:--|:--|--:|--:|--:|--:|--:|",
    ]
    for number in (*CATCHABLE, signal.SIGKILL):
        for where in ("any moment", "a rename"):
            own = [
                row
                for row in rows
                if row["signal"] == number.name
                and row["at"].startswith("rename") == (where == "a rename")
            ]
            found = Counter(row["results"] for row in own)
            faulty = sum(bool(row["faults"]) and row["results"] != "mixed" for row in own)
            cells = (len(own), found["old"], found["new"], found["mixed"], faulty)
            lines.append(f"| {number.name} | {where} | {' | '.join(map(str, cells))} |")
    return [
        *lines,
        "",
        f"{len(rows)} command lines in a folder with earlier results, each with a file of "
        "pairs and a summary, three in ten with figures and a page too, one in ten with "
        "use-multilingual. A fault: results that are mixed, a wrong status, more than one line on "
        "standard error, a process or a hidden file that is left; of a killed run, one that the "
        f"next run leaves. `python benchmarks/ended.py {len(rows)}` on {machine()}.",
    ]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
