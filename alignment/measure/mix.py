"""Mix: an index of which each passage is in one language, with unequal shares of the languages."""

import numpy as np

from alignment.measure.arrays import Bools, Floats


def draw(present: Bools, shares: Floats, seed: int) -> Bools:
    """Draw the language of each passage: return (C, L), True at most once in a row.

    The passages take turns in random order. Each gets, of the languages that it is written in, the
    one that is farthest behind its share of the passages so far, this one included. Where there are
    no gaps, the numbers of passages are thus as near to the shares as whole numbers can be.

    Args:
        present: (C, L), where there is a passage.
        shares: (L,), 0 or more, of any sum; a passage in none of the shared languages is left out.
        seed: of the order.
    """
    shares = shares / shares.sum()
    drawn = np.zeros_like(present)
    given = np.zeros(len(shares))
    for c in np.random.default_rng(seed).permutation(len(present)):
        behind = np.where(present[c] & (shares > 0), (given.sum() + 1) * shares - given, -np.inf)
        language = behind.argmax()
        if np.isfinite(behind[language]):
            drawn[c, language] = True
            given[language] += 1
    return drawn
