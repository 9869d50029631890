"""Errors: what is retrieved instead, by hand, and against the credits."""

import numpy as np
import pytest
from conftest import credits, random_vectors, unit

from alignment.grids import ConceptGrid
from alignment.measure import errors
from alignment.measure.measurement import measure
from concepts import CONCEPTS


def test_errors_by_hand():
    # sun and sea are right in en; in de both lie near sun, and Meer (sea) is the nearer to sea
    x, y, z = np.eye(3)
    grid = ConceptGrid.from_dict(
        {"sun": {"en": "sun", "de": "Sonne"}, "sea": {"en": "sea", "de": "Meer"}}
    )
    X = unit(np.array([[x, x + 0.3 * z], [y, x + 0.31 * z + 0.1 * y]]))
    m = measure(X, grid, 1)
    found = errors.worst_errors(X, m.paired.gold, grid, m.near.answer)
    # only Meer → en fails: it finds sun
    own, other = X[1, 1] @ X[1, 0], X[1, 1] @ X[0, 0]
    assert found.total == 1
    (row,) = found.failed
    assert (row.concept, row.query, row.target, row.retrieved) == ("sea", "de", "en", "sun")
    assert (row.similarity, row.similarity_retrieved) == pytest.approx((own, other), abs=1e-4)
    assert row.similarity_lost == pytest.approx(other - own, abs=2e-4)
    assert found.pairs == [errors.ConfusedConcepts("sea", "sun", 1, {"de": 1, "en": 1})]
    assert list(errors.every_error(X, grid, m.near.answer)) == found.failed


def test_errors_are_the_retrievals_that_earn_nothing():
    X = unit(random_vectors(8, (15, 1, 32)) + 2 * random_vectors(9, (15, 8, 32)))
    m = measure(X, CONCEPTS, 3)
    found = errors.worst_errors(X, m.paired.gold, CONCEPTS, m.near.answer)
    everything = list(errors.every_error(X, CONCEPTS, m.near.answer))
    assert found.total == len(everything) == np.nansum(credits(X)[0] == 0)
    assert len(found.failed) == min(found.total, errors.MAX_LISTED)
    lost = [row.similarity_lost for row in found.failed]
    assert lost == pytest.approx(sorted(lost, reverse=True), abs=2e-4) and lost[-1] > 0
    assert lost[0] == pytest.approx(max(row.similarity_lost for row in everything))
    assert sum(pair.count for pair in found.pairs) <= found.total
    assert all(sum(pair.languages.values()) == 2 * pair.count for pair in found.pairs)
