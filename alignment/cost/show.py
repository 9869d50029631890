"""Cost, shown: the cost of cheaper vectors in sentences and tables."""

from functools import partial
from itertools import chain

from alignment.capabilities import metrics
from alignment.cost.record import Variant
from alignment.record.core import CoreResults
from alignment.report import words
from alignment.report.table import CHANGE, CONTRAST, COUNT, NUMBER, Column, Table
from alignment.seam import Entry, Finding, Part, Place, Shown

PART = Part("cost", "Cheaper vectors")
AS_GOOD = ("level", "unchanged")


def show(section: list[Variant], results: CoreResults) -> Shown:
    """Return sentences and tables, and the picture of all variants."""
    tables = {
        "cost": Entry(partial(costs, section), PART, "brief"),
        "search_cost": Entry(partial(search_costs, section), PART, "brief"),
    }
    findings = [Finding(Place.USES, sentence) for sentence in variant_findings(section)]
    return Shown(findings, tables, ("cost", "What cheaper vectors cost"))


def costs(variants: list[Variant]) -> Table:
    """One row per variant: its bytes, its retrieval, the change, and the largest loss."""
    full = variants[0]

    def loss(variant: Variant) -> str | None:
        code = loses_most(variant)
        lost = CHANGE.write(variant.by_language[code].contrast)
        return None if variant is full else f"{code} {lost}"

    return Table.of(
        "cost",
        "Retrieval with cheaper vectors (* significant)",
        variants,
        Column("vectors", name_of),
        Column("bytes", kind=COUNT),
        Column("retrieval", lambda row: row.retrieval.value, NUMBER),
        Column("change", lambda row: None if row is full else row.retrieval.contrast, CONTRAST),
        Column(
            "verdict", lambda row: "" if row is full else row.retrieval.contrast.verdict, title=""
        ),
        Column("loses_most", loss),
    )


def search_costs(variants: list[Variant]) -> Table:
    """One row per variant: nDCG@10 of the search and its change; no row without questions."""
    scores = variants[0].search

    def columns(name: str) -> tuple[Column, Column]:
        value = Column(name, lambda row: row.search[name].value, NUMBER, metrics()[name].heading)
        change = Column(f"{name}_change", lambda row: row.search[name].contrast, CHANGE, "change")
        return value, change

    return Table.of(
        "search_cost",
        "Search with cheaper vectors, nDCG@10 (* significant)",
        variants if scores else [],
        Column("vectors", name_of),
        Column("bytes", kind=COUNT),
        *chain.from_iterable(map(columns, scores)),
    )


def name_of(variant: Variant) -> str:
    """Return "256 int8"."""
    return f"{variant.dimensions} {variant.precision}"


def smallest_level(variants: list[Variant]) -> Variant | None:
    """Return the smallest variant that is as good as the full vectors; of equal ones the best."""
    level = [row for row in variants[1:] if row.retrieval.contrast.verdict in AS_GOOD]
    return min(level, key=lambda row: (row.bytes, -(row.retrieval.value or 0)), default=None)


def loses_most(variant: Variant) -> str:
    """Return the code of the language whose retrieval falls most."""
    rows = variant.by_language
    return min(rows, key=lambda code: rows[code].contrast.difference or 0)


def variant_findings(variants: list[Variant]) -> list[str]:
    """Return sentences on the smallest vectors that are level, and on the smallest measured."""
    full = variants[0]
    if len(variants) < 2 or full.retrieval.value is None:
        return []
    smallest, level = min(variants, key=lambda row: row.bytes), smallest_level(variants)
    sentence = _level(level, full) if level else _none_level(variants)
    return [sentence] + ([_lost(smallest)] if smallest not in (level, full) else [])


def _level(level: Variant, full: Variant) -> str:
    change = level.retrieval.contrast
    sure = f"{words.signed(change.difference)}, 95 % CI {words.signed_interval(change.interval)}"
    if change.verdict == "unchanged":
        sure = "no value of any text has moved"
    return (
        f"Vectors of {level.bytes:,} bytes instead of {full.bytes:,} ({_size(level)}) retrieve as "
        f"well as the full ones: {change.verdict} ({sure}); no smaller ones of those measured do."
    )


def _none_level(variants: list[Variant]) -> str:
    sentence = "No cheaper vectors of those measured are level with the full ones in retrieval"
    changes = [row.retrieval.contrast for row in variants[1:]]
    inconclusive = [change for change in changes if change.verdict == "inconclusive"]
    detectable = max((change.detectable or 0 for change in inconclusive), default=0)
    if not detectable:
        return f"{sentence}."
    detects = words.detects(words.points(detectable))
    return f"{sentence}, but {len(inconclusive)} of {len(changes)} are inconclusive: {detects}."


def _lost(variant: Variant) -> str:
    change = variant.retrieval.contrast
    vectors = f"Vectors of {words.counted(variant.bytes, 'byte')} ({_size(variant)})"
    how_sure = words.in_points(change)
    if not change.is_worse:
        sentence = f"{vectors} are {words.compared(change.verdict)} in retrieval"
        return f"{sentence} ({words.signed(change.difference)}, {how_sure})."
    code = loses_most(variant)
    worst = variant.by_language[code].contrast
    return (
        f"{vectors} lose {words.points(change.difference or 0)} of retrieval"
        f"{words.on_these(change.verdict)} ({how_sure}); {words.language(code)} loses most, "
        f"{words.points(worst.difference or 0)} ({words.points_interval(worst.interval)})."
    )


def _size(variant: Variant) -> str:
    return f"{words.counted(variant.dimensions, 'dimension')}, {variant.precision}"
