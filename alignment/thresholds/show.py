"""Thresholds: the record of them in tables and sentences."""

from collections.abc import Callable
from functools import partial
from itertools import combinations

from alignment.record.core import CoreResults
from alignment.report import words
from alignment.report.table import ESTIMATE, NUMBER, PAIR, PERCENT_1, Column, Kind, Table
from alignment.report.words import language, number, percent, points
from alignment.seam import Entry, Finding, Part, Place, Shown
from alignment.stats.estimates import Estimate, Interval, Number
from alignment.thresholds.record import BITEXT, CACHE, DUPLICATES, PairShare, Threshold, Thresholds

PART = Part("thresholds", "Thresholds")
USES = {DUPLICATES: "duplicates", BITEXT: "bitext mining", CACHE: "semantic caches"}
_AIMS = {
    DUPLICATES: "To find duplicates",
    BITEXT: "To mine bitext",
    CACHE: "For a semantic cache",
}
_WITH_WORST = Kind(
    lambda own: f"{_percent(own[0].value)} ({_short(own[1])})",
    parts=("", "_low", "_high", "_worst"),
    split=lambda own: (own[0].value, *own[0].interval, own[1].share),
)


def show(section: Thresholds, results: CoreResults) -> Shown:
    """Return which thresholds serve: sentences, tables, and the picture of the pairs."""
    said = threshold_findings(section, results.provenance.margin)
    tables = {
        "thresholds": Entry(partial(uses, section), PART, "brief"),
        "threshold_pairs": Entry(partial(pairs, section), PART, "brief", ends=True),
    }
    figure = ("thresholds", "Thresholds by language pair") if section.pairs else None
    return Shown([Finding(Place.USES, own) for own in said], tables, figure)


def uses(found: Thresholds) -> Table:
    """One row per use: a threshold for all language pairs, and its errors, also at worst."""
    return Table.named(
        "thresholds",
        f"Thresholds for {extent(found)}, in % (worst pair)",
        {USES[use]: own for use, own in found.recommended.items()},
        Column("use"),
        Column("cosine", kind=ESTIMATE),
        Column("false", lambda own: (own.false, own.most_false), _WITH_WORST, "negatives pass"),
        Column("missed", lambda own: (own.missed, own.most_missed), _WITH_WORST),
    )


def extent(found: Thresholds) -> str:
    """Return which languages the recommended thresholds serve."""
    count = len(found.languages)
    kind = "language" if count == len(found.one_percent) else "supported language"
    return f"the pairs of {words.counted(count, kind)}"


def language_pairs(found: Thresholds) -> list[tuple[str, str]]:
    """Return the pairs that the recommended thresholds serve, each once."""
    return list(combinations(found.languages, 2))


def pairs(found: Thresholds) -> Table:
    """One row per language pair, the least equal error first: its own thresholds."""

    def of(key: str, title: str, kind: Kind = PERCENT_1) -> Column:
        return Column(key, lambda pair: getattr(found, key)[pair[0]][pair[1]], kind, title)

    return Table.of(
        "threshold_pairs",
        "Own thresholds, and % of translations that pass",
        language_pairs(found),
        Column("", tuple, PAIR, "pair"),
        of("one_percent", "1 % false", NUMBER),
        of("one_percent_passed", "pass"),
        of("five_percent", "5 % false", NUMBER),
        of("five_percent_passed", "pass"),
        of("equal_error_cosine", "equal error", NUMBER),
        of("equal_error", "%"),
    ).by("equal_error")


def threshold_findings(found: Thresholds, margin: float) -> list[str]:
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


def _recommended(use: str, own: Threshold) -> str:
    return (
        f"{_AIMS[use]}, take pairs from a cosine of {number(own.cosine.value)} "
        f"({_ends(own.cosine.interval, number)}): {_percent(own.false.value)} % of negatives "
        f"pass it, and {_percent(own.missed.value)} % of translations do not "
        f"({_ends(own.missed.interval, _percent)})."
    )


def _by_pair(use: str, own: Threshold, margin: float) -> str:
    return (
        f"At worst {_percent(own.most_false.share)} % of negatives pass "
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
    return percent(share, 1)


def _short(pair: PairShare) -> str:
    return f"{pair.a}–{pair.b} {_percent(pair.share)}"


def _languages(pair: PairShare) -> str:
    return f"{language(pair.a)}–{language(pair.b)}"
