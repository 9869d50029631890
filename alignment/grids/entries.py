"""What tables and JSON have in common: concepts as they stand in a file → the parts of a grid."""

from dataclasses import dataclass, field

from alignment.grids.filechecks import Check, shorten
from alignment.grids.languages import language_code, language_name, nearest_languages

NOT_LANGUAGES = ("concept", "category")  # columns of other meaning
NO_CATEGORY = "All"
SLOT = "{}"  # a row that holds it is no concept, but the sentences around a word


@dataclass
class Entry:
    """One concept as it stands in a file; its texts by language code, None for a gap."""

    place: str
    concept: str = ""
    category: str = ""
    texts: dict[str, str | None] = field(default_factory=dict)


def language_of(heading: str, place: str, check: Check) -> str:
    """Return the code of a heading; note where it is none, with the nearest, and return ""."""
    code = language_code(heading) if heading else None
    if not code and check.room_for_more():
        near = nearest_languages(heading) if heading else []
        hint = f", did you mean {' or '.join(near)}?" if near else ""
        what = f"{shorten(heading)} is no language that CLDR knows" if heading else "no heading"
        check.problem(
            place,
            what + hint,
            "write a code such as 'de', a name such as 'German', or for any other language 'x-' "
            "and a word; what is no language is headed 'concept' or 'category', or deleted",
        )
    elif not code:
        check.problem(place, "no known language")
    return code or ""


def twice(heading: str, code: str, first: str) -> str:
    """Say that two headings mean the same."""
    what = code if code in NOT_LANGUAGES else f"{language_name(code)} ({code})"
    return f"{shorten(heading)} is {what}, as is {first}"


def put(entry: Entry, name: str, text: str) -> None:
    """Put a text where it belongs; the name "" is of a column that is left aside."""
    if name in NOT_LANGUAGES:
        setattr(entry, name, text)
    elif name:
        entry.texts[name] = text or None


def split_templates(entries: list[Entry], check: Check) -> tuple[list[Entry], dict[str, str]]:
    """Part the concepts from the row of templates; note one that is no sentence for a word."""
    rows = [e for e in entries if any(SLOT in (text or "") for text in e.texts.values())]
    templates = {}
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


def name_concepts(entries: list[Entry], codes: list[str], named: bool, check: Check) -> None:
    """Name concepts by their text where the file does not; note one without name or twice there."""
    english = [code for code in codes if code.split("-")[0] == "en"]
    first = {}
    for entry in entries:
        if not named:
            names = map(entry.texts.get, (*english, *codes))
            entry.concept = next(filter(None, names), "")
        if not entry.concept:
            check.problem(entry.place, "the concept has no name", "write one, or leave it out")
        elif entry.concept in first:
            remedy = "name it once"
            remedy += "" if named else ", or add a column 'concept' that tells them apart"
            check.problem(
                entry.place,
                f"concept {shorten(entry.concept)} is in {first[entry.concept]} already",
                remedy,
            )
        first.setdefault(entry.concept, entry.place)


def parts(
    entries: list[Entry],
    codes: list[str],
    check: Check,
    notices: list[str],
    templates: dict[str, str],
) -> dict:
    """Return the arguments of ConceptGrid, or raise what is wrong with the file."""
    if not check.problems and len(codes) < 2:
        check.problem("in the file", "fewer than two languages", "a comparison needs two")
    if not check.problems and len(entries) < 2:
        check.problem("in the file", "one concept only", "a comparison needs two")
    check.raise_problems()
    return {
        "concepts": tuple(entry.concept for entry in entries),
        "languages": tuple(codes),
        "categories": tuple(entry.category or NO_CATEGORY for entry in entries),
        "texts": tuple(tuple(entry.texts.get(code) for code in codes) for entry in entries),
        "name": check.path.stem,
        "notices": (*check.notices(), *notices),
        "templates": templates,
    }
