"""Consistent: what of a record that was read does not fit together, before anything is made of it.

The types say what a text names, `alignment.grids.names`; one walk through a record finds whatever
names nothing, every table that lacks a row, and every number that no run writes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import is_dataclass
from functools import cache
from string import hexdigits
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from alignment.grids.checks import shorten
from alignment.grids.names import Named
from alignment.measure.measurement import PARTS, SCORE
from alignment.record.comparison import COMPARED, SEARCHED, Comparison
from alignment.record.json_record import Record
from alignment.record.lists import COUNTED
from alignment.record.numbers import BY_LANGUAGE
from alignment.record.results import AlignmentResults

MAX_VALUE = 1000.0  # of a text; calibrated values may lie far below −1, but not so far
MAX_NUMBER = 1e15  # of anything

Names = dict[str, Sequence[str]]  # {kind: those of the record}


def faults(record: Record) -> Iterator[str]:
    """Yield what a record that a run has written never has, each with its place in the file."""
    if isinstance(record, AlignmentResults):
        yield from _of_results(record)
    elif isinstance(record, Comparison):
        yield from _of_comparison(record)


def _of_results(results: AlignmentResults) -> Iterator[str]:
    codes, concepts = results.languages, list(results.coverage.concepts)
    if len(set(codes)) < len(codes) or not codes or not concepts:
        yield "languages or concepts appear twice or not at all"
    scores = (SCORE, *PARTS)
    names: Names = {
        "language": codes,
        "concept": concepts,
        "category": list(results.categories),
        "mean": [*scores, *(f"calibrated_{name}" for name in scores), *results.further],
        **_SCORES,
    }
    yield from _walk(results, type(results), "", names)
    for metric, by_language in results.values.items():
        for code, values in by_language.items():
            place = f"values, {metric}, {code}"
            if len(values) != len(concepts):
                yield f"{place}: {len(values)} values for {len(concepts)} concepts"
            for value in values:
                if value is not None and abs(value) > MAX_VALUE:
                    yield f"{place}: {value:g} is no value of a text"
    length = -(-len(concepts) // 8) * 2
    for code, targets in results.failures.items():
        for target, digits in targets.items():
            if len(digits) != length or set(digits) - set(hexdigits):
                yield f"failures, {code}, {target}: not {length} hexadecimal digits"
    own = results.provenance
    if own.seed < 0 or own.k < 1 or not 0 <= own.margin < 1:
        yield "provenance: its seed, k or margin is out of range"


def _of_comparison(comparison: Comparison) -> Iterator[str]:
    models = [model.name for model in comparison.models]
    if len(set(models)) < len(models) or not models:
        yield "models: two of one name, or none"
    codes = list(comparison.models[0].support) if models else []
    if len(codes) != comparison.grid.languages > 1:
        yield f"grid: {comparison.grid.languages} languages, and support is of {len(codes)}"
    scores = list(comparison.models[0].scores) if models else []
    names: Names = {"language": codes, "model": models, "mean": scores, **_SCORES}
    yield from _walk(comparison, type(comparison), "", names)


_SCORES: Names = {
    "part": PARTS,
    "spread": PARTS[:2],
    "list": COUNTED,
    "score": (SCORE, *PARTS),
    "score by language": BY_LANGUAGE,
    "compared score": COMPARED,
    "compared score of a search": SEARCHED,
}


def _walk(
    value: Any, kind: Any, place: str, names: Names, outer: str | None = None
) -> Iterator[str]:
    """Yield what is wrong with a value of a type.

    Args:
        value: of the record.
        kind: its type, with what a text of it names.
        place: where it stands in the file.
        names: that there are.
        outer: the key of the table around it.
    """
    if isinstance(value, str):
        yield from _of_text(value, kind, place, names)
    elif isinstance(value, int | float):
        if not abs(value) <= MAX_NUMBER:
            yield f"{place}: {value:g} is out of range"
    elif isinstance(value, dict):
        keys, values = get_args(_without_none(kind)) or (str, Any)
        yield from _lacking(list(value), keys, place, names, outer)
        for key, own in value.items():
            inner = f"{place}, {shorten(key)[1:-1]}"
            yield from _of_text(key, keys, inner, names)
            yield from _walk(own, values, inner, names, key)
    elif is_dataclass(value) or hasattr(value, "_fields"):
        for name, own in _fields(value.__class__).items():
            inner = f"{place}, {name}" if place else name
            yield from _walk(getattr(value, name), own, inner, names)
    elif isinstance(value, list):
        (own,) = get_args(_without_none(kind)) or (Any,)
        for item in value:
            yield from _walk(item, own, place, names)


def _of_text(text: str, kind: Any, place: str, names: Names) -> Iterator[str]:
    named = _named(kind)
    known = names.get(named.kind) if named else None
    if named and known is not None and text not in known and text not in named.also:
        yield f"{place}: {shorten(text)} is no {named.kind} of it"


def _lacking(
    keys: list[str], kind: Any, place: str, names: Names, outer: str | None
) -> Iterator[str]:
    """Yield that the keys of a table are not all there are, in their order."""
    named = _named(kind)
    if named and named.each and named.kind in names:
        expected = [name for name in names[named.kind] if name != outer]
        alone = expected == names["language"][:1]  # of one language some tables are empty
        if keys != expected and (keys or not alone):
            yield f"{place} is of {_few(keys)} instead of {_few(expected)}"


def _few(names: list[str]) -> str:
    return ", ".join(shorten(name) for name in names[:5]) + " …" * (len(names) > 5) or "nothing"


def _named(kind: Any) -> Named | None:
    found = get_args(kind)[1:] if get_origin(kind) is Annotated else ()
    return next((own for own in found if isinstance(own, Named)), None)


def _without_none(kind: Any) -> Any:
    """Return the type of what is not None."""
    arms = [own for own in get_args(kind) if own is not type(None)]
    return arms[0] if len(arms) == 1 and get_origin(kind) is not list else kind


@cache
def _fields(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind, include_extras=True)
    names = getattr(kind, "_fields", None) or kind.__dataclass_fields__
    return {name: hints[name] for name in names}
