"""What the tests of many questions find where something is, and where nothing is.

``python benchmarks/families.py [DRAWS]`` writes benchmarks/families.md: in worlds whose truth is
known, how often any question of a family is answered wrongly where nothing differs, how often what
differs is found, how often a difference as large as the ``detectable`` one is, and how long the
tests take.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import combinations, product

import numpy as np
from measuring import machine, seconds, write
from synthetic import analysis, grid, vectors

from alignment import DEFAULT_MARGIN
from alignment.measure.centroids import centroid_p
from alignment.stats.estimates import ALPHA
from alignment.stats.permutation import group_test, label_test, sign_flip_test

Values = np.ndarray
Random = np.random.Generator
LEVELS = {"ceiling": 4.5, "weak": 0.0}  # of the log odds that a pair is retrieved
HARD, OWN = 1.0, 0.5  # standard deviations of a concept's and a text's own log odds
MODELS, LANGUAGES, FORMS = (2, 6, 10, 15, 30), (8, 101, 400), ((21, 5), (400, 5))
SCRIPTS = ("Latin",) * 4 + ("Arabic", "Arabic", "Han", "Cyrillic")
MANY = 300  # languages; of more, pairs are drawn by the text, and need no L² numbers
FEW_AND_MANY = 15, 50  # concepts
SIZES = ((15, 8), (1923, 8), (50, 400))


@dataclass(frozen=True)
class Family:
    """A family of questions in one kind of world.

    Attributes:
        name: of the family, and of the world.
        concepts: C.
        draw: (random numbers, whether something differs) to what is tested.
        test: that to the adjusted p (M,) of the questions.
        true: in how many of the first questions something differs; None for all.
        share: of the draws that are made; slow tests have fewer.
    """

    name: tuple[str, str]
    concepts: int
    draw: Callable[[Random, bool], Values]
    test: Callable[[Values], Values]
    true: int | None = 1
    share: float = 1.0


def retrieval(rng: Random, effect: bool, C: int, level: float, lower: Values) -> Values:
    """Return (C, L), each text's share of pairs found, where log odds add up.

    Args:
        rng: random numbers.
        effect: whether something differs.
        C: concepts.
        level: of all.
        lower: by how much a text of each language (L,) is worse.
    """
    L = len(lower)
    quality = HARD * rng.normal(size=(C, 1)) + OWN * rng.normal(size=(C, L)) - effect * lower
    if L > MANY:
        odds = level + (quality + quality.mean(axis=1, keepdims=True)) / 2
        return rng.binomial(L - 1, 1 / (1 + np.exp(-odds))) / (L - 1)
    odds = level + (quality[:, :, None] + quality[:, None]) / 2
    found = np.triu(rng.random((C, L, L)) < 1 / (1 + np.exp(-odds)), k=1)
    return (found.sum(axis=1) + found.sum(axis=2)) / (L - 1)


def models(rng: Random, C: int, levels: Values) -> Values:
    """Return (C, M): the retrieval of concepts in models of these log odds, in 8 languages."""
    shared = HARD * rng.normal(size=(C, 1)) + OWN * rng.normal(size=(C, len(levels)))
    return rng.binomial(56, 1 / (1 + np.exp(-shared - levels))) / 56


def between(values: Values) -> Values:
    """Return (C, pairs): the differences of every two models."""
    first, second = np.array(list(combinations(range(values.shape[1]), 2))).T
    return values[:, first] - values[:, second]


def pairs(rng: Random, effect: bool, C: int, level: float, apart: Values) -> Values:
    """Return (C, pairs): the differences of models whose log odds are ``apart`` (M,)."""
    return between(models(rng, C, level + effect * apart))


def changes(rng: Random, effect: bool, C: int, columns: int, gain: float = 0.3) -> Values:
    """Return (C, columns): what forms change by chance; the first gains besides."""
    bare, value = (np.round(rng.beta(4, 2, (C, columns)) * 14) / 14 for _ in range(2))
    value[:, 0] = np.minimum(value[:, 0] + effect * gain, 1)
    return value - bare


def texts(rng: Random, effect: bool, C: int, moved: float, script: float, D: int = 32) -> Values:
    """Return unit vectors (C, L, D) of as many languages as ``SCRIPTS``.

    The first language's texts are all ``moved`` in one direction, those of each script likewise.
    """
    X = rng.normal(size=(C, 1, D)) + rng.normal(size=(C, len(SCRIPTS), D)) + 0.3
    X[:, 0] += effect * moved * rng.normal(size=D)
    if effect * script:
        own = script * rng.normal(size=(len(set(SCRIPTS)), D)) + 0.3 * rng.normal(size=D)
        X += own[np.unique(SCRIPTS, return_inverse=True)[1]]
    return (X / np.linalg.norm(X, axis=2, keepdims=True)).astype(np.float32)


def grouped(rng: Random, effect: bool, sizes: tuple[int, ...], spread: float) -> Values:
    """Return similarities (C,) of groups; those of the first vary more, and lie apart."""
    values = rng.normal(0.8, 0.05, sum(sizes))
    own = slice(sizes[0])
    values[own] += (spread - 1) * (values[own] - 0.8) + 0.12 * spread * effect
    return values


def members(sizes: tuple[int, ...]) -> Values:
    """Return (C, groups) of bool."""
    return np.repeat(np.arange(len(sizes)), sizes)[:, None] == np.arange(len(sizes))


def by_signs(differences: Values) -> Values:
    """Return the adjusted p of differences (C, M)."""
    return sign_flip_test(differences).p_adjusted


def by_labels(values: Values) -> Values:
    """Return the adjusted p of languages, of their retrieval (C, L)."""
    return label_test(values).p_adjusted


def of_centroids(X: Values) -> Values:
    """Return the adjusted p of all pairs of languages."""
    return centroid_p(X, 0)[np.triu_indices(X.shape[1], k=1)]


def of_scripts(X: Values) -> Values:
    """Return p in an array."""
    from alignment.diagnosis import contrasts

    return np.array([contrasts.of_scripts(X, SCRIPTS, 0).p])


def of_groups(sizes: tuple[int, ...]) -> Callable[[Values], Values]:
    """Return the test of groups of these sizes."""
    return lambda values: group_test(values, members(sizes))[0].p_adjusted


def families() -> Iterator[Family]:
    """Go through every family of questions."""
    for M, (world, level), C in product(MODELS, LEVELS.items(), FEW_AND_MANY):
        apart = min(1.5, 0.15 * M) * np.linspace(-1, 1, M)
        draw, share = partial(pairs, C=C, level=level, apart=apart), 0.5 if M > 15 else 1
        yield Family((f"{M} models", world), C, draw, by_signs, None, share)
    for L, (world, level), C in product(LANGUAGES, LEVELS.items(), FEW_AND_MANY):
        lower = (2.5 if level else 1.5) * (8 / L) ** 0.5 * (np.arange(L) == 0)
        draw, share = partial(retrieval, C=C, level=level, lower=lower), min(1, 50 / L)
        yield Family((f"{L} languages", world), C, draw, by_labels, share=share)
    for (L, forms), C in product(FORMS, FEW_AND_MANY):
        draw, share = partial(changes, C=C, columns=L * forms), min(1, 50 / L)
        name = f"{forms} forms of {L} languages"
        yield Family((name, "one gains .3"), C, draw, by_signs, share=share)
    for C in FEW_AND_MANY:
        L = len(SCRIPTS)
        draw, name = (
            partial(texts, C=C, moved=0.3, script=0),
            f"centroids of {L * (L - 1) // 2} pairs",
        )
        yield Family((name, "one is moved"), C, draw, of_centroids, L - 1)
        draw = partial(texts, C=C, moved=0, script=0.1)
        yield Family(("scripts", "lie apart"), C, draw, of_scripts)
    for sizes, spread in product(((3, 5, 7), (3, 12), (5, 15, 30)), (1, 3)):
        name = f"categories of {', '.join(map(str, sizes))}", f"spread of the first × {spread}"
        draw = partial(grouped, sizes=sizes, spread=spread)
        yield Family(name, sum(sizes), draw, of_groups(sizes))


def rates(family: Family, draws: int) -> tuple[float, float]:
    """Return how often any question errs where nothing differs, and what is found else."""
    rng = np.random.default_rng(family.concepts)
    draws = max(10, int(draws * family.share))
    errs = [family.test(family.draw(rng, False)).min() <= ALPHA for _ in range(draws)]
    finds = [
        np.mean(family.test(family.draw(rng, True))[: family.true] <= ALPHA)
        for _ in range(draws // 4)
    ]
    return float(np.mean(errs)), float(np.mean(finds))


def power_there(M: int, C: int, draws: int) -> float:
    """Return how often the ``detectable`` difference of the first two models is found."""
    rng = np.random.default_rng(M)
    found = []
    for _ in range(draws):
        values = models(rng, C, np.zeros(M))
        values[:, 0] += sign_flip_test(between(values)).detectable[0]
        found.append(by_signs(between(values))[0] <= ALPHA)
    return float(np.mean(found))


def group_coverage(sizes: tuple[int, ...], spread: float, draws: int) -> float:
    """Return how often the first group's interval holds a difference of 0."""
    rng = np.random.default_rng(sizes[0])
    drawn = (grouped(rng, False, sizes, spread) for _ in range(draws))
    ends = np.array([group_test(values, members(sizes))[2][:, 0] for values in drawn])
    return float(np.mean((ends[:, 0] <= 0) & (0 <= ends[:, 1])))


