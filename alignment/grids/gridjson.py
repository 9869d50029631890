"""JSON files of grids: {concept: {language: text}}, with "category" as another key if you like."""

import json
from pathlib import Path

from alignment import InputError
from alignment.grids.entries import (
    Entry,
    language_of,
    name_concepts,
    parts,
    put,
    split_templates,
    twice,
)
from alignment.grids.filechecks import Check, shorten
from alignment.grids.filetext import read_text


def read_json(path) -> dict:
    """Read {concept: {language: text}} into the parts of a grid; null and "" are gaps.

    Languages, white space, the name and errors are as in a table; the languages stand in the order
    in which the file first has them. An object whose texts hold {} is the templates.
    """
    check = Check(Path(path))
    data = _json(read_text(check.path), check.path)
    if not isinstance(data, _Object):
        check.problem("at the top", f"{_kind(data)}, not {{concept: {{language: text}}}}")
        check.raise_problems()
    if not data:
        check.problem("at the top", "no concepts", "write {concept: {language: text}}")
    rows = [_json_entry(concept, row, check) for concept, row in data]
    entries, templates = split_templates(rows, check)
    name_concepts(entries, [], named=True, check=check)
    codes = list(dict.fromkeys(code for entry in entries for code in entry.texts))
    return parts(entries, codes, check, [], templates)


class _Object(list):
    """A JSON object as its pairs, so that a key that stands twice is seen."""


def _json(text: str, path: Path):
    try:
        return json.loads(text, object_pairs_hook=_Object)
    except json.JSONDecodeError as error:
        raise InputError(
            f"file '{path}', line {error.lineno}, column {error.colno}: no JSON: {error.msg}; "
            "write {concept: {language: text}}, each word in double quotation marks"
        ) from None
    except (ValueError, RecursionError):
        raise InputError(
            f"file '{path}': numbers too long or brackets too deep; "
            "write {concept: {language: text}}"
        ) from None


def _json_entry(concept: str, row, check: Check) -> Entry:
    place = f"concept {shorten(concept)}"
    entry = Entry(place, check.cell(concept, place))
    if not isinstance(row, _Object):
        check.problem(place, f"{_kind(row)}, not {{language: text}}")
        return entry
    seen = {}
    for key, value in row:
        where = f"{place}, key {shorten(key)}"
        heading = check.cell(key, where)
        name = (
            "category" if heading.casefold() == "category" else language_of(heading, where, check)
        )
        if name and name in seen:
            check.problem(where, twice(key, name, f"key {seen[name]}"), "keep one of them")
        seen.setdefault(name, shorten(key))
        if isinstance(value, str):
            put(entry, name, check.cell(value, where))
        elif value is None:
            put(entry, name, "")
        else:
            check.problem(where, f"{_kind(value)}, not a text", "write it in quotation marks")
    return entry


def _kind(value) -> str:
    kinds = {_Object: "an object", list: "a list", str: "a text", bool: "true or false"}
    return "null" if value is None else kinds.get(type(value), "a number")
