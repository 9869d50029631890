"""Sheets: check the cells of a source, and make a grid of them.

Every reader adds one table: a header and rows of raw cells.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from math import isnan
from typing import Any
from unicodedata import is_normalized, normalize

from alignment.grids import checks
from alignment.grids.checks import MAX_NAMED, SLOT, count, shorten
from alignment.grids.columns import ROLES, Columns, Rows, letter
from alignment.grids.languages import is_common, language_code, language_name

_MIXED_FORMS = (
    "letters and accents apart that are one sign elsewhere in their column, composed now (NFC)"
)
_GAPS = frozenset(
    ["nan", "#n/a", "#ref!", "#value!", "#div/0!", "#name?", "#num!", "#null!", "#getting_data"]
)
_NULLS = frozenset(["null", "none", "na", "n/a"])  # texts that may have been gaps


class Sheet(Columns):
    """The concepts of one source, and their problems.

    Attributes:
        entries: (place, {role or language code: text}) of each concept; a gap is "" or missing.
        top: the place of the headings.
    """

    def __init__(
        self,
        source: str,
        strict: bool = False,
        roles: Sequence[str] = ROLES,
        wanted: Iterable[str] = (),
    ):
        super().__init__(source, strict, roles, wanted)
        self.entries: list[tuple[str, dict[str, str]]] = []
        self.top = "in the file"
        self._named = True
        self._gaps: dict[str, list[str]] = {}  # {word in place of a gap: places}
        self._nulls: Counter[str] = Counter()  # by column

    def add_table(
        self,
        header: Sequence[str],
        rows: Rows,
        label: Callable[[int], str] = letter,
        top: str = "",
        numbered: bool = False,
        delimiter: str = "",
    ) -> None:
        """Add a header and rows of cells; a row may be shorter than the header.

        Args:
            header: the headings.
            rows: the place of each row, such as "row 2", and its cells.
            label: names a column by its index, such as "column B".
            top: the place of the header; "" if it is not a row.
            numbered: whether the rows name the concepts by their numbers.
            delimiter: the character between the cells of a text file.
        """
        self.top = top or "in the headings"
        while header and not header[-1].strip():
            header = header[:-1]
        header, rows = self.wide(header, rows)
        columns = self.choose(header, rows, label, self.top)
        if not rows and not self.problems:
            self.problem(self.top, "a header and no rows below it", "add one row per concept")
        numbered = numbered and "concept" in self.roles
        self._named = numbered or "concept" in columns
        short, spanning = [], []
        for place, cells in rows:
            self._check_width(cells, len(columns), place, label, delimiter)
            texts = {"concept": place.split()[-1]} if numbered else {}
            for i, column in enumerate(columns[: len(cells)]):
                if column:
                    cell, where_in = cells[i], f"{place}, {label(i)} ({column})"
                    texts[column] = texts.get(column) or self._text(cell, where_in, column)
                    breaks = cell.strip().count("\n") if delimiter and isinstance(cell, str) else 0
                    if breaks and cell.count(delimiter) == breaks * (len(columns) - 1) > 0:
                        spanning.append(where_in)
            self.entries.append((place, texts))
            if len(cells) < len(columns):
                short.append(place.split()[-1])
        if short:
            first = ", ".join(short[:MAX_NAMED]) + (", …" if len(short) > MAX_NAMED else "")
            fewer = f"{'has' if len(short) == 1 else 'have'} fewer cells than the header ({first})"
            self.remarks.append(f"{count(len(short), 'row')} {fewer}; the others are read as empty")
        if spanning:
            self.remarks.append(
                f"{count(len(spanning), 'cell')} held line breaks and as many delimiters as rows "
                f"have (first: {spanning[0]}); look for a quotation mark that is not closed"
            )
        self._remark_words()

    def _check_width(
        self,
        cells: Sequence[Any],
        width: int,
        place: str,
        label: Callable[[int], str],
        delimiter: str,
    ) -> None:
        extra = [i for i in range(width, len(cells)) if str(cells[i] or "").strip()]
        if extra and not self.wanted:
            quoted = f"put a text that has {shorten(delimiter)} in it between quotation marks"
            self.problem(
                f"{place}, {label(extra[0])}",
                f"{shorten(str(cells[extra[0]]))} is beyond the header, which has "
                f"{count(width, 'column')}",
                "give the column a heading" + (f", or {quoted}" if delimiter else ""),
            )

    def _text(self, value: Any, place: str, column: str) -> str:
        """Return the text of a cell; "" for a gap."""
        if value is None or (isinstance(value, float) and isnan(value)):
            return ""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, str | int | float):
            kind = "a list" if isinstance(value, list | tuple) else "an object"
            self.problem(place, f"{kind}, not a text", "write it in quotation marks")
            return ""
        text = self.cell(str(value), place)
        word = text.casefold()
        if column in self.roles:
            return text
        if word in _GAPS:
            self._gaps.setdefault(text, []).append(place)
            return ""
        self._nulls[column] += word in _NULLS
        return text

    def _remark_words(self) -> None:
        for word, places in self._gaps.items():
            cells = count(len(places), "cell")
            self.remarks.append(f"{cells} with {shorten(word)} read as empty (first: {places[0]})")
        if several := [code for code, n in self._nulls.items() if n > 1]:
            named = ", ".join(f"{language_name(code)} ({self._nulls[code]:,})" for code in several)
            self.remarks.append(f"'null', 'None', 'NA' or 'N/A' is read as a text in: {named}")

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
        missing = sorted(self.wanted - {*languages})
        if missing and not self.problems:
            self.problem(self.top, f"no texts in {', '.join(missing)}", self.remedy())
        if len(languages) < 2 and not self.problems:
            what = f"a grid needs at least two languages, and has {len(languages)}"
            self.problem(self.top, what, self.remedy())
        if languages or self._named:
            self._name_concepts()
        rows = [texts for _, texts in self.entries]
        if len(rows) < 2 and not self.problems:
            self.problem("in it", f"a grid needs at least two concepts, and has {len(rows)}")
        self.raise_problems()
        missing_categories = sum(not texts.get("category") for texts in rows)
        if 0 < missing_categories < len(rows):
            without = f"{count(missing_categories, 'concept')} without one"
            self.remarks.append(f"category '{checks.NO_CATEGORY}' for {without}")
        own_codes = (code for code in languages if language_code(code) == code)
        if rare := [code for code in own_codes if len(code) == 3 and not is_common(code)]:
            read = ", ".join(f"'{code}' is read as {language_name(code)}" for code in rare)
            ignore = "a column that is not a language is left out by --languages"
            self.remarks.append(f"{read}; {ignore}")
        self._remark_repeated(languages, rows)
        return {
            "concepts": tuple(texts["concept"] for texts in rows),
            "languages": languages,
            "categories": tuple(texts.get("category") or checks.NO_CATEGORY for texts in rows),
            "texts": tuple(tuple(texts.get(code) or None for code in languages) for texts in rows),
            "notices": self.notices(*self.remarks),
            "templates": templates,
        }

    def _remark_repeated(self, languages: Sequence[str], rows: Sequence[dict[str, str]]) -> None:
        """Say in which languages several concepts have one text."""
        again = {}
        for code in languages:
            times = Counter(filter(None, (texts.get(code) for texts in rows)))
            again[code] = sum(n - 1 for n in times.values())
        if codes := sorted(filter(again.get, again), key=lambda code: -again[code]):
            named = ", ".join(f"{language_name(c)} ({again[c]:,})" for c in codes[:MAX_NAMED])
            more = f" and {len(codes) - MAX_NAMED:,} more" if len(codes) > MAX_NAMED else ""
            self.remarks.append(
                f"texts of several concepts, each a wrong answer to the others: {named}{more}"
            )

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
            if not self._named:
                names = map(texts.get, (*english, *self.languages))
                texts["concept"] = next(filter(None, names), "")
            name = normalize("NFC", texts.get("concept", ""))
            if not name:
                self.problem(place, "the concept has no name", "write one, or leave it out")
            elif name in first:
                in_place = f", first in {first[name]}" if first[name] != place else ""
                what = f"concept {shorten(texts['concept'])} appears twice{in_place}"
                column = "" if self._named else ", or add a column 'concept' that tells them apart"
                self.problem(place, what, f"name it once{column}")
            first.setdefault(name, place)
