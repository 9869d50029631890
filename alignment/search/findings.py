"""Search findings: sentences on what the record of a search shows."""

from collections.abc import Iterable, Iterator

from alignment.report import words
from alignment.report.words import counted, language, percent, points
from alignment.search.record import Mix, Mixed, Search
from alignment.stats.contrast import Contrast
from alignment.stats.estimates import Number

MAX_LANGUAGES = 2  # languages of questions with a sentence each
MIN_CROWDING = 0.1  # least excess over the expected share to say that a language outranks others
FEW = 50  # with fewer passages, a sentence says so


def search_findings(search: Search) -> list[str]:
    """Return sentences on pairs of languages, one index, remedies, and the power of the grid."""
    return [
        *_penalty(search.penalty["all"]),
        _index(search.mixed, list(search.passages)),
        *_languages(search),
        *_crowding(search.mixed),
        *_remedies(search),
        *_mix(search.mix),
        *_few(search),
    ]


def _penalty(drop: Contrast) -> Iterator[str]:
    if drop.difference is not None:
        verb = "lose" if drop.difference > 0 else "gain"
        limits = words.on_these(drop.verdict) if drop.significant else ", but not significantly so,"
        yield (
            f"Questions {verb} {points(drop.difference)} of nDCG@10{limits} where their passage is "
            f"in another language ({words.in_points(drop)})."
        )


def _index(mixed: dict[str, Mixed], codes: list[str]) -> str:
    recall = {code: _recall(mixed, code) or 0.0 for code in codes}
    fewest, most = (end(recall, key=recall.__getitem__) for end in (min, max))
    return (
        f"In one index of all languages the first answer is right for {_hits(mixed)} % of the "
        f"questions, and all versions of the right passage are among the first ten for "
        f"{percent(_mean(row.complete_at_10 for row in mixed.values()))} %; of the versions in "
        f"{language(most)} {percent(recall[most])} % are there, of those in {language(fewest)} "
        f"{percent(recall[fewest])} %."
    )


def _languages(search: Search) -> Iterator[str]:
    """Describe the searches of the languages whose questions prefer their language most."""
    preferred = {
        code: (mixed.first_language[code] or 0) - (mixed.even[code] or 0)
        for code, mixed in search.mixed.items()
        if mixed.first_language.get(code) is not None
    }
    for code in sorted(preferred, key=lambda code: -preferred[code])[:MAX_LANGUAGES]:
        name, mixed, same = language(code), search.mixed[code], search.between[code][code]
        low, high = mixed.intervals["same_language_first"]
        interval = "" if low is None else f" (95 % CI {percent(low)} to {percent(high)})"
        yield (
            f"{name} questions find their passage first in {percent(same.recall_at_1)} % of cases "
            f"when the passages are {name}, and in {percent(elsewhere(search, code))} % when they "
            f"are in another language; in one index of all "
            f"{counted(len(search.passages), 'language')} the {name} version is the first of the "
            f"versions in {percent(mixed.first_language[code])} %{interval}, where "
            f"{percent(mixed.even[code])} % would be even."
        )


def _crowding(mixed: dict[str, Mixed]) -> Iterator[str]:
    """Name the languages whose passages outrank the answers more often than their share."""
    excess = {
        (query, code): share - (row.crowding_expected[code] or 0)
        for query, row in mixed.items()
        for code, share in row.crowding.items()
        if share is not None
    }
    pairs = sorted(
        (pair for pair in excess if excess[pair] >= MIN_CROWDING), key=lambda pair: excess[pair]
    )
    if same := [query for query, code in pairs if query == code]:
        shares = sorted(mixed[code].crowding[code] or 0 for code in same)
        low, high = percent(shares[0]), percent(shares[-1])
        yield (
            f"Questions in {words.languages(same)} are outranked by passages in their own "
            f"language: {low if low == high else f'{low} to {high}'} % of the wrong answers "
            "before the right one are in it, more than its share of the index."
        )
    if others := [pair for pair in pairs if pair[0] != pair[1]]:
        query, code = others[-1]
        yield (
            f"{language(code)} passages outrank others for questions in {language(query)}: "
            f"{percent(mixed[query].crowding[code])} % of the wrong answers before the right one, "
            f"where {percent(mixed[query].crowding_expected[code])} % would be even."
        )


def _remedies(search: Search) -> Iterator[str]:
    for name, remedy in search.remedies.items():
        both = remedy.index, remedy.across
        if worse := [words.on_these(gain.verdict) for gain in both if gain.is_worse]:
            verdict = f"makes search worse{min(worse)}"
        elif any(gain.is_better for gain in both):
            verdict = "is worth a try"
        else:
            verdict = "changes nothing significantly, or little"
        index, across = (
            f"{words.signed_points(gain.difference)} points ({words.in_points(gain)})"
            for gain in both
        )
        yield (
            f"{words.capital(remedy_words(name))} {verdict}: nDCG@10 in one index {index}, "
            f"across languages {across}."
        )


def _mix(mix: Mix | None) -> Iterator[str]:
    if mix:
        shares = [f"{percent(share)} % {language(c)}" for c, share in mix.shares.items() if share]
        codes = [code for code, count in mix.passages.items() if count]
        recall = [f"{percent(_recall(mix.mixed, c))} % of those in {language(c)}" for c in codes]
        yield (
            f"In an index of {words.listed(shares, 4)}, each passage in one language, the right "
            f"passage comes first for {_hits(mix.mixed)} % of the questions; "
            f"{words.listed(recall, 6)} are among the first ten."
        )


def _few(search: Search) -> Iterator[str]:
    if search.answered < FEW:
        least = search.penalty["all"].detectable
        power = f"{words.detects(points(least))}, and " if least is not None else ""
        yield (
            f"{counted(search.answered, 'passage')} with questions are few: {power}a larger index "
            "is harder to search than this one."
        )


def elsewhere(search: Search, code: str) -> Number:
    """Return the mean share of questions whose passages in other languages come first."""
    row = search.between[code]
    return _mean(cell.recall_at_1 for other, cell in row.items() if other != code)


def remedy_words(name: str) -> str:
    """Return a remedy in words: "centring by language", "asking in English too"."""
    kind, _, code = name.partition(" with ")
    return f"asking in {language(code)} too" if code else f"{kind} by language"


def _hits(mixed: dict[str, Mixed]) -> str:
    return percent(_mean(row.hit_at_1 for row in mixed.values()))


def _recall(mixed: dict[str, Mixed], code: str) -> Number:
    """Return the share of the versions in a language that are among the first ten."""
    return _mean(row.recall_at_10[code] for row in mixed.values())


def _mean(values: Iterable[Number]) -> Number:
    defined = [value for value in values if value is not None]
    return sum(defined) / len(defined) if defined else None
