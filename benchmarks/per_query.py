"""The way of the published experiment: a new index for every query, of one hit or of k."""

from itertools import permutations

import numpy as np
from measuring import ROOT  # noqa: F401  (which also tells where alignment lies)

from alignment.measure.indexes import faiss


def retrieval(X: np.ndarray, every: int = 1) -> float:
    """Return the share of queries of X (C, L, D) whose nearest in another language is their own.

    Each query has an index of the other language's C vectors. Only ``every`` so many concepts are
    asked for.
    """
    C, L, D = X.shape
    of_language = [np.ascontiguousarray(X[:, language]) for language in range(L)]
    asked = range(0, C, every)
    right = 0
    for a, b in permutations(range(L), 2):
        for c in asked:
            index = faiss.IndexFlatIP(D)
            index.add(of_language[b])
            _, ids = index.search(of_language[a][c : c + 1], 1)
            right += int(ids[0, 0] == c)
    return right / (len(asked) * L * (L - 1))


def nearest(X: np.ndarray, k: int, every: int = 1) -> float:
    """Return the share of translations among the k nearest of each text of X (C, L, D).

    Each query has an index of all C·L − 1 others. Only ``every`` so many texts are asked for.
    """
    C, L, D = X.shape
    texts = X.reshape(C * L, D)
    others = texts[1:].copy()
    asked = range(0, C * L, every)
    right = 0
    for i in asked:
        index = faiss.IndexFlatIP(D)
        index.add(others)
        _, ids = index.search(texts[i : i + 1], k)
        places = ids[0] + (ids[0] >= i)  # in the grid, where text i has a place too
        right += int((places // L == i // L).sum())
        others[i : i + every] = texts[i : i + every][: len(others) - i]  # and out goes the next
    return right / (len(asked) * k)
