"""Files of every kind that is read, and random damage to them."""

import io
import random
import tarfile
from collections.abc import Callable
from typing import Any

import numpy as np
import openpyxl
from measuring import ROOT

SPLICES = (
    *(b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b"{}", b"[[[[", b"-1", b"1e999", b"NaN", b"null"),
    *(b"99999999999999999999", b"\\ud800", b"<!DOCTYPE", b"&a;", b"{", b"}", b"\r", b"sep=;\n"),
    *(b"PK\x03\x04", b"\x93NUMPY", b"\xcc\x81", b"\xe2\x80\xae", b"\x1b[2J"),
)


def damaged(data: bytes, rng: random.Random) -> bytes:
    """Return a file with bytes flipped, cut, repeated, moved and replaced."""
    for _ in range(rng.randint(1, 4)):
        at, splice = rng.randint(0, len(data)), rng.choice(SPLICES)
        to = at + rng.choice([1, 2, 8, 64, 1024])
        before, part, after = data[:at], data[at:to], data[to:]
        results = (
            before + bytes(byte ^ 1 << rng.randint(0, 7) for byte in part[:1]) + part[1:] + after,
            before,
            before + after,
            before + part * rng.choice([2, 4, 101]) + after,
            part + data,
            before + splice + after,
            data.replace(rng.choice([b"0", b"1", b'"', b"e"]), splice, rng.randint(1, 3)),
        )
        data = rng.choice(results)
    return data


def edit(tree: Any, rng: random.Random) -> None:
    """Change one value of a record, usually to one of the same type."""
    section = rng.choice(list(tree))  # first, since the large tables have most values
    places = [(tree, section, tree[section]), *_places(tree[section])]
    at, key, value = rng.choice(places)
    match value:
        case None | bool():
            values = [None, True, False, 0, 0.5]
        case int() | float():
            values = [None, 0, -1, 1, 7, 0.5, 1e12, -1e9, 10**14]
        case str():
            values = ["", "de", "water", "\x1b[2J", "x" * 5000, "\u202e", value * 2]
        case list():
            values = [[], value[1:], value * 2, value[::-1]]
        case _:
            removed = rng.choice([*value, ""])
            values = [{}, {name: value[name] for name in value if name != removed}]
    at[key] = rng.choice(values)


def _places(tree: Any) -> list[tuple[Any, Any, Any]]:
    """Return (container, key, value) for everything in a JSON tree."""
    if not isinstance(tree, dict | list):
        return []
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)
    places = [(tree, *item) for item in items]
    return places + [inner for *_, value in places for inner in _places(value)]


def _saved(save: Callable[[io.BytesIO], object]) -> bytes:
    raw = io.BytesIO()
    save(raw)
    return raw.getvalue()


def _tarred(raw: io.BytesIO) -> None:
    with tarfile.open(fileobj=raw, mode="w:gz") as file:
        file.add(ROOT / "examples/terms.csv", "package/index.js")


_TABLE, _VECTORS = (ROOT / "examples/terms.csv").read_bytes(), np.eye(4, 3, dtype=np.float32) + 1
_BOOK = openpyxl.Workbook()
for _row in (["concept", "en", "de"], ["sun", "sun", "Sonne"], ["sea", "sea", "Meer"]):
    _BOOK.active.append(_row)
SEEDS = {
    "a.csv": _TABLE,
    "a.tsv": _TABLE.replace(b",", b"\t"),
    "a.json": b'{"sun": {"en": "sun", "de": "Sonne", "category": "Sky"},\n'
    b' "sea": {"en": "s\\u00e9a", "de": null, "fr": "mer"},\n "b": {"en": "B", "de": "c"}}',
    "a.xlsx": _saved(_BOOK.save),
    "a.tmx": b'<?xml version="1.0"?><tmx version="1.4"><body><tu><tuv xml:lang="en"><seg>sun</seg>'
    b'</tuv><tuv xml:lang="de"><seg>Sonne</seg></tuv></tu><tu><tuv xml:lang="en"><seg>sea</seg>'
    b'</tuv><tuv xml:lang="de"><seg>Meer <ph>1</ph></seg></tuv></tu></body></tmx>',
    "de.txt": b"Sonne\nMeer\n\nH\xc3\xbcgel\n",  # a file of a folder
    "a.tgz": _saved(_tarred),
    "a.npy": _saved(lambda raw: np.save(raw, _VECTORS)),
    "a.npz": _saved(lambda raw: np.savez_compressed(raw, _VECTORS)),
    "record.json": (ROOT / "examples/alignment_results.json").read_bytes(),
    "comparison.json": (ROOT / "comparisons/known/alignment_comparison.json").read_bytes(),
}
