"""Columns: decide which columns of a source are languages, and which name or sort the concepts.

Languages that were not requested are neither read nor judged.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from alignment.grids import checks, evidence
from alignment.grids.checks import MAX_NAMED, shorten
from alignment.grids.languages import code_of_tag, language_code, language_name, literal_code

Rows = Sequence[tuple[str, Sequence[Any]]]  # the place and the cells of each row
ROLES = ("concept", "category")  # headings of columns that are not languages
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


class Columns(checks.Check):
    """The columns of one source, and their problems.

    Attributes:
        roles: headings of columns that are not languages.
        wanted: codes of the languages to read; all if empty.
        languages: the language codes as keys, in the order of the source.
        explicit: whether every heading is the tag of a language.
        remarks: sentences on decisions that were made while reading.
    """

    def __init__(self, source: str, strict: bool, roles: Sequence[str], wanted: Iterable[str]):
        super().__init__(source, strict)
        self.roles = roles
        self.wanted = {language_code(language) or language for language in wanted}
        self.languages: dict[str, None] = {}
        self.explicit = False
        self.remarks: list[str] = []
        self._left: list[str] = []  # columns that are no languages

    def is_heading(self, text: str) -> bool:
        """Return whether a text is a role or names a language."""
        return text.casefold() in self.roles or bool(language_code(text))

    def wide(self, header: Sequence[str], rows: Rows) -> tuple[list[str], Rows]:
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

    def choose(
        self, header: Sequence[str], rows: Rows, label: Callable[[int], str], top: str
    ) -> list[str]:
        """Return the role or the language code of each column; "" for one that is left out."""
        columns: list[str] = []
        left, unjudged, first = self._left, [], dict[str, int]()
        headed = {heading.strip().casefold() for heading in header}
        for i, raw in enumerate(header):
            place = f"{top}, {label(i)}" if top.startswith("row") else label(i)
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

    def remedy(self) -> str:
        """Return the advice for a source with too few languages."""
        left = f"; left out: {', '.join(self._left[:MAX_NAMED])}" if self._left else ""
        return f"write one column per language, headed by its code or name{left}"
