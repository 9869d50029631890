"""Verdict: the first thing that the page tells a reader."""

from alignment.record.core import CoreResults
from alignment.report import words
from alignment.report.findings import judged
from alignment.report.labels import Labels
from alignment.stats.estimates import Estimate

_MAX_CONFUSED = 2  # concepts that are named, where none is mistaken more often


def of_record(results: CoreResults) -> list[str]:
    """Say how well the model does, which languages it does not support, and what fails."""
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
    count = words.counted(len(results.languages), "language")
    others = [
        f"{verdict}: {words.languages(codes, 6)}"
        for verdict in ("not supported", "weak")
        if (codes := judged(results, verdict))
    ]
    if not others:
        return f"It supports all {count}."
    return f"It supports {len(judged(results, 'supported')):,} of {count}; {'; '.join(others)}."


def _failures(results: CoreResults) -> str:
    pairs = results.coverage.pairs.items()
    retrievals = sum(n for a, row in pairs for b, n in row.items() if a != b)
    failed, confused = results.errors.total, results.errors.pairs
    if not retrievals:
        return ""
    if not failed:
        return "Every text finds its translation first in every language."
    share = words.percent(failed / retrievals, 1 if failed / retrievals < 0.1 else 0)
    sentence = f"{failed:,} of {retrievals:,} retrievals fail ({share} %)"
    most = [pair for pair in confused if pair.count == confused[0].count]
    if len(most) <= _MAX_CONFUSED and most[0].count > 1:
        labels = Labels(results)
        named = [
            f"“{labels.concept(pair.expected).cut()}” mistaken for "
            f"“{labels.concept(pair.retrieved).cut()}”"
            for pair in most
        ]
        each = " each" if len(most) > 1 else ""
        sentence += f", most often {words.listed(named)} ({most[0].count:,} times{each})"
    return f"{sentence}."
