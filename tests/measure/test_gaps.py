"""Grids with gaps: the record against the definitions, and in expectation the full grid's."""

import csv
from dataclasses import replace
from functools import cache
from itertools import count

import numpy as np
import pytest
from conftest import analysed, unit, unrounded
from msgspec import Struct
from msgspec.structs import asdict
from plain import RETRIEVAL, TIE, Plain
from scipy import stats

from alignment import InputError
from alignment.grids import ConceptGrid
from alignment.measure.measurement import measure
from alignment.record.core import MISALIGNED_BELOW
from alignment.record.lists import write_pairs
from alignment.stats.estimates import COSINE_DIGITS


def signal(rng, C, L, D, noise=0.7):
    """Concepts in different directions, languages a little apart, and noise."""
    concept, everything, language, text = (
        rng.normal(size=shape) for shape in [(C, 1, D), D, (L, D), (C, L, D)]
    )
    return unit(concept + 0.6 * everything + 0.4 * language + noise * text)


def duplicates(rng, C, L, D):
    """Vectors of which a third equal another text's, of the same concept or not."""
    X = signal(rng, C, L, D).reshape(C * L, D)
    copies = rng.choice(C * L, C * L // 3, replace=False)
    X[copies] = X[rng.integers(C * L, size=len(copies))]
    return X.reshape(C, L, D)


def lattice(rng, C, L, D):
    """Vectors of −1, 0 and 1: few cosines, so that ties are everywhere."""
    X = rng.integers(-1, 2, size=(C, L, D))
    X[(X == 0).all(axis=2)] = 1
    return unit(X)


def full_grid(C, L, rng=None):
    """C × L texts; with ``rng`` some are written like the one before, or like another concept's."""
    texts = [[f"text {c} {a}" for a in range(L)] for c in range(C)]
    if rng:
        for c, a in zip(*np.nonzero(rng.random((C, L)) < 0.2), strict=True):
            text = texts[c][a - 1] if a else texts[c - 1][a]
            texts[c][a] = rng.choice([text, text.upper(), f" {text}", text.replace("t", "ｔ")])
    return ConceptGrid(
        concepts=tuple(f"c{c}" for c in range(C)),
        languages=tuple(f"l{a}" for a in range(L)),
        categories=tuple(f"category {c % 3}" for c in range(C)),
        texts=tuple(map(tuple, texts)),
    )


def emptied(X, grid, share, rng):
    """Empty this share of the cells at random; what is then not comparable goes.

    Raises:
        InputError: when nothing is left.
    """
    texts = np.array(grid.texts, dtype=object)
    texts.flat[rng.choice(texts.size, round(share * texts.size), replace=False)] = None
    left = replace(grid, texts=tuple(map(tuple, texts))).comparable()
    rows = [grid.concepts.index(concept) for concept in left.concepts]
    columns = [grid.languages.index(language) for language in left.languages]
    return X[rows][:, columns] * np.array(left.mask(), dtype=np.float32)[:, :, None], left


def near_ties(plain):
    """Whether two similarities lie so near TIE that rounding decides whether they are equal."""
    steps = np.diff(sorted(plain.s.values()))
    return ((steps > TIE / 2) & (steps < 2 * TIE)).any()


@cache
def case(make, share, seed):
    """A small random grid, this share of it empty: X, grid, k, and the numbers by definition."""
    for attempt in count():
        rng = np.random.default_rng([seed, attempt])
        fewest = 3 if share else 2  # two languages have no gaps that can be compared
        sizes = [(5, 13), (fewest, 6), (3, 6), (1, 6)]
        C, L, D, k = (int(rng.integers(*bounds)) for bounds in sizes)
        X, grid = make(rng, C, L, D), full_grid(C, L, rng)
        try:
            X, grid = emptied(X, grid, share, rng)
        except InputError:
            continue
        plain = Plain(X, grid, k)
        if len(plain.distinct_texts) > k + 1 and not near_ties(plain):
            return X, grid, k, plain


CASES = [
    pytest.param((make, share, seed), id=f"{make.__name__}-{share}-{seed}")
    for make in (signal, duplicates, lattice)
    for share in (0, 0.1, 0.25, 0.4, 0.65)
    for seed in range(5)
]


def flat(tree, *path):
    """{path: number} of nested dicts."""
    if not isinstance(tree, dict):
        return {path: tree}
    return {
        place: value
        for key, below in tree.items()
        for place, value in flat(below, *path, key).items()
    }


def at(results, path):
    value = results
    for key in path:
        if value is not None:
            value = getattr(value, key) if isinstance(value, Struct) else value[key]
            value = value() if callable(value) else value
    return value


def assert_agree(results, expected):
    expected = flat(expected)
    assert {path: at(results, path) for path in expected} == pytest.approx(expected, abs=2e-6)


@pytest.mark.parametrize("one", CASES)
def test_the_record_is_what_the_definitions_say(one, tmp_path):
    X, grid, k, plain = case(*one)
    with unrounded():
        results = analysed(X, grid, k)
    assert_agree(results, plain.record())
    assert_agree(results, {"without_identical_strings": plain.without_identical_strings()})
    assert asdict(results.coverage) == plain.coverage()
    if results.among_supported is None:  # else languages are compared among some of them
        contrasts = plain.language_contrasts()
        assert_agree(results, {"diagnosis": {"languages": contrasts}})
        assert results.diagnosis.languages.keys() == contrasts.keys()
    write_pairs(tmp_path / "pairs.csv", measure(X, grid, k))
    assert_lists(results, tmp_path / "pairs.csv", grid, plain)


def assert_lists(results, pairs, grid, plain):
    """Compare the lists of a record, and its file of pairs, with the definitions."""
    assert_lists_pairs(results.misaligned_pairs, plain, lambda a, b: MISALIGNED_BELOW, TIE)
    with pairs.open(encoding="utf-8-sig") as file:
        calibrated = [
            (row["concept"], row["language_a"], row["language_b"], float(row["similarity"]))
            for row in csv.DictReader(file)
            if row["kind"] == "misaligned, calibrated"
        ]
    assert_lists_pairs(calibrated, plain, lambda a, b: plain.negative_p99(a, b) - TIE, TIE / 2)
    lowest = sorted(plain.misaligned(lambda a, b: 2).values())[:10]
    listed = [pair.similarity for pair in results.lowest_pairs()]
    assert listed[:10] == pytest.approx(lowest, abs=10**-COSINE_DIGITS)
    assert len(listed) == max(len(lowest), len(results.misaligned_pairs))
    assert set(results.identical_strings) == plain.written_alike()
    times, hubs = plain.times_an_answer(), results.hubness.hubs
    places = [(grid.concepts.index(c), grid.languages.index(a)) for c, a, _ in hubs]
    assert [n for *_, n in hubs] == pytest.approx(sorted(times.values())[::-1][: len(hubs)])
    assert [n for *_, n in hubs] == pytest.approx([times[place] for place in places])


def assert_lists_pairs(listed, plain, below, margin):
    """All pairs below, lowest first; those nearer to the bound than the margin may be in or out."""
    cosines = {tuple(pair[:3]): pair[3] for pair in listed}
    surely = plain.misaligned(lambda a, b: below(a, b) - margin)
    perhaps = plain.misaligned(lambda a, b: below(a, b) + margin)
    assert len(cosines) == len(listed)
    assert surely.keys() <= cosines.keys() <= perhaps.keys()
    expected = {pair: perhaps[pair] for pair in cosines}
    assert cosines == pytest.approx(expected, abs=10**-COSINE_DIGITS)
    assert list(cosines.values()) == sorted(cosines.values())


def test_a_perfect_encoder_scores_1_and_a_constant_one_0_with_any_gaps():
    C, L = 12, 5
    for seed, share in enumerate([0.1, 0.25, 0.4]):
        for vectors, score in [
            (np.repeat(np.eye(C)[:, None], L, axis=1), 1),
            (np.ones((C, L, 2)), 0),
        ]:
            rng = np.random.default_rng(seed)
            results = analysed(*emptied(unit(vectors), full_grid(C, L), share, rng))
            assert list(results.calibrated.values()) == pytest.approx([score] * 4)


# ---- 30 % of the cells emptied at random, many times


def numbers(results):
    """Return what is compared with the full grid's numbers: {name: value}."""
    return {
        **{name: estimate.value for name, estimate in results.headlines().items()},
        **{f"cosine, {name}": value for name, value in results.discriminability.items()},
        "negative_p99": mean_of_table(results.negative_p99),
        "centroid distance": mean_of_table(results.centroid_distances),
        "language bias": results.language_bias,
    }


def mean_of_table(table):
    return np.mean([value for row in table.values() for value in row.values()])


def fewer_or_more(fewer, more):
    """Draw few times in the gate, and often at night."""
    return [fewer, pytest.param(more, marks=pytest.mark.nightly)]


def too_far(values):
    """How far the mean of draws lies from the truth by chance once in a million, at most."""
    return stats.t.isf(5e-7, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))


