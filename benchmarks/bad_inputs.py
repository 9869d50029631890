"""Run command lines with bad files, options, variables and servers, and check how they end.

``python benchmarks/bad_inputs.py [COPIES]`` damages COPIES (4) files of each kind, and writes
benchmarks/bad_inputs.md. A command line must end with status 1 or 2 and one line, and leave its
folder unchanged, or be valid after all. The key must appear nowhere.
"""

import base64
import json
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from subprocess import run
from unicodedata import category

import numpy as np
from measuring import SCRIPT, report, source, start, table

sys.path.append(str(Path(__file__).parent.parent / "tests"))
from damage import SEEDS, damaged, edit
from servers import answering, hanging, login_page, reply, speaking

KEY, SECONDS = 'zebra"finch<0123&456>', "60"
CODE = base64.b64encode(KEY.encode()).decode()
GOOD = {
    "ok.csv": b"concept,en,de\nsun,sun,Sonne\nsea,sea,Meer\n",
    "ok.npy": SEEDS["a.npy"],
    "ok.json": SEEDS["record.json"],
    "out/alignment_results.json": b"earlier",
    "texts/en.txt": b"sun\nsea\n\nhill\n",
}
TO = "--grid ok.csv --k 2 --no-figures --output out --timeout 2"
RUN, EXPORT = f"--model ok.npy {TO}", "--export-texts texts.txt"
HUB, ENDPOINT = f"--model some/model {TO}", f"--model openai:m {TO}"
GIVEN = {name: f"--model {name} {TO}" for name in ("a.npy", "a.npz")}  # others are grids
GIVEN |= {"a.tgz": f"--grid udhr=a.tgz {EXPORT}", "de.txt": f"--grid texts {EXPORT}"}
GIVEN["record.json"] = "--from ok.json --against record.json"
OPTIONS = {  # values that are refused, or valid after all, separated by spaces
    "--k": "0 -1 x 1.5 " + "9" * 400,
    "--margin": "nan inf -1 1e999",
    "--languages": "xx en,en , \x1b",
    "--quantize": "int9 int8,int8 \x1b[2J",
    "--output": "ok.csv /dev/null/x ~nosuchuser/x " + "x" * 300,
    "--queries": "ok.csv none.csv out",
    "--against": "none.json out ok.json ok.csv",
    "--grid": "none.csv a/b/c \x1b[2J \u202eevil / " + "x" * 5000,
    "--model": "x.npy some/model@main openai: - ~nosuchuser/m " + "a/" * 3000,
}
VARIABLES = {  # the command lines that read a variable, and its values
    "HF_ENDPOINT": (HUB, "http://[::1 ftp://x nonsense http://127.0.0.1:99999"),
    "HF_HUB_CACHE": (HUB, "/dev/null/x ~nosuchuser/x " + "x" * 5000),
    "OPENAI_BASE_URL": (ENDPOINT, f"nonsense http://[::1 http://{KEY}@127.0.0.1:9/v1"),
    "ALIGNMENT_CACHE": (RUN, "/dev/null/x /proc"),
    "COLUMNS": (RUN, "0 -1 abc"),
    "PYTHONIOENCODING": (RUN, "ascii"),
}
FILES = ("mkfifo", "mkdir", "ln -s x.csv", "ln -s /dev/zero", "ln -s none", "truncate -s 100G")
STREAMS = ('"$@" >/dev/full', '"$@" >&-', '"$@" 2>&-', '"$@" | true')
LIMITS = ("-f 0", "-f 1", "-n 8", "-n 14", "-v 300000")
SENT = (None, b"\xff\n garbage", reply(429, Retry_After=600), reply(200, b"{", Content_Length=99))
ANSWERS = [  # the statuses and bodies of an endpoint
    *((200, body) for body in (b"{}", b"null", b'{"data": [{"index": 0, "embedding": ["a"]}]}')),
    *((status, body.encode()) for status in (400, 500) for body in (KEY, CODE, "\x1b[2J" + KEY)),
]


