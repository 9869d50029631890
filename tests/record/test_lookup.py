"""What the record keeps of single texts: all of a small grid, the worst of a large one."""

import numpy as np
import pytest
from conftest import ROOT, analysed, random_vectors, unit

from alignment.grids import ConceptGrid
from alignment.record.lists import MAX_NEAREST
from concepts import CONCEPTS


@pytest.fixture(scope="module")
def noisy():
    """X and a grid with gaps, where about half of the texts find something else."""
    rows = {
        f"c{c}": {code: f"{c} {code}" for j, code in enumerate(("en", "de", "fr")) if (c + j) % 5}
        for c in range(12)
    }
    grid = ConceptGrid.from_dict(rows)
    X = unit(random_vectors(1, (12, 1, 6)) + random_vectors(2, (12, 3, 6)))
    return X * np.array(grid.mask())[:, :, None].astype(np.float32), grid


def test_neighbours_and_errors_are_those_of_a_plain_search(noisy):
    X, grid = noisy
    results = analysed(X, grid)
    texts = [(int(c), int(a)) for c, a in zip(*np.nonzero(grid.mask()), strict=True)]
    failed = 0
    for c, a in texts:
        concept = grid.concepts[c]
        neighbors = results.text_neighbors[concept][grid.languages[a]]
        s = {other: float(X[c, a] @ X[other]) for other in texts if other != (c, a)}
        best = sorted(s, key=s.get, reverse=True)[:MAX_NEAREST]
        names = [(grid.concepts[c], grid.languages[a]) for c, a in best]
        assert [(n.concept, n.language) for n in neighbors.nearest] == names
        cosines = [n.similarity for n in neighbors.nearest]
        assert cosines == pytest.approx([s[text] for text in best], abs=1e-4)
        for b, language in enumerate(grid.languages):
            first = max((text for text in s if text[1] == b), key=s.get)[0]
            right = b == a or (c, b) not in texts or first == c
            assert neighbors.errors.get(language, concept) == grid.concepts[c if right else first]
            failed += not right
    assert failed == results.errors.total > 10
    assert sum(len(row) for row in results.text_neighbors.values()) == len(texts)


def test_a_small_record_holds_everything_and_stays_small():
    results = analysed(random_vectors(0, (15, 8, 16)), CONCEPTS)
    assert [tuple(row.values()) for row in results.texts.values()] == list(CONCEPTS.texts)
    assert list(results.texts) == list(results.text_neighbors) == list(CONCEPTS.concepts)
    assert (ROOT / "alignment_results.json").stat().st_size < 100_000


def test_a_large_one_holds_the_concepts_that_are_retrieved_least(large):
    results = large.results
    retrieval = results.by_concept("cross_lingual_retrieval")
    listed = {concept: retrieval.pop(concept) for concept in results.text_neighbors}
    assert 10 < len(listed) < 1200
    assert max(listed.values()) <= min(retrieval.values()) + 1e-3  # values are rounded
    assert all(len(results.texts[concept]) == 12 for concept in results.text_neighbors)
    assert len(results.texts) > len(listed)  # the concepts that the lists name are present too


def test_a_text_of_a_large_grid_that_is_mistaken_for_no_other_does_not_end_the_run():
    C, codes = 1200, ("en", "de", "fr")
    ten = np.repeat(random_vectors(0, (C // 10, 1, 32)), 10, axis=0)  # all German texts of ten tie
    others = unit(ten + 0.3 * random_vectors(1, (C, 1, 32)))
    X = np.concatenate([others, ten, others], axis=1)
    rows = {f"c{c}": {code: f"{c} {code} " + "word " * 30 for code in codes} for c in range(C)}
    results = analysed(X, ConceptGrid.from_dict(rows))
    assert "" in {text.mistaken_for for text in results.diagnosis.languages["de"].failing}
