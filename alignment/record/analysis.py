"""Analysis: the vectors of a grid in, the record of everything measured on them out."""

import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from alignment.engines import Engine, one_machine
from alignment.explain import confusions, contrasts, probes, support
from alignment.explain.diagnosis import diagnose
from alignment.explain.forms import ROMANISED, SENTENCE, Forms
from alignment.explain.subwords import Subwords
from alignment.explain.subwords import by_language as subwords_by_language
from alignment.grids import ConceptGrid
from alignment.measure.measurement import PARTS, Measurement, measure
from alignment.record.cut_off_numbers import cut_off_numbers
from alignment.record.lists import named_pairs, texts_of, write_pairs
from alignment.record.lookup import held_texts, nearby_texts
from alignment.record.numbers import numbers
from alignment.record.results import AlignmentResults, Contrasts
from alignment.record.search import Search
from alignment.record.variant_numbers import Asked, variants
from alignment.stats.estimates import MARGIN


def analyse(
    X: np.ndarray,
    grid: ConceptGrid,
    *,
    k: int,
    seed: int,
    model: str,
    provenance: dict[str, Any],
    engine: Engine = one_machine,
    forms: Forms | None = None,
    subwords: Subwords | None = None,
    search: Search | None = None,
    asked: Asked | None = None,
    thresholds: bool = False,
    margin: float = MARGIN,
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
        engine: goes through the languages.
        forms: vectors of the grid in other forms, of `forms.embed_forms`; None to probe nothing.
        subwords: how the model cuts the texts up; None where it does not show it.
        search: what was found by questions, if there were any.
        asked: for which variants of the vectors; None for none.
        thresholds: whether to look for cut-offs.
        margin: differences within it do not matter.
        pairs_file: for all single pairs, of which the record keeps the first 100; None for none.
    """
    m = measure(X, grid, k, seed, engine)
    named = numbers(m)
    lists, counts = named_pairs(m)
    why = _why(m, forms, subwords, margin)
    nearby = nearby_texts(m)
    texts = texts_of(m, lists, why["confusions"], why["diagnosis"], named["hubness"].hubs)
    known = _known(why["support"], len(grid.languages))
    if pairs_file:
        write_pairs(pairs_file, m)
    return AlignmentResults.of(
        model=model,
        languages=grid.languages,
        **named,
        **lists,
        **why,
        search=search,
        variants=variants(m, asked, search, margin) if asked else None,
        cut_offs=cut_off_numbers(m, known) if thresholds else None,
        counts=counts,
        texts=held_texts(grid, texts, list(nearby)),
        nearby=nearby,
        findings=[],
        provenance=_provenance(m, provenance, margin, forms or {}),
    )


def _provenance(
    m: Measurement, model: dict[str, Any], margin: float, forms: Forms
) -> dict[str, Any]:
    packages = ("numpy", "faiss-cpu", *["anyascii"] * (ROMANISED in forms))
    versions = {name: version(name) for name in packages}
    return {
        **model,
        "dimension": m.X.shape[2],
        "k": m.k,
        "seed": m.seed,
        "margin": margin,
        "grid": m.grid.name,
        "grid_sha256": m.grid.sha256(),
        "versions": {"python": platform.python_version(), **versions, **model["versions"]},
    }


def _why(
    m: Measurement, forms: Forms | None, subwords: Subwords | None, margin: float
) -> dict[str, Any]:
    """Why it fails: what was taken for what, in which forms, and what that says of a language."""
    similarity = m.values[f"calibrated_{PARTS[0]}"]
    use = subwords_by_language(subwords, similarity, m.grid, m.seed) if subwords else None
    judged, evidence = support.of_languages(m, subwords)
    known = _known(judged, len(m.grid.languages))
    own = _among(m, known)
    probed = probes.probe(m, own, forms) if forms is not None else None
    changes = probes.changes(probed, m.seed) if probed else None
    intra = own.by_concept["intra_concept_similarity"]
    count = None if subwords is None else subwords.count
    if own is not m and count is not None:
        count = count[:, known]
    written = forms.get(SENTENCE) if forms else None
    several = len(m.grid.languages) > 1
    return {
        "contrasts": Contrasts(
            categories=contrasts.of_categories(intra, m.grid.categories, m.seed) if several else {},
            scripts=contrasts.of_scripts(own.X, own.grid.scripts(), m.seed),
        ),
        "confusions": confusions.of_answers(m.X, m.grid, m.near.answer),
        "probes": changes,
        "templates": written[1].templates if written else {},
        "subwords": use,
        "support": judged,
        "support_evidence": evidence,
        "among_supported": None if own is m else own.means,
        "diagnosis": diagnose(own, margin, probed, changes, count),
    }


def _known(judged: dict[str, support.Support], L: int) -> list[int]:
    """Return the places of the languages that the model knows, or of all."""
    known = [j for j, own in enumerate(judged.values()) if own != "not supported"]
    return known if len(known) > 1 else list(range(L))


def _among(m: Measurement, known: list[int]) -> Measurement:
    """Measure among the languages that the model knows: another drags every pair that it is in."""
    if len(known) == len(m.grid.languages):
        return m
    return measure(m.X[:, known], m.grid.with_columns(known), m.k, m.seed, m.engine)
