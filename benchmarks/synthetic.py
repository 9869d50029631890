"""Vectors and texts of any size, made without a model."""

from dataclasses import replace
from typing import Any
from unittest.mock import patch

import numpy as np
from measuring import ROOT  # noqa: F401  (which also tells where alignment lies)

from alignment import capabilities
from alignment.grids import ConceptGrid
from alignment.measure.measurement import measure
from alignment.models import Model
from alignment.record.analysis import Context
from alignment.results import AlignmentResults, record_of

K = 3


def vectors(C: int, L: int, D: int, noise: float) -> np.ndarray:
    """Return X (C, L, D): a concept's own direction, and noise so many times as long.

    Made in place, so that the peak of the memory is still that of what comes after.
    """
    rng = np.random.default_rng(0)
    X = rng.standard_normal((C, L, D), dtype=np.float32)
    X *= noise
    X += rng.standard_normal((C, 1, D), dtype=np.float32)
    X /= np.sqrt(np.einsum("cld,cld->cl", X, X))[..., None]
    return X


def grid(C: int, L: int) -> ConceptGrid:
    """Ten categories, two scripts, and a tenth of the concepts written alike in two languages."""

    def text(c, number):
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
    """Analyse as a run would, once it has the vectors, and those of other forms to probe."""
    asked = capabilities.defaults() | ({"probe": True} if forms else {}) | options
    requests, model = capabilities.requests(asked, grid), Model("synthetic", None)
    context = Context(measure(X, grid, K), model, None, requests)
    if forms is None:
        return record_of(context)
    with patch("alignment.diagnosis.measure.embed_forms", lambda *_: forms):
        return record_of(context)


def forms(X: np.ndarray, grid: ConceptGrid) -> dict[str, tuple[np.ndarray, ConceptGrid]]:
    """Return the grid in the forms that are embedded anew, of vectors a little moved."""
    from alignment.diagnosis.forms import FORMS, in_form

    rng = np.random.default_rng(1)
    with_templates = replace(grid, templates=dict.fromkeys(grid.languages, "a {}"))
    moved = {}
    for form in FORMS:
        Y = X + 0.5 * X.std() * rng.standard_normal(X.shape, dtype=np.float32)
        Y /= np.sqrt(np.einsum("cld,cld->cl", Y, Y))[..., None]
        moved[form] = Y, in_form(with_templates, form)
    return moved