def failing(words: int) -> Values:
    """Return (15, 8): perfect retrieval, but for so many words of the first language."""
    values = np.ones((15, 8))
    values[:words] = 6 / 7
    values[:words, 0] = 0
    return values


def verdicts() -> list[str]:
    """Return rows of single cases that must be found, or must not."""
    rng = np.random.default_rng(0)
    p = by_signs(between(rng.binomial(56, np.linspace(0.1, 0.9, 15), (15, 15)) / 56))
    graded = f"{(p <= ALPHA).sum()} of {len(p)} pairs are told apart"
    one = by_labels(rng.binomial(100, np.where(np.arange(101) == 0, 0.2, 0.9), (15, 101)) / 100)
    probed = by_signs(changes(rng, True, 15, 21 * 5, gain=0.5))
    rows = [("15 models from .10 to .90 on 15 concepts", graded)]
    rows += [
        ("101 languages, one at .2 and the others at .9, 15 concepts", _p(one)),
        ("5 forms of 21 languages, one gains .5 in one, 15 concepts", _p(probed)),
    ]
    rows += [
        (f"never found on {words} of 15 words, in 1 of 8 languages", _p(by_labels(failing(words))))
        for words in (2, 3, 4, 8)
    ]
    return [f"| {name} | {found} |" for name, found in rows]


