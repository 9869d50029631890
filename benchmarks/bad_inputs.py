"""What whole command lines answer to bad files, folders, servers, variables and requests.

``python benchmarks/bad_inputs.py [KIND …]`` tries all kinds or some, each in its own folder, and
writes benchmarks/bad_inputs.md. A refused command line has to end soon, with one line and status 1
or 2, and to leave the folder as it was. Damaged input that is still valid may be carried out. The
key of the endpoint must appear nowhere.
"""

import base64
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import bad_files
import bad_servers
from bad_files import KEY, Case
from measuring import ROOT, machine, write

from alignment import MAX_TOLD

SCRIPT = ROOT / "cross_lingual_alignment.py"
MAX_SECONDS = 30  # PyTorch alone takes many of them to start on a busy machine
ACCEPTED = ("note: ", "libgomp: Invalid value")
KEY_FORMS = (KEY[:8].encode(), *(base64.b64encode(b"." * n + KEY.encode())[4:12] for n in range(3)))


def main(kinds: list[str]) -> None:
    """Try all cases of these kinds, or of all."""
    rows = defaultdict(list)
    with tempfile.TemporaryDirectory() as scratch, bad_servers.running() as addresses:
        cases = [*bad_files.cases(random.Random(0)), *bad_servers.cases(addresses, Path(scratch))]
        cases = [case for case in cases if not kinds or case.kind in kinds]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            numbered = [(Path(scratch) / str(n), case) for n, case in enumerate(cases)]
            for case, result in zip(
                cases, pool.map(_tried, *zip(*numbered, strict=True)), strict=True
            ):
                rows[case.kind].append(result)
                for fault in result[2]:
                    print(case.kind, case.arguments, case.environment, ascii(fault), flush=True)
    lines = _table(rows)
    if kinds:
        print(*lines, sep="\n")
    else:
        write("bad_inputs.md", lines)


def _tried(folder: Path, case: Case) -> tuple[int, float, list[str]]:
    """Carry out a command line; return its status, its seconds and its faults."""
    folder.mkdir()
    for name, content in {**bad_files.GOOD, **case.files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    if case.prepare:
        case.prepare(folder)
    usual = {"HF_HOME": f"{folder}.hf", "HF_ENDPOINT": "http://127.0.0.1:9", "OPENAI_API_KEY": KEY}
    usual["ALIGNMENT_CACHE"] = f"{folder}.cache"
    variables = [f"{name}={value}" for name, value in case.environment.items()]
    before = _state(folder)
    start = time.monotonic()
    try:
        done = subprocess.run(
            [
                *("bash", "-c", case.shell, "-", "env", *variables, sys.executable, SCRIPT),
                *case.arguments,
            ],
            cwd=folder,
            env=os.environ | usual,
            capture_output=True,
            timeout=5 * MAX_SECONDS,
        )
        status, errors, printed = done.returncode, done.stderr, done.stdout
    except subprocess.TimeoutExpired as error:
        status, errors, printed = -1, error.stderr or b"", error.stdout or b""
    seconds = time.monotonic() - start
    many = case.arguments.count("--model")  # each that fails has a line, up to ten
    faults = _faults(status, errors.decode(errors="replace"), seconds, min(many, MAX_TOLD + 2))
    complete = b"the files are complete" in errors  # only printing failed
    if status not in (0, 3) and not complete and _state(folder) != before:
        faults.append(f"left behind: {sorted(set(_state(folder)) ^ set(before))}")
    written = [path for root in (folder, Path(f"{folder}.cache")) for path in root.rglob("*")]
    bytes_written = (path.read_bytes() for path in written if path.is_file() and _small(path))
    for where, content in (
        ("on standard error", errors),
        ("on standard output", printed),
        ("in a file", b"".join(bytes_written)),
    ):
        if any(form in content for form in KEY_FORMS):
            faults.append(f"the key is {where}")
    for path in (folder, f"{folder}.hf", f"{folder}.cache"):
        shutil.rmtree(path, ignore_errors=True)
    return status, seconds, faults


def _faults(status: int, text: str, seconds: float, most: int) -> list[str]:
    faults = [] if seconds < MAX_SECONDS else [f"{seconds:.0f} s"]
    errors = [line for line in text.splitlines() if line and not line.startswith(ACCEPTED)]
    if status in (1, 2):
        if (
            not 1 <= len(errors) <= max(most, 1)
            or not errors[0].startswith("error: ")
            or "a bug" in errors[0]
        ):
            faults.append(f"status {status}: {text[-600:]}")
        elif len(errors[0]) > 3000:
            faults.append(f"a line of {len(errors[0])} letters: {errors[0][:100]}")
    elif status not in (0, 3) or errors:
        faults.append(f"status {status}: {text[-600:]}")
    letters = text.replace("\n", "")
    if any(unicodedata.category(c) == "Cc" or c in "\u202e\u2066" for c in letters):
        faults.append(f"raw control characters: {text[-600:]}")
    return faults


def _state(folder: Path) -> dict[str, int]:
    """Return all names with their sizes; no case changes a file and keeps its size."""
    return {str(path.relative_to(folder)): path.lstat().st_size for path in folder.rglob("*")}


def _small(path: Path) -> bool:
    return path.stat().st_size < 10_000_000 and not path.is_symlink()


def _table(rows: dict[str, list[tuple[int, float, list[str]]]]) -> list[str]:
    lines = [
        "| kind | tried | refused, 2 | failed, 1 | valid after all | slowest, s | faults |",
        "|:--|--:|--:|--:|--:|--:|--:|",
    ]
    everything = [result for results in rows.values() for result in results]
    for name, results in [*rows.items(), ("all", everything)]:
        status = [result[0] for result in results]
        cells = (len(results), status.count(2), status.count(1), status.count(0) + status.count(3))
        faulty = sum(bool(result[2]) for result in results)
        slowest = max(result[1] for result in results)
        lines.append(f"| {name} | {' | '.join(map(str, cells))} | {slowest:.0f} | {faulty} |")
    return [
        *lines,
        "",
        "Each a command line of its own, in a folder with earlier results. A fault: a traceback or "
        f"anything but one line, over {MAX_SECONDS} s, a file that is new or changed in size "
        "although nothing was done, control characters on the terminal, the endpoint's key in any "
        f"output or file. `python benchmarks/bad_inputs.py` on {machine()}, {os.cpu_count()} at a "
        "time.",
    ]


if __name__ == "__main__":
    main(sys.argv[1:])
