"""Vectors and texts of any size, made without a model."""

from dataclasses import replace
from typing import Any
from unittest.mock import patch

import numpy as np
from measuring import ROOT  # noqa: F401  (puts `alignment` on the path)

from alignment import capabilities
from alignment.grids import ConceptGrid
from alignment.measure.measurement import measure
from alignment.models import Model
from alignment.record.analysis import Context
from alignment.results import AlignmentResults, record_of

K = 3


def unit(X: np.ndarray) -> np.ndarray:
    """Scale vectors (C, L, D) to length 1 in place, which leaves the peak memory as it is."""
    X /= np.sqrt(np.einsum("cld,cld->cl", X, X))[..., None]
    return X


def vectors(C: int, L: int, D: int, noise: float | np.ndarray) -> np.ndarray:
    """Return unit vectors (C, L, D): the direction of a concept, and noise of relative length."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((C, L, D), dtype=np.float32)
    X *= noise
    X += rng.standard_normal((C, 1, D), dtype=np.float32)
    return unit(X)


def grid(C: int, L: int) -> ConceptGrid:
    """Return a grid of ten categories and two scripts; a tenth of the texts are identical."""

    def text(c: int, number: int) -> str:
        if number < 2 and c % 10 == 0:
            return f"same {c}"
        return f"{'word' if number < L / 2 else 'слово'} {number} {c}"

    return ConceptGrid(
        concepts=tuple(f"c{c}" for c in range(C)),
        languages=tuple(f"l{number}" for number in range(L)),
        categories=tuple(f"category {c % 10}" for c in range(C)),
        texts=tuple(tuple(text(c, number) for number in range(L)) for c in range(C)),
        name="synthetic",
    )


def analysis(
    X: np.ndarray, grid: ConceptGrid, forms: dict | None = None, **options: Any
) -> AlignmentResults:
    """Analyse vectors as a run does; with ``forms``, probe these instead of embedding texts."""
    options = capabilities.defaults() | ({"probe": True} if forms else {}) | options
    requests, model = capabilities.requests(options, grid), Model("synthetic", None)
    context = Context(measure(X, grid, K), model, None, requests)
    if forms is None:
        return record_of(context)
    with patch("alignment.diagnosis.measure.embed_forms", lambda *_: forms):
        return record_of(context)


def probed_forms(X: np.ndarray, grid: ConceptGrid) -> dict[str, tuple[np.ndarray, ConceptGrid]]:
    """Return the grid in every form that a probe embeds, with vectors moved at random."""
    from alignment.diagnosis.forms import FORMS, in_form  # other benchmarks work without it

    rng = np.random.default_rng(1)
    grid = replace(grid, templates=dict.fromkeys(grid.languages, "a {}"))
    noises = (rng.standard_normal(X.shape, dtype=np.float32) for _ in FORMS)
    return {
        form: (unit(X + 0.5 * X.std() * noise), in_form(grid, form))
        for form, noise in zip(FORMS, noises, strict=True)
    }


def bare_product(flat: np.ndarray, every: int = 1) -> None:
    """Multiply all vectors with one another in blocks of 1,024 rows, or every n-th block only."""
    for start in range(0, len(flat), 1024 * every):
        flat[start : start + 1024] @ flat.T
