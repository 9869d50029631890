"""Measure what the tests of several questions find where something differs, and where nothing does.

``python benchmarks/families.py [DRAWS]`` writes benchmarks/families.md: how often any question of a
family is answered wrongly, how often a difference is found, and how often a ``detectable`` one is.
"""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import combinations, product
from typing import NamedTuple

import numpy as np
from measuring import report, sampling_error, source, start, table

from alignment.measure.centroids import centroid_p
from alignment.stats.estimates import ALPHA
from alignment.stats.permutation import group_test, label_test, sign_flip_test

Values = np.ndarray
Random = np.random.Generator
LEVELS = {"ceiling": 4.5, "weak": 0.0}  # log odds that a pair is retrieved
CONCEPT_SD, TEXT_SD = 1.0, 0.5  # standard deviations of the log odds
MODELS, LANGUAGES, FORMS = (2, 6, 10, 15, 30), (8, 101, 400), ((21, 5), (400, 5))
SCRIPTS = ("Latin",) * 4 + ("Arabic", "Arabic", "Han", "Cyrillic")
MAX_LANGUAGES = 300  # in larger grids, hits are drawn by the text instead of by the pair
CONCEPTS = 15, 50


class Family(NamedTuple):
    """A family of questions in one kind of world."""

    name: tuple[str, str]  # the questions and the world
    concepts: int
    draw: Callable[[Random, bool], Values]  # draws values in which something differs, or nothing
    test: Callable[[Values], Values]  # returns the corrected p (M,) of the questions
    true: int | None = 1  # number of first questions in which something differs; None for all
    share: float = 1.0  # share of the draws that are made, less than 1 for slow tests


def log_odds(rng: Random, C: int, columns: int) -> Values:
    """Return the log odds (C, columns) of texts, relative to their mean."""
    return CONCEPT_SD * rng.normal(size=(C, 1)) + TEXT_SD * rng.normal(size=(C, columns))


def retrieval(rng: Random, effect: bool, C: int, level: float, lower: Values) -> Values:
    """Return the retrieval (C, L) of texts; the log odds of language j are ``lower[j]`` less."""
    L = len(lower)
    quality = log_odds(rng, C, L) - effect * lower
    if L > MAX_LANGUAGES:
        odds = level + (quality + quality.mean(axis=1, keepdims=True)) / 2
        return rng.binomial(L - 1, 1 / (1 + np.exp(-odds))) / (L - 1)
    odds = level + (quality[:, :, None] + quality[:, None]) / 2
    hits = np.triu(rng.random((C, L, L)) < 1 / (1 + np.exp(-odds)), k=1)
    return (hits.sum(axis=1) + hits.sum(axis=2)) / (L - 1)


def models(rng: Random, effect: bool, C: int, level: float, spread: Values) -> Values:
    """Return the retrieval (C, M) of concepts in 8 languages; models differ by ``spread``."""
    odds = log_odds(rng, C, len(spread)) + level + effect * spread
    return rng.binomial(56, 1 / (1 + np.exp(-odds))) / 56


def changes(rng: Random, effect: bool, C: int, columns: int, gain: float = 0.3) -> Values:
    """Return random changes (C, columns) of forms; the first form gains."""
    bare, value = (np.round(rng.beta(4, 2, (C, columns)) * 14) / 14 for _ in range(2))
    value[:, 0] = np.minimum(value[:, 0] + effect * gain, 1)
    return value - bare


def texts(rng: Random, effect: bool, C: int, moved: float, script: float, D: int = 32) -> Values:
    """Return unit vectors (C, L, D); the first language, and each script, have shifted means."""
    X = rng.normal(size=(C, 1, D)) + rng.normal(size=(C, len(SCRIPTS), D)) + 0.3
    X[:, 0] += effect * moved * rng.normal(size=D)
    if effect * script:
        moves = script * rng.normal(size=(len(set(SCRIPTS)), D)) + 0.3 * rng.normal(size=D)
        X += moves[np.unique(SCRIPTS, return_inverse=True)[1]]
    return (X / np.linalg.norm(X, axis=2, keepdims=True)).astype(np.float32)


def grouped(rng: Random, effect: bool, sizes: tuple[int, ...], spread: float) -> Values:
    """Return similarities (C,) of groups; the first group varies more, and differs."""
    values = rng.normal(0.8, 0.05, sum(sizes))
    first = slice(sizes[0])
    values[first] += (spread - 1) * (values[first] - 0.8) + 0.12 * spread * effect
    return values


def between(values: Values) -> Values:
    """Return the differences (C, pairs) of every two models."""
    first, second = np.array(list(combinations(range(values.shape[1]), 2))).T
    return values[:, first] - values[:, second]


def by_pairs(values: Values) -> Values:
    """Return the corrected p of every two models from their retrieval (C, M)."""
    return sign_flip_test(between(values)).p_adjusted


def by_groups(values: Values, sizes: tuple[int, ...]) -> tuple:
    """Return the test of groups of these sizes, the differences and their intervals."""
    groups = np.arange(len(sizes))
    return group_test(values, np.repeat(groups, sizes)[:, None] == groups)


