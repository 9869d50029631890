"""Parts: the entries of a source → the arguments of a ConceptGrid, and the last of the checks."""

from typing import Any
from unicodedata import normalize

from alignment.grids.checks import Check, count, shorten
from alignment.grids.concept_grid import NO_CATEGORY, SLOT
from alignment.grids.languages import is_common, language_name
from alignment.grids.sheets import Entry, Sheet


def parts(sheet: Sheet, check: Check, name: str) -> dict[str, Any]:
    """Return the arguments of ConceptGrid, or raise what is wrong with the source."""
    entries, templates = _split_templates(sheet.entries, check)
    languages = sheet.languages
    if len(languages) < 2 and not check.problems:
        what = f"a grid needs at least two languages, and has {len(languages)}"
        check.problem(sheet.top, what, "write one column per language")
    _name_concepts(entries, languages, sheet.named, check)
    if len(entries) < 2 and not check.problems:
        check.problem("in it", f"a grid needs at least two concepts, and has {len(entries)}")
    check.raise_problems()
    said = (*check.notices(), *sheet.notices, *_doubts(entries, languages))
    return {
        "concepts": tuple(entry.concept for entry in entries),
        "languages": tuple(languages),
        "categories": tuple(entry.roles.get("category") or NO_CATEGORY for entry in entries),
        "texts": tuple(tuple(entry.texts.get(code) for code in languages) for entry in entries),
        "name": name,
        "notices": tuple(f"{check.source}: {sentence}" for sentence in said),
        "templates": templates,
    }


def _split_templates(entries: list[Entry], check: Check) -> tuple[list[Entry], dict[str, str]]:
    """Part the concepts from the row of templates; note one that is no sentence for a word."""
    rows: list[Entry] = []
    concepts: list[Entry] = []
    for entry in entries:
        held = any(SLOT in (text or "") for text in entry.texts.values())
        (rows if held else concepts).append(entry)
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
    return concepts, templates


def _name_concepts(entries: list[Entry], languages: list[str], named: bool, check: Check) -> None:
    """Name concepts by their text where the source does not; note no name, or one that is taken."""
    english = [code for code in languages if code.split("-")[0] == "en"]
    first: dict[str, str] = {}
    for entry in entries:
        if not named:
            texts = map(entry.texts.get, (*english, *languages))
            entry.roles["concept"] = next(filter(None, texts), "")
        if not entry.concept:
            check.problem(entry.place, "the concept has no name", "write one, or leave it out")
        elif (name := normalize("NFC", entry.concept)) in first:
            place = first[name]
            check.problem(
                entry.place,
                f"concept {shorten(entry.concept)} appears twice"
                + (f", first in {place}" if place != entry.place else ""),
                "name it once"
                if named
                else "name it once, or add a column 'concept' that tells them apart",
            )
        first.setdefault(normalize("NFC", entry.concept), entry.place)


def _doubts(entries: list[Entry], languages: list[str]) -> list[str]:
    """Say where a category is missing, and which headings are codes that few people mean."""
    said = []
    missing = sum(not entry.roles.get("category") for entry in entries)
    if 0 < missing < len(entries):
        said.append(f"category '{NO_CATEGORY}' for {count(missing, 'concept')} without one")
    rare = [code for code in languages if len(code) == 3 and not is_common(code)]
    if rare:
        read = ", ".join(f"'{code}' is read as {language_name(code)}" for code in rare)
        said.append(f"{read}; a column that is not a language is left out by --languages")
    return said
