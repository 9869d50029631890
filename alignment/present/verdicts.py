"""Verdicts: which model is better, in a sentence for every two that follow in the ranking."""

from itertools import pairwise

from alignment.present.words import languages, number, p_value, signed, signed_interval
from alignment.record.comparison import RANKED_BY, Comparison, ModelPair
from alignment.stats.estimates import Interval


def verdicts(comparison: Comparison) -> list[str]:
    """Return a sentence for every two models that follow one another, and on what they lack."""
    ranked = {
        frozenset((pair.a, pair.b)): pair for pair in comparison.pairs if pair.metric == RANKED_BY
    }
    order = [model.name for model in comparison.models]
    said = [
        _verdict(better, worse, ranked[frozenset((better, worse))])
        for better, worse in pairwise(order)
        if frozenset((better, worse)) in ranked
    ]
    return said + _supports(comparison)


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
    numbers = f"calibrated score {signed(sign * pair.difference)}"
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
