"""Files of every kind that is read, and what may happen to them."""

import io
import random
import tarfile
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import openpyxl
from measuring import ROOT


def damaged(good: bytes, rng: random.Random) -> bytes:
    """Return a file with bytes flipped, cut, repeated, moved and replaced."""
    data = bytearray(good)
    for _ in range(rng.randint(1, 4)):
        at = rng.randint(0, len(data))
        to = min(len(data), at + rng.choice([1, 2, 8, 64, 1024]))
        kind = rng.choice(["flip", "cut", "end", "repeat", "move", "splice", "swap"])
        if kind == "flip" and at < len(data):
            data[at] ^= 1 << rng.randint(0, 7)
        elif kind == "cut":
            del data[at:to]
        elif kind == "end":
            del data[at:]
        elif kind == "repeat":
            data[at:at] = data[at:to] * rng.choice([1, 3, 100])
        elif kind == "move":
            data[0:0] = data[at:to]
        elif kind == "splice":
            data[at:to] = rng.choice(SPLICES)
        else:
            found, instead = rng.choice([b"0", b"1", b'"', b"e"]), rng.choice(SPLICES)
            data = data.replace(found, instead, rng.randint(1, 3))
    return bytes(data)


def edit(tree: Any, rng: random.Random) -> None:
    """Change one place of a record so that its types may still hold."""
    part = rng.choice(list(tree))  # first, so that large tables are not all that is changed
    inner = tree[part] if isinstance(tree[part], dict | list) else {}
    at, key, value = rng.choice([(tree, part, tree[part]), *_leaves(inner)])
    if value is None or isinstance(value, bool):
        at[key] = rng.choice([None, True, False, 0, 0.5])
    elif isinstance(value, int | float):
        at[key] = rng.choice([None, 0, -1, 1, 7, 0.5, 1e12, -1e9, 10**14])
    elif isinstance(value, str):
        at[key] = rng.choice(["", "de", "water", "\x1b[2J", "x" * 5000, "\u202e", value * 2])
    elif isinstance(value, list):
        at[key] = rng.choice([[], value[1:], value * 2, value[::-1]])
    else:
        names = list(value)
        gone = rng.choice(names) if names else ""
        at[key] = rng.choice([{}, {name: value[name] for name in names if name != gone}])


def _leaves(tree: Any) -> Iterator[tuple[Any, Any, Any]]:
    """Yield (container, key, value) of everything in a JSON tree."""
    for key, value in list(tree.items() if isinstance(tree, dict) else enumerate(tree)):
        yield tree, key, value
        if isinstance(value, dict | list):
            yield from _leaves(value)


def array(save: Callable[..., object]) -> bytes:
    """Return a file of vectors."""
    raw = io.BytesIO()
    save(raw, np.arange(12, dtype=np.float32).reshape(4, 3))
    return raw.getvalue()


def _workbook() -> bytes:
    book, raw = openpyxl.Workbook(), io.BytesIO()
    for row in (["concept", "en", "de"], ["sun", "sun", "Sonne"], ["sea", "sea", "Meer"]):
        book.active.append(row)
    book.save(raw)
    return raw.getvalue()


def _tarred() -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz") as file:
        file.add(ROOT / "examples/terms.csv", "package/index.js")
    return raw.getvalue()


_TABLE = (ROOT / "examples/terms.csv").read_bytes()
SEEDS = {
    "a.csv": _TABLE,
    "a.tsv": _TABLE.replace(b",", b"\t"),
    "a.json": b'{"sun": {"en": "sun", "de": "Sonne", "category": "Sky"},\n'
    b' "sea": {"en": "s\\u00e9a", "de": null, "fr": "mer"},\n "b": {"en": "B", "de": "c"}}',
    "a.xlsx": _workbook(),
    "a.tmx": b'<?xml version="1.0"?><tmx version="1.4"><body><tu><tuv xml:lang="en"><seg>sun</seg>'
    b'</tuv><tuv xml:lang="de"><seg>Sonne</seg></tuv></tu><tu><tuv xml:lang="en"><seg>sea</seg>'
    b'</tuv><tuv xml:lang="de"><seg>Meer <ph>1</ph></seg></tuv></tu></body></tmx>',
    "de.txt": b"Sonne\nMeer\n\nH\xc3\xbcgel\n",  # of a folder
    "a.tgz": _tarred(),
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
