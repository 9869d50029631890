"""Confusions: what came instead, for every retrieval that failed, and what it cost."""

import numpy as np

from alignment.grids import ConceptGrid

MOST_LISTED = 10_000
_BLOCK = 1 << 16  # searches looked through at once: their vectors are gathered

_FAILURE = np.dtype(
    [(name, int) for name in ("c", "a", "b", "instead")]
    + [(name, float) for name in ("expected", "retrieved", "margin")]
)
_KIND = np.dtype([(name, int) for name in ("c", "instead", "count")])


def of_answers(X: np.ndarray, grid: ConceptGrid, answer: np.ndarray) -> dict:
    """List the failed retrievals, and sum them up as "expected → retrieved".

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
    total = 0
    costliest, kinds = np.empty(0, dtype=_FAILURE), np.empty(0, dtype=_KIND)
    step = max(1, _BLOCK // L**2)
    for start in range(0, C, step):
        failed = _failures(X, answer, np.arange(start, min(start + step, C)))
        total += len(failed)
        costliest = _most(np.concatenate([costliest, failed]), "margin")
        kinds = _most(np.concatenate([kinds, _kinds(failed, C)]), "count")
    return {
        "total": total,
        "failed": [_named(grid, row) for row in costliest.tolist()],
        "pairs": [_summed_up(grid, answer, *kind) for kind in kinds.tolist()],
    }


def _most(rows: np.ndarray, what: str) -> np.ndarray:
    return rows[np.argsort(-rows[what], kind="stable")[:MOST_LISTED]]


def _failures(X, answer, concepts) -> np.ndarray:
    """Return the failures of these concepts' queries as rows of ``_FAILURE``."""
    c, a, b = np.nonzero(answer[concepts] != concepts[:, None, None])
    c = concepts[c]
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


def _kinds(failed: np.ndarray, C: int) -> np.ndarray:
    """Count how often each concept is taken for each other."""
    pairs, times = np.unique(failed["c"] * C + failed["instead"], return_counts=True)
    rows = np.empty(len(pairs), dtype=_KIND)
    rows["c"], rows["instead"] = np.divmod(pairs, C)
    rows["count"] = times
    return rows


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


def _summed_up(grid: ConceptGrid, answer: np.ndarray, c: int, instead: int, count: int) -> dict:
    failed = answer[c] == instead  # by language of the query, and of the answer
    part = failed.sum(axis=0) + failed.sum(axis=1)
    return {
        "expected": grid.concepts[c],
        "retrieved": grid.concepts[instead],
        "count": count,
        "languages": {
            grid.languages[j]: int(part[j]) for j in np.argsort(-part, kind="stable") if part[j]
        },
    }
