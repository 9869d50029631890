"""Verdict: the first thing a reader of the page is told."""

from alignment.present import words
from alignment.present.labels import Labels
from alignment.present.language_findings import judged
from alignment.present.verdicts import verdicts
from alignment.record.comparison import RANKED_BY, Comparison
from alignment.record.results import AlignmentResults
from alignment.stats.estimates import Estimate

_MAX_CONFUSED = 2  # concepts that are named, where none is mistaken more often


def of_record(results: AlignmentResults) -> list[str]:
    """Say how well the model does, which languages it does not know, and what fails."""
    if results.collapsed:
        return results.findings[:1]
    score = results.headlines().get("calibrated_alignment_score")
    where = f"on {words.extent(results)} (grid: {results.provenance.grid})"
    if score is None or score.value is None:
        return [f"{results.model} has no calibrated alignment score {where}."]
    return [
        f"{results.model} has a calibrated alignment score of {_with_interval(score)} {where}, "
        "where 0 is chance and 1 is perfect.",
        _support(results),
        _failures(results),
    ]


def of_comparison(comparison: Comparison) -> list[str]:
    """Say which model is best, and that others did not run."""
    best = comparison.models[0]
    grid = comparison.grid
    where = (
        f"on {words.counted(grid.concepts, 'concept')} × "
        f"{words.counted(grid.languages, 'language')} (grid: {grid.name})"
    )
    level = [model.name for model in comparison.models if model.rank == best.rank]
    score = f"a calibrated alignment score of {_with_interval(best.scores[RANKED_BY])}"
    if len(level) == 1:
        said = [f"{best.name} ranks first {where}, with {score}."]
    else:
        said = [f"{words.listed(level, 4)} share the first rank {where}; {best.name} has {score}."]
    said += verdicts(comparison)[:1]
    if comparison.failures:
        said.append(f"Not run: {words.listed(list(comparison.failures))}; the reasons are below.")
    return said


def _with_interval(score: Estimate) -> str:
    low, high = score.interval
    ends = "no interval" if low is None else f"95 % CI {words.number(low)} to {words.number(high)}"
    return f"{words.number(score.value)} ({ends})"


def _support(results: AlignmentResults) -> str:
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


def _failures(results: AlignmentResults) -> str:
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
