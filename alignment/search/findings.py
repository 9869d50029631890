"""Search findings: what the record of a search shows, in sentences."""

from collections.abc import Callable

from alignment.report.words import (
    capital,
    counted,
    detects,
    in_points,
    language,
    languages,
    listed,
    on_these,
    percent,
    points,
    signed_points,
)
from alignment.search.record import Mixed, Search
from alignment.stats.contrast import Contrast
from alignment.stats.estimates import Number

MAX_LANGUAGES = 2  # of questions, that have a sentence of their own
MIN_CROWDING = 0.1  # more than expected, from which it is said which language outranks others
FEW = 50  # passages, of which it is said that they are few


def search_findings(search: Search) -> list[str]:
    """Return the sentences: between languages, in one index, remedies, and what so few can show."""
    return [
        sentence
        for sentence in (
            _penalty(search),
            _index(search),
            *_languages(search),
            *_crowding(search),
            *_remedies(search),
            _mix(search),
            _few(search),
        )
        if sentence
    ]


def _penalty(search: Search) -> str:
    lost = search.penalty["all"]
    if lost.difference is None:
        return ""
    verb = "lose" if lost.difference > 0 else "gain"
    sure = on_these(lost.verdict) if lost.significant else ", but not significantly so,"
    return (
        f"Questions {verb} {points(lost.difference)} of nDCG@10{sure} where their passage is in "
        f"another language ({in_points(lost)})."
    )


def _gain(contrast: Contrast) -> str:
    return f"{signed_points(contrast.difference)} points ({in_points(contrast)})"


def _languages(search: Search) -> list[str]:
    """Say what questions find whose own language is preferred most."""
    preferred = {
        code: (mixed.first_language[code] or 0) - (mixed.even[code] or 0)
        for code, mixed in search.mixed.items()
        if mixed.first_language.get(code) is not None
    }
    order = sorted(preferred, key=lambda code: -preferred[code])
    return [_language(search, code) for code in order[:MAX_LANGUAGES]]


def _language(search: Search, code: str) -> str:
    name, mixed = language(code), search.mixed[code]
    own, others = search.between[code][code].recall_at_1, elsewhere(search, code)
    low, high = mixed.intervals["same_language_first"]
    sure = "" if low is None else f" (95 % CI {percent(low)} to {percent(high)})"
    return (
        f"{name} questions find their passage first in {percent(own)} % of cases "
        f"when the passages are {name}, and in {percent(others)} % when they are in another "
        f"language; in one index of all {counted(len(search.passages), 'language')} the {name} "
        f"version is the first of the versions in {percent(mixed.first_language[code])} %{sure}, "
        f"where {percent(mixed.even[code])} % would be even."
    )


def _index(search: Search) -> str:
    hit, complete = (
        _mean(search.mixed, lambda own: own.hit_at_1),
        _mean(search.mixed, lambda own: own.complete_at_10),
    )
    found = {code: _found(search.mixed, code) or 0.0 for code in search.passages}
    fewest, most = (end(found, key=found.__getitem__) for end in (min, max))
    return (
        f"In one index of all languages the first answer is right for {percent(hit)} % of the "
        f"questions, and all versions of the right passage are among the first ten for "
        f"{percent(complete)} %; of the versions in {language(most)} {percent(found[most])} % are "
        f"there, of those in {language(fewest)} {percent(found[fewest])} %."
    )


def _mean(mixed: dict[str, Mixed], value: Callable[[Mixed], Number]) -> Number:
    values = [own for own in map(value, mixed.values()) if own is not None]
    return sum(values) / len(values) if values else None


def _found(mixed: dict[str, Mixed], code: str) -> Number:
    """Return how many of the versions in a language are among the first ten."""
    return _mean(mixed, lambda own: own.recall_at_10[code])


def _crowding(search: Search) -> list[str]:
    """Say whose passages stand before the answers to whose questions, beyond their share."""
    above = {
        (asked, code): share - (mixed.crowding_expected[code] or 0)
        for asked, mixed in search.mixed.items()
        for code, share in mixed.crowding.items()
        if share is not None
    }
    beyond = sorted((pair for pair in above if above[pair] >= MIN_CROWDING), key=above.__getitem__)
    own = [asked for asked, code in beyond if asked == code]
    others = [pair for pair in beyond if pair[0] != pair[1]]
    said = []
    if own:
        shares = sorted(search.mixed[code].crowding[code] or 0 for code in own)
        low, high = percent(shares[0]), percent(shares[-1])
        said.append(
            f"Questions in {languages(own)} are outranked by passages in their own language: "
            f"{low if low == high else f'{low} to {high}'} % of the wrong answers before the right "
            "one are in it, more than its share of the index."
        )
    if others:
        asked, code = others[-1]
        mixed = search.mixed[asked]
        said.append(
            f"{language(code)} passages outrank others for questions in {language(asked)}: "
            f"{percent(mixed.crowding[code])} % of the wrong answers before the right one, where "
            f"{percent(mixed.crowding_expected[code])} % would be even."
        )
    return said


def _mix(search: Search) -> str:
    if not search.mix:
        return ""
    mixed = search.mix.mixed
    there = [code for code, count in search.mix.passages.items() if count]
    found = [f"{percent(_found(mixed, code))} % of those in {language(code)}" for code in there]
    hit = _mean(mixed, lambda own: own.hit_at_1)
    return (
        f"In an index of {mix_words(search)}, each passage in one language, the right passage "
        f"comes first for {percent(hit)} % of the questions; {listed(found, 6)} are among the "
        "first ten."
    )


def _remedies(search: Search) -> list[str]:
    said = []
    for name, remedy in search.remedies.items():
        both, what = (remedy.index, remedy.across), remedy_words(name)
        if worse := [on_these(own.verdict) for own in both if own.is_worse]:
            verdict = f"makes search worse{min(worse)}"
        elif any(own.is_better for own in both):
            verdict = "is worth a try"
        else:
            verdict = "changes nothing significantly, or little"
        said.append(
            f"{capital(what)} {verdict}: nDCG@10 in one index {_gain(remedy.index)}, "
            f"across languages {_gain(remedy.across)}."
        )
    return said


def _few(search: Search) -> str:
    if search.answered >= FEW:
        return ""
    seen = search.penalty["all"].detectable
    least = f"{detects(points(seen))}, and " if seen is not None else ""
    return (
        f"{counted(search.answered, 'passage')} with questions are few: {least}a larger index is "
        "harder to search than this one."
    )


def elsewhere(search: Search, code: str) -> Number:
    """Return how often passages in other languages are found first, in the mean over these."""
    others = [
        own.recall_at_1
        for other, own in search.between[code].items()
        if other != code and own.recall_at_1 is not None
    ]
    return sum(others) / len(others) if others else None


def remedy_words(name: str) -> str:
    """Return what a remedy does: "centring by language", "asking in English too"."""
    kind, _, code = name.partition(" with ")
    return f"asking in {language(code)} too" if code else f"{kind} by language"


def mix_words(search: Search) -> str:
    """Return the shares of a mix: "80 % English and 20 % Thai"."""
    shares = search.mix.shares if search.mix else {}
    named = [f"{percent(own)} % {language(code)}" for code, own in shares.items() if own]
    return listed(named, 4)
