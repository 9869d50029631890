"""What is left of a run that is ended: by signals at random moments, and between its renames.

``python benchmarks/ended.py [N]`` ends N command lines (200) in a folder with earlier results, a
fifth of them at a rename, and writes benchmarks/ended.md. After each: are the results all old or
all new, does one line say so, is the status right, and is nothing left behind? SIGKILL may leave a
hidden folder, and at a rename old files beside new ones; then --from has to tell of figures and
pages of another record, and the next run of the same command has to make all files anew.
"""

import json
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

SCRIPT = str(ROOT / "cross_lingual_alignment.py")
RECORD = "alignment_results.json"
CATCHABLE = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
OLD, NEW = ["--seed", "1"], ["--seed", "2"]
EXTRA = ["--pairs", "tables/pairs.csv", "--summary", "summary.md"]
CONCEPTS, LANGUAGES = 12, ("en", "de", "fr")
# The signal comes just before the n-th file is moved: a moment that chance rarely hits.
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


class Row(NamedTuple):
    """A run that was ended."""

    number: int
    where: str
    results: str
    faults: int


class Case(NamedTuple):
    """A command line, its results before and after, and how long it takes."""

    options: list[str]
    old: dict[str, bytes]
    new: dict[str, bytes]
    seconds: float
    renames: int


def main(count: int) -> None:
    """End ``count`` runs, and write the table."""
    for number in CATCHABLE:  # nohup would have them ignored
        signal.signal(number, signal.default_int_handler)
    rng = random.Random(0)
    with tempfile.TemporaryDirectory() as scratch:
        cases = _cases(Path(scratch))
        rows: list[Row] = []
        while len(rows) < count:
            rows += _row(len(rows), cases, rng, Path(scratch) / "work")
    write("ended.md", _table(rows))


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
    changing = [file for file in states[0] if file.endswith((".json", ".html"))]
    assert all(states[0][file] != states[1][file] for file in changing), name
    return Case(options, *states, time.perf_counter() - start, len(states[1]))


def _command(options: list[str], seed: list[str], ending: list[str] | None = None) -> list[str]:
    return [sys.executable, *(ending or []), SCRIPT, *options, *seed]


def _state(folder: Path) -> dict[str, bytes]:
    """Return all files, and empty folders, hidden ones included."""
    return {
        str(path.relative_to(folder)): b"" if path.is_dir() else path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() or not any(path.iterdir())
    }


def _row(n: int, cases: list[Case], rng: random.Random, folder: Path) -> list[Row]:
    """End a run and return its row, or none where it was over before."""
    case = cases[(n % 10 > 5) + (n % 10 == 9)]  # three tenths with figures, one with a real model
    number = rng.choice([*CATCHABLE, signal.SIGKILL])
    at_rename = n % 5 == 1
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
        printed, line = run.communicate(timeout=120)
    faults, results = _faults(case, number, run.returncode, line, printed, folder)
    for fault in faults:
        print(case.options, number.name, moment, fault, flush=True)
    return [Row(number, "a rename" if at_rename else "any moment", results, len(faults))]


def _lay(state: dict[str, bytes], folder: Path) -> None:
    for name, content in state.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def _faults(
    case: Case, number: signal.Signals, status: int, line: str, printed: str, folder: Path
) -> tuple[list[str], str]:
    """Return what is wrong, and whether the results are old, new or mixed."""
    faults = [f"still runs: {name}" for name in _running(folder)]
    killed = status == -signal.SIGKILL
    state = _state(folder)
    if killed:
        state = {name: data for name, data in state.items() if ".alignment-" not in name}
    results = "old" if state == case.old else "new" if state == case.new else "mixed"
    if killed:
        faults += _faults_after_sigkill(case, state, folder)
    elif results == "mixed":
        faults.append(f"neither old nor new: {sorted(state)}")
    if line.startswith("Fatal Python error: init_"):  # Python itself had not begun
        return ([] if results == "old" else [f"{results} results before the start"]), results
    expected = {
        0: (results == "new" and not line and printed),  # the signal came too late
        -number: ((killed or results != "mixed") and not line),  # before its handler was set
        128 + number: (
            line.count("\n") == 1 and (results == "new") == ("files are complete" in line)
        ),
    }
    if not expected.get(status):
        faults.append(f"status {status}, {results} results, and on standard error: {line!r}")
    return faults, results


def _faults_after_sigkill(case: Case, state: dict[str, bytes], folder: Path) -> list[str]:
    again = folder.with_name("again")
    shutil.rmtree(again, ignore_errors=True)
    _lay(state, again)
    digest = json.loads(state[RECORD])["digest"].encode()
    other = [n for n in state if n.endswith((".png", ".html")) and digest not in state[n]]
    command = [sys.executable, SCRIPT, "--from", RECORD]
    told = subprocess.run(command, cwd=again, capture_output=True, text=True).stderr
    faults = [f"--from does not tell of {name}" for name in other if name not in told]
    done = subprocess.run(_command(case.options, OLD), cwd=again, capture_output=True, text=True)
    if done.returncode or done.stderr or _state(again) != case.old:
        faults.append(f"the next run: status {done.returncode}, {done.stderr!r}")
    return faults


def _running(folder: Path) -> list[str]:
    """Return the command lines of processes whose environment names the folder."""
    running = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"ALIGNMENT_RUN={folder}".encode() in (process / "environ").read_bytes():
                running.append((process / "cmdline").read_text().replace("\0", " "))
        except OSError:  # ended meanwhile, or of another user
            continue
    return running


def _table(rows: list[Row]) -> list[str]:
    lines = [
        "| ended by | where | runs | old results | new results | mixed | faults |",
        "|:--|:--|--:|--:|--:|--:|--:|",
    ]
    for number in (*CATCHABLE, signal.SIGKILL):
        for where in ("any moment", "a rename"):
            matching = [row for row in rows if row[:2] == (number, where)]
            results = Counter(row.results for row in matching)
            faulty = sum(bool(row.faults) for row in matching)
            cells = (len(matching), results["old"], results["new"], results["mixed"], faulty)
            lines.append(f"| {number.name} | {where} | {' | '.join(map(str, cells))} |")
    return [
        *lines,
        "",
        f"{len(rows)} command lines in a folder with earlier results, each with a file of "
        "pairs and a summary, three in ten with figures and a page too, one in ten with "
        "use-multilingual. A fault: mixed results, a wrong status, more than one line on standard "
        "error, a process or a file that is left. After SIGKILL a hidden folder may be left and "
        "results may be mixed; a fault is then a figure or page of another record that `--from` "
        "does not tell, or a next run that does not make all files anew. "
        f"`python benchmarks/ended.py {len(rows)}` on {machine()}.",
    ]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
