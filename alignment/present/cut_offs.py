"""Thresholds: the record of cut-offs in tables and sentences."""

from collections.abc import Callable
from itertools import combinations

from alignment.present import words
from alignment.present.table import Table
from alignment.present.words import language, number, points
from alignment.record.cut_offs import BITEXT, CACHE, DUPLICATES, CutOff, CutOffs, PairShare
from alignment.stats.estimates import Estimate, Interval, Number

USES = {
    DUPLICATES: "duplicates",
    BITEXT: "bitext mining",
    CACHE: "semantic caches",
}
_AIMS = {
    DUPLICATES: "To find duplicates",
    BITEXT: "To mine bitext",
    CACHE: "For a semantic cache",
}


def uses(found: CutOffs) -> Table:
    """One row per use: a cut-off for all language pairs, and its errors, also in the worst pair."""
    return Table(
        f"Thresholds for {extent(found)}, in % (worst pair)",
        ("use", "cosine [95 % CI]", "unrelated pass", "translations missed"),
        [
            (
                USES[use],
                words.estimate(own.cosine),
                f"{_percent(own.false.value)} ({_short(own.most_false)})",
                f"{_percent(own.missed.value)} ({_short(own.most_missed)})",
            )
            for use, own in found.recommended.items()
        ],
    )


def extent(found: CutOffs) -> str:
    """Return which languages the recommended thresholds serve."""
    count = len(found.languages)
    kind = "language" if count == len(found.one_percent) else "supported language"
    return f"the pairs of {words.counted(count, kind)}"


def language_pairs(found: CutOffs) -> list[tuple[str, str]]:
    """Return the pairs that the recommended thresholds serve, each once."""
    return list(combinations(found.languages, 2))


def pairs(found: CutOffs) -> Table:
    """One row per language pair, the least equal error first: its own cut-offs."""

    def error(pair: tuple[str, str]) -> float:
        own = found.equal_error[pair[0]][pair[1]]
        return 1 if own is None else own

    tables = (
        *((found.one_percent, number), (found.one_percent_passed, _percent)),
        *((found.five_percent, number), (found.five_percent_passed, _percent)),
        *((found.equal_error_cosine, number), (found.equal_error, _percent)),
    )
    return Table(
        "Own thresholds, and % of translations that pass",
        ("pair", "1 % false", "pass", "5 % false", "pass", "equal error", "%"),
        [
            (f"{a}–{b}", *(written(table[a][b]) for table, written in tables))
            for a, b in sorted(language_pairs(found), key=error)
        ],
    )


def threshold_findings(found: CutOffs, margin: float) -> list[str]:
    """Return the sentences: which cut-off for which use, what it costs, and what one a pair saves.

    Args:
        margin: differences within it do not matter.
    """
    said = [
        _recommended(use, own) + (f" {_by_pair(use, own, margin)}" if found.pair_count > 1 else "")
        for use, own in found.recommended.items()
    ]
    reasons: dict[str, list[str]] = {}
    for use, why in found.undefined.items():
        reasons.setdefault(why, []).append(USES[use])
    return said + [
        f"No threshold can be recommended for {words.listed(names)}: {why}."
        for why, names in reasons.items()
    ]


def _recommended(use: str, own: CutOff) -> str:
    return (
        f"{_AIMS[use]}, take pairs from a cosine of {number(own.cosine.value)} "
        f"({_ends(own.cosine.interval, number)}): {_percent(own.false.value)} % of unrelated texts "
        f"pass it, and {_percent(own.missed.value)} % of translations do not "
        f"({_ends(own.missed.interval, _percent)})."
    )


def _by_pair(use: str, own: CutOff, margin: float) -> str:
    return (
        f"At worst {_percent(own.most_false.share)} % of unrelated texts pass "
        f"({_languages(own.most_false)}), and {_percent(own.most_missed.share)} % of translations "
        f"do not ({_languages(own.most_missed)}). {_saved(use, own.saved, margin)}"
    )


def helps(saved: Estimate, margin: float) -> bool | None:
    """Return whether a threshold for each language pair would help; None: that is inconclusive."""
    low, high = saved.interval
    if low is not None and low > margin:
        return True
    return False if high is not None and high <= margin else None


def _saved(use: str, saved: Estimate, margin: float) -> str:
    kind = "errors" if use == BITEXT else "translations missed"
    sure = f"{points(saved.value or 0)}, {words.points_interval(saved.interval)}"
    fewer = f"{'fewer' if (saved.value or 0) >= 0 else 'more'} {kind}: {sure}"
    own = "threshold for each language pair would"
    verdict = {
        True: f"A {own} help",
        False: f"A {own} hardly help",
        None: f"Whether a {own} help is inconclusive",
    }
    return f"{verdict[helps(saved, margin)]} ({fewer})."


def _ends(ends: Interval, written: Callable[[Number], str]) -> str:
    return f"95 % CI {written(ends.low)} to {written(ends.high)}"


def _percent(share: Number) -> str:
    return "–" if share is None else f"{100 * share:.1f}"


def _short(pair: PairShare) -> str:
    return f"{pair.a}–{pair.b} {_percent(pair.share)}"


def _languages(pair: PairShare) -> str:
    return f"{language(pair.a)}–{language(pair.b)}"
