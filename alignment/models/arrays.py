"""Vectors computed elsewhere: the texts out in grid order, and an array of their vectors in."""

import math
import os
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import ZipFile

import numpy as np
from numpy.lib import format as npy

from alignment import InputError, expanded, one_line
from alignment.engines.files import opened, write_whole
from alignment.models.encoders import PrecomputedVectors
from alignment.models.model import Model, sha256_of_file

ENDINGS = (".npy", ".npz")
MAX_UNPACKED = 1_000_000_000  # bytes of a packed array; more where the file itself is large
MAX_RATIO = 20  # of an array to its file
_HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


def export_texts(texts: list[str], path: Path) -> None:
    """Write n texts as n lines of UTF-8, in their order: row n of an array belongs to line n.

    Raise InputError for a text of several lines, which would be read back as several texts.
    """
    for text in texts:
        if text.splitlines() != [text]:
            raise InputError(
                f"the text {text[:40]!r} has a line break, and the file has one text per line; "
                "write that text on one line"
            )
    write_whole(path, "".join(f"{text}\n" for text in texts).encode())


def load_array(name: str) -> Model:
    """Return the model of a .npy file, or of a .npz file with one array: (n, D) real numbers.

    Nothing in the file is run, and nothing is unpacked before its size is known. Raise InputError
    for any other content; ``PrecomputedVectors`` checks later whether n fits the grid.
    """
    path = expanded(name)
    with opened(path) as file:
        try:
            packed = file.peek(2).startswith(b"PK")
            size = os.fstat(file.fileno()).st_size
            vectors = _unpacked(file, size) if packed else _array(file, size)
        except InputError as error:
            raise InputError(f"'{name}' {error}") from None
        except OSError:
            raise
        except Exception as error:  # zipfile, zlib and NumPy raise errors of their own classes
            raise InputError(
                f"'{name}' is not an array that loads without pickle ({one_line(error)}); "
                "write it with numpy.save"
            ) from error
    return Model(name, PrecomputedVectors(name, vectors), f"sha256:{sha256_of_file(path)}")


def _unpacked(file: BinaryIO, size: int) -> np.ndarray:
    """Read the only array of an archive of ``size`` bytes."""
    with ZipFile(file) as archive:
        members = archive.infolist()
        if len(members) != 1:
            names = ", ".join(member.filename.removesuffix(".npy") for member in members[:9])
            raise InputError(f"holds {len(members):,} arrays{names and f' ({names})'}; save one")
        unpacked = members[0].file_size
        if unpacked > max(MAX_UNPACKED, MAX_RATIO * size):
            raise InputError(
                f"has {size:,} bytes and would unpack to {unpacked:,}, which no array of vectors "
                "does; write it with numpy.save"
            )
        with archive.open(members[0]) as member:
            return _array(member, unpacked)


def _array(file: Any, size: int) -> np.ndarray:
    """Read an array from a file of ``size`` bytes, if the shape in its header fits them."""
    shape, _, dtype = _HEADERS[npy.read_magic(file)](file)
    if len(shape) != 2 or dtype.kind not in "fiu":
        raise InputError(
            f"holds {dtype} of shape {shape}; give real numbers of shape (texts, dimensions)"
        )
    if min(shape) < 0 or math.prod(shape) * dtype.itemsize > size:
        raise InputError(f"is cut short: its header speaks of shape {shape}; write it again")
    file.seek(0)
    return npy.read_array(file, allow_pickle=False)
