"""Bad inputs that are files, variables and requests; `bad_inputs` tries them."""

import io
import json
import os
import random
import socket
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from damage import SEEDS, array, damaged, edit
from measuring import ROOT

KEY = 'zebra"finch<0123&456>'
RUN = '"$@"'
_RECORD = (ROOT / "alignment_results.json").read_bytes()
_GRID = b"concept,en,de\nsun,sun,Sonne\nsea,sea,Meer\nhill,hill,H\xc3\xbcgel\n"
_TEXTS = 6


def _saved(vectors: Any, save: Callable[..., Any] = np.save) -> bytes:
    return array(lambda raw, _: save(raw, vectors))


_VECTORS = np.random.default_rng(0).normal(size=(_TEXTS, 8))
GOOD = {
    "ok.json": _RECORD,
    "ok.csv": _GRID,
    "ok.npy": _saved(_VECTORS),
    "out/alignment_results.json": b"earlier",
}
_EXPORT = ["--export-texts", "texts.txt"]
_TO = ["--no-figures", "--output", "out"]
_SMALL = ["--model", "ok.npy", "--grid", "ok.csv", "--k", "2", *_TO]


class Case(NamedTuple):
    """A command line, and what lies around it."""

    kind: str
    arguments: list[str]
    files: Mapping[str, bytes] = MappingProxyType({})
    environment: Mapping[str, str] = MappingProxyType({})
    prepare: Callable[[Path], None] | None = None
    shell: str = RUN


def cases(rng: random.Random) -> Iterator[Case]:
    """Yield those that need no server."""
    yield from _damaged_files(rng)
    yield from _edited_records(rng)
    yield from _special_files()
    yield from _sizes()
    yield from _arrays()
    yield from _requests()
    yield from _variables()
    yield from _places()


def _damaged_files(rng: random.Random) -> Iterator[Case]:
    for name, good in SEEDS.items():
        for n in range(16):
            if name == "record.json":
                given = (
                    ["--from", "x.json"] if n % 2 else ["--from", "ok.json", "--against", "x.json"]
                )
                yield Case("damaged record", given, {"x.json": damaged(_RECORD, rng)})
            elif name.startswith("a.np"):
                given = ["--model", name, "--grid", "ok.csv", "--k", "2", *_TO]
                own = np.savez_compressed if name == "a.npz" else np.save
                yield Case("damaged array", given, {name: damaged(_saved(_VECTORS, own), rng)})
            elif name == "a.tgz":
                given = ["--grid", f"udhr={name}", *_EXPORT]
                yield Case("damaged archive", given, {name: damaged(good, rng)})
            elif name == "de.txt":
                texts = {"texts/de.txt": damaged(good, rng), "texts/en.txt": b"sun\nsea\n\nhill\n"}
                yield Case("damaged grid", ["--grid", "texts", *_EXPORT], texts)
            elif name != "comparison.json":
                yield Case("damaged grid", ["--grid", name, *_EXPORT], {name: damaged(good, rng)})


def _edited_records(rng: random.Random) -> Iterator[Case]:
    for n in range(60):
        tree = json.loads(_RECORD)
        edit(tree, rng)
        given = ["--from", "x.json"] if n % 2 else ["--from", "ok.json", "--against", "x.json"]
        given += ["--html", "--output", "page"] if n % 6 == 1 else []
        given += ["--summary", "summary.md"] if n % 5 == 0 else []
        yield Case("edited record", given, {"x.json": json.dumps(tree).encode()})


def _special_files() -> Iterator[Case]:
    def pipe(path: Path) -> None:
        os.mkfifo(path)

    def unix_socket(path: Path) -> None:
        with socket.socket(socket.AF_UNIX) as own, suppress(OSError):
            own.bind(str(path))

    kinds: dict[str, Callable[[Path], None]] = {
        "pipe": pipe,
        "socket": unix_socket,
        "folder": Path.mkdir,
        "loop": lambda path: path.symlink_to(path.name),
        **{
            device: lambda path, device=device: path.symlink_to(device)
            for device in (
                "/dev/zero",
                "/dev/full",
                "/dev/null",
                "/proc/self/mem",
                "nowhere",
                "ok.csv/x",
            )
        },
    }
    uses = {
        **{
            f"x{ending}": ["--grid", f"x{ending}", *_EXPORT]
            for ending in (".csv", ".json", ".xlsx", ".tmx")
        },
        "x.npy": ["--model", "x.npy", "--grid", "ok.csv", "--k", "2", *_TO],
        "record": ["--from", "record"],
        "old": ["--from", "ok.json", "--against", "old"],
        "q.csv": [*_SMALL, "--queries", "q.csv"],
    }
    for made, make in kinds.items():
        for name, given in uses.items():
            if not (made == "pipe" and name in ("record", "old")):  # which may be a pipe: it waits
                yield Case("special file", given, prepare=lambda at, m=make, n=name: m(at / n))


