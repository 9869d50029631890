"""What whole command lines answer to bad files, folders, servers, variables and requests.

``python benchmarks/bad_inputs.py [KIND …]`` tries them, all kinds or these, each in a folder of its
own, and writes benchmarks/bad_inputs.md. One that is refused has to end with one line and the
status 1 or 2, soon, with the folder as it was; what is damaged and yet valid may be carried out.
The key of the endpoint may stand nowhere.
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
MAX_SECONDS = 30  # of which most is the start of PyTorch, on a machine with other work
NOT_OURS = ("note: ", "libgomp: Invalid value")
KEY_FORMS = (KEY[:8].encode(), *(base64.b64encode(b"." * n + KEY.encode())[4:12] for n in range(3)))


def main(kinds: list[str]) -> None:
    """Try all cases of these kinds, or of all."""
    rows = defaultdict(list)
    with tempfile.TemporaryDirectory() as scratch, bad_servers.running() as addresses:
        cases = [*bad_files.cases(random.Random(0)), *bad_servers.cases(addresses, Path(scratch))]
        cases = [case for case in cases if not kinds or case.kind in kinds]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            numbered = [(Path(scratch) / str(n), case) for n, case in enumerate(cases)]
            for case, found in zip(
                cases, pool.map(_tried, *zip(*numbered, strict=True)), strict=True
            ):
                rows[case.kind].append(found)
                for fault in found[2]:
                    print(case.kind, case.arguments, case.environment, ascii(fault), flush=True)
    lines = _table(rows)
    if kinds:
        print(*lines, sep="\n")
    else:
        write("bad_inputs.md", lines)


def _tried(folder: Path, case: Case) -> tuple[int, float, list[str]]:
    """Carry out a command line; return its status, seconds, and what is wrong with its end."""
    folder.mkdir()
    for name, content in {**bad_files.GOOD, **case.files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    if case.prepare:
        case.prepare(folder)
    own = {"HF_HOME": f"{folder}.hf", "HF_ENDPOINT": "http://127.0.0.1:9", "OPENAI_API_KEY": KEY}
    own["ALIGNMENT_CACHE"] = f"{folder}.cache"
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
            env=os.environ | own,
            capture_output=True,
            timeout=5 * MAX_SECONDS,
        )
        status, said, printed = done.returncode, done.stderr, done.stdout
    except subprocess.TimeoutExpired as error:
        status, said, printed = -1, error.stderr or b"", error.stdout or b""
    seconds = time.monotonic() - start
    many = case.arguments.count("--model")  # each that fails has a line, up to ten
    faults = _faults(status, said.decode(errors="replace"), seconds, min(many, MAX_TOLD + 2))
    complete = b"the files are complete" in said  # and what was to be printed is not
    if status not in (0, 3) and not complete and _state(folder) != before:
        faults.append(f"left behind: {sorted(set(_state(folder)) ^ set(before))}")
    written = [path for root in (folder, Path(f"{folder}.cache")) for path in root.rglob("*")]
    bytes_written = (path.read_bytes() for path in written if path.is_file() and _small(path))
    for where, content in (
        ("said", said),
        ("printed", printed),
        ("written", b"".join(bytes_written)),
    ):
        if any(form in content for form in KEY_FORMS):
            faults.append(f"the key is {where}")
    for path in (folder, f"{folder}.hf", f"{folder}.cache"):
        shutil.rmtree(path, ignore_errors=True)
    return status, seconds, faults


def _faults(status: int, said: str, seconds: float, most: int) -> list[str]:
    faults = [] if seconds < MAX_SECONDS else [f"{seconds:.0f} s"]
    errors = [line for line in said.splitlines() if line and not line.startswith(NOT_OURS)]
    if status in (1, 2):
        if (
            not 1 <= len(errors) <= max(most, 1)
            or not errors[0].startswith("error: ")
            or "a bug" in errors[0]
        ):
            faults.append(f"status {status}: {said[-600:]}")
        elif len(errors[0]) > 3000:
            faults.append(f"a line of {len(errors[0])} letters: {errors[0][:100]}")
    elif status not in (0, 3) or errors:
        faults.append(f"status {status}: {said[-600:]}")
    if any(
        unicodedata.category(letter) == "Cc" or letter in "\u202e\u2066"
        for letter in said.replace("\n", "")
    ):
        faults.append(f"raw control characters: {said[-600:]}")
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
    everything = [found for own in rows.values() for found in own]
    for name, own in [*rows.items(), ("all", everything)]:
        status = [found[0] for found in own]
        cells = (len(own), status.count(2), status.count(1), status.count(0) + status.count(3))
        faulty = sum(bool(found[2]) for found in own)
        slowest = max(found[1] for found in own)
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
