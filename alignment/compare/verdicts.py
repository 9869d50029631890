"""Verdicts: sentences that say which of two successive models of the ranking is better."""

from itertools import pairwise

from alignment.capabilities import capabilities, metrics
from alignment.compare.models import ComparedModel, Comparison, ModelPair
from alignment.record.core import RANKED_BY
from alignment.report import words
from alignment.stats.estimates import Interval

_METRICS = {RANKED_BY: "calibrated score", "cross_lingual_retrieval": "retrieval"}
_COSTS = {
    "dimension": "dimensions",
    "disk_bytes": "size on disk",
    "texts_per_second": "texts a second",
}


def metric_words(metric: str) -> str:
    """Return the name of a metric in a sentence."""
    return _METRICS.get(metric) or metrics()[metric].words


def verdicts(comparison: Comparison) -> list[str]:
    """Say how successive models differ, what they do not support, and which are Pareto-optimal."""
    models = comparison.models
    sentences = _differences(comparison, models, RANKED_BY)
    sentences += [sentence for model in models for sentence in _unsupported(model)]
    for key, capability in capabilities().items():
        for metric in capability.metrics:
            sentences += _differences(comparison, _ranked(models, key, metric), metric)
    return sentences + _pareto_optimal(models)


def _ranked(models: list[ComparedModel], key: str, metric: str) -> list[ComparedModel]:
    """Return the models that have a metric of a capability, by rank, then by value."""

    def place(model: ComparedModel) -> tuple[int, float]:
        return getattr(model, f"{key}_rank")[metric], -(getattr(model, key)[metric].value or 0)

    return sorted((m for m in models if metric in getattr(m, f"{key}_rank")), key=place)


def _differences(comparison: Comparison, models: list[ComparedModel], metric: str) -> list[str]:
    pairs = {frozenset((p.a, p.b)): p for p in comparison.pairs if p.metric == metric}
    return [
        _difference(first.name, pair)
        for first, second in pairwise(models)
        if (pair := pairs.get(frozenset((first.name, second.name))))
    ]


def _difference(first: str, pair: ModelPair) -> str:
    """Say which model of a pair is better, and how sure that is; ``first`` ranks first."""
    second, difference, interval = pair.b, pair.difference, pair.interval
    if pair.a != first:
        second = pair.a
        difference, high, low = (x if x is None else -x for x in (difference, *interval))
        interval = Interval(low, high)
    numbers = f"({metric_words(pair.metric)} {words.how_sure(difference, interval, pair.p)})"
    if pair.better:
        return f"{pair.better} is better than {pair.worse}{words.on_these(pair.verdict)} {numbers}."
    if pair.verdict.startswith("slightly"):
        better, other = (first, second) if (difference or 0) > 0 else (second, first)
        return f"{better} is slightly better than {other} {numbers}."
    sentence = f"{first} and {second} are {words.compared(pair.verdict)} {numbers}."
    if pair.verdict != "inconclusive" or pair.detectable is None:
        return sentence
    return f"{sentence} {words.capital(words.detects(words.number(pair.detectable)))}."


def _unsupported(model: ComparedModel) -> list[str]:
    """Say which languages a model does not support, if any; its scores are averaged over them."""
    codes = [code for code, each in model.support.items() if each.verdict == "not supported"]
    if not codes:
        return []
    if not model.among_supported:
        return [f"{model.name} does not support any of these languages."]
    score = words.number(model.among_supported[RANKED_BY])
    return [
        f"{model.name} does not support {words.languages(codes, 6)}; its calibrated score among "
        f"the others is {score}."
    ]


def _pareto_optimal(models: list[ComparedModel]) -> list[str]:
    """Say which models are Pareto-optimal: no other is both as good and cheaper."""
    if len(models) < 2:
        return []
    costs = [word for cost, word in _COSTS.items() if all(getattr(m, cost) for m in models)]
    best = words.listed([model.name for model in models if model.on_front])
    return [
        f"No other model is both as good (rank) and cheaper ({words.listed(costs)}) than {best}."
    ]
