"""Verdicts: which model is better, in a sentence for every two that follow in the ranking."""

from itertools import pairwise

from alignment.capabilities import capabilities, metrics
from alignment.compare.models import Comparison, ModelPair
from alignment.record.core import RANKED_BY
from alignment.report.words import (
    capital,
    compared,
    detects,
    how_sure,
    languages,
    listed,
    number,
    on_these,
)
from alignment.stats.estimates import Interval

_METRICS = {RANKED_BY: "calibrated score", "cross_lingual_retrieval": "retrieval"}


def metric_words(metric: str) -> str:
    """Return what a metric is called in a sentence."""
    return _METRICS.get(metric) or metrics()[metric].words


def verdicts(comparison: Comparison) -> list[str]:
    """Return a sentence for every two models that follow one another, and on what they lack."""
    order = [model.name for model in comparison.models]
    said = _in_order(comparison, order, RANKED_BY) + _supports(comparison)
    for key, own in capabilities().items():
        for metric in own.metrics:
            order = _order(comparison, key, metric)
            said += _in_order(comparison, order, metric)
    return said + _front(comparison)


def _front(comparison: Comparison) -> list[str]:
    """Say which models are Pareto-optimal: no other is both as good and cheaper."""
    front = [model.name for model in comparison.models if model.on_front]
    if len(comparison.models) < 2:
        return []
    known = [
        name
        for name, of in {
            "dimensions": lambda model: model.dimension,
            "size on disk": lambda model: model.disk_bytes,
            "texts a second": lambda model: model.texts_per_second,
        }.items()
        if all(of(model) for model in comparison.models)
    ]
    return [
        f"No other model is both as good (rank) and cheaper ({listed(known)}) than {listed(front)}."
    ]


def _order(comparison: Comparison, key: str, metric: str) -> list[str]:
    """Return the models by their rank in a metric of a capability, and by their value."""
    ranks = {own.name: getattr(own, f"{key}_rank") for own in comparison.models}
    values = {own.name: getattr(own, key) or {} for own in comparison.models}

    def place(name: str) -> tuple[int, float]:
        return ranks[name][metric], -(values[name][metric].value or 0)

    return sorted((name for name in ranks if metric in ranks[name]), key=place)


def _in_order(comparison: Comparison, order: list[str], metric: str) -> list[str]:
    ranked = {
        frozenset((pair.a, pair.b)): pair for pair in comparison.pairs if pair.metric == metric
    }
    return [
        _verdict(better, worse, ranked[frozenset((better, worse))])
        for better, worse in pairwise(order)
        if frozenset((better, worse)) in ranked
    ]


def _supports(comparison: Comparison) -> list[str]:
    """Say which models do not support languages that their scores are averaged over."""
    said = []
    for model in comparison.models:
        failing = [code for code, own in model.support.items() if own.verdict == "not supported"]
        if not failing:
            continue
        names, beside = "any of these languages", ""
        if among := model.among_supported:
            names = languages(failing, 6)
            beside = f"; its calibrated score among the others is {number(among[RANKED_BY])}"
        said.append(f"{model.name} does not support {names}{beside}.")
    return said


def _verdict(first: str, second: str, pair: ModelPair) -> str:
    """Say which of two models is better, and how sure that is."""
    sign = 1 if pair.a == first else -1
    low, high = (None if end is None else sign * end for end in pair.interval)
    ends = Interval(low, high) if sign > 0 else Interval(high, low)
    difference = None if pair.difference is None else sign * pair.difference
    numbers = f"({metric_words(pair.metric)} {how_sure(difference, ends, pair.p)})"
    if pair.better:
        other = second if pair.better == first else first
        return f"{pair.better} is better than {other}{on_these(pair.verdict)} {numbers}."
    if pair.verdict.startswith("slightly"):
        better, other = (first, second) if (difference or 0) > 0 else (second, first)
        return f"{better} is slightly better than {other} {numbers}."
    said = f"{first} and {second} are {compared(pair.verdict)} {numbers}."
    if pair.verdict != "inconclusive" or pair.detectable is None:
        return said
    return f"{said} {capital(detects(number(pair.detectable)))}."
