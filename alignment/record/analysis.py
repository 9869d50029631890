"""Analysis: the vectors of a grid in, the record of everything measured on them out."""

import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from alignment.explain.diagnosis import Diagnosis, diagnose
from alignment.explain.forms import ROMANISED, Forms
from alignment.grids import ConceptGrid
from alignment.measure.errors import worst_errors
from alignment.measure.measurement import Measurement, measure
from alignment.measure.subwords import Subwords
from alignment.measure.support import compared, support_of
from alignment.record.cost_numbers import Asked, variants
from alignment.record.lists import named_pairs, texts_of, write_pairs
from alignment.record.lookup import held_texts, neighbors_of_texts
from alignment.record.numbers import core_numbers
from alignment.record.results import AlignmentResults, Hubness, Provenance
from alignment.record.search import Search
from alignment.record.threshold_numbers import threshold_numbers
from alignment.stats.estimates import MARGIN, number


def analyse(
    X: np.ndarray,
    grid: ConceptGrid,
    *,
    k: int,
    seed: int,
    model: str,
    provenance: dict[str, Any],
    forms: Forms | None = None,
    subwords: Subwords | None = None,
    search: Search | None = None,
    asked: Asked | None = None,
    thresholds: bool = False,
    margin: float = MARGIN,
    notices: tuple[str, ...] = (),
    pairs_file: Path | None = None,
) -> AlignmentResults:
    """Measure X (C, L, D), the unit vectors of the grid's texts; the record has no findings yet.

    Args:
        X: 0 where the grid has no text.
        grid: of C concepts in L languages.
        k: nearest neighbours looked at.
        seed: of resampling.
        model: name for the record.
        provenance: what the record says of the model, `models.Model.provenance`.
        forms: vectors of the grid in other forms, of `forms.embed_forms`; None to probe nothing.
        subwords: how the model cuts the texts up; None where it does not show it.
        search: the record of a search with questions; None where there were none.
        asked: for which variants of the vectors; None for none.
        thresholds: whether to look for thresholds.
        margin: differences within ± margin do not matter.
        notices: what was decided while the grid and the questions were read.
        pairs_file: for all single pairs, of which the record keeps the first 100; None for none.
    """
    m = measure(X, grid, k, seed)
    core = core_numbers(m)
    support = support_of(m, subwords)
    languages = compared(support, len(grid.languages))
    among = m.among(languages)
    diagnosis = diagnose(m, among, margin, forms, subwords)
    if pairs_file:
        write_pairs(pairs_file, m)
    return AlignmentResults(
        model=model,
        languages=list(grid.languages),
        **core,
        **_singled_out(m, diagnosis, core["hubness"]),
        support=support,
        among_supported=(
            None if among is m else {name: number(value) for name, value in among.means.items()}
        ),
        diagnosis=diagnosis,
        search=search,
        cost=variants(m, asked, margin) if asked else None,
        thresholds=threshold_numbers(m, languages) if thresholds else None,
        notices=list(notices),
        findings=[],
        provenance=_provenance(m, provenance, margin, forms or {}),
    )


def _singled_out(m: Measurement, diagnosis: Diagnosis, hubness: Hubness) -> dict[str, Any]:
    """Return the pairs and errors that the record lists, and the texts of what it names."""
    lists, counts = named_pairs(m)
    errors = worst_errors(m.X, m.paired.gold, m.grid, m.near.answer)
    neighbors = neighbors_of_texts(m)
    texts = texts_of(m, lists, errors, diagnosis.languages, hubness.hubs)
    return lists | {
        "counts": counts,
        "errors": errors,
        "texts": held_texts(m.grid, texts, list(neighbors)),
        "text_neighbors": neighbors,
    }


def _provenance(m: Measurement, model: dict[str, Any], margin: float, forms: Forms) -> Provenance:
    packages = ("numpy", "faiss-cpu", *["anyascii"] * (ROMANISED in forms))
    versions = {name: version(name) for name in packages} | model["versions"]
    return Provenance(
        **model | {"versions": {"python": platform.python_version(), **versions}},
        dimension=m.X.shape[2],
        k=m.k,
        seed=m.seed,
        margin=margin,
        grid=m.grid.name,
        grid_sha256=m.grid.sha256(),
    )
