"""Indexes: the texts of one language in an index of FAISS, and what is nearest in it.

No other module imports faiss, which must come after the processor is known.
"""

import os
from mmap import mmap
from typing import Any

import numpy as np
from threadpoolctl import threadpool_info

from alignment.measure import hits
from alignment.measure.arrays import Bools, Floats, Ints, Stored, Vectors, slices
from alignment.measure.metrics import ratio

_FAISS_ROOM = 450_000_000  # bytes of addresses: 340 MB when imported, on two cores, and more later


def _hand_on_blas_kernels() -> None:
    """Tell the OpenBLAS inside faiss which processor this is, before faiss is first imported.

    The faiss-cpu wheel carries an OpenBLAS of 2021 that takes recent processors for a Pentium 4
    and then searches several times slower. NumPy's newer OpenBLAS knows them: its answer is
    handed on, in the names that the old one understands. A value set by the user stays.
    """
    older_names = {name: name for name in ("Haswell", "Zen", "SkylakeX")}
    older_names |= {"Cooperlake": "SkylakeX", "SapphireRapids": "SkylakeX"}
    for library in threadpool_info():
        if name := older_names.get(library.get("architecture", "")):
            os.environ.setdefault("OPENBLAS_CORETYPE", name)


_hand_on_blas_kernels()
mmap(-1, _FAISS_ROOM).close()  # an error where there is no room, in which faiss ends the process

import faiss  # noqa: E402  (after the lines above, which it depends on)

FIRST = 40  # hits that are rescored: four times ten, as the libraries advise
_MORE = 24  # further hits, which may tie with the last of them
_BLOCK = 1 << 19  # similarities of queries held at once: 2 MB


def nearest(queries: Vectors, vectors: Vectors, depth: int) -> Vectors:
    """Return the similarities (n, depth) to the nearest vectors; IndexFlatIP without a copy."""
    s: Vectors = faiss.knn(queries, vectors, depth, metric=faiss.METRIC_INNER_PRODUCT)[0]
    return s


class Language:
    """An index of the texts of one language, of the ``concepts`` (size,)."""

    depth = 2  # hits that usually include all that tie for the first place

    def __init__(self, X: Stored, present: Bools, b: int):
        self.concepts = np.flatnonzero(present[:, b])
        self.size = len(self.concepts)
        self._vectors = X[self.concepts, b]
        self._index = self._empty(X.shape[2])
        self._index.add(self._vectors)

    def _empty(self, width: int) -> Any:
        return faiss.IndexFlatIP(width)

    def _similarities(self, queries: Stored) -> Floats:
        """Return (n, size)."""
        s: Floats = queries @ self._vectors.T
        return s

    def search(self, queries: Stored, depth: int) -> tuple[Vectors, Ints]:
        """Return the similarities and the places (n, depth), or (n, size), of the nearest."""
        s, places = self._index.search(queries, min(depth, self.size))
        return s, places

    def credit(self, queries: Stored, gold: Floats, c: Ints) -> Floats:
        """Return the credit (n,) of queries for concepts c, to which they have the cosine gold."""
        s, places = self.search(queries, self.depth)
        level = hits.answer_level(s[:, 0], gold)
        tied, _, _ = self.answers(s, places, level, queries)
        return ratio(level == gold, tied)

    def answers(
        self, s: Vectors, places: Ints, level: Floats, queries: Stored
    ) -> tuple[Ints, Ints, Floats]:
        """Count the texts with the similarity ``level`` (n,), among all if all hits (n, depth) tie.

        Returns:
            Their number (n,), 0 where the level is NaN; the place of the first of them (n,); how
            often each text is the answer (size,), where the answers to a query share its count.
        """
        tied = hits.tied(s, level[:, None])
        count: Ints = tied.sum(axis=1)
        first: Ints = np.where(tied, places, self.size).min(axis=1)
        share = tied / np.maximum(count, 1)[:, None]
        deeper = np.flatnonzero(tied.all(axis=1)) if s.shape[1] < self.size else count[:0]
        share[deeper] = 0
        times: Floats = np.zeros(self.size)
        times += np.bincount(places.ravel(), weights=share.ravel(), minlength=self.size)
        for part in slices(len(deeper), self.size, _BLOCK):
            at = deeper[part]
            tied = hits.tied(self._similarities(queries[at]), level[at, None])
            count[at], first[at] = tied.sum(axis=1), tied.argmax(axis=1)
            times += (tied / count[at, None]).sum(axis=0)
        return count, first, times


class Signs(Language):
    """An index of packed signs; the similarity is minus their Hamming distance."""

    depth = 10  # Hamming distances often tie

    def _empty(self, width: int) -> Any:
        return faiss.IndexBinaryFlat(8 * width)

    def search(self, queries: Stored, depth: int) -> tuple[Vectors, Ints]:
        """Return minus the distances, and the places (n, depth), or (n, size), of the nearest."""
        differing, places = super().search(queries, depth)
        return -differing.astype(np.float32), places

    def _similarities(self, queries: Stored) -> Floats:
        return -hits.differing(queries[:, None], self._vectors)


class Rescored(Signs):
    """An index of packed signs, whose nearest hits are rescored with the unpacked queries.

    Rescored are the first ``FIRST`` hits, and all that tie with the last of them.
    """

    def credit(self, queries: Stored, gold: Floats, c: Ints) -> Floats:
        """Return the credit (n,) by the cosines of the queries and the signs of the nearest."""
        packed = np.packbits(queries > 0, axis=1)
        near, places = self.search(packed, FIRST + _MORE)
        last = near[:, :FIRST][:, -1:]
        s = queries @ unpacked(self._vectors, queries.shape[1]).T
        cosines = np.where(near >= last, np.take_along_axis(s, places, axis=1), -np.inf)
        best, tied = cosines.max(axis=1), hits.tied(cosines, gold[:, None]).sum(axis=1)
        if near.shape[1] < self.size:
            for n in np.flatnonzero(near[:, -1] == last[:, 0]):  # as near as the last: still more
                among = s[n, self._similarities(packed[n : n + 1])[0] >= last[n]]
                best[n], tied[n] = among.max(), hits.tied(among, gold[n]).sum()
        right = self._vectors[np.searchsorted(self.concepts, c)]
        rescored = -hits.differing(packed, right) >= last[:, 0]
        return ratio(rescored & ~hits.nearer(best, gold), tied.clip(1))


def as_signs(vectors: Vectors) -> Vectors:
    """Return the signs of vectors (…, D) as vectors of unit length."""
    unit = np.where(vectors > 0, np.float32(1), np.float32(-1))
    unit /= np.sqrt(vectors.shape[-1])
    return unit


def unpacked(signs: Stored, D: int) -> Vectors:
    """Return packed signs (…, D / 8) as vectors of unit length."""
    return as_signs(np.unpackbits(signs, axis=-1, count=D).astype(np.float32))


def through_codec(vectors: Vectors, bits: int) -> Vectors:
    """Return vectors (n, D) encoded and decoded by an ``IndexScalarQuantizer`` of 8 or 16 bits.

    With 8 bits each dimension has 256 steps between its minimum and its maximum.
    """
    kinds = {8: faiss.ScalarQuantizer.QT_8bit, 16: faiss.ScalarQuantizer.QT_fp16}
    size = vectors.shape[1]
    index = faiss.IndexScalarQuantizer(size, kinds[bits], faiss.METRIC_INNER_PRODUCT)
    index.train(vectors)
    decoded = np.empty_like(vectors)
    for part in slices(len(vectors), size, _BLOCK):
        decoded[part] = index.sa_decode(index.sa_encode(vectors[part]))
    return decoded