def cases(copies: int, stack: ExitStack) -> Iterator[tuple]:
    """Yield kind, words, files, variables, shell; servers run until the stack is closed."""
    rng = random.Random(0)
    for name in [*SEEDS] * copies:
        data = damaged(SEEDS[name], rng)
        words = GIVEN.get(name, f"--grid {name} {EXPORT}")
        yield "damaged file", words, {name: data, f"texts/{name}": data}
        edit(tree := json.loads(GOOD["ok.json"]), rng)
        yield "edited record", "--from x.json", {"x.json": json.dumps(tree).encode()}
    for option, values in OPTIONS.items():
        for value in values.split(" "):
            yield "option", f"{TO if option == '--model' else RUN} {option}={value}"
    for name, (words, values) in VARIABLES.items():
        for value in values.split(" "):
            yield "variable", words, {}, {name: value}
    for command in FILES:
        yield "special file", f"--grid x.csv {EXPORT}", {}, {}, f'{command} x.csv; "$@"'
    for shell in (*STREAMS, *(f'ulimit {limit}; "$@"' for limit in LIMITS)):
        yield "stream or limit", RUN, {}, {}, shell
    servers = [speaking(lambda _, sent=sent: sent) for sent in SENT]
    for address in map(stack.enter_context, (*servers, hanging(), login_page())):
        yield "hub", HUB, {}, {"HF_ENDPOINT": address}
        yield "endpoint", ENDPOINT, {}, {"OPENAI_BASE_URL": address}
    for server in [answering(lambda *_, answer=answer: answer) for answer in ANSWERS]:
        yield "endpoint", ENDPOINT, {}, {"OPENAI_BASE_URL": stack.enter_context(server)}


def _state(folder: Path) -> dict[str, int]:
    paths = [path for path in folder.rglob("*") if path.name != "x.csv"]
    return {str(path): path.lstat().st_size for path in paths}


def tried(folder: Path, words: str, files=(), variables=(), shell='"$@"') -> tuple[int, list[str]]:
    """Run a command line; return its status and its faults."""
    for name, data in (GOOD | dict(files)).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    before = _state(folder)
    usual = {"HF_ENDPOINT": "http://127.0.0.1:9", "OPENAI_API_KEY": KEY}
    usual |= {name: f"{folder}.{name}" for name in ("HF_HOME", "ALIGNMENT_CACHE")}
    command = ["bash", "-c", shell, "-", "timeout", SECONDS, sys.executable, SCRIPT]
    variables = os.environ | usual | dict(variables)
    done = run([*command, *words.split(" ")], cwd=folder, env=variables, capture_output=True)
    errors = done.stderr.decode(errors="replace")
    lines = [line for line in errors.splitlines() if not line.startswith(("note: ", "libgomp"))]
    refused = done.returncode in (1, 2)
    fits = len(lines) == 1 and lines[0].startswith("error: ") and len(lines[0]) < 3000
    paths = [path for path in folder.parent.rglob("*") if path.is_file() and not path.is_symlink()]
    stored = b"".join(path.read_bytes() for path in paths if path.stat().st_size < 10**7)
    everything = done.stdout + done.stderr + stored
    complete = not refused or "the files are complete" in errors
    checks = {
        "status": done.returncode not in (0, 1, 2, 3) or not (fits if refused else not lines),
        "changed files": not complete and _state(folder) != before,
        "control characters": any(category(c) in ("Cc", "Cf") for line in lines for c in line),
        "the key": any(part.encode() in everything for part in (KEY[:8], CODE[:16])),
    }
    faults = [name for name, fault in checks.items() if fault]
    return done.returncode, [f"{fault}: {done.returncode}, {errors[-600:]!r}" for fault in faults]


def main(copies: int = 4) -> None:
    """Try all cases and write the table."""
    rows: dict[str, np.ndarray] = {}
    with ExitStack() as stack:
        for kind, *case in cases(copies, stack):
            with tempfile.TemporaryDirectory() as scratch:
                status, faults = tried(Path(scratch) / "work", *case)
            counts = 1, status == 2, status == 1, status in (0, 3), bool(faults)
            rows[kind] = rows.get(kind, 0) + np.array(counts, dtype=int)
            print(*(f"{str(case)[:200]}: {fault}\n" for fault in faults), end="", flush=True)
    rows["all"] = sum(rows.values())
    headings = "kind | tried | refused, 2 | failed, 1 | valid after all | faults"
    report(
        table(headings, None, rows.items()),
        "Each is a command line in a folder with earlier results. A fault: a traceback or anything "
        f"but one line, more than {SECONDS} s, a changed file although the run failed, control "
        f"characters on the terminal, the endpoint's key in any output or file. {source(copies)}",
    )


if __name__ == "__main__":
    start(main)
