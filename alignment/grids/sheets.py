"""Sheets: read and check the concepts of one source of any kind.

A reader adds a table (a header and rows of cells) or objects (a heading for each cell). All
headings and cells are checked here.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from unicodedata import is_normalized, normalize

from alignment.grids import checks
from alignment.grids.checks import SLOT, count, shorten
from alignment.grids.languages import is_common, language_code, language_name, unknown_language

ROLES = ("concept", "category")  # headings of columns that are not languages
_MIXED_FORMS = (
    "letters and accents apart that are one sign elsewhere in their column, composed now (NFC)"
)
Rows = Sequence[tuple[int, list[str]]]  # the number and the cells of each row


def letter(column: int) -> str:
    """Return the name of a column in spreadsheets: column A to column Z, column AA …"""
    name = ""
    while column >= 0:
        column, last = divmod(column, 26)
        name, column = chr(ord("A") + last) + name, column - 1
    return f"column {name}"


class Sheet(checks.Check):
    """The concepts of one source, and their problems.

    Attributes:
        roles: headings of columns that are not languages.
        entries: (place, {role or language code: text}) of each concept; a gap is "" or missing.
        languages: the language codes as keys, in the order of the source.
        named: whether the source names its concepts.
        top: the place of the headings.
        remarks: sentences on how ambiguous parts of the source are read.
    """

    def __init__(self, source: str, strict: bool = False, roles: Sequence[str] = ROLES):
        super().__init__(source, strict)
        self.roles = roles
        self.entries: list[tuple[str, dict[str, str]]] = []
        self.languages: dict[str, None] = {}
        self.named = True
        self.top = "in the file"
        self.remarks: list[str] = []

    def is_heading(self, text: str) -> bool:
        """Return whether a text is a role or names a language."""
        return text.casefold() in self.roles or bool(language_code(text))

    def add_object(self, place: str, concept: str, cells: Iterable[tuple[str, str, str]]) -> None:
        """Add a concept that has a name; its cells are (heading, place, text)."""
        texts, seen = {"concept": concept}, dict[str, str]()
        for heading, cell_place, text in cells:
            column = self._column(heading, cell_place, seen)
            texts[column] = self.cell(text, cell_place)
        self.entries.append((place, texts))

    def add_table(
        self,
        header: list[str],
        rows: Rows,
        label: Callable[[int], str] = letter,
        row: str = "row",
        top: int | None = None,
        delimiter: str = "",
    ) -> None:
        """Add a header and numbered rows of cells; a row may be shorter than the header.

        Args:
            label: names a column by its index, such as "column B".
            row: the name of a row: "row" or "line".
            top: the number of the header's row; None: the rows name the concepts by their numbers.
            delimiter: the character between the cells of a text file.
        """
        self.top = f"{row} {top}" if top else "in the headings"
        while header and not header[-1].strip():
            header = header[:-1]
        columns, seen = [], dict[str, str]()
        for i, heading in enumerate(header):
            used = heading.strip() or any(cells[i].strip() for _, cells in rows if i < len(cells))
            place = f"{self.top}, {label(i)}" if top else label(i)
            columns.append(self._column(heading, place, seen) if used else "")
        if not rows and not self.problems:
            self.problem(self.top, "a header and no rows below it", "add one row per concept")
        numbered = not top and "concept" in self.roles
        self.named = numbered or "concept" in columns
        labels = [f"{label(i)} ({column or 'unknown'})" for i, column in enumerate(columns)]
        for number, cells in rows:
            place = f"{row} {number}"
            self._check_width(cells, len(columns), place, label, delimiter)
            texts = {"concept": str(number)} if numbered else {}
            for column, name, cell in zip(columns, labels, cells, strict=False):
                breaks = cell.strip().count("\n") if delimiter else 0
                if breaks and cell.count(delimiter) == breaks * (len(columns) - 1) > 0:
                    what = f"{shorten(cell)} goes on over the rows below it"
                    remedy = "look for a quotation mark that is not closed"
                    self.problem(f"{place}, {name}", what, remedy)
                texts[column] = self.cell(cell, f"{place}, {name}")
            self.entries.append((place, texts))
        if short := [number for number, cells in rows if len(cells) < len(columns)]:
            first = ", ".join(map(str, short[:5])) + (", …" if len(short) > 5 else "")
            fewer = f"{'has' if len(short) == 1 else 'have'} fewer cells than the header ({first})"
            self.remarks.append(f"{count(len(short), row)} {fewer}; the others are read as empty")

    def _check_width(
        self, cells: list[str], width: int, place: str, label: Callable[[int], str], delimiter: str
    ) -> None:
        if beyond := [i for i in range(width, len(cells)) if cells[i].strip()]:
            quoted = f"put a text that has {shorten(delimiter)} in it between quotation marks"
            self.problem(
                f"{place}, {label(beyond[0])}",
                f"{shorten(cells[beyond[0]])} stands beyond the header, which has "
                f"{count(width, 'column')}",
                "give the column a heading" + (f", or {quoted}" if delimiter else ""),
            )

    def _column(self, heading: str, place: str, seen: dict[str, str]) -> str:
        """Return the role or the language code of a heading; report a heading that is neither.

        ``seen`` is {role or code: the first heading that has it, and its place}, and is added to.
        """
        heading = self.cell(heading, place)
        role = heading.casefold() in self.roles
        column = heading.casefold() if role else language_code(heading) or ""
        if column in seen:
            which = "" if role else f" is {language_name(column)} ({column}), which"
            twice = f"{shorten(heading)}{which} appears twice, first as {seen[column]}"
            self.problem(place, twice, "keep one")
        elif column:
            seen[column] = f"{shorten(heading)} in {place}"
            if not role:
                self.languages.setdefault(column)
        else:
            shown = len(self.problems) < checks.MAX_PROBLEMS  # similar languages take time
            self.problem(
                place,
                unknown_language(heading) if heading and shown else "no heading",
                "write a code such as 'de', a name such as 'German', or for any other language "
                "'x-' and a word; a column that is not a language is headed "
                f"{' or '.join(map(repr, self.roles))}, or deleted",
            )
        return column

    def compose_mixed(self) -> None:
        """Compose the texts of languages that write é as one sign in some texts, as two in others.

        A language that uses one form in all texts keeps it.
        """
        for code in self.languages:
            column = [texts.get(code, "") for _, texts in self.entries]
            composed = (is_normalized("NFC", t) and not is_normalized("NFD", t) for t in column)
            for place, texts in self.entries if any(composed) else ():
                text = texts.get(code, "")
                if not is_normalized("NFC", text):
                    self.damage(f"{place} ({code})", text, _MIXED_FORMS)
                    texts[code] = normalize("NFC", text)

    def parts(self) -> dict[str, Any]:
        """Return the arguments of a ConceptGrid; raise InputError with all problems."""
        languages, templates = tuple(self.languages), self._take_templates()
        if len(languages) < 2 and not self.problems:
            what = f"a grid needs at least two languages, and has {len(languages)}"
            self.problem(self.top, what, "write one column per language")
        self._name_concepts()
        rows = [texts for _, texts in self.entries]
        if len(rows) < 2 and not self.problems:
            self.problem("in it", f"a grid needs at least two concepts, and has {len(rows)}")
        self.raise_problems()
        missing = sum(not texts.get("category") for texts in rows)
        if 0 < missing < len(rows):
            without = f"{count(missing, 'concept')} without one"
            self.remarks.append(f"category '{checks.NO_CATEGORY}' for {without}")
        if rare := [code for code in languages if len(code) == 3 and not is_common(code)]:
            read = ", ".join(f"'{code}' is read as {language_name(code)}" for code in rare)
            ignore = "a column that is not a language is left out by --languages"
            self.remarks.append(f"{read}; {ignore}")
        return {
            "concepts": tuple(texts["concept"] for texts in rows),
            "languages": languages,
            "categories": tuple(texts.get("category") or checks.NO_CATEGORY for texts in rows),
            "texts": tuple(tuple(texts.get(code) or None for code in languages) for texts in rows),
            "notices": self.notices(*self.remarks),
            "templates": templates,
        }

    def _take_templates(self) -> dict[str, str]:
        """Remove the row whose texts hold {} and return it; add its problems."""
        concepts, templates, first = [], dict[str, str](), ""
        for place, texts in self.entries:
            sentences = {code: text for code, text in texts.items() if code in self.languages}
            if not any(SLOT in sentence for sentence in sentences.values()):
                concepts.append((place, texts))
                continue
            if first:
                self.problem(place, f"templates again, after {first}", "keep one row")
            first = first or place
            for code, sentence in sentences.items():
                if sentence and sentence.count(SLOT) != 1:
                    what = f"{shorten(sentence)} does not hold {SLOT} once"
                    remedy = f"write {SLOT} where the word goes, or leave the cell empty"
                    self.problem(f"{place}, {code}", what, remedy)
            templates = {code: sentence for code, sentence in sentences.items() if sentence}
        self.entries = concepts
        return templates

    def _name_concepts(self) -> None:
        """Name concepts by their texts if the source has no names; report repeated names."""
        english = [code for code in self.languages if code.split("-")[0] == "en"]
        first: dict[str, str] = {}
        for place, texts in self.entries:
            if not self.named:
                names = map(texts.get, (*english, *self.languages))
                texts["concept"] = next(filter(None, names), "")
            name = normalize("NFC", texts.get("concept", ""))
            if not name:
                self.problem(place, "the concept has no name", "write one, or leave it out")
            elif name in first:
                where = f", first in {first[name]}" if first[name] != place else ""
                what = f"concept {shorten(texts['concept'])} appears twice{where}"
                column = "" if self.named else ", or add a column 'concept' that tells them apart"
                self.problem(place, what, f"name it once{column}")
            first.setdefault(name, place)