def _p(p: Values) -> str:
    return f"p = {p[0]:.4f}, the least of the others {p[1:].min():.2f}"


def cost(C: int, L: int) -> tuple[float, float]:
    """Return the seconds of all tests on a grid, and those of the analysis that they are part of.

    Of its languages, categories, scripts, centroids, five forms, and ten models.
    """
    X, synthetic = vectors(C, L, 512, 0.7), grid(C, L)
    rng = np.random.default_rng(0)
    credits, similarity = rng.random((C, L)), rng.random(C)
    change, pairs = rng.normal(size=(C, 5 * L)), rng.normal(size=(C, 45))

    def tests() -> None:
        from alignment.diagnosis import contrasts

        contrasts.of_languages(credits, synthetic.languages, DEFAULT_MARGIN, 0)
        contrasts.of_categories(similarity, synthetic.categories, DEFAULT_MARGIN, 0)
        contrasts.of_scripts(X, synthetic.scripts(), 0)
        centroid_p(X, 0)
        sign_flip_test(change)
        sign_flip_test(pairs)

    tests()  # what is kept of the first time serves the others
    return seconds(tests), seconds(lambda: analysis(X, synthetic))


def main(draws: int) -> None:
    """Draw every world and write the tables."""
    lines = [
        "| questions | world | concepts | any wrong answer where nothing differs | found |",
        "|:--|:--|--:|--:|--:|",
    ]
    for family in families():
        err, found = rates(family, draws)
        lines.append(f"| {' | '.join(family.name)} | {family.concepts} | {err:.3f} | {found:.2f} |")
        print(lines[-1], flush=True)
    lines += ["", "| models | concepts | a difference of the detectable size is found |"]
    lines += ["|--:|--:|--:|"]
    for M, C in product((2, 6, 10), (15, 50)):
        lines.append(f"| {M} | {C} | {power_there(M, C, draws):.2f} |")
    lines += ["", "| category | its interval holds the truth |", "|:--|--:|"]
    for sizes, spread in product(((3, 12), (5, 45)), (1, 3)):
        held = group_coverage(sizes, spread, draws)
        name = f"{sizes[0]} of {sum(sizes)} concepts, spread × {spread}"
        lines.append(f"| {name} | {held:.3f} |")
    lines += ["", "| case | verdict |", "|:--|:--|", *verdicts()]
    lines += ["", "| concepts × languages | seconds of all tests | of the analysis |"]
    lines += ["|--:|--:|--:|"]
    for C, L in SIZES:
        tests, whole = cost(C, L)
        lines.append(f"| {C:,} × {L} | {tests:.2f} | {whole:.2f} |")
    lines += [
        "",
        f"{draws:,} draws where nothing differs (down to an eighth of 30 models and of more than "
        "100 languages) and a quarter as many where something does, p ≤ .05, adjusted for the "
        f"family: a rate of .05 is known to ± {1.96 * (0.05 * 0.95 / draws) ** 0.5:.3f}. `python "
        f"benchmarks/families.py {draws}` on {machine()}.",
    ]
    write("families.md", lines)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
