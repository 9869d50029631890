"""Every number of a record by its definition: plain loops over texts, and nothing of the package.

A text is (c, a): the number of its concept and that of its language. Only texts that are present
count. Similarities nearer than TIE are equal. An undefined value is None, and means leave it out.
"""

import math
import unicodedata
from functools import cached_property
from itertools import combinations, permutations
from statistics import NormalDist

import numpy as np

TIE = 1e-6
WEIGHTS = {
    "intra_concept_similarity": 0.3,
    "nearest_neighbor_accuracy": 0.3,
    "cross_lingual_retrieval": 0.4,
}
INTRA, NEAREST, RETRIEVAL = WEIGHTS
SCORE = "alignment_score"


class Plain:
    """The record of ``X`` (C, L, D) and ``grid``, one value at a time."""

    def __init__(self, X, grid, k=3):
        self.grid, self.k = grid, k
        self.x = {
            (c, a): X[c, a].astype(np.float64)
            for c, row in enumerate(grid.texts)
            for a, text in enumerate(row)
            if text is not None
        }
        self.N = len(self.x)
        self.C = range(len(grid.concepts))
        self.L = range(len(grid.languages))
        self.languages_of = [[a for a in self.L if (c, a) in self.x] for c in self.C]
        self.concepts_in = [[c for c in self.C if (c, a) in self.x] for a in self.L]
        # the queries: (c, a, b) with concept c in both languages
        self.queries = [(c, a, b) for c in self.C for a, b in permutations(self.languages_of[c], 2)]

    @cached_property
    def s(self):
        """{(text, text): cosine}."""
        return {(x, y): float(np.dot(self.x[x], self.x[y])) for x in self.x for y in self.x}

    def similarity(self, c, a, b):
        return self.s[(c, a), (c, b)]

    def both(self, a, b):
        """C_ab, as a list: the concepts that are in both languages."""
        return [c for c in self.concepts_in[a] if c in self.concepts_in[b]]

    # ---- different concepts

    @cached_property
    def different(self):
        """{(a, b): the similarities of different concepts, one in a, the other in b}."""
        values = {(a, b): [] for a in self.L for b in self.L}
        for ((c, a), (d, b)), cosine in self.s.items():
            if c != d:
                values[a, b].append(cosine)
        return values

    @cached_property
    def baseline(self):
        return {pair: mean(values) for pair, values in self.different.items()}

    def calibrated_similarity(self, c, a, b):
        baseline = self.baseline[a, b]
        if 1 - baseline < TIE:
            return 0
        return (self.similarity(c, a, b) - baseline) / (1 - baseline)

    def auroc(self, c, a, b):
        same = self.similarity(c, a, b)
        return mean(0.5 if equal(s, same) else float(s < same) for s in self.different[a, b])

    def negative_p99(self, a, b):
        return float(np.quantile(self.different[a, b], 0.99))

    def gap(self, c, a):
        translations = [self.s[(c, a), (c, m)] for m in self.languages_of[c] if m != a]
        others = [self.s[(c, a), (d, a)] for d in self.concepts_in[a] if d != c]
        return mean(translations) - mean(others)

    # ---- nearest neighbours among all texts

    def nearest(self, query, pool):
        """Return the share of the k nearest in the pool that carry the query's concept."""
        s = {y: self.s[query, y] for y in pool if y != query}
        kth = sorted(s.values(), reverse=True)[self.k - 1]
        tied = [y for y in s if equal(s[y], kth)]
        nearer = [y for y in s if s[y] > kth and y not in tied]
        places = self.k - len(nearer)
        right = sum(y[0] == query[0] for y in nearer)
        return (right + places * mean(y[0] == query[0] for y in tied)) / self.k

    def nearest_chance(self, c, a):
        return (len(self.languages_of[c]) - 1) / (self.N - 1)

    def calibrated_nearest(self, c, a):
        chance = self.nearest_chance(c, a)
        best = min(self.k, len(self.languages_of[c]) - 1) / self.k
        return (self.nearest((c, a), self.x) - chance) / (best - chance)

    @cached_property
    def mixed_answers(self):
        """{text: {answer: its share}}: the nearest of all other texts."""
        return {x: answers({y: self.s[x, y] for y in self.x if y != x}) for x in self.x}

    def mixed_credit(self, c, a):
        return sum(share for (d, _), share in self.mixed_answers[c, a].items() if d == c)

    def language_bias(self):
        observed = expected = 0
        for (c, a), nearest in self.mixed_answers.items():
            observed += sum(share for (d, m), share in nearest.items() if m == a and d != c)
            wrong = self.N - len(self.languages_of[c])
            expected += (1 - self.mixed_credit(c, a)) * (len(self.concepts_in[a]) - 1) / wrong
        return observed / expected if expected > TIE else None

    # ---- retrieval in one language

    @cached_property
    def answered(self):
        """{query: {answer: its share}}: the nearest of the target language's texts."""
        return {(c, a, b): self.answer(c, a, b, self.concepts_in[b]) for c, a, b in self.queries}

    def answer(self, c, a, b, candidates):
        return answers({(d, b): self.s[(c, a), (d, b)] for d in candidates})

    def retrieval(self, c, a, b):
        return self.answered[c, a, b].get((c, b), 0)

    def retrieval_chance(self, c, a, b):
        return 1 / len(self.concepts_in[b])

    def calibrated_retrieval(self, c, a, b):
        chance = self.retrieval_chance(c, a, b)
        return (self.retrieval(c, a, b) - chance) / (1 - chance)

    def mutual(self, c, a, b):
        return self.retrieval(c, a, b) * self.retrieval(c, b, a)

    def nearer_and_tied(self, c, a, b):
        """Count the nearer candidates, and those as near, the right one among them."""
        right = self.similarity(c, a, b)
        s = [self.s[(c, a), (d, b)] for d in self.concepts_in[b]]
        tied = sum(equal(value, right) for value in s)
        return sum(value > right and not equal(value, right) for value in s), tied

    def rank(self, c, a, b):
        nearer, tied = self.nearer_and_tied(c, a, b)
        return nearer + (1 + tied) / 2

    def among_10(self, c, a, b):
        """The right one is first if no nearer one, and no tied one before it, is drawn."""
        (nearer, tied), others = self.nearer_and_tied(c, a, b), len(self.concepts_in[b]) - 1
        if others < 9:
            return None
        before = range(nearer, nearer + tied)
        return mean(math.comb(others - n, 9) / math.comb(others, 9) for n in before)

    def reciprocal_rank(self, c, a, b):
        return 1 / self.rank(c, a, b)

    def retrieval_in_the_pools_of(self, fewer):
        """Return the retrieval to expect among as many candidates as a sub-grid's Plain has.

        Nothing may be tied. A text of rank r is first if none of the r − 1 nearer ones is drawn.
        """
        row, column = self.grid.concepts.index, self.grid.languages.index

        def expected(c, a, b):
            source, target = (column(fewer.grid.languages[side]) for side in (a, b))
            others, drawn = len(self.concepts_in[target]) - 1, len(fewer.concepts_in[b]) - 1
            nearer = round(self.rank(row(fewer.grid.concepts[c]), source, target)) - 1
            return math.comb(others - nearer, drawn) / math.comb(others, drawn)

        return fewer.headline(fewer.of_pairs(expected))

    @cached_property
    def density(self):
        """{(text, language): mean similarity to the text's nearest in the language}."""
        means = {}
        for x in self.x:
            for a in self.L:
                s = sorted((self.s[x, (d, a)] for d in self.concepts_in[a]), reverse=True)
                means[x, a] = mean(s[: min(10, len(s) // 3)])
        return means

    def csls(self, c, a, b):
        if min(len(self.concepts_in[a]), len(self.concepts_in[b])) < 3:
            return None
        x = (c, a)
        scores = {
            (d, b): 2 * self.s[x, (d, b)] - self.density[(d, b), a] - self.density[x, b]
            for d in self.concepts_in[b]
        }
        halves = {y: score / 2 for y, score in scores.items()}
        return answers(halves).get((c, b), 0)

    def times_an_answer(self):
        times = dict.fromkeys(self.x, 0)
        for shares in self.answered.values():
            for y, share in shares.items():
                times[y] += share
        return times

    # ---- identical texts

    def identical(self, c, a, b):
        return surface(self.grid.texts[c][a]) == surface(self.grid.texts[c][b])

    def written_alike(self):
        """{(concept, language, language)} of the pairs of identical texts."""
        return {self.names(*pair) for pair in self.pairs() if self.identical(*pair)}

    def pairs(self):
        """The pairs of translations, as (c, a, b)."""
        return [(c, a, b) for c in self.C for a, b in combinations(self.languages_of[c], 2)]

    def names(self, c, *languages):
        return self.grid.concepts[c], *(self.grid.languages[a] for a in languages)

    def distinct_similarity(self, c, a, b):
        return None if self.identical(c, a, b) else self.similarity(c, a, b)

    def distinct_retrieval(self, c, a, b):
        if self.identical(c, a, b):
            return None
        candidates = [
            d for d in self.concepts_in[b] if (d, a) not in self.x or not self.identical(d, a, b)
        ]
        return self.answer(c, a, b, candidates).get((c, b), 0)

    @cached_property
    def distinct_texts(self):
        """The texts that are identical in no earlier language of their concept."""
        copies = {(c, b) for c, a, b in self.pairs() if self.identical(c, a, b)}
        return [text for text in self.x if text not in copies]

    def distinct_nearest(self, c, a):
        pool = self.distinct_texts
        left = [x for x in pool if x[0] == c]
        return self.nearest((c, a), pool) if (c, a) in pool and len(left) > 1 else None

    # ---- means: partner languages first, then languages, concepts last

    def of_texts(self, value):
        """{(c, a): value(c, a)}."""
        return {(c, a): value(c, a) for c, a in self.x}

    def of_pairs(self, value):
        """{(c, a): mean of value to and from the other languages of c}."""
        values = {query: value(*query) for query in self.queries}
        return {
            (c, a): mean(
                both_ways(values[c, a, m], values[c, m, a]) for m in self.languages_of[c] if m != a
            )
            for c, a in self.x
        }

    def by_concept(self, V):
        return {self.grid.concepts[c]: mean(V[c, a] for a in self.languages_of[c]) for c in self.C}

    def by_text(self, V):
        """{language: {number of the concept: value}}, as a list is read."""
        return {self.grid.languages[a]: {c: V.get((c, a)) for c in self.C} for a in self.L}

    def failures(self, a, b):
        """Return the hexadecimal digits of the concepts in a row, 1 where one is not found."""
        both = self.both(a, b)
        bits = "".join(str(int(c in both and not self.retrieval(c, a, b))) for c in self.C)
        bits += "0" * (-len(bits) % 8)
        return f"{int(bits, 2):0{len(bits) // 4}x}"

    def by_language(self, V):
        return {self.grid.languages[a]: mean(V[c, a] for c in self.concepts_in[a]) for a in self.L}

    def headline(self, V):
        return mean(self.by_concept(V).values())

    def table(self, value, diagonal=False):
        """{language: {language: value(a, b)}}."""
        names = self.grid.languages
        return {
            names[a]: {names[b]: value(a, b) for b in self.L if diagonal or a != b} for a in self.L
        }

    def table_of_means(self, value):
        return self.table(lambda a, b: mean(value(c, a, b) for c in self.both(a, b)))

    @cached_property
    def parts(self):
        return {
            INTRA: self.of_pairs(self.similarity),
            NEAREST: self.of_texts(lambda c, a: self.nearest((c, a), self.x)),
            RETRIEVAL: self.of_pairs(self.retrieval),
        }

    @cached_property
    def calibrated_parts(self):
        return {
            INTRA: self.of_pairs(self.calibrated_similarity),
            NEAREST: self.of_texts(self.calibrated_nearest),
            RETRIEVAL: self.of_pairs(self.calibrated_retrieval),
        }

    def headlines(self):
        calibrated = self.calibrated_parts
        return {
            SCORE: self.headline(score(self.parts)),
            **{name: self.headline(V) for name, V in self.parts.items()},
            f"calibrated_{SCORE}": self.headline(score(calibrated)),
            **{f"calibrated_{name}": self.headline(V) for name, V in calibrated.items()},
            "auroc": self.headline(self.of_pairs(self.auroc)),
            "csls_retrieval": self.headline(self.of_pairs(self.csls)),
            "retrieval_among_10": self.headline(self.of_pairs(self.among_10)),
            "mean_reciprocal_rank": self.headline(self.of_pairs(self.reciprocal_rank)),
            "mutual_retrieval": self.headline(self.of_pairs(self.mutual)),
            "mixed_pool_retrieval": self.headline(self.of_texts(self.mixed_credit)),
            "gap": self.headline(self.of_texts(self.gap)),
        }

    # ---- the rest of the record

    def discriminability(self):
        same = self.headline(self.parts[INTRA])
        within = mean(self.baseline[a, a] for a in self.L)
        between = mean(self.baseline[pair] for pair in permutations(self.L, 2))
        return {
            "same_concept": same,
            "different_concept_same_language": within,
            "different_concept_other_language": between,
            "gap": same - within,
        }

    def centroid_distance(self, a, b):
        u, v = (sum(self.x[c, side] for c in self.concepts_in[side]) for side in (a, b))
        lengths = math.sqrt(np.dot(u, u)), math.sqrt(np.dot(v, v))
        if min(lengths) < TIE:
            return None
        return 1 - float(np.dot(u, v)) / (lengths[0] * lengths[1])

    def categories(self):
        intra = self.by_concept(self.parts[INTRA])
        members = {name: [] for name in self.grid.categories}
        for value, name in zip(intra.values(), self.grid.categories, strict=True):
            members[name].append(value)
        return {name: mean(values) for name, values in members.items()}

    def language_contrasts(self):
        """{language: its retrieval less that among a concept's others}, as in the record."""
        V, differences = self.parts[RETRIEVAL], {}
        for a, name in enumerate(self.grid.languages):
            over = [c for c in self.concepts_in[a] if len(self.languages_of[c]) >= 3]
            if over and len(self.C) >= 5:
                difference = mean(V[c, a] - self.rest(c, a) for c in over)
                differences[name] = {"retrieval": {"difference": difference}}
        return differences

    def rest(self, c, a):
        others = [m for m in self.languages_of[c] if m != a]
        return mean(self.retrieval(c, *pair) for pair in permutations(others, 2))

    def misaligned(self, below):
        """{(concept, language, language): cosine} of the pairs with s < below(a, b)."""
        cosines = {pair: self.similarity(*pair) for pair in self.pairs()}
        return {self.names(*pair): s for pair, s in cosines.items() if s < below(*pair[1:])}

    def without_identical_strings(self):
        parts = {
            INTRA: self.headline(self.of_pairs(self.distinct_similarity)),
            NEAREST: self.headline(self.of_texts(self.distinct_nearest)),
            RETRIEVAL: self.headline(self.of_pairs(self.distinct_retrieval)),
        }
        undefined = None in parts.values()
        total = None if undefined else sum(WEIGHTS[name] * parts[name] for name in WEIGHTS)
        return {SCORE: total, **parts}

    def retrieval_interval(self, a, b):
        """Return Wilson's 95 % interval of the C_ab queries; two None without queries."""
        n = len(self.both(a, b))
        if n == 0:
            return dict.fromkeys(range(2))
        p = mean(self.retrieval(c, a, b) for c in self.both(a, b))
        z = NormalDist().inv_cdf(0.975)
        middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
        reach = z / (1 + z**2 / n) * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
        return {0: middle - reach, 1: middle + reach}

    def coverage(self):
        return {
            "texts": self.N,
            "cells": len(self.C) * len(self.L),
            "languages": dict(zip(self.grid.languages, map(len, self.concepts_in), strict=True)),
            "concepts": dict(zip(self.grid.concepts, map(len, self.languages_of), strict=True)),
            "pairs": self.table(lambda a, b: len(self.both(a, b))),
        }

    def record(self):
        """Return the numbers of a record that have no method of their name."""
        headlines = self.headlines()
        calibrated = {name: headlines[f"calibrated_{name}"] for name in (SCORE, *WEIGHTS)}
        total = {SCORE: score(self.parts), f"calibrated_{SCORE}": score(self.calibrated_parts)}
        by_language = {name: self.by_language(V) for name, V in (self.parts | total).items()}
        return {
            "headlines": {name: {"value": value} for name, value in headlines.items()},
            SCORE: headlines[SCORE],
            "summary": {name: headlines[name] for name in WEIGHTS},
            "calibrated": calibrated,
            INTRA: self.by_concept(self.parts[INTRA]),
            NEAREST: self.by_concept(self.parts[NEAREST]),
            RETRIEVAL: self.table_of_means(self.retrieval),
            "retrieval_intervals": self.table(self.retrieval_interval),
            "values": {
                f"calibrated_{SCORE}": self.by_text(total[f"calibrated_{SCORE}"]),
                RETRIEVAL: self.by_text(self.parts[RETRIEVAL]),
            },
            "failures": self.table(self.failures),
            "by_language": {
                code: {name: {"value": values[code]} for name, values in by_language.items()}
                for code in self.grid.languages
            },
            "chance": {
                NEAREST: self.headline(self.of_texts(self.nearest_chance)),
                RETRIEVAL: self.headline(self.of_pairs(self.retrieval_chance)),
            },
            "baselines": self.table(lambda a, b: self.baseline[a, b]),
            "auroc": self.table_of_means(self.auroc),
            "negative_p99": self.table(self.negative_p99),
            "discriminability": self.discriminability(),
            "centroid_distances": self.table(self.centroid_distance),
            "categories": self.categories(),
            "language_bias": self.language_bias(),
            "hubness": {"expected": len(self.queries) / self.N},
        }


def equal(s, t):
    return abs(s - t) <= TIE


def mean(values):
    """Return the mean of the defined values, None where none is defined."""
    defined = [value for value in values if value is not None]
    return sum(defined) / len(defined) if defined else None


def both_ways(forth, back):
    return None if None in (forth, back) else (forth + back) / 2


def answers(scores):
    """{candidate: its share} of those that tie for the highest score."""
    best = max(scores.values())
    tied = [candidate for candidate, score in scores.items() if equal(score, best)]
    return dict.fromkeys(tied, 1 / len(tied))


def score(parts):
    """{text: Σ weights · parts}."""
    return {x: sum(WEIGHTS[name] * parts[name][x] for name in WEIGHTS) for x in parts[INTRA]}


def surface(text):
    return unicodedata.normalize("NFKC", text).casefold().strip()
