"""What the tests of many questions find where something is, and where nothing is.

``python benchmarks/families.py [NULLS]`` writes benchmarks/families.md: families of models,
languages, forms, centroids, categories and scripts in worlds whose truth is known, how often any
question of a family is answered wrongly where nothing differs, how often a difference as large as
the ``detectable`` one is found, and how long the tests take.
"""

from itertools import combinations

import numpy as np

from alignment.explain import probes

Values = np.ndarray
LEVELS = {"ceiling": 4.5, "weak": 0.0}  # of the log odds that a pair is retrieved
HARD, OWN = 1.0, 0.5  # standard deviations of a concept's and a text's own log odds


def retrieval(rng, C: int, L: int, level: float, lower: Values | float = 0.0) -> Values:
    """Return (C, L), each text's share of pairs found, where log odds add up.

    Args:
        level: of all.
        lower: by how much a text of each language (L,), or each text (C, L), is worse.
    """
    quality = HARD * rng.normal(size=(C, 1)) + OWN * rng.normal(size=(C, L)) - lower
    odds = level + (quality[:, :, None] + quality[:, None]) / 2
    found = np.triu(rng.random((C, L, L)) < 1 / (1 + np.exp(-odds)), k=1)
    return (found.sum(axis=1) + found.sum(axis=2)) / (L - 1)


def models(rng, C: int, levels: Values, L: int = 8) -> Values:
    """Return (C, M): the retrieval of concepts in models of these log odds."""
    shared = HARD * rng.normal(size=(C, 1)) + OWN * rng.normal(size=(C, len(levels)))
    pairs = L * (L - 1)
    return rng.binomial(pairs, 1 / (1 + np.exp(-shared - levels))) / pairs


def between(values: Values) -> Values:
    """Return (C, pairs): the differences of every two models."""
    first, second = np.array(list(combinations(range(values.shape[1]), 2))).T
    return values[:, first] - values[:, second]


def form_changes(rng, C: int, L: int, forms: int, true: float = 0.0) -> dict[str, probes.Probe]:
    """Return probes in which forms change credits by chance; one language gains in the first."""
    codes, changed = tuple(f"l{j}" for j in range(L)), np.ones(L, dtype=bool)
    found = {}
    for i in range(forms):
        bare, value = (np.round(rng.beta(4, 2, (C, L)) * 14) / 14 for _ in range(2))
        if i == 0:
            value[:, 0] = np.minimum(bare[:, 0] + true, 1) if true else value[:, 0]
        found[f"form {i}"] = probes.Probe(codes, bare, value, changed)
    return found


def texts(rng, C: int, L: int, noise: float, D: int = 32) -> Values:
    """Return unit vectors (C, L, D) of languages that do not matter."""
    X = rng.normal(size=(C, 1, D)) + noise * rng.normal(size=(C, L, D)) + 0.3
    return (X / np.linalg.norm(X, axis=2, keepdims=True)).astype(np.float32)