def _sizes() -> Iterator[Case]:
    def sparse(folder: Path) -> None:
        with (folder / "x.csv").open("wb") as file:
            file.truncate(10**11)

    def bomb(folder: Path) -> None:
        with (
            zipfile.ZipFile(folder / "x.npz", "w", zipfile.ZIP_DEFLATED) as archive,
            archive.open("a.npy", "w", force_zip64=True) as member,
        ):
            member.write(_header(_TEXTS, 10**8))
            for _ in range(600):
                member.write(bytes(10**6))

    grids: dict[str, Any] = {
        "many empty rows": {f"c{n}": {} for n in range(20_000)},
        "rows of text": {f"c{n}": {"en": "{}"} for n in range(20_000)},
        "a chain of gaps": {f"c{n}": {f"x-{n}": "a", f"x-{n + 1}": "b"} for n in range(1200)},
        "many languages": {"a": {f"k{n}": "x" for n in range(100_000)}},
        "a long text": {"a": {"en": "x " * 10**7}},
        "twice, composed and not": {
            "\u00e9": {"en": "a", "de": "b"},
            "e\u0301": {"en": "c", "de": "d"},
        },
    }
    for content in grids.values():
        yield Case("size", ["--grid", "x.json", *_EXPORT], {"x.json": json.dumps(content).encode()})
    for text in ("[" * 10**6, '{"a":' * 10**5, '{"a":' + "9" * 10**6 + "}"):
        yield Case("size", ["--grid", "x.json", *_EXPORT], {"x.json": text.encode()})
    heading = b"en,de," + b",".join(b"c%d" % n for n in range(100_000))
    for table in (
        heading + b"\na,b\n",
        b"en,de\n" + b"x" * 50_000_000,
        b"en,de\n" + b"," * 5_000_000,
        b"en,de\n" + b'"' * 5_000_001,
    ):
        yield Case("size", ["--grid", "x.csv", *_EXPORT], {"x.csv": table})
    yield Case("size", ["--grid", "x.csv", *_EXPORT], prepare=sparse)
    yield Case("size", ["--model", "x.npz", "--grid", "ok.csv", *_TO], prepare=bomb)


def _header(*shape: int) -> bytes:
    raw = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        raw, {"descr": "<f8", "fortran_order": False, "shape": shape}
    )
    return raw.getvalue()


def _zipped(members: dict[str, bytes]) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return raw.getvalue()


def _arrays() -> Iterator[Case]:
    files = {
        "x.npy": [
            *(_header(10**9, 10**9), _header(_TEXTS, 10**12), _header(0, 8), _header(_TEXTS, 0)),
            *(b"", b"\x93NUMPY", _saved(_VECTORS.astype(str)), _saved(_VECTORS.astype(complex))),
            *(
                _saved(_VECTORS * np.nan),
                _saved(_VECTORS * 0),
                _saved(_VECTORS[:3]),
                _saved(_VECTORS[0]),
            ),
            *(_saved(_VECTORS[None]), _saved(np.array([{}] * _TEXTS, dtype=object))),
            *(_saved(_VECTORS > 0), _saved(_VECTORS.view("<M8[s]"))),
        ],
        "x.npz": [
            *(_zipped({"a.txt": b"x"}), _zipped({"a/": b""}), _zipped({}), b"PK\x05\x06"),
            _zipped({f"{n}.npy": b"" for n in range(5000)}),
            _zipped({"a.npy": _header(_TEXTS, 10**11)}),
            _zipped({"../x.npy": _saved(_VECTORS), "a.npy": b""}),
        ],
    }
    for name, contents in files.items():
        for content in contents:
            yield Case(
                "odd array",
                ["--model", name, "--grid", "ok.csv", "--k", "2", *_TO],
                {name: content},
            )


