"""Variants: what cheaper vectors cost, in tables and in sentences."""

from alignment.present import words
from alignment.present.search import SEARCH
from alignment.present.table import Table
from alignment.present.words import (
    language,
    number,
    p_value,
    points,
    points_interval,
    signed,
    signed_interval,
)
from alignment.record.results import AlignmentResults
from alignment.record.variants import Cost, Variant

_TITLE = "Retrieval with cheaper vectors (* significant)"


def costs(results: AlignmentResults) -> Table:
    """One row per variant: bytes a vector, retrieval, its change, and the language that loses most.

    No rows where none were asked for.
    """
    return costs_of(results.variants)


def costs_of(variants: list[Variant] | None) -> Table:
    """The same of a record's variants, or of a compared model's."""
    header = ("vectors", "bytes", "retrieval", "change [95 % CI]", "", "loses most")
    if not variants:
        return Table(_TITLE, header, [])
    full, *others = variants
    first = (name_of(full), f"{full.bytes:,}", number(full.retrieval.value), "–", "", "–")
    return Table(_TITLE, header, [first, *map(_row, others)])


def short_costs(results: AlignmentResults) -> Table:
    """The same without intervals, for narrow places."""
    rows = [(*row[:3], row[3].split(" [")[0], *row[4:]) for row in costs(results).rows]
    return Table(_TITLE, ("vectors", "bytes", "retrieval", "change", "", "loses most"), rows)


def search_costs(results: AlignmentResults) -> Table:
    """One row per variant: nDCG@10 of the search, and its change; none where none was asked for."""
    shown = [own for own in results.variants or [] if own.search]
    names = list(shown[0].search) if shown else []
    return Table(
        "Search with cheaper vectors, nDCG@10 (* significant)",
        ("vectors", "bytes", *(text for name in names for text in (SEARCH[name], "change"))),
        [
            (
                name_of(own),
                f"{own.bytes:,}",
                *(
                    cell
                    for name in names
                    for cell in (number(own.search[name].value), _change(own, own.search[name]))
                ),
            )
            for own in shown
        ],
    )


def name_of(variant: Variant) -> str:
    """Return "256 int8"."""
    return f"{variant.dimensions} {variant.precision}"


def smallest_level(variants: list[Variant]) -> Variant | None:
    """Return the smallest variant that is level with the full vectors, the best of these."""
    level = [own for own in variants[1:] if own.retrieval.verdict == "level"]
    return min(level, key=lambda own: (own.bytes, -(own.retrieval.value or 0)), default=None)


def loses_most(variant: Variant) -> str:
    """Return the code of the language whose retrieval falls most."""
    found = variant.by_language
    return min(found, key=lambda code: found[code].contrast.difference or 0)


def variant_findings(results: AlignmentResults) -> list[str]:
    """Return the sentences: the smallest vectors that cost nothing, and what the smallest cost."""
    variants = results.variants or []
    if len(variants) < 2 or variants[0].retrieval.value is None:
        return []
    smallest, level = min(variants, key=lambda own: own.bytes), smallest_level(variants)
    said = [_level(level, variants[0]) if level else _no_level(variants)]
    return said + ([_lost(smallest)] if smallest not in (level, variants[0]) else [])


def _level(level: Variant, full: Variant) -> str:
    cost = level.retrieval.contrast
    return (
        f"Vectors of {level.bytes:,} bytes instead of {full.bytes:,} ({_form(level)}) retrieve as "
        f"well as the full ones: level ({signed(cost.difference)}, 95 % CI "
        f"{signed_interval(cost.interval)}); no smaller ones of those measured are."
    )


def _no_level(variants: list[Variant]) -> str:
    open_ = [own for own in variants[1:] if own.retrieval.verdict == "inconclusive"]
    said = "No cheaper vectors of those measured are level with the full ones in retrieval"
    seen = max((own.retrieval.contrast.detectable or 0 for own in open_), default=0)
    if not seen:
        return f"{said}."
    return (
        f"{said}, but {len(open_)} of {len(variants) - 1} are inconclusive: a difference of "
        f"{points(seen)} would have been found in four of five cases."
    )


def _lost(variant: Variant) -> str:
    cost = variant.retrieval.contrast
    what = f"Vectors of {words.counted(variant.bytes, 'byte')} ({_form(variant)})"
    sure = f"{points_interval(cost.interval)}, {p_value(cost.p)}"
    if variant.retrieval.verdict != "worse":
        change = f"{what} are {variant.retrieval.verdict} in retrieval"
        return f"{change} ({signed(cost.difference)}, {sure})."
    code = loses_most(variant)
    own = variant.by_language[code].contrast
    return (
        f"{what} lose {points(cost.difference or 0)} of retrieval ({sure}); {language(code)} loses "
        f"most, {points(own.difference or 0)} ({points_interval(own.interval)})."
    )


def _form(variant: Variant) -> str:
    return f"{words.counted(variant.dimensions, 'dimension')}, {variant.precision}"


def _row(variant: Variant) -> tuple[str, ...]:
    own = variant.retrieval
    ends = own.contrast.interval
    code = loses_most(variant)
    first = (name_of(variant), f"{variant.bytes:,}", number(own.value))
    change = f"{_change(variant, own)} {signed_interval(ends)}"
    return (*first, change, own.verdict, f"{code} {_change(variant, variant.by_language[code])}")


def _change(variant: Variant, cost: Cost) -> str:
    return signed(cost.contrast.difference) + "*" * cost.contrast.significant
