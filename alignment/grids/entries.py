"""Entries: concepts as they stand in a file of any kind → the parts of a ConceptGrid."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from alignment.grids.concept_grid import NO_CATEGORY, SLOT
from alignment.grids.languages import is_common, language_code, language_name, unknown_language
from alignment.grids.text import GRID, MAX_PROBLEMS, Check, count, shorten

ROLES = tuple(GRID.roles.values())  # columns that are not languages


@dataclass
class Entry:
    """One concept as it stands in a file; its texts by language code, None for a gap."""

    place: str
    concept: str = ""
    category: str = ""
    texts: dict[str, str | None] = field(default_factory=dict)

    def put(self, column: str, text: str) -> None:
        """Put a text where it belongs; a column "" is left aside."""
        if column in ROLES:
            setattr(self, column, text)
        elif column:
            self.texts[column] = text or None


def column_of(
    heading: str, place: str, roles: Sequence[str], seen: dict[str, str], check: Check
) -> str:
    """Return the code or the role of a heading; note one that is unknown, "", or appears twice."""
    heading = check.cell(heading, place)
    role = check.layout.roles.get(heading.casefold())
    role = role if role in roles else None
    column = role or _language_of(heading, place, check)
    if column and column in seen:
        what = "" if role else f" is {language_name(column)} ({column}), which"
        twice = f"{shorten(heading)}{what} appears twice, first as {seen[column]}"
        check.problem(place, twice, "keep one")
    seen.setdefault(column, f"{shorten(heading)} in {place}")
    return column


def _language_of(heading: str, place: str, check: Check) -> str:
    code = language_code(heading) if heading else None
    if not code and len(check.problems) >= MAX_PROBLEMS:
        check.problem(place, "unknown language")  # not shown, and the nearest take time
    elif not code:
        check.problem(
            place,
            unknown_language(heading) if heading else "no heading",
            "write a code such as 'de', a name such as 'German', or for any other language 'x-' "
            "and a word; a column that is not a language is headed "
            f"{' or '.join(map(repr, check.layout.roles))}, or deleted",
        )
    return code or ""


def parts(
    entries: list[Entry],
    languages: list[str] | None,
    named: bool,
    check: Check,
    notices: Iterable[str],
) -> dict[str, Any]:
    """Return the arguments of ConceptGrid, or raise what is wrong with the file.

    Languages None are those of the entries; ``named`` tells whether the file names its concepts.
    """
    thing, least = check.layout.thing, check.layout.least
    entries, templates = _split_templates(entries, check) if check.layout == GRID else (entries, {})
    if languages is None:
        languages = list(dict.fromkeys(code for entry in entries for code in entry.texts))
    _name_concepts(entries, languages, named, check)
    for found, what in ((languages, "language"), (entries, thing)):
        if not check.problems and len(found) < least:
            check.problem("in the file", check.layout.too_few(what, len(found)))
    check.raise_problems()
    said = (*check.notices(), *notices, *_doubts(entries, languages))
    return {
        "concepts": tuple(entry.concept for entry in entries),
        "languages": tuple(languages),
        "categories": tuple(entry.category or NO_CATEGORY for entry in entries),
        "texts": tuple(tuple(entry.texts.get(code) for code in languages) for entry in entries),
        "name": check.path.stem,
        "notices": tuple(f"file '{check.path}': {sentence}" for sentence in said),
        "templates": templates,
    }


def _split_templates(entries: list[Entry], check: Check) -> tuple[list[Entry], dict[str, str]]:
    """Part the concepts from the row of templates; note one that is no sentence for a word."""
    rows = [e for e in entries if any(SLOT in (text or "") for text in e.texts.values())]
    templates: dict[str, str] = {}
    for entry in rows:
        if entry is not rows[0]:
            check.problem(entry.place, f"templates again, after {rows[0].place}", "keep one row")
        for language, text in entry.texts.items():
            if text and text.count(SLOT) != 1:
                check.problem(
                    f"{entry.place}, {language}",
                    f"{shorten(text)} does not hold {SLOT} once",
                    f"write {SLOT} where the word goes, or leave the cell empty",
                )
            elif text:
                templates[language] = text
    return [entry for entry in entries if entry not in rows], templates


def _name_concepts(entries: list[Entry], languages: list[str], named: bool, check: Check) -> None:
    """Name concepts by their text where the file does not; note no name, or one that is taken."""
    english = [code for code in languages if code.split("-")[0] == "en"]
    first: dict[str, str] = {}
    for entry in entries:
        if check.layout != GRID:
            entry.concept = entry.concept or entry.place
        elif not named:
            texts = map(entry.texts.get, (*english, *languages))
            entry.concept = next(filter(None, texts), "")
        if not entry.concept:
            check.problem(entry.place, "the concept has no name", "write one, or leave it out")
        elif entry.concept in first:
            place = first[entry.concept]
            check.problem(
                entry.place,
                f"concept {shorten(entry.concept)} appears twice"
                + (f", first in {place}" if place != entry.place else ""),
                "name it once"
                if named
                else "name it once, or add a column 'concept' that tells them apart",
            )
        first.setdefault(entry.concept, entry.place)


def _doubts(entries: list[Entry], languages: list[str]) -> list[str]:
    """Say where a category is missing, and which headings are codes that few people mean."""
    said = []
    missing = sum(not entry.category for entry in entries)
    if 0 < missing < len(entries):
        said.append(f"category '{NO_CATEGORY}' for {count(missing, 'concept')} without one")
    rare = [code for code in languages if len(code) == 3 and not is_common(code)]
    if rare:
        read = ", ".join(f"'{code}' is read as {language_name(code)}" for code in rare)
        said.append(f"{read}; delete a column that is not a language")
    return said
