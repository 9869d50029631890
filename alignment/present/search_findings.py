"""Search findings: what the record of a search shows, in sentences."""

from collections.abc import Callable

from alignment.present.search import elsewhere, mix_words, remedy_words
from alignment.present.words import (
    counted,
    language,
    languages,
    listed,
    p_value,
    percent,
    points,
    points_interval,
    signed_points,
)
from alignment.record.search import Mixed, Search
from alignment.stats.estimates import Contrast, Number

MAX_LANGUAGES = 3  # of questions, that have a sentence of their own
MIN_CROWDING = 0.1  # more than expected, from which it is said who crowds out whom
FEW = 50  # passages, of which it is said that they are few


def search_findings(search: Search) -> list[str]:
    """Return the sentences: between languages, in one index, remedies, and what so few can show."""
    return [
        sentence
        for sentence in (
            _penalty(search),
            *_languages(search),
            _index(search),
            *_crowding(search),
            _mix(search),
            *_remedies(search),
            _few(search),
        )
        if sentence
    ]


def _penalty(search: Search) -> str:
    lost = search.penalty["all"]
    if lost.difference is None:
        return ""
    if not lost.significant:
        verdict = "lose nothing significant where their passage is in another language"
    elif lost.difference > 0:
        verdict = (
            f"lose {points(lost.difference)} of nDCG@10 where their passage is in another language"
        )
    else:
        verdict = f"gain {points(lost.difference)} of nDCG@10 where their passage is in another one"
    return f"Questions {verdict} ({_sure(lost)})."


def _sure(contrast: Contrast, ends: bool = True) -> str:
    interval = f", {points_interval(contrast.interval)}" if ends else ""
    return f"{signed_points(contrast.difference)} points{interval}, {p_value(contrast.p)}"


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
        f"{_article(name)} {name} question finds its passage first in {percent(own)} % of cases "
        f"when the passages are {name}, and in {percent(others)} % when they are in another "
        f"language; in one index of all {counted(len(search.passages), 'language')} the {name} "
        f"version is the first of the versions in {percent(mixed.first_language[code])} %{sure}, "
        f"where {percent(mixed.even[code])} % would be even."
    )


def _article(name: str) -> str:
    return "An" if name[:1] in "AEIO" else "A"


def _index(search: Search) -> str:
    hit, complete = (
        _mean(search.mixed, lambda own: own.hit_at_1),
        _mean(search.mixed, lambda own: own.complete_at_10),
    )
    found = {
        code: _mean(search.mixed, lambda own, at=code: own.recall_at_10[at]) or 0.0
        for code in search.passages
    }
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


def _crowding(search: Search) -> list[str]:
    """Say whose passages stand before the answers to whose questions, beyond their share."""
    own: dict[str, float] = {}
    others: list[tuple[float, str, str]] = []
    for asked, mixed in search.mixed.items():
        for code, share in mixed.crowding.items():
            above = (share or 0) - (mixed.crowding_expected[code] or 0)
            if share is None or above < MIN_CROWDING:
                continue
            if code == asked:
                own[code] = share
            else:
                others.append((above, asked, code))
    said = []
    if own:
        low, high = min(own.values()), max(own.values())
        share = (
            percent(low) if percent(low) == percent(high) else f"{percent(low)} to {percent(high)}"
        )
        said.append(
            f"Wrong answers that come before the right one are mostly in the question's own "
            f"language for {languages(list(own))}: {share} % of them."
            if low >= 0.5
            else f"Wrong answers that come before the right one are more often in the question's "
            f"own language than its share of the index for {languages(list(own))}: {share} %."
        )
    if others:
        _, asked, code = max(others)
        mixed = search.mixed[asked]
        said.append(
            f"{language(code)} passages crowd out others for questions in {language(asked)}: "
            f"{percent(mixed.crowding[code])} % of the wrong answers before the right one, where "
            f"{percent(mixed.crowding_expected[code])} % would be even."
        )
    return said


def _mix(search: Search) -> str:
    if not search.mix:
        return ""
    mixed = search.mix.mixed
    there = [code for code, count in search.mix.passages.items() if count]
    found = [
        f"{percent(_mean(mixed, lambda own, at=code: own.recall_at_10[at]))} % of those in "
        f"{language(code)}"
        for code in there
    ]
    hit = _mean(mixed, lambda own: own.hit_at_1)
    return (
        f"In an index of {mix_words(search)}, each passage in one language, the right passage comes "
        f"first for {percent(hit)} % of the questions; among the first ten are {listed(found, 6)}."
    )


def _remedies(search: Search) -> list[str]:
    said = []
    for name, remedy in search.remedies.items():
        helps = [own for own in (remedy.index, remedy.across) if own.significant]
        what = remedy_words(name).capitalize()
        numbers = (
            f"nDCG@10 in one index {_sure(remedy.index)}; across languages {_sure(remedy.across)}"
        )
        if not helps:
            verdict = "changes nothing significantly"
        elif min(own.difference or 0 for own in helps) > 0:
            verdict = "is worth a try: search gets better"
        else:
            verdict = "makes search worse"
        said.append(f"{what} {verdict} ({numbers}).")
    return said


def _few(search: Search) -> str:
    if search.answered >= FEW:
        return ""
    seen = search.penalty["all"].detectable
    least = (
        f"a loss below {points(seen)} between languages would have stayed unseen more often than "
        "in one of five cases, and "
        if seen is not None
        else ""
    )
    return (
        f"{counted(search.answered, 'passage')} with questions are few: {least}a larger index is "
        "harder to search than this one."
    )
