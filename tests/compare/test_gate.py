"""The gate: which changes are called worse, how often wrongly, and which retrievals changed."""

import gate as worlds
import numpy as np
import pytest
from conftest import analysed, credits, grid_of, random_vectors, unit
from msgspec.structs import replace

from alignment import InputError
from alignment.compare.gate import against
from alignment.grids import ConceptGrid
from alignment.grids.languages import ALL
from alignment.results import AlignmentResults
from alignment.stats.contrast import UNCHANGED
from concepts import CONCEPTS

RETRIEVAL = "cross_lingual_retrieval"


def vectors(C, L, seed, noise):
    """Vectors of a model that is right except for noise (L,); all seeds share the concepts."""
    places = np.random.default_rng(0).normal(size=(C, 1, 24))
    scale = np.broadcast_to(noise, L)[:, None]
    return unit(places + scale * np.random.default_rng(seed).normal(size=(C, L, 24)))


def verdicts(gate, metric=RETRIEVAL):
    return {s.language: s.contrast.verdict for s in gate.shifts if s.metric == metric}


def moved(results, change):
    """The record with ``change`` added to all its values."""
    values = {
        name: {code: np.round(np.add(V, change), 4).tolist() for code, V in by_language.items()}
        for name, by_language in results.values.items()
    }
    return replace(results, values=values)


@pytest.fixture(scope="module")
def small():
    return analysed(random_vectors(1), CONCEPTS)


def test_a_model_is_unchanged_against_itself_however_small_the_grid(small):
    gate = against(small, small)
    assert [shift.contrast for shift in gate.shifts] == [UNCHANGED] * 2 * (1 + 8)
    assert gate.verdict() == "unchanged" and not gate.worse
    assert gate.newly_failed.total == gate.newly_found.total == 0
    # a difference may be one of rounding
    assert against(moved(small, 1e-4), small).verdict() == "unchanged"


def test_a_loss_within_the_margin_is_not_worse_however_significant(small):
    lost = moved(small, -0.005)
    gate = against(lost, small)
    assert gate.shifts[0].contrast.significant and not gate.worse
    assert gate.verdict() == "slightly worse"  # and not level: another concept might lose more
    assert against(lost, small, margin=0.001).worse


def test_the_language_that_is_worse_is_named_and_no_other():
    grid = grid_of(200, 6)
    old = analysed(vectors(200, 6, 1, 0.9), grid)
    new = analysed(vectors(200, 6, 2, np.where(np.arange(6) == 3, 1.6, 0.9)), grid)
    gate = against(new, old)
    assert gate.worse[0].language == "l3" and gate.verdict("l3") == "worse"
    shift = gate.worse[0]
    assert shift.contrast.difference == pytest.approx(shift.after - shift.before)
    back = against(old, new)
    assert not back.worse and back.verdict() == "better" == verdicts(back)["l3"]


def test_means_are_those_of_the_record_even_when_it_is_read_again(small, tmp_path):
    other = analysed(random_vectors(2), CONCEPTS)
    for shift in against(other, small).shifts:
        if shift.language == ALL:
            sides = (run.headlines()[shift.metric].value for run in (small, other))
        else:
            sides = (r.by_language[shift.language][shift.metric].value for r in (small, other))
        assert (shift.before, shift.after) == pytest.approx(tuple(sides), abs=1e-4)
    small.to_json(tmp_path / "r.json")
    read = AlignmentResults.from_json(tmp_path / "r.json")
    assert against(other, read).shifts == against(other, small).shifts


def test_retrievals_that_changed_are_all_counted_and_the_costliest_are_first():
    grid, C, L = grid_of(30, 5), 30, 5
    before, after = vectors(C, L, 1, 0.9), vectors(C, L, 2, 1.0)
    old, new = analysed(before, grid), analysed(after, grid)
    gate = against(new, old)
    then, now = (credits(X)[0] == 0 for X in (before, after))
    assert new.errors.total > 100  # so that not all can be listed
    for switched, results, changed in (
        (gate.newly_failed, new, now & ~then),
        (gate.newly_found, old, then & ~now),
    ):
        listed = [
            row
            for row in results.errors.failed
            if changed[int(row.concept[1:]), int(row.query[1:]), int(row.target[1:])]
        ]
        assert switched.total == changed.sum()
        assert switched.listed == listed and len(listed) > 3
        lost = [round(row.similarity_lost, 4) for row in listed]
        assert lost == sorted(lost, reverse=True)


def test_texts_that_are_missing_count_nothing():
    texts = {f"c{c}": {f"l{j}": f"{c} {j}" for j in range(4) if (c + j + 1) % 5} for c in range(60)}
    grid = ConceptGrid.from_dict(texts)
    mask = np.array(grid.mask())
    old, new = (
        analysed(vectors(60, 4, seed, noise) * mask[:, :, None].astype(np.float32), grid)
        for seed, noise in ((1, 0.8), (2, np.array([2.5, 0.8, 0.8, 0.8])))
    )
    gate = against(new, old)
    assert verdicts(gate)["l0"] == "worse"
    values = [np.array(r.values[RETRIEVAL]["l0"], dtype=float)[mask[:, 0]] for r in (old, new)]
    (shift,) = [s for s in gate.shifts if (s.metric, s.language) == (RETRIEVAL, "l0")]
    assert (shift.before, shift.after) == pytest.approx([v.mean() for v in values], abs=1e-6)


@pytest.mark.parametrize("concepts", [2, 4])
def test_few_concepts_show_nothing(concepts):
    grid = grid_of(concepts, 3)
    gate = against(*(analysed(vectors(concepts, 3, s, 1), grid, k=1) for s in (1, 2)))
    assert {shift.contrast.verdict for shift in gate.shifts} <= {"inconclusive", "unchanged"}


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (lambda X: analysed(X, grid_of(15, CONCEPTS.languages)), ["grid is", "here 'published'"]),
        (lambda X: analysed(X[:, :7], CONCEPTS.with_columns(range(7))), ["languages", "ar,ru"]),
        (lambda X: analysed(X, CONCEPTS, k=4), ["k is 4, here 3"]),
    ],
)
def test_runs_of_other_settings_are_refused(other, words, small):
    with pytest.raises(InputError) as caught:
        against(small, other(random_vectors(1)))
    assert all(word in str(caught.value) for word in words), caught.value


@pytest.mark.slow
@pytest.mark.parametrize(
    ("world", "draws", "most"),
    [
        ((15, 4, 0.9), 40, 0.275),  # at a rate of .05, more than that once in a million
        *(
            pytest.param(world, 150, 0.05, marks=pytest.mark.nightly)
            for world in ((15, 4, 0.9), (15, 8, 0.99), (50, 4, 0.5))
        ),
    ],
)
def test_of_equal_models_one_is_called_worse_in_at_most_one_of_twenty(world, draws, most):
    """The benchmark has more worlds, and 500 pairs of each."""
    worse, better = worlds.World(*world).rates(draws)
    assert worse <= most and better <= most


@pytest.mark.slow
@pytest.mark.nightly
def test_a_language_that_loses_a_tenth_is_worse_on_50_concepts():
    anywhere, in_the_language = worlds.World(50, 8, 0.9).power(40)
    assert anywhere >= in_the_language >= 0.7
