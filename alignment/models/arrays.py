"""Vectors computed elsewhere: the texts out in grid order, and an array of their vectors in."""

from pathlib import Path

import numpy as np

from alignment import InputError, expanded, one_line
from alignment.engines.files import write_whole
from alignment.models.encoders import PrecomputedVectors
from alignment.models.model import Model, sha256_of_file

ENDINGS = (".npy", ".npz")


def export_texts(texts: list[str], path: Path) -> None:
    """Write n texts as n lines of UTF-8, in their order: row n of an array answers line n.

    Raises:
        InputError: for a text of several lines, which would be read back as several texts.
        OSError: when the file cannot be written; an older one is then left alone.
    """
    for text in texts:
        if text.splitlines() != [text]:
            raise InputError(
                f"the text {text[:40]!r} has a line break, and the file has one text per line; "
                "write that text on one line"
            )
    write_whole(path, "".join(f"{text}\n" for text in texts).encode())


def load_array(name: str) -> Model:
    """Make a model of a .npy file, or of a .npz file with one array: (n, D) real numbers.

    Nothing in the file is run. Whether n fits the grid shows when its texts are embedded.

    Raises:
        InputError: for a file that holds something else.
        OSError: for a file that cannot be read.
    """
    path = expanded(name)
    vectors = _read(path, name)
    if vectors.ndim != 2 or vectors.dtype.kind not in "fiu":
        raise InputError(
            f"'{name}' holds {vectors.dtype} of shape {vectors.shape}; give real numbers of shape "
            "(texts, dimensions)"
        )
    return Model(name, PrecomputedVectors(name, vectors), f"sha256:{sha256_of_file(path)}")


def _read(path: Path, name: str) -> np.ndarray:
    try:
        loaded = np.load(path, allow_pickle=False)
        if isinstance(loaded, np.ndarray):
            return loaded
        with loaded:
            if len(loaded.files) != 1:
                names = f" ({', '.join(loaded.files)})" if loaded.files else ""
                raise InputError(f"'{name}' holds {len(loaded.files)} arrays{names}; save one")
            array: np.ndarray = loaded[loaded.files[0]]
            return array
    except (InputError, OSError):
        raise
    except Exception as error:  # zipfile, zlib and NumPy each have their own
        raise InputError(
            f"'{name}' is not an array that loads without pickle ({one_line(error)}); "
            "write it with numpy.save"
        ) from error
