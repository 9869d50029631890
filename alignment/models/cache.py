"""The cache: unit vectors kept from run to run under the user's cache folder.

One SQLite file has a row for each model, prompt and text: the SHA-256 of the three, the vector's
float32 bytes, and a checksum. It holds no texts, and nothing in it is run as code. A batch is
written whole or not at all. A damaged file is deleted: doubtful vectors are never used.
"""

import hashlib
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import numpy as np

from alignment import CACHE_VARIABLE, cache_folder, tell

FILE = "vectors-1.sqlite3"  # another layout gets another number
WAIT_SECONDS = 5  # for another process to finish writing, which takes milliseconds
_TABLE = "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB, checksum BLOB)"
_SELECT = "SELECT vector, checksum FROM vectors WHERE key = ?"
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}


class Cache:
    """The cached vectors of one model, named by a fingerprint of it and of what computes it.

    No method raises: one line on standard error says what is wrong with the cache.
    """

    def __init__(self, model: str):
        self.hits = 0  # vectors that came from the cache
        self._model = model
        self._file = cache_folder() / FILE
        self._usable = True

    def get(self, texts: list[str], prompt: str, task: str = "") -> dict[str, np.ndarray]:
        """Return the (D,) vectors in the cache, by text; none at all after any damage."""

        def read(database: sqlite3.Connection) -> dict[str, np.ndarray]:
            vectors = {}
            for text in texts:
                key = self._key(text, prompt, task)
                for vector, checksum in database.execute(_SELECT, [key]):
                    if not isinstance(vector, bytes) or checksum != _checksum(key, vector):
                        raise ValueError("a vector differs from its checksum")
                    vectors[text] = np.frombuffer(vector, dtype="<f4").astype(np.float32)
            return vectors

        vectors = self._carry_out(read) or {}
        self.hits += len(vectors)
        return vectors

    def put(self, texts: list[str], vectors: np.ndarray, prompt: str, task: str = "") -> None:
        """Write (n, D) unit vectors of n texts: all of them, or none where the run is killed."""
        keys = [self._key(text, prompt, task) for text in texts]
        blobs = [vector.astype("<f4").tobytes() for vector in vectors]
        rows = [(key, blob, _checksum(key, blob)) for key, blob in zip(keys, blobs, strict=True)]
        insert = "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)"
        self._carry_out(lambda database: database.executemany(insert, rows))

    def _key(self, text: str, prompt: str, task: str) -> bytes:
        content = [self._model, prompt, text, *([task] if task else [])]
        return hashlib.sha256(json.dumps(content).encode()).digest()

    def _carry_out(self, step: Callable[[sqlite3.Connection], Any]) -> Any:
        """Open the file for one step only, and return its result; None where that fails."""
        if not self._usable:
            return None
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._file, timeout=WAIT_SECONDS)) as database:
                database.execute("PRAGMA synchronous = OFF")  # a power cut shows as damage
                database.execute(_TABLE)
                with database:
                    return step(database)
        except (sqlite3.Error, ValueError, OSError) as error:
            tell("note", self._recover(error))

    def _recover(self, error: Exception) -> str:
        """Delete the file where it is damaged, or else go on without a cache; return a note."""
        # A damaged layout or vector is a ValueError.
        if isinstance(error, ValueError) or getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE:
            try:
                for ending in ("", "-journal"):
                    self._file.with_name(FILE + ending).unlink(missing_ok=True)
                return f"the cache {self._file} was damaged ({error}) and is started anew"
            except OSError as refusal:
                error = refusal
        self._usable = False
        return (
            f"vectors are not kept: {self._file}: {error}; set {CACHE_VARIABLE} to a folder that "
            "can be written to, or use --no-cache"
        )


def _checksum(key: bytes, vector: bytes) -> bytes:
    return hashlib.sha256(key + vector).digest()
