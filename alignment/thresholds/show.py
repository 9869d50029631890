"""Thresholds, shown: the recommended cosines in tables and sentences."""

from functools import partial
from itertools import combinations

from alignment.record.core import CoreResults
from alignment.report import words
from alignment.report.table import ESTIMATE, NUMBER, PAIR, PERCENT_1, Column, Kind, Table
from alignment.seam import Entry, Finding, Part, Place, Shown
from alignment.stats.estimates import Estimate
from alignment.thresholds.record import BITEXT, CACHE, DUPLICATES, PairShare, Threshold, Thresholds

PART = Part("thresholds", "Thresholds")
USES = {DUPLICATES: "duplicates", BITEXT: "bitext mining", CACHE: "semantic caches"}
_AIMS = {DUPLICATES: "To find duplicates", BITEXT: "To mine bitext", CACHE: "For a semantic cache"}
_percent = partial(words.percent, digits=1)
_WITH_WORST = Kind(
    lambda pair: f"{_percent(pair[0].value)} ({pair[1].a}–{pair[1].b} {_percent(pair[1].share)})",
    parts=("", "_low", "_high", "_worst"),
    split=lambda pair: (pair[0].value, *pair[0].interval, pair[1].share),
)


def show(section: Thresholds, results: CoreResults) -> Shown:
    """Return sentences and tables, and the picture of the pairs."""
    sentences = threshold_findings(section, results.provenance.margin)
    tables = {
        "thresholds": Entry(partial(uses, section), PART, "brief"),
        "threshold_pairs": Entry(partial(pairs, section), PART, "brief", ends=True),
    }
    figure = ("thresholds", "Thresholds by language pair") if section.pairs else None
    return Shown([Finding(Place.USES, sentence) for sentence in sentences], tables, figure)


def uses(thresholds: Thresholds) -> Table:
    """One row per use: a threshold for all language pairs, its errors, and the worst pairs."""
    return Table.named(
        "thresholds",
        f"Thresholds for {extent(thresholds)}, in % (worst pair)",
        {USES[use]: threshold for use, threshold in thresholds.recommended.items()},
        Column("use"),
        Column("cosine", kind=ESTIMATE),
        Column("false", lambda row: (row.false, row.most_false), _WITH_WORST, "negatives pass"),
        Column("missed", lambda row: (row.missed, row.most_missed), _WITH_WORST),
    )


def extent(thresholds: Thresholds) -> str:
    """Return the languages of the recommended thresholds in words."""
    count = len(thresholds.languages)
    kind = "language" if count == len(thresholds.one_percent) else "supported language"
    return f"the pairs of {words.counted(count, kind)}"


def language_pairs(thresholds: Thresholds) -> list[tuple[str, str]]:
    """Return the language pairs of the recommended thresholds."""
    return list(combinations(thresholds.languages, 2))


def pairs(thresholds: Thresholds) -> Table:
    """One row per language pair, the smallest equal error first: the thresholds of this pair."""

    def column(key: str, title: str, kind: Kind = PERCENT_1) -> Column:
        return Column(key, lambda pair: getattr(thresholds, key)[pair[0]][pair[1]], kind, title)

    return Table.of(
        "threshold_pairs",
        "Own thresholds, and % of translations that pass",
        language_pairs(thresholds),
        Column("", tuple, PAIR, "pair"),
        column("one_percent", "1 % false", NUMBER),
        column("one_percent_passed", "pass"),
        column("five_percent", "5 % false", NUMBER),
        column("five_percent_passed", "pass"),
        column("equal_error_cosine", "equal error", NUMBER),
        column("equal_error", "%"),
    ).by("equal_error")


def threshold_findings(thresholds: Thresholds, margin: float) -> list[str]:
    """Return sentences on the threshold for each use, its errors, and thresholds by pair."""
    sentences = []
    for use, threshold in thresholds.recommended.items():
        by_pair = f" {_by_pair(use, threshold, margin)}" if thresholds.pair_count > 1 else ""
        sentences.append(_recommended(use, threshold) + by_pair)
    for reason in dict.fromkeys(thresholds.undefined.values()):
        names = [USES[use] for use, why in thresholds.undefined.items() if why == reason]
        sentences.append(f"No threshold can be recommended for {words.listed(names)}: {reason}.")
    return sentences


def _recommended(use: str, threshold: Threshold) -> str:
    cosine, false, missed = threshold.cosine, threshold.false, threshold.missed
    (low, high), (least, most) = cosine.interval, missed.interval
    return (
        f"{_AIMS[use]}, take pairs from a cosine of {words.number(cosine.value)} "
        f"(95 % CI {words.number(low)} to {words.number(high)}): {_percent(false.value)} % of "
        f"negatives pass it, and {_percent(missed.value)} % of translations do not "
        f"(95 % CI {_percent(least)} to {_percent(most)})."
    )


def helps(saved: Estimate, margin: float) -> bool | None:
    """Return whether a threshold for each language pair would help; None if inconclusive."""
    low, high = saved.interval
    if low is not None and low > margin:
        return True
    return False if high is not None and high <= margin else None


def _by_pair(use: str, threshold: Threshold, margin: float) -> str:
    false, missed, saved = threshold.most_false, threshold.most_missed, threshold.saved
    one_per_pair = "threshold for each language pair would"
    verdict = {
        True: f"A {one_per_pair} help",
        False: f"A {one_per_pair} hardly help",
        None: f"Whether a {one_per_pair} help is inconclusive",
    }[helps(saved, margin)]
    fewer = "fewer" if (saved.value or 0) >= 0 else "more"
    kind = "errors" if use == BITEXT else "translations missed"
    return (
        f"At worst {_percent(false.share)} % of negatives pass ({_languages(false)}), and "
        f"{_percent(missed.share)} % of translations do not ({_languages(missed)}). {verdict} "
        f"({fewer} {kind}: {words.points(saved.value or 0)}, "
        f"{words.points_interval(saved.interval)})."
    )


def _languages(pair: PairShare) -> str:
    return f"{words.language(pair.a)}–{words.language(pair.b)}"
