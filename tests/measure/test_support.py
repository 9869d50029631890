"""Support: what is judged, and among which languages."""

import numpy as np
import pytest
from conftest import analysed, grid_of, random_vectors, unit

from alignment.measure.support import judge

SUPPORTED, WEAK, NOT = "supported", "weak", "not supported"


def table(sizes, within):
    """The retrieval (L, L) of groups of languages, ``within[i][j]`` between groups i and j."""
    group = np.repeat(np.arange(len(sizes)), sizes)
    retrieval = np.array(within)[group[:, None], group]
    np.fill_diagonal(retrieval, np.nan)
    return retrieval


def test_many_languages_that_fail_or_are_weak_drag_nobody_down():
    retrieval = table((4, 20, 60), [[0.97, 0.7, 0.2], [0.7, 0.6, 0.2], [0.2, 0.2, 0.15]])
    verdicts, support = judge(retrieval, 0.1, np.full(84, np.nan))
    assert verdicts == [SUPPORTED] * 4 + [WEAK] * 20 + [NOT] * 60
    assert support == pytest.approx(np.repeat([0.97, 0.7, 0.2], (4, 20, 60)))


@pytest.mark.parametrize(
    ("within", "verdict"), [(0.9, SUPPORTED), (0.86, WEAK), (0.56, WEAK), (0.54, NOT), (0.1, NOT)]
)
def test_the_bounds_are_between_chance_and_1(within, verdict):
    # .85 and .5 of the way from .1 to 1 are .865 and .55
    assert set(judge(table((5,), [[within]]), 0.1, np.zeros(5))[0]) == {verdict}


def test_subwords_that_are_unknown_are_no_support_whatever_is_retrieved():
    verdicts, support = judge(table((3,), [[0.95]]), 0.1, np.array([0, 0, 0.2]))
    assert verdicts == [SUPPORTED, SUPPORTED, NOT] and support == pytest.approx(0.95)


def test_what_finds_nothing_is_not_supported_and_the_report_begins_with_it():
    X = random_vectors(1, (60, 1, 32)) + 0.3 * random_vectors(2, (60, 5, 32))
    X[:, 3:] = random_vectors(3, (60, 2, 32))
    results = analysed(unit(X), grid_of(60, ("en", "de", "fr", "hi", "el")))
    assert [code for code, row in results.support.items() if row.verdict == NOT] == ["hi", "el"]
    evidence = results.support["hi"]
    assert evidence.among_10 == pytest.approx(0.1, abs=0.05) and evidence.chance == 0.1
    assert evidence.unknown is None and evidence.subwords_per_character is None
    assert results.findings[0].startswith(("Hindi and Greek are", "Greek and Hindi are"))
    assert "among ten candidates in" in results.findings[0]
    # what is said of the others is among themselves
    assert set(results.diagnosis.languages) == {"en", "de", "fr"}
    assert results.among_supported["cross_lingual_retrieval"] > 0.99
    assert results.among_supported["gap"] > results.discriminability["gap"]
    assert (
        "Among the other 3 languages, which alone are compared below, retrieval is 100 %"
        in results.findings[1]
    )


def test_where_nothing_is_supported_it_is_said_of_all():
    results = analysed(random_vectors(4, (30, 2, 16)), grid_of(30, ("en", "de")))
    assert {row.verdict for row in results.support.values()} == {NOT}
    assert results.among_supported is None
    assert results.findings[0].startswith("No language is supported by this model")
