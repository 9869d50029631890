"""Verdict: the first thing a reader of the page is told."""

from alignment.record.core import CoreResults
from alignment.report import words
from alignment.report.findings import judged
from alignment.report.labels import Labels
from alignment.stats.estimates import Estimate

_MAX_CONFUSED = 2  # concepts that are named, where none is mistaken more often


def of_record(results: CoreResults) -> list[str]:
    """Say how well the model does, which languages it does not know, and what fails."""
    if results.collapsed:
        return results.findings[:1]
    score = results.headlines().get("calibrated_alignment_score")
    where = f"on {words.extent(results)} (grid: {results.provenance.grid})"
    if score is None or score.value is None:
        return [f"{results.model} has no calibrated alignment score {where}."]
    return [
        f"{results.model} has a calibrated alignment score of {with_interval(score)} {where}, "
        "where 0 is chance and 1 is perfect.",
        _support(results),
        _failures(results),
    ]


def with_interval(score: Estimate) -> str:
    """Return "0.929 (95 % CI 0.898 to 0.952)"."""
    low, high = score.interval
    ends = "no interval" if low is None else f"95 % CI {words.number(low)} to {words.number(high)}"
    return f"{words.number(score.value)} ({ends})"


def _support(results: CoreResults) -> str:
    if not results.support:
        return ""
    not_known = [
        f"{verdict}: {words.languages(codes, 6)}"
        for verdict in ("not supported", "weak")
        if (codes := judged(results, verdict))
    ]
    if not not_known:
        return f"It supports all {words.counted(len(results.languages), 'language')}."
    known = len(judged(results, "supported"))
    return (
        f"It supports {known:,} of {words.counted(len(results.languages), 'language')}; "
        f"{'; '.join(not_known)}."
    )


def _failures(results: CoreResults) -> str:
    asked = sum(n for a, own in results.coverage.pairs.items() for b, n in own.items() if a != b)
    total = results.errors.total
    if not asked:
        return ""
    if not total:
        return "Every text finds its translation first in every language."
    said = f"{total:,} of {asked:,} retrievals fail ({_share(total / asked)} %)"
    pairs = results.errors.pairs
    most = [own for own in pairs if own.count == pairs[0].count]
    if len(most) <= _MAX_CONFUSED and most[0].count > 1:
        labels = Labels(results)
        named = [
            f"“{labels.concept(own.expected).cut()}” mistaken for "
            f"“{labels.concept(own.retrieved).cut()}”"
            for own in most
        ]
        each = " each" if len(most) > 1 else ""
        said += f", most often {words.listed(named)} ({most[0].count:,} times{each})"
    return f"{said}."


def _share(share: float) -> str:
    return f"{100 * share:.1f}" if share < 0.1 else words.percent(share)
