"""Cut-offs: which cosines pass, of translations and of unrelated texts, by language pair.

A text pair passes a cut-off where its cosine reaches it. Unrelated are the texts of two different
concepts in two languages. Identical texts are left out, whether translations or not, because they
are found without a cosine. Cosines are counted in steps of ``STEP``, so a cut-off is one of
these steps, and what is said to pass it passes it exactly. The pairs are gone through twice, each
time with one product a pair: for the distributions, and for what passes the cut-offs chosen.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from alignment.engines import share_out, track
from alignment.measure import hits
from alignment.measure.arrays import Bools, Floats, Ints, Vectors, slices
from alignment.measure.metrics import mean_present, ratio
from alignment.measure.rivals import BLOCK

PER_ONE = 10_000  # steps from a cosine of 0 to one of 1
STEP = 1 / PER_ONE
STEPS = np.arange(-PER_ONE, PER_ONE + 2) / PER_ONE  # the last is one that nothing passes
LEVELS = (0.001, 0.01, 0.05)  # shares of unrelated texts that may pass
EQUAL_ERROR = len(LEVELS)  # the column after those of the levels
QUANTILES = (0.05, 0.25, 0.75, 0.95)
_TINY = 1e-12  # of shares: what sums in another order may differ by


@dataclass(frozen=True)
class Distributions:
    """How the cosines of P language pairs a < b are spread, in their order.

    Attributes:
        translations: (T,), share that passes each of the T steps, in the mean over known pairs.
        unrelated: (T,), likewise.
        own: (P, 4), each pair's own cut-offs: from which at most the ``LEVELS`` of unrelated texts
            pass, and where as large a share of translations fails as of unrelated texts passes.
        false: (P, 4), share of unrelated texts that passes these.
        missed: (P, 4), share of translations that does not.
        spread: (P, 2, 4), ``QUANTILES`` of translations and of unrelated texts.
        count: (P,), unrelated texts.
    """

    translations: Floats
    unrelated: Floats
    own: Floats
    false: Floats
    missed: Floats
    spread: Floats
    count: Ints


@dataclass(frozen=True)
class Passing:
    """What of unrelated texts passes K cut-offs.

    Attributes:
        shares: (P, K), of P language pairs a < b; NaN where there are no unrelated texts, or the
            languages are not known.
        by_concept: (C, K), whose mean is that of the shares: a concept's influence on it. Unrelated
            texts are of two concepts, so the weight of a concept counts twice.
    """

    shares: Floats
    by_concept: Floats


def crossing(rising: Floats, level: float) -> int:
    """Return the first step at which a rising curve (T,) reaches a level; the last if none."""
    return min(int(np.searchsorted(rising, level - _TINY)), len(rising) - 1)


def distributions(X: Vectors, present: Bools, surfaces: Ints, known: Bools) -> Distributions:
    """Count the cosines of X (C, L, D) by pair of languages.

    Args:
        present: (C, L), where there is a text.
        surfaces: (C, L) of numbers, equal where texts are written alike.
        known: (L,), of which languages the pairs are that a mean is over.
    """
    L = X.shape[1]
    parts = share_out(_count_language, range(L), X, present, surfaces, known)
    sizes = [L - 1 - a for a in range(L)]
    found = list(track(parts, sizes, "Thresholds", "pair"))
    pairs = {
        name: np.concatenate([part[name] for part in found])
        for name in ("own", "false", "missed", "spread", "count")
    }
    kinds = sum(part["passing"] for part in found), sum(part["pairs"] for part in found)
    translations, unrelated = ratio(kinds[0], np.broadcast_to(kinds[1], kinds[0].shape))
    return Distributions(translations, unrelated, **pairs)


def _count_language(
    a: int, X: Vectors, present: Bools, surfaces: Ints, known: Bools
) -> dict[str, Floats]:
    """Return, of the pairs of language ``a`` with later ones, rows of ``Distributions``, and sums.

    The sums (2, T) are of what passes; (2, 1), in how many pairs there is anything.
    """
    n = X.shape[1] - 1 - a
    rows: dict[str, Floats] = {
        **{name: np.full((n, EQUAL_ERROR + 1), np.nan) for name in ("own", "false", "missed")},
        **{"spread": np.full((n, 2, len(QUANTILES)), np.nan), "count": np.zeros(n, dtype=int)},
        **{"passing": np.zeros((2, len(STEPS))), "pairs": np.zeros((2, 1))},
    }
    for i in range(n):
        counts = np.zeros((2, len(STEPS)))
        for block in _blocks(a, a + 1 + i, X, present, surfaces):
            counts[0] += _histogram(block.gold)
            counts[1] += _histogram(block.cosines, ~block.unrelated)
        size = counts.sum(axis=1, keepdims=True)
        below = ratio(counts.cumsum(axis=1) - counts, np.broadcast_to(size, counts.shape))
        if known[a] and known[a + 1 + i]:
            there = size[:, 0] > 0
            rows["passing"][there] += 1 - below[there]
            rows["pairs"] += size > 0
        rows["count"][i] = size[1, 0]
        if size.all():
            missed, below_unrelated = below
            at = [crossing(below_unrelated, 1 - level) for level in LEVELS]
            at.append(crossing(missed + below_unrelated, 1))
            rows["own"][i], rows["missed"][i] = STEPS[at], missed[at]
            rows["false"][i] = 1 - below_unrelated[at]
            ends = [[crossing(curve[1:], q) for q in QUANTILES] for curve in below]
            rows["spread"][i] = STEPS[np.array(ends)]
    return rows


def _histogram(cosines: Floats, left_out: Bools | None = None) -> Ints:
    """Return (T,), how many cosines are at each step, up to the next."""
    at = ((cosines + (1 + hits.TIE)) * PER_ONE).astype(np.int32)
    np.clip(at, 0, 2 * PER_ONE, out=at)
    if left_out is not None:
        at[left_out] = len(STEPS) - 1
    counts = np.bincount(at.ravel(), minlength=len(STEPS))
    counts[-1] = 0
    return counts


@dataclass(frozen=True)
class _Block:
    """Some texts of one language beside all of another.

    Attributes:
        rows, columns: the concepts of their texts.
        cosines: (R, B), of every text with every other.
        unrelated: (R, B) of bool, where they are of unrelated texts.
        gold: (n,), the cosines of translations that are not written alike.
    """

    rows: Ints
    columns: Ints
    cosines: Vectors
    unrelated: Bools
    gold: Vectors


def _blocks(a: int, b: int, X: Vectors, present: Bools, surfaces: Ints) -> Iterator[_Block]:
    in_a, columns = np.flatnonzero(present[:, a]), np.flatnonzero(present[:, b])
    y, written = X[columns, b].T, surfaces[columns, b]
    for part in slices(len(in_a), len(columns), BLOCK):
        rows = in_a[part]
        cosines = X[rows, a] @ y
        unrelated = surfaces[rows, a][:, None] != written
        translated = (rows[:, None] == columns) & unrelated
        unrelated &= rows[:, None] != columns
        yield _Block(rows, columns, cosines, unrelated, cosines[translated])


def passing(
    X: Vectors,
    present: Bools,
    surfaces: Ints,
    known: Bools,
    cut_offs: Floats,
) -> Passing:
    """Return what passes cut-offs (P, K), K for each pair of known languages; the rest as above."""
    parts = list(
        share_out(_pass_language, range(X.shape[1]), X, present, surfaces, known, cut_offs)
    )
    shares = np.concatenate([part[0] for part in parts])
    P = max(1, int(np.isfinite(shares).all(axis=1).sum()))
    influence = sum(part[1] for part in parts) * len(X) / P
    return Passing(shares, influence + mean_present(shares, axis=0))


def _pass_language(
    a: int, X: Vectors, present: Bools, surfaces: Ints, known: Bools, cut_offs: Floats
) -> tuple[Floats, Floats]:
    """Return (n, K) and (C, K) of the pairs of language ``a`` with n later ones."""
    C, L, _ = X.shape
    n = L - 1 - a
    first = a * L - a * (a + 1) // 2  # of its pairs among all
    levels = cut_offs[first : first + n].astype(np.float32)
    shares, influence = np.full(levels.shape, np.nan), np.zeros((C, levels.shape[1]))
    for i, own in enumerate(levels):
        if not (known[a] and known[a + 1 + i]):
            continue
        there, passed = np.zeros((C, 1)), np.zeros((C, len(own)))
        for block in _blocks(a, a + 1 + i, X, present, surfaces):
            ends = (block.rows, 1), (block.columns, 0)
            for concepts, axis in ends:
                there[concepts, 0] += block.unrelated.sum(axis=axis)
            for k, level in enumerate(own):
                passes = hits.reaches(block.cosines, level) & block.unrelated
                for concepts, axis in ends:
                    passed[concepts, k] += passes.sum(axis=axis)
        if size := there.sum() / 2:  # each is counted for both of its concepts
            shares[i] = passed.sum(axis=0) / 2 / size
            influence += (passed - shares[i] * there) / size
    return shares, influence
