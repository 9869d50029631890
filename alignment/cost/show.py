"""Cost, shown: what cheaper vectors cost, in sentences and in tables."""

from functools import partial

from alignment.capabilities import metrics
from alignment.cost.record import Variant
from alignment.record.core import CoreResults
from alignment.report import words
from alignment.report.table import CHANGE, CONTRAST, COUNT, NUMBER, Column, Table
from alignment.report.words import (
    detects,
    in_points,
    language,
    points,
    points_interval,
    signed,
    signed_interval,
)
from alignment.seam import Entry, Finding, Part, Place, Shown

PART = Part("cost", "Cheaper vectors")
AS_GOOD = ("level", "unchanged")


def show(section: list[Variant], results: CoreResults) -> Shown:
    """Return what cheaper vectors cost: sentences, tables, and the picture of all forms."""
    tables = {
        "cost": Entry(partial(costs, section), PART, "brief"),
        "search_cost": Entry(partial(search_costs, section), PART, "brief"),
    }
    findings = [Finding(Place.USES, said) for said in variant_findings(section)]
    return Shown(findings, tables, ("cost", "What cheaper vectors cost"))


def costs(variants: list[Variant]) -> Table:
    """One row per variant: its bytes, its retrieval, the change, and which language loses most."""
    full = variants[0]

    def loss(own: Variant) -> str | None:
        code = loses_most(own)
        lost = CHANGE.write(own.by_language[code].contrast)
        return None if own is full else f"{code} {lost}"

    return Table.of(
        "cost",
        "Retrieval with cheaper vectors (* significant)",
        variants,
        Column("vectors", name_of),
        Column("bytes", kind=COUNT),
        Column("retrieval", lambda own: own.retrieval.value, NUMBER),
        Column("change", lambda own: None if own is full else own.retrieval.contrast, CONTRAST),
        Column(
            "verdict", lambda own: "" if own is full else own.retrieval.contrast.verdict, title=""
        ),
        Column("loses_most", loss),
    )


def search_costs(variants: list[Variant]) -> Table:
    """One row per variant: nDCG@10 of the search, and its change; none where none was asked for."""
    shown = [own for own in variants if own.search]

    def value(name: str) -> Column:
        return Column(name, lambda own: own.search[name].value, NUMBER, metrics()[name].heading)

    def change(name: str) -> Column:
        return Column(f"{name}_change", lambda own: own.search[name].contrast, CHANGE, "change")

    return Table.of(
        "search_cost",
        "Search with cheaper vectors, nDCG@10 (* significant)",
        shown,
        Column("vectors", name_of),
        Column("bytes", kind=COUNT),
        *(make(name) for name in (shown[0].search if shown else ()) for make in (value, change)),
    )


def name_of(variant: Variant) -> str:
    """Return "256 int8"."""
    return f"{variant.dimensions} {variant.precision}"


def smallest_level(variants: list[Variant]) -> Variant | None:
    """Return the smallest variant that is as good as the full vectors, the best of these."""
    level = [own for own in variants[1:] if own.retrieval.contrast.verdict in AS_GOOD]
    return min(level, key=lambda own: (own.bytes, -(own.retrieval.value or 0)), default=None)


def loses_most(variant: Variant) -> str:
    """Return the code of the language whose retrieval falls most."""
    found = variant.by_language
    return min(found, key=lambda code: found[code].contrast.difference or 0)


def variant_findings(variants: list[Variant]) -> list[str]:
    """Return the sentences: the smallest vectors that cost nothing, and what the smallest cost."""
    if len(variants) < 2 or variants[0].retrieval.value is None:
        return []
    smallest, level = min(variants, key=lambda own: own.bytes), smallest_level(variants)
    said = [_level(level, variants[0]) if level else _no_level(variants)]
    return said + ([_lost(smallest)] if smallest not in (level, variants[0]) else [])


def _level(level: Variant, full: Variant) -> str:
    own = level.retrieval.contrast
    sure = (
        "no value of any text has moved"
        if own.verdict == "unchanged"
        else f"{signed(own.difference)}, 95 % CI {signed_interval(own.interval)}"
    )
    return (
        f"Vectors of {level.bytes:,} bytes instead of {full.bytes:,} ({_form(level)}) retrieve as "
        f"well as the full ones: {own.verdict} ({sure}); no smaller ones of those measured do."
    )


def _no_level(variants: list[Variant]) -> str:
    open_ = [own for own in variants[1:] if own.retrieval.contrast.verdict == "inconclusive"]
    said = "No cheaper vectors of those measured are level with the full ones in retrieval"
    seen = max((own.retrieval.contrast.detectable or 0 for own in open_), default=0)
    if not seen:
        return f"{said}."
    return (
        f"{said}, but {len(open_)} of {len(variants) - 1} are inconclusive: "
        f"{detects(points(seen))}."
    )


def _lost(variant: Variant) -> str:
    cost = variant.retrieval.contrast
    what = f"Vectors of {words.counted(variant.bytes, 'byte')} ({_form(variant)})"
    if not cost.is_worse:
        change = f"{what} are {words.compared(cost.verdict)} in retrieval"
        return f"{change} ({signed(cost.difference)}, {in_points(cost)})."
    code = loses_most(variant)
    own = variant.by_language[code].contrast
    return (
        f"{what} lose {points(cost.difference or 0)} of retrieval{words.on_these(cost.verdict)} "
        f"({in_points(cost)}); "
        f"{language(code)} loses most, {points(own.difference or 0)} "
        f"({points_interval(own.interval)})."
    )


def _form(variant: Variant) -> str:
    return f"{words.counted(variant.dimensions, 'dimension')}, {variant.precision}"
