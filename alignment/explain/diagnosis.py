"""Diagnosis: is a language retrieved worse than the others, by which words, and what cures it?"""

import numpy as np

from alignment.explain.probes import Probe
from alignment.explain.subwords import Tokens
from alignment.grids import ConceptGrid
from alignment.measure import metrics
from alignment.present.verdicts import SURE, verdict
from alignment.stats import intervals

FAILS = -0.5  # a word is at fault that is retrieved by so much less than its translations


def diagnose(
    retrieval: np.ndarray,
    contrasts: dict[str, dict],
    grid: ConceptGrid,
    seed: int,
    probes: dict[str, Probe] | None = None,
    changes: dict[str, dict] | None = None,
    tokens: Tokens | None = None,
) -> dict[str, dict]:
    """Say of each language whether it diverges, and why, as far as it can be told.

    Args:
        retrieval: (C, L) credits; NaN where there is no text.
        contrasts: of the languages, by `alignment.explain.contrasts`; empty for too small a grid.
        probes: by `probes.probe`, and changes by its ``table``; None where not probed.
        tokens: None where the model does not show its tokeniser.

    Returns:
        {language: {"difference", "interval", "p", "concepts_needed", of its retrieval from that of
        the pairs without it; "standing", "lower", "not lower" or "untold"; "words", {concept: how
        much less its word is retrieved than its translations} of those that fail, and
        "without_them", the difference without these concepts; "forms", {form: the difference in
        it, its interval, and its "effect" on the gap, "removes", "narrows" or "none"} or None;
        "subwords", the difference "at_equal" numbers of subwords, its interval, and their
        "effect", "explain", "do not explain" or "untold", or None; "unknown", the share of
        subwords unknown to the model; "verdict", one line}}.
    """
    gap = metrics.gaps(retrieval)
    sides = {
        form: (metrics.gaps(probe.bare), metrics.gaps(probe.value))
        for form, probe in (probes or {}).items()
    }
    found = {}
    for j, language in enumerate(grid.languages):
        if language not in contrasts:
            continue
        contrast = contrasts[language]
        found[language] = {
            **{name: contrast[name] for name in ("difference", "interval", "p", "concepts_needed")},
            "standing": _standing(contrast),
            **_words(gap[:, j], grid.concepts),
            "forms": None if probes is None else _forms(language, probes, sides, changes, seed),
            "subwords": _subwords(gap[:, j], tokens, j, seed),
            "unknown": _unknown(tokens, j),
        }
        found[language]["verdict"] = verdict(found[language], len(grid.concepts))
    return found


def _standing(contrast: dict) -> str:
    """Only a language below the others is named; near the ceiling "better" is said too easily.

    One word that fails makes every language but its own a little better, which no flipping of
    signs allows for.
    """
    low, high = contrast["interval"]
    if contrast["p"] <= SURE and high < 0:
        return "lower"
    return "not lower" if low > 0 else "untold"


def _words(gap: np.ndarray, concepts: tuple[str, ...]) -> dict:
    at_fault = np.flatnonzero(gap < FAILS - 1e-9)
    worst = at_fault[np.argsort(gap[at_fault], kind="stable")]
    rest = float(metrics.mean_present(np.delete(gap, at_fault)))
    return {
        "words": {concepts[c]: gap[c] for c in worst},
        "without_them": rest if len(at_fault) and np.isfinite(rest) else None,
    }


def _forms(language: str, probes: dict[str, Probe], sides: dict, changes: dict, seed: int) -> dict:
    """Compare the language's gap in every form that it has with its gap without.

    Args:
        sides: of each form the gaps (C, L') without it and in it.
    """
    forms = [form for form, probe in probes.items() if language in probe.languages]
    places = [(form, probes[form].languages.index(language)) for form in forms]
    before, after = (
        np.stack([sides[form][side][:, j] for form, j in places], axis=1) for side in (0, 1)
    )
    left, closed = (
        intervals.bootstrap_interval(values, seed=seed).T for values in (after, after - before)
    )
    gap, remains = metrics.mean_present(before, axis=0), metrics.mean_present(after, axis=0)
    return {
        form: {
            "difference": remains[i],
            "interval": left[i],
            "effect": _effect(changes[form][language], gap[i], remains[i], left[i], closed[i]),
        }
        for i, form in enumerate(forms)
    }


def _effect(change: dict, gap: float, remains: float, left, closed) -> str:
    """Tell what a form does to a gap; only one in which the language itself is retrieved better."""
    helps = change["change"] > 0 and change["p"] <= SURE and closed[0] > 0
    if not (helps and gap < 0):
        return "none"
    return "removes" if left[1] >= 0 and remains > gap / 2 else "narrows"


def _subwords(gap: np.ndarray, tokens: Tokens | None, j: int, seed: int) -> dict | None:
    """Say what is left of the gap where a concept has as many subwords here as elsewhere."""
    if tokens is None:
        return None
    others = metrics.mean_present(np.delete(tokens.subwords, j, axis=1), axis=1)
    more = tokens.subwords[:, j] - others + 0 * gap  # NaN where either is
    moments = np.stack([more, gap + 0 * more, more * more, more * gap], axis=1)
    slope, at_equal = _line(moments, np.ones((1, len(moments))))[0]
    ends = intervals.bootstrap_interval(moments, _line, seed=seed).T
    if np.isfinite(more).sum() < intervals.FEWEST:
        ends[:] = np.nan
    return {
        "at_equal": at_equal,
        "interval": ends[1],
        "effect": _explained(gap, slope, at_equal, ends),
    }


def _explained(gap, slope, at_equal, ends) -> str:
    """Subwords explain a gap that goes with them, and that is gone where they are equal."""
    difference = metrics.mean_present(gap)
    if ends[0][1] < 0 and ends[1][1] >= 0 and at_equal > difference / 2:
        return "explain"
    return "do not explain" if ends[1][1] < 0 else "untold"


def _line(moments: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return slope and height at 0 (R, 2) of the line through x, y, given x, y, x², x·y (C, 4)."""
    x, y, xx, xy = intervals.weighted_mean(moments, weights).T
    spread = xx - x * x
    slope = np.divide(xy - x * y, spread, out=np.zeros_like(x), where=spread > 1e-12)
    return np.stack([slope, y - slope * x], axis=1)


def _unknown(tokens: Tokens | None, j: int) -> float | None:
    if tokens is None or tokens.unknown is None:
        return None
    return float(np.nansum(tokens.unknown[:, j]) / np.nansum(tokens.subwords[:, j]))
