"""Verdicts: which model is better, in a sentence for every two that follow in the ranking."""

from itertools import pairwise

from alignment.present.words import (
    capital,
    compared,
    detects,
    how_sure,
    languages,
    listed,
    number,
    on_these,
)
from alignment.record.comparison import RANKED_BY, SEARCHED, ComparedModel, Comparison, ModelPair
from alignment.record.search import ACROSS, INDEX
from alignment.stats.estimates import Interval

METRICS = {
    RANKED_BY: "calibrated score",
    "cross_lingual_retrieval": "retrieval",
    ACROSS: "nDCG@10 across languages",
    INDEX: "nDCG@10 in one index of all languages",
}


def verdicts(comparison: Comparison) -> list[str]:
    """Return a sentence for every two models that follow one another, and on what they lack."""
    order = [model.name for model in comparison.models]
    said = _in_order(comparison, order, RANKED_BY) + _supports(comparison)
    for metric in SEARCHED:
        found = [model for model in comparison.models if metric in model.search_rank]
        found.sort(key=lambda model: _by_search(model, metric))
        said += _in_order(comparison, [model.name for model in found], metric)
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


def _by_search(model: ComparedModel, metric: str) -> tuple[int, float]:
    own = model.search[metric].value if model.search else None
    return model.search_rank[metric], -(own or 0)


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
    numbers = f"({METRICS[pair.metric]} {how_sure(difference, ends, pair.p)})"
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