def by_scripts(X: Values) -> Values:
    """Return the p of scripts."""
    from alignment.diagnosis import contrasts  # the other families work without it

    return np.array([contrasts.of_scripts(X, SCRIPTS, 0).p])


def families() -> Iterator[Family]:
    """Yield every family of questions."""
    for M, (world, level), C in product(MODELS, LEVELS.items(), CONCEPTS):
        spread = min(1.5, 0.15 * M) * np.linspace(-1, 1, M)
        draw = partial(models, C=C, level=level, spread=spread)
        yield Family((f"{M} models", world), C, draw, by_pairs, None, 0.5 if M > 15 else 1)
    for L, (world, level), C in product(LANGUAGES, LEVELS.items(), CONCEPTS):
        lower = (2.5 if level else 1.5) * (8 / L) ** 0.5 * (np.arange(L) == 0)
        draw = partial(retrieval, C=C, level=level, lower=lower)
        test, share = lambda values: label_test(values).p_adjusted, min(1, 50 / L)
        yield Family((f"{L} languages", world), C, draw, test, share=share)
    for (L, forms), C in product(FORMS, CONCEPTS):
        draw, name = partial(changes, C=C, columns=L * forms), f"{forms} forms of {L} languages"
        test, share = lambda values: sign_flip_test(values).p_adjusted, min(1, 50 / L)
        yield Family((name, "one gains .3"), C, draw, test, share=share)
    first, second = np.triu_indices(len(SCRIPTS), k=1)
    for C in CONCEPTS:
        draw, name = partial(texts, C=C, moved=0.3, script=0), f"centroids of {len(first)} pairs"
        test = lambda X: centroid_p(X, 0)[first, second]  # noqa: E731
        yield Family((name, "one is moved"), C, draw, test, len(SCRIPTS) - 1)
        draw = partial(texts, C=C, moved=0, script=0.1)
        yield Family(("scripts", "differ"), C, draw, by_scripts)
    for sizes, spread in product(((3, 5, 7), (3, 12), (5, 15, 30)), (1, 3)):
        name = f"categories of {', '.join(map(str, sizes))}", f"spread of the first × {spread}"
        draw = partial(grouped, sizes=sizes, spread=spread)
        test = lambda values, sizes=sizes: by_groups(values, sizes)[0].p_adjusted  # noqa: E731
        yield Family(name, sum(sizes), draw, test)


def rates(family: Family, draws: int) -> tuple[float, float]:
    """Return how often any question errs where nothing differs, and how often effects are found."""
    rng, draws = np.random.default_rng(family.concepts), max(10, int(draws * family.share))
    errors = [family.test(family.draw(rng, False)).min() <= ALPHA for _ in range(draws)]
    p = [family.test(family.draw(rng, True))[: family.true] for _ in range(draws // 4)]
    return float(np.mean(errors)), float(np.mean(np.array(p) <= ALPHA))


def power_there(M: int, C: int, draws: int) -> float:
    """Return how often the ``detectable`` difference of the first two models is found."""
    rng, p = np.random.default_rng(M), []
    for _ in range(draws):
        values = models(rng, False, C, 0, np.zeros(M))
        values[:, 0] += sign_flip_test(between(values)).detectable[0]
        p.append(by_pairs(values)[0])
    return float(np.mean(np.array(p) <= ALPHA))


def group_coverage(sizes: tuple[int, ...], spread: float, draws: int) -> float:
    """Return how often the interval of the first group contains a difference of 0."""
    rng = np.random.default_rng(sizes[0])
    samples = (grouped(rng, False, sizes, spread) for _ in range(draws))
    ends = np.array([by_groups(values, sizes)[2][:, 0] for values in samples])
    return float(np.mean((ends[:, 0] <= 0) & (0 <= ends[:, 1])))


def main(draws: int = 1000) -> None:
    """Draw every world and write the tables."""
    powers = ((M, [C, power_there(M, C, draws)]) for M in (2, 6, 10) for C in CONCEPTS)
    groups = product(((3, 12), (5, 45)), (1, 3))
    report(
        table(
            "questions | world | concepts | any wrong answer where nothing differs | found",
            "{:.3f} | {:.2f}",
            ((f"{' | '.join(f.name)} | {f.concepts}", rates(f, draws)) for f in families()),
        ),
        table("models | concepts | a detectable difference is found", "{} | {:.2f}", powers),
        table(
            "concepts | of them in the category | spread | its interval contains the truth",
            "{} | × {} | {:.3f}",
            ((sum(n), [n[0], spread, group_coverage(n, spread, draws)]) for n, spread in groups),
        ),
        f"{draws:,} draws where nothing differs (down to an eighth for 30 models and for more than "
        "100 languages), a quarter of that number where something does, p ≤ .05, corrected for the "
        f"family; a rate of .05 has a sampling error of ± {sampling_error(0.05, draws)}. "
        f"{source(draws)}",
    )


if __name__ == "__main__":
    start(main)