def _requests() -> Iterator[Case]:
    names = (
        *(
            "x" * 5000,
            "a/" * 3000,
            "\x1b[2J",
            "\u202eevil",
            "~nosuchuser/m",
            "a/b/c",
            "-",
            "openai:",
        ),
        *(
            "http://x",
            "x.npy",
            "ok.csv",
            "use-multilingal",
            "some/model@main",
            "\t",
            "Ü/ö",
            "..",
            "/",
        ),
    )
    for name in names:
        yield Case("request", ["--model", name, "--grid", "ok.csv", *_TO])
        yield Case("request", ["--grid", name, *_EXPORT])
    yield Case("request", [word for n in range(300) for word in ("--model", f"no-such-{n}")] + _TO)
    options = {
        "--k": ["0", "-1", "x", "9" * 400, "1.5", ""],
        "--seed": ["-1", "x", "9" * 5000],
        "--margin": ["nan", "inf", "-1", "1e999", "x"],
        "--languages": ["en", "en,xx", "en,en", ",", "en,\x1b", "de," + "x" * 5000],
        "--truncate": ["0", "99", "-1", "x", "1,1", "9" * 99],
        "--quantize": ["int9", "", "int8,int8", "\x1b[2J"],
        "--mix": ["en=1", "en=2,de=nan", "en", "en=x", "xx=1,en=0"],
        "--device": ["gpu", "cuda:99", "cpu,", "\x00".join("ab")[:1]],
        "--timeout": ["0", "-1", "nan", "inf", "x"],
        "--output": ["ok.csv", "/dev/null/x", "x" * 300, "~nosuchuser/x", "/proc/x"],
        "--pairs": ["out", "/dev/null/x", "~nosuchuser/x", ""],
        "--summary": ["out", "/dev/null/x", ""],
        "--queries": ["ok.csv", "none.csv", "out"],
        "--ray-address": ["auto"],
        "--table": ["html"],
        "--against": ["none.json", "out", "ok.json", "ok.csv", "ok.npy", ""],
    }
    for option, values in options.items():
        for value in values:
            yield Case("request", [*_SMALL, f"{option}={value}"])
    for value in ("", ".", "/", "out", "/dev/null/x", "x" * 300, "ok.csv/x", "~nosuchuser/x"):
        yield Case("request", ["--grid", "ok.csv", "--export-texts", value])


def _variables() -> Iterator[Case]:
    values = {
        "HF_ENDPOINT": [
            "http://[::1",
            "ftp://x",
            "nonsense",
            "http://127.0.0.1:99999",
            "http://\x1b",
        ],
        "HF_HUB_ETAG_TIMEOUT": ["abc", "-1", ""],
        "HF_HUB_CACHE": ["/dev/null", "~nosuchuser/x", "/dev/null/x", "x" * 5000],
        "HF_HOME": ["/dev/null/x", "~nosuchuser/x"],
        "ALIGNMENT_CACHE": ["/dev/null/x", "~nosuchuser/x", "/proc", "x" * 5000],
        "HF_HUB_OFFLINE": ["maybe", "1"],
        "MPLBACKEND": ["nonsense", "TkAgg"],
        "MATPLOTLIBRC": ["/dev/null/x", "/dev/zero"],
        "SOURCE_DATE_EPOCH": ["abc", "-1", "9" * 99],
        "MPLCONFIGDIR": ["/dev/null/x"],
        "TMPDIR": ["/nowhere"],
        "HOME": ["/dev/null", ""],
        "COLUMNS": ["0", "-1", "abc", "9" * 9],
        "TERM": ["nonsense"],
        "LC_ALL": ["C", "nonsense"],
        "OMP_NUM_THREADS": ["abc", "0"],
        "OPENBLAS_CORETYPE": ["nonsense"],
        "PYTHONIOENCODING": ["ascii"],
    }
    drawn = ["--model", "ok.npy", "--grid", "ok.csv", "--k", "2", "--output", "new"]
    for name, own in values.items():
        for value in own:
            needs_hub = name.startswith("HF")
            given = ["--model", "some/model", "--grid", "ok.csv", *_TO] if needs_hub else drawn
            if name == "ALIGNMENT_CACHE":
                given = ["--model", "use-multilingual", "--grid", "ok.csv", "--output", "new"]
            yield Case("variable", given, environment={name: value})
            if needs_hub:
                yield Case("variable", ["--list"], environment={name: value})


def _places() -> Iterator[Case]:
    """Yield streams, disks and folders that take nothing."""
    small = " ".join(_SMALL)
    for printing in ("--list", "--help", small, f"{small} --table csv", "--from ok.json"):
        for ending in (">/dev/full", ">&-", "2>&-", ">&- 2>&-", "<&-"):
            yield Case("stream", printing.split(), shell=f'"$@" {ending}')
        yield Case("stream", printing.split(), shell='"$@" | true; exit ${PIPESTATUS[0]}')
    for blocks in (0, 1, 8):  # of 1 KB: what a full disk does to a file
        for printing in (
            small,
            f"{small} --pairs new.csv --summary new.md",
            "--grid ok.csv --export-texts t.txt",
        ):
            yield Case("full disk", printing.split(), shell=f'ulimit -f {blocks}; "$@"')
    for files in (6, 8, 10, 12, 14, 20):
        yield Case("few open files", small.split(), shell=f'ulimit -n {files}; "$@"')
    for kilobytes in (200_000, 250_000, 300_000, 400_000, 500_000, 800_000):
        yield Case("little memory", small.split(), shell=f'ulimit -v {kilobytes}; "$@"')

    def in_the_way(folder: Path) -> None:
        (folder / "out" / "alignment_results.json").unlink()
        (folder / "out" / "alignment_results.json").mkdir()

    def not_a_folder(folder: Path) -> None:
        (folder / "out" / "fig").write_text("a file")

    drawn = ["--model", "ok.npy", "--grid", "ok.csv", "--k", "2", "--output", "out"]
    for prepare in (in_the_way, not_a_folder):
        yield Case("place", drawn, prepare=prepare)
