"""Contrasts: is one group of concepts, or one language, different from the rest, and how sure?

Each gives a difference, its 95 % interval over the concepts, a p adjusted for the number of
questions of its kind (Holm), and how many such concepts would show a difference of this size.
"""

import numpy as np

from alignment import intervals, metrics
from alignment.grids import ConceptGrid

MOST_CARRIERS = 3


def of_categories(values: np.ndarray, categories: tuple[str, ...], seed: int) -> dict[str, dict]:
    """Compare the mean of each category's values (C,) with that of all others.

    p by shuffling the concepts among the categories.
    """
    names = list(dict.fromkeys(categories))
    if len(names) < 2:
        return {}
    rows = []
    for name in names:
        members = np.array([category == name for category in categories])
        # two samples, each resampled by itself
        inside, outside = (
            intervals.resampled(values[group, None], seed=seed + number)
            for number, group in enumerate((members, ~members))
        )
        rows.append(
            (
                values[members].mean() - values[~members].mean(),
                intervals.percentile_interval(inside - outside)[:, 0],
                intervals.group_test(values, members, seed=seed),
            )
        )
    return _named(names, rows, len(values))


def of_languages(retrieval: np.ndarray, grid: ConceptGrid, seed: int) -> dict[str, dict]:
    """Compare the retrieval of each language's pairs with that of the pairs without it.

    Paired over the concepts: p by flipping the signs of their differences.

    Args:
        retrieval: (C, L, L) credits, query by target.

    Returns:
        Also "carried_by": for a language below the others, the concepts that carry most of its
        gap, each with its share of it, and "without_them", the difference they leave.
    """
    C, L, _ = retrieval.shape
    if L < 3 or C < 2:
        return {}
    own = metrics.over_partners(retrieval) * (L - 1)  # sum over a language's L − 1 pairs
    total = own.sum(axis=1, keepdims=True) / 2  # over all pairs, each once
    others = (total - own) / ((L - 1) * (L - 2) / 2)
    difference = own / (L - 1) - others  # (C, L)
    ends = intervals.bootstrap_interval(difference, seed=seed).T
    p = intervals.sign_flip_test(difference, seed=seed)
    rows = list(zip(difference.mean(axis=0), ends, p, strict=True))
    named = _named(grid.languages, rows, C)
    for j, language in enumerate(grid.languages):
        named[language] |= _carriers(difference[:, j], grid.concepts)
    return named


def of_scripts(X: np.ndarray, scripts: tuple[str, ...], seed: int) -> dict:
    """Compare the centroid distances across scripts with those within a script.

    p by shuffling the scripts among the languages, so few languages can show little.

    Returns:
        Empty where the grid has no two languages of one script, or no two scripts.
    """
    C, L, D = X.shape
    first, second = np.triu_indices(L, k=1)
    scripts = np.array(scripts)
    same = scripts[first] == scripts[second]
    if C < 2 or same.all() or not same.any():
        return {}

    def gap(values, weights):
        centroids = (weights.astype(np.float32) @ values).reshape(-1, L, D)
        centroids /= np.linalg.norm(centroids, axis=2, keepdims=True)
        distances = 1 - (centroids @ centroids.transpose(0, 2, 1))[:, first, second]
        return (distances[:, ~same].mean(axis=1) - distances[:, same].mean(axis=1))[:, None]

    distances = metrics.centroid_distances(X)
    rng = np.random.default_rng(seed)

    def observed(scripts):
        same = scripts[first] == scripts[second]
        d = distances[first, second]
        return d[~same].mean() - d[same].mean()

    shuffled = np.array([observed(rng.permutation(scripts)) for _ in range(intervals.PERMUTATIONS)])
    difference = observed(scripts)
    reached = abs(shuffled) >= abs(difference) - 1e-12
    return {
        "difference": difference,
        "interval": intervals.bootstrap_interval(X.reshape(C, -1), gap, seed=seed)[:, 0],
        "p": (reached.sum() + 1) / (len(shuffled) + 1),
        "scripts": list(dict.fromkeys(scripts.tolist())),
    }


def _carriers(difference, concepts) -> dict:
    """Name the concepts that pull the mean of ``difference`` (C,) below 0, the worst first."""
    gap = difference.sum()
    if gap >= 0:
        return {"carried_by": {}, "without_them": None}
    worst = [c for c in np.argsort(difference, kind="stable")[:MOST_CARRIERS] if difference[c] < 0]
    # as few of them as close the gap
    left = [gap - difference[worst[: n + 1]].sum() for n in range(len(worst))]
    enough = next((n + 1 for n, rest in enumerate(left) if rest >= 0), len(worst))
    worst = worst[:enough]
    kept = np.delete(difference, worst)
    return {
        "carried_by": {concepts[c]: difference[c] / gap for c in worst},
        "without_them": kept.mean() if len(kept) else None,
    }


def _named(names, rows, C) -> dict[str, dict]:
    adjusted = intervals.holm(np.array([p for _, _, p in rows]))
    return {
        name: {
            "difference": difference,
            "interval": ends,
            "p": p,
            "concepts_needed": intervals.concepts_needed(difference, ends, C),
        }
        for name, (difference, ends, _), p in zip(names, rows, adjusted, strict=True)
    }
