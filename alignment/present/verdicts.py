"""Verdicts: which model is better, in a sentence for every two that follow in the ranking."""

from itertools import pairwise

from alignment.present.words import languages, listed, number, p_value, signed, signed_interval
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
    """Say which models nobody need pay more for, and get less."""
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
    verb = "is" if len(front) == 1 else "are"
    return [
        f"On the front of quality (rank) against cost ({listed(known)}) {verb} {listed(front)}."
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
    """Say which models do not know languages that their scores are averaged over."""
    said = []
    for model in comparison.models:
        failing = [code for code, own in model.support.items() if own == "not supported"]
        if not failing:
            continue
        names, beside = "any of these languages", ""
        if among := model.among_supported:
            names = languages(failing, 6)
            beside = f"; its calibrated score among the others is {number(among[RANKED_BY])}"
        said.append(f"{model.name} does not support {names}{beside}.")
    return said


def _verdict(better: str, worse: str, pair: ModelPair) -> str:
    sign = 1 if pair.a == better else -1
    low, high = (None if end is None else sign * end for end in pair.interval)
    ends = Interval(low, high) if sign > 0 else Interval(high, low)
    numbers = f"{METRICS.get(pair.metric, pair.metric)} {signed(sign * pair.difference)}"
    if ends.low is not None:
        numbers += f", 95 % CI {signed_interval(ends)}"
    numbers += f", {p_value(pair.p_adjusted)}"
    if pair.verdict == "level":
        return f"{better} and {worse} are level ({numbers})."
    if pair.verdict == "inconclusive":
        seen = ""
        if pair.detectable is not None:
            seen = f" A difference of {pair.detectable:.3f} would have been found in 4 of 5 cases."
        return f"{better} and {worse} are not significantly different ({numbers}).{seen}"
    return f"{better} is better than {worse} ({numbers})."