@pytest.fixture(scope="module", params=fewer_or_more(12, 80))
def moves(request):
    """How far each number is from the full grid's, a masking at a time: {name: (maskings,)}.

    "same pools" is retrieval less what the full grid finds among as many candidates.
    """
    rng = np.random.default_rng(0)
    grid = full_grid(C=60, L=6)
    X = signal(rng, 60, 6, 24, noise=rng.uniform(0.6, 1.6, size=(60, 1, 1)))
    full, by_definition = numbers(analysed(X, grid)), Plain(X, grid)
    rows = []
    for _ in range(request.param):
        fewer = emptied(X, grid, 0.3, rng)
        masked = numbers(analysed(*fewer))
        expected = by_definition.retrieval_in_the_pools_of(Plain(*fewer))
        rows.append({name: masked[name] - full[name] for name in full})
        rows[-1]["same pools"] = masked[RETRIEVAL] - expected
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


# By how much the mean of each number moves. Means over random cells do not: the cells that are left
# stand for those that are gone; a quotient, a quantile and a share of pairs hardly do. With fewer
# candidates, texts are easier to tell apart and translations harder to meet. Leaving chance out
# does not make up for it: a text has few rivals, and whether they are present is what counts.
# Centroids of fewer words, and of different ones, lie farther apart.
MOVED = {
    **dict.fromkeys(
        ("intra_concept_similarity", "gap", "same pools", "retrieval_among_10"), (0, 0)
    ),
    **{f"cosine, different_concept_{which}_language": (0, 0) for which in ("same", "other")},
    **{f"cosine, {name}": (0, 0) for name in ("same_concept", "gap")},
    "calibrated_intra_concept_similarity": (-0.002, 0.002),
    "auroc": (-0.002, 0.002),
    "negative_p99": (-0.002, 0.002),
    "cross_lingual_retrieval": (0.03, 0.06),
    "calibrated_cross_lingual_retrieval": (0.03, 0.06),
    "csls_retrieval": (0.03, 0.06),
    "mean_reciprocal_rank": (0.03, 0.06),
    "mutual_retrieval": (0.02, 0.06),
    "nearest_neighbor_accuracy": (-0.1, -0.06),
    "calibrated_nearest_neighbor_accuracy": (-0.06, -0.02),
    "mixed_pool_retrieval": (-0.07, -0.03),
    "alignment_score": (-0.02, 0.02),
    "calibrated_alignment_score": (-0.02, 0.02),
    "centroid distance": (0.005, 0.04),
    "language bias": (-0.15, 0.15),
}


@pytest.mark.slow
def test_numbers_with_gaps_move_this_far_from_the_full_grids(moves):
    assert moves.keys() == MOVED.keys()
    for name, (low, high) in MOVED.items():
        reach = too_far(moves[name])
        assert low - reach < moves[name].mean() < high + reach, name
        assert name == "language bias" or reach < 0.1, name


@pytest.mark.slow
@pytest.mark.parametrize("draws", fewer_or_more(12, 80))
def test_encoders_that_align_nothing_are_at_0_with_gaps(draws):
    rng = np.random.default_rng(2)
    runs = []
    for _ in range(draws):
        X = unit(rng.normal(size=16) + rng.normal(size=(20, 5, 16)))
        results = analysed(*emptied(X, full_grid(20, 5), 0.3, rng))
        auroc, gap = results.further["auroc"], results.further["gap"]
        runs.append([*results.calibrated.values(), auroc - 0.5, gap])
    for values in np.transpose(runs):
        assert abs(values.mean()) < min(too_far(values), 0.06)
