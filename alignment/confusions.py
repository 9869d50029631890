"""Confusions: what came instead, for every retrieval that failed, and what it cost."""

import numpy as np

from alignment.grids import ConceptGrid

MOST_LISTED = 10_000

_FAILURE = np.dtype(
    [(name, int) for name in ("c", "a", "b", "instead")]
    + [(name, float) for name in ("expected", "retrieved", "margin")]
)


def of_answers(X: np.ndarray, grid: ConceptGrid, answer: np.ndarray) -> dict:
    """List the failed retrievals, and sum them up as "expected → retrieved".

    The failures of one query language are held at a time, and of all the costliest only.

    Args:
        X: (C, L, D), rows of unit length.
        answer: (C, L, L), the concept that query (c, a) retrieves in language b; c where it is the
            right one, where a = b, and where a text is absent.

    Returns:
        "total", how many failed. "failed", the costliest first, at most ``MOST_LISTED``: dicts of
        "query", "expected" and "retrieved", each [concept, language, text], "similarity" to the
        expected and to the retrieved text, and the "margin" between the two, in [0, 2].
        "pairs", the most frequent first, at most as many: dicts of "expected" and "retrieved"
        concept, "count", and "languages", {language: failures that it has a part in}.
    """
    C, L, _ = X.shape
    costliest = np.empty(0, dtype=_FAILURE)
    kinds, counts = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    for a in range(L):
        failed = _failures(X, answer, a)
        costliest = np.concatenate([costliest, failed])
        costliest = costliest[np.argsort(-costliest["margin"], kind="stable")[:MOST_LISTED]]
        own, times = np.unique(_kind(failed["c"], failed["instead"], C), return_counts=True)
        kinds, place = np.unique(np.concatenate([kinds, own]), return_inverse=True)
        counts = np.bincount(place, weights=np.concatenate([counts, times]), minlength=len(kinds))
    most = np.argsort(-counts, kind="stable")[:MOST_LISTED]
    parts = _parts(answer, kinds[most])
    return {
        "total": int(counts.sum()),
        "failed": [_named(grid, row) for row in costliest.tolist()],
        "pairs": [
            _summed_up(grid, *divmod(kind, C), count, part)
            for kind, count, part in zip(
                kinds[most].tolist(), counts[most].tolist(), parts, strict=True
            )
        ],
    }


def _kind(c, instead, C):
    """Number the ways to fail: concept c expected, another one retrieved."""
    return c.astype(np.int64) * C + instead


def _failures(X, answer, a) -> np.ndarray:
    """Return the failures of the queries in language a as rows of ``_FAILURE``."""
    b, c = np.nonzero((answer[:, a] != np.arange(len(X))[:, None]).T)
    instead = answer[c, a, b].astype(int)
    expected, retrieved = (
        np.einsum("fd,fd->f", X[c, a], X[other, b], dtype=np.float64) for other in (c, instead)
    )
    rows = np.empty(len(c), dtype=_FAILURE)
    for name, values in zip(
        _FAILURE.names, (c, a, b, instead, expected, retrieved, retrieved - expected), strict=True
    ):
        rows[name] = values
    return rows


def _parts(answer, kinds) -> np.ndarray:
    """Count (n, L) in how many failures of each kind a language has the query or the answer."""
    C, L, _ = answer.shape
    order = np.argsort(kinds)
    parts = np.zeros((len(kinds), L), dtype=np.int64)
    for a in range(L):
        c, b = np.nonzero(answer[:, a] != np.arange(C)[:, None])
        kind = _kind(c, answer[c, a, b], C)
        place = np.searchsorted(kinds, kind, sorter=order).clip(max=len(kinds) - 1)
        listed = kinds[order[place]] == kind
        row = order[place[listed]]
        np.add.at(parts, (row, a), 1)
        np.add.at(parts, (row, b[listed]), 1)
    return parts


def _named(grid: ConceptGrid, row: tuple) -> dict:
    c, a, b, instead, expected, retrieved, margin = row
    places = {"query": (c, a), "expected": (c, b), "retrieved": (instead, b)}
    return {
        **{
            what: [grid.concepts[c], grid.languages[j], grid.texts[c][j]]
            for what, (c, j) in places.items()
        },
        "similarity": [expected, retrieved],
        "margin": margin,
    }


def _summed_up(grid: ConceptGrid, c: int, instead: int, count: float, part: np.ndarray) -> dict:
    return {
        "expected": grid.concepts[c],
        "retrieved": grid.concepts[instead],
        "count": int(count),
        "languages": {
            grid.languages[j]: int(part[j]) for j in np.argsort(-part, kind="stable") if part[j]
        },
    }
