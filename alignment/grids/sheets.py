"""Sheets: choose and check the columns of a source, and make a grid of them.

Every reader adds one table: a header and rows of raw cells. Languages that were not requested are
not looked at. Headings and cells of the others are checked here.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from math import isnan
from typing import Any
from unicodedata import is_normalized, normalize

from alignment.grids import checks, evidence
from alignment.grids.checks import MAX_NAMED, SLOT, count, shorten
from alignment.grids.languages import (
    code_of_tag,
    is_common,
    language_code,
    language_name,
    literal_code,
)

ROLES = ("concept", "category")  # headings of columns that are not languages
_MIXED_FORMS = (
    "letters and accents apart that are one sign elsewhere in their column, composed now (NFC)"
)
_GAPS = frozenset(
    ["nan", "#n/a", "#ref!", "#value!", "#div/0!", "#name?", "#num!", "#null!", "#getting_data"]
)
_NULLS = frozenset(["null", "none", "na", "n/a"])  # texts that may have been gaps
Rows = Sequence[tuple[str, Sequence[Any]]]  # the place and the cells of each row
LONG_TEXTS = ("text", "sentence", "translation")
LONG_LANGUAGES = ("language", "lang", "locale", "iso_639_3", "language_code")
_LONG_SCRIPTS, _LONG_VARIETIES = ("iso_15924", "script"), ("glottocode", "variety")
_LONG_KEYS = ("id", "key", "sentence_id", "concept", "number")


_TEXTS_IN = re.compile("(?:text|sentence|translation)[_. -](.+)")


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
        wanted: codes of the languages to read; all if empty.
        entries: (place, {role or language code: text}) of each concept; a gap is "" or missing.
        languages: the language codes as keys, in the order of the source.
        top: the place of the headings.
        explicit: whether every heading is the tag of a language.
        remarks: sentences on decisions that were made while reading.
    """

    def __init__(
        self,
        source: str,
        strict: bool = False,
        roles: Sequence[str] = ROLES,
        wanted: Iterable[str] = (),
    ):
        super().__init__(source, strict)
        self.roles = roles
        self.wanted = {language_code(language) or language for language in wanted}
        self.entries: list[tuple[str, dict[str, str]]] = []
        self.languages: dict[str, None] = {}
        self.top = "in the file"
        self.explicit = False
        self.remarks: list[str] = []
        self._named = True
        self._left: list[str] = []  # columns that are no languages
        self._gaps: dict[str, list[str]] = {}  # {word in place of a gap: places}
        self._nulls: Counter[str] = Counter()  # by column

    def is_heading(self, text: str) -> bool:
        """Return whether a text is a role or names a language."""
        return text.casefold() in self.roles or bool(language_code(text))

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
        header, rows = self._wide(header, rows)
        columns = self._columns(header, rows, label)
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

    def _wide(self, header: Sequence[str], rows: Rows) -> tuple[list[str], Rows]:
        """Return a table with a column per language of one with a row per text."""
        at = {heading.strip().casefold(): i for i, heading in enumerate(header)}

        def first(names: Sequence[str]) -> int | None:
            return next((at[name] for name in names if name in at), None)

        text, language, key = map(first, (LONG_TEXTS, LONG_LANGUAGES, _LONG_KEYS))
        if text is None or language is None or key is None:
            return list(header), rows
        script, variety = first(_LONG_SCRIPTS), first(_LONG_VARIETIES)
        width = len(header)
        padded = [[*cells, *[""] * (width - len(cells))] for _, cells in rows]
        tags = [f"{c[language]}" + (f"_{c[script]}" if script is not None else "") for c in padded]
        varieties: dict[str, set[str]] = {}
        for tag, cells in zip(tags, padded, strict=True):
            varieties.setdefault(tag, set()).add("" if variety is None else str(cells[variety]))
        table: dict[str, dict[str, Any]] = {}
        for tag, cells in zip(tags, padded, strict=True):
            if variety is not None and len(varieties[tag]) > 1:
                tag += f"_{cells[variety]}"
            table.setdefault(str(cells[key]), {}).setdefault(tag, cells[text])
        headings = list(dict.fromkeys(tag for row in table.values() for tag in row))
        self.explicit = True
        self.remarks.append(
            f"one row per text: {len(rows):,} rows are read as {len(table):,} concepts by "
            f"'{header[key]}', in {len(headings):,} languages by '{header[language]}'"
        )
        return ["concept", *headings], [
            (f"concept {shorten(name)}", [name, *map(row.get, headings)])
            for name, row in table.items()
        ]

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

    def _columns(self, header: Sequence[str], rows: Rows, label: Callable[[int], str]) -> list[str]:
        """Return the role or the language code of each column; "" for one that is left out."""
        columns: list[str] = []
        left, unjudged, first = self._left, [], dict[str, int]()
        headed = {heading.strip().casefold() for heading in header}
        for i, raw in enumerate(header):
            place = f"{self.top}, {label(i)}" if self.top.startswith("row") else label(i)
            heading = self.cell(raw, place)
            texts = [cells[i] for _, cells in rows if i < len(cells)]
            open_roles = {*self.roles} - headed - first.keys()
            column = self._column(heading, texts, place, open_roles)
            if column in first:
                column = self._again(i, first[column], header, columns, place, rows)
            elif not column:
                used = heading or any(isinstance(text, str) and text.strip() for text in texts)
                left += [shorten(heading) if heading else label(i)] * bool(used)
            if column:
                first.setdefault(column, i)
                if column not in self.roles and not self.explicit:
                    unjudged += [shorten(heading)] * (not evidence.is_certain(heading))
            columns.append(column)
        self.languages |= dict.fromkeys(c for c in columns if c and c not in self.roles)
        if left and not self.wanted:
            named = ", ".join(left[:MAX_NAMED])
            more = f" and {len(left) - MAX_NAMED:,} more" if len(left) > MAX_NAMED else ""
            self.remarks.append(f"columns left out, as no languages: {named}{more}")
        if unjudged and evidence.guesser() is None:
            self.remarks.append(
                f"{', '.join(unjudged[:MAX_NAMED])} can mean something else than a language; "
                "pip install py3langid lets the texts be judged"
            )
        return columns

    def _column(self, heading: str, texts: Sequence[Any], place: str, open_roles: set[str]) -> str:
        """Return the role or the language code of a heading, "" where it is neither.

        A role without a heading may be taken by a column such as "id".
        """
        word = heading.casefold()
        if word in self.roles:
            return word
        named = _TEXTS_IN.fullmatch(word)  # sentence_eng_Latn, translation.en
        heading = named[1] if named and language_code(named[1]) else heading
        read = code_of_tag if self.explicit else language_code
        code = None if word in evidence.NEVER else read(heading)
        if self.wanted and code not in self.wanted and literal_code(heading) not in self.wanted:
            return role if (role := evidence.other_role(heading, texts)) in open_roles else ""
        certain = self.explicit or evidence.is_certain(heading)
        if code and (certain or evidence.fits(code, texts, not self.wanted)):
            return code
        if (role := evidence.other_role(heading, texts)) in open_roles:
            self.remarks.append(f"{shorten(heading)} is read as the {role}")
            return role
        if not code and word not in evidence.NEVER:
            if near := evidence.misspelt(heading, texts):
                what = f"unknown language {shorten(heading)}, did you mean {' or '.join(near)}?"
                remedy = "write a code such as 'de', a name such as 'German', or 'x-' and a word"
                self.problem(place, what, remedy)
        elif code:
            what = f"{shorten(heading)} is not read as {language_name(code)}"
            self.remarks.append(f"{what}, which its texts are not in")
        return ""

    def _again(
        self,
        i: int,
        earlier: int,
        header: Sequence[str],
        columns: list[str],
        place: str,
        rows: Rows,
    ) -> str:
        """Return the code of a column whose code an earlier one has, or "" to leave it out."""
        column, heading = columns[earlier], header[i].strip()
        if column in self.roles:
            where_first = f"first as {shorten(header[earlier])}"
            self.problem(place, f"{shorten(heading)} appears twice, {where_first}", "keep one")
            return ""
        literal, other = literal_code(heading), literal_code(header[earlier].strip())
        language = f"{language_name(column)} ({column})"
        pairs = [(cells[earlier], cells[i]) for _, cells in rows if i < len(cells)]
        if not any(one and another and one != another for one, another in pairs):
            return column  # the same texts, or texts of other rows
        if literal != other and all(len(re.split("-", c)[0]) <= 3 for c in (literal, other)):
            columns[earlier] = other
            both = f"{shorten(header[earlier])} and {shorten(heading)}"
            self.remarks.append(f"{both} are both {language}, and keep their codes")
            return literal
        self.remarks.append(f"{shorten(heading)} is {language} again, and is left out")
        return ""

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
            self.problem(self.top, f"no texts in {', '.join(missing)}", self._remedy())
        if len(languages) < 2 and not self.problems:
            what = f"a grid needs at least two languages, and has {len(languages)}"
            self.problem(self.top, what, self._remedy())
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

    def _remedy(self) -> str:
        left = f"; left out: {', '.join(self._left[:MAX_NAMED])}" if self._left else ""
        return f"write one column per language, headed by its code or name{left}"

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
