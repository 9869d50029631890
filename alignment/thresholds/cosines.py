"""Cosines: the shares of translations and negatives that pass a threshold, by language pair.

A text pair passes a threshold if its cosine reaches it. Negatives are texts of two different
concepts in two languages. Identical texts are left out because they are found without a cosine.
Cosines are counted in steps of ``STEP``, and every threshold is one of these steps, so the shares
are exact. The products of the vectors are computed twice: for the distributions, and for the
thresholds that are chosen from them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from alignment.engines import share_out, track
from alignment.measure import hits
from alignment.measure.arrays import Bools, Floats, Ints, Vectors, slices
from alignment.measure.metrics import mean_present, ratio
from alignment.measure.rivals import BLOCK

PER_ONE = 10_000  # steps from a cosine of 0 to one of 1
STEP = 1 / PER_ONE
STEPS = np.arange(-PER_ONE, PER_ONE + 2) / PER_ONE  # no cosine passes the last
LEVELS = (0.001, 0.01, 0.05)  # shares of negatives that may pass
EQUAL_ERROR = len(LEVELS)  # the column after the levels
QUANTILES = (0.05, 0.25, 0.75, 0.95)
_TINY = 1e-12  # rounding error of sums of shares
_FIELDS = {"thresholds": "4f8", "false": "4f8", "missed": "4f8", "spread": "(2,4)f8", "count": "f8"}
_PAIR = np.dtype(list(_FIELDS.items()))  # the values of one pair, as in ``Distributions``


@dataclass(frozen=True)
class Distributions:
    """The distributions of the cosines of P language pairs a < b.

    The four thresholds of a pair are the first steps that at most the ``LEVELS`` of its negatives
    pass, and the step with the equal error: equal shares of translations that fail and of negatives
    that pass.
    """

    translations: Floats  # (T,), share that passes each of the T steps, mean over served pairs
    negatives: Floats  # (T,), the same of negatives
    thresholds: Floats  # (P, 4), of each pair alone
    false: Floats  # (P, 4), share of negatives that passes them
    missed: Floats  # (P, 4), share of translations that does not
    spread: Floats  # (P, 2, 4), QUANTILES of translations and of negatives
    count: Floats  # (P,), number of negatives


class Shares(NamedTuple):
    """Shares of text pairs that pass K thresholds, or that do not.

    A concept's value is its influence on the mean over the language pairs, so both means are equal.
    A negative has two concepts and counts for both.
    """

    shares: Floats  # (P, K), by language pair a < b; NaN where it has no texts or is not served
    by_concept: Floats  # (C, K)


def crossing(rising: Floats, level: float) -> int:
    """Return the first step at which a rising curve (T,) reaches a level; the last if none."""
    return min(int(np.searchsorted(rising, level - _TINY)), len(rising) - 1)


def distributions(X: Vectors, present: Bools, surfaces: Ints, served: Bools) -> Distributions:
    """Count the cosines of X (C, L, D) by pair of languages.

    ``present`` (C, L) says where there is a text; ``surfaces`` (C, L) are numbers, equal for
    identical texts; the means are over the pairs of the ``served`` languages (L,).
    """
    L = X.shape[1]
    parts = share_out(_count_language, range(L), X, present, surfaces, served)
    parts = track(parts, [L - 1 - a for a in range(L)], "Thresholds", "pair")
    pairs, passing, counted = zip(*parts, strict=True)
    rows, total = np.concatenate(pairs), sum(passing)
    means = ratio(total, np.broadcast_to(sum(counted), total.shape))
    return Distributions(*means, *(rows[name] for name in _FIELDS))


def _count_language(
    a: int, X: Vectors, present: Bools, surfaces: Ints, served: Bools
) -> tuple[Floats, Floats, Floats]:
    """Return the n pairs of language ``a`` with later ones, as (n,) of ``_PAIR``.

    Return too the sums (2, T) over served pairs of the shares of translations and of negatives that
    pass, and the numbers (2, 1) of these pairs.
    """
    pairs = np.full(X.shape[1] - 1 - a, np.nan, dtype=_PAIR)
    passing, counted = np.zeros((2, len(STEPS))), np.zeros((2, 1))
    for b, pair in enumerate(pairs, start=a + 1):
        counts = np.zeros((2, len(STEPS)))
        for block in _blocks(a, b, X, present, surfaces):
            counts += _histogram(block.gold), _histogram(block.cosines[block.negative])
        size = counts.sum(axis=1, keepdims=True)
        below = ratio(counts.cumsum(axis=1) - counts, np.broadcast_to(size, counts.shape))
        if served[a] and served[b]:
            passing += np.where(size > 0, 1 - below, 0)
            counted += size > 0
        pair["count"] = size[1, 0]
        if size.all():
            missed, true = below
            at = [crossing(true, 1 - level) for level in LEVELS]
            at.append(crossing(missed + true, 1))
            pair["thresholds"], pair["missed"], pair["false"] = STEPS[at], missed[at], 1 - true[at]
            pair["spread"] = STEPS[[[crossing(V[1:], q) for q in QUANTILES] for V in below]]
    return pairs, passing, counted


def _histogram(cosines: Floats) -> Ints:
    """Return (T,), the number of cosines from each step up to the next."""
    at = ((cosines + (1 + hits.TIE)) * PER_ONE).astype(np.int32)
    return np.bincount(np.clip(at, 0, 2 * PER_ONE), minlength=len(STEPS))


class _Block(NamedTuple):
    """Some texts of one language against all texts of another."""

    rows: Ints  # (R,), concepts
    columns: Ints  # (B,)
    cosines: Vectors  # (R, B)
    negative: Bools  # (R, B), where the texts are negatives
    gold: Vectors  # (n,), the cosines of translations that are not identical


def _blocks(a: int, b: int, X: Vectors, present: Bools, surfaces: Ints) -> Iterator[_Block]:
    in_a, columns = np.flatnonzero(present[:, a]), np.flatnonzero(present[:, b])
    y = X[columns, b].T
    for part in slices(len(in_a), len(columns), BLOCK):
        rows = in_a[part]
        cosines = X[rows, a] @ y
        different = surfaces[rows, a][:, None] != surfaces[columns, b]
        translated = rows[:, None] == columns
        gold = cosines[translated & different]
        yield _Block(rows, columns, cosines, different & ~translated, gold)


def passing(
    X: Vectors, present: Bools, surfaces: Ints, served: Bools, thresholds: Floats
) -> Shares:
    """Return the shares of negatives that pass the thresholds (P, K) of language pairs.

    The other arguments are those of `distributions`.
    """
    parts = share_out(_pass_language, range(X.shape[1]), X, present, surfaces, served, thresholds)
    by_pair, influences = zip(*parts, strict=True)
    shares = np.concatenate(by_pair)
    P = max(1, int(np.isfinite(shares).all(axis=1).sum()))
    return Shares(shares, sum(influences) * len(X) / P + mean_present(shares, axis=0))


def _pass_language(
    a: int, X: Vectors, present: Bools, surfaces: Ints, served: Bools, thresholds: Floats
) -> tuple[Floats, Floats]:
    """Return shares (n, K) and influences (C, K) of the n pairs of ``a`` with later languages."""
    C, L, _ = X.shape
    levels = thresholds[np.triu_indices(L, k=1)[0] == a].astype(np.float32)
    shares, influence = np.full(levels.shape, np.nan), np.zeros((C, levels.shape[1]))
    for i in np.flatnonzero(served[a] & served[a + 1 :]).tolist():
        counts = np.zeros((C, levels.shape[1] + 1))  # negatives that pass, and last all
        for block in _blocks(a, a + 1 + i, X, present, surfaces):
            for k, level in enumerate([*levels[i], -np.inf]):
                passes = hits.reaches(block.cosines, level) & block.negative
                counts[block.rows, k] += passes.sum(axis=1)
                counts[block.columns, k] += passes.sum(axis=0)
        passed, total = counts[:, :-1], counts[:, -1:]
        if size := total.sum() / 2:  # each negative is counted for both of its concepts
            shares[i] = passed.sum(axis=0) / 2 / size
            influence += (passed - shares[i] * total) / size
    return shares, influence
