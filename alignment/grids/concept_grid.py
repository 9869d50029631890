"""The grid: C concepts in L languages."""

import csv
import hashlib
import io
import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from os import PathLike
from pathlib import Path
from typing import Any

from alignment import InputError
from alignment.grids.checks import MAX_NAMED, NO_CATEGORY, SLOT, count, is_text
from alignment.grids.files import name_of, read_data, read_sheet
from alignment.grids.languages import language_code, script_of


@dataclass(frozen=True)
class ConceptGrid:
    """C concepts in L languages; each cell holds a text, or None where there is no translation.

    The constructor accepts any gaps; ``from_dict``, ``read`` and ``in_languages`` return grids that
    are ``comparable``. An InputError names the first place where the parts do not fit together.

    Attributes:
        concepts: C unique names.
        languages: L unique language codes.
        categories: C category names, one per concept.
        texts: C rows of L texts; ``texts[c][l]`` is concept c written in language l, or None.
        name: the name in results; for a file its name without the ending.
        notices: sentences on repairs and omissions; equality ignores them.
        templates: {language: sentence with one {} for a text}, for the probe in context.
    """

    concepts: tuple[str, ...]
    languages: tuple[str, ...]
    categories: tuple[str, ...]
    texts: tuple[tuple[str | None, ...], ...]
    name: str = "custom"
    notices: tuple[str, ...] = field(default=(), compare=False)
    templates: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        names = {
            "name": [self.name],
            "concept": self.concepts,
            "language": self.languages,
            "category": filter(None, self.categories),
            "templates' language": self.templates,
        }
        for what, name in ((kind, name) for kind in names for name in names[kind]):
            if not is_text(name):
                grid = f"grid {self.name!r:.60}"
                raise InputError(f"{grid}: the {what} {name!r:.60} is not text; write one")
        for what in ("concept", "language"):
            times = Counter(unicodedata.normalize("NFC", name) for name in names[what])
            if not times:
                raise InputError(f"the grid has no {what}s; give at least one")
            name, number = times.most_common(1)[0]
            if number > 1:
                often = "twice" if number == 2 else f"{number} times"
                raise InputError(f"{what} '{name}' appears {often} in the grid; name it once")
        grid = f"grid '{self.name}'"
        if not len(self.concepts) == len(self.categories) == len(self.texts):
            raise InputError(
                f"{grid}: {len(self.concepts)} concepts, {len(self.categories)} categories and "
                f"{len(self.texts)} rows of texts; give one of each per concept"
            )
        for concept, row in zip(self.concepts, self.texts, strict=True):
            if len(row) != len(self.languages):
                raise InputError(
                    f"{grid}, concept '{concept}': {len(row)} texts for {len(self.languages)} "
                    "languages; give one text per language"
                )
            for language, text in zip(self.languages, row, strict=True):
                if text is not None and not is_text(text):
                    raise InputError(
                        f"{grid}, concept '{concept}', language '{language}': {text!r:.60} is not "
                        "text; write one, or None where there is no translation"
                    )
        for language, sentence in self.templates.items():
            if not is_text(sentence) or sentence.count(SLOT) != 1:
                raise InputError(
                    f"{grid}, language '{language}': the template {sentence!r:.60} must hold "
                    f"{SLOT} once, where the word goes"
                )

    @classmethod
    def from_dict(
        cls,
        concepts: Mapping[str, Mapping[str, str]],
        name: str = "custom",
        templates: Mapping[str, str] | None = None,
    ) -> "ConceptGrid":
        """Make a grid of ``{concept: {language: text}}``.

        A row may also hold "category". The languages are used as written, in the order of their
        first appearance. A language that a row lacks, or has as None, is a gap.
        """
        if not isinstance(concepts, Mapping) or not concepts:
            raise InputError(f"grid '{name}' has no concepts; give {{concept: {{language: text}}}}")
        for concept, row in concepts.items():
            if not isinstance(row, Mapping):
                raise InputError(
                    f"grid '{name}', concept {concept!r:.60}: {row!r:.60} is not {{language: text}}"
                )
        keys = dict.fromkeys(key for row in concepts.values() for key in row)
        languages = tuple(key for key in keys if key != "category")
        return cls(
            concepts=tuple(concepts),
            languages=languages,
            categories=tuple(row.get("category") or NO_CATEGORY for row in concepts.values()),
            texts=tuple(tuple(map(row.get, languages)) for row in concepts.values()),
            name=name,
            templates=templates or {},
        ).comparable()

    @classmethod
    def read(
        cls,
        source: str | PathLike[str],
        strict: bool = False,
        kind: str | None = None,
        wanted: Iterable[str] = (),
    ) -> "ConceptGrid":
        """Read a file, a folder with a text file per language, or hub:OWNER/DATASET.

        Args:
            source: the grid is called by its name without the ending.
            strict: whether damage that can be repaired is an error too.
            kind: ".csv" …; None: the ending of the file's name.
            wanted: languages to read; all if empty.

        Raises:
            RunError: when a package is missing, or the hub cannot be reached.
        """
        sheet = read_sheet(source, strict=strict, kind=kind, wanted=wanted)
        return cls(name=name_of(source), **sheet.parts()).comparable()

    @classmethod
    def from_data(
        cls, data: Any, name: str = "custom", strict: bool = False, wanted: Iterable[str] = ()
    ) -> "ConceptGrid":
        """Make a grid of a DataFrame, a dict of columns, or a list of records."""
        return cls(name=name, **read_data(data, strict, wanted).parts()).comparable()

    @classmethod
    def from_csv(cls, path: str | PathLike[str]) -> "ConceptGrid":
        """Read a table of a spreadsheet; see ``text.read_table``."""
        return cls.read(path, kind=".csv")

    @classmethod
    def from_json(cls, path: str | PathLike[str]) -> "ConceptGrid":
        """Read a file of ``{concept: {language: text}}``; see ``text.read_json``."""
        return cls.read(path, kind=".json")

    def to_csv(self, path: str | PathLike[str]) -> None:
        """Write a table that spreadsheets open and ``from_csv`` reads back equal.

        The table is UTF-8 with byte order mark, with commas, or with tabs in a file that ends in
        .tsv. A file of that name is replaced completely or not at all.
        """
        from alignment.engines.files import write_whole

        path, table = Path(path), io.StringIO(newline="")
        delimiter = "\t" if path.suffix.casefold() == ".tsv" else ","
        writer = csv.writer(table, delimiter=delimiter, lineterminator="\n")
        writer.writerow(["concept", "category", *self.languages])
        for concept, category, row in zip(self.concepts, self.categories, self.texts, strict=True):
            writer.writerow([concept, category, *row])
        if self.templates:
            writer.writerow(["template", "", *map(self.templates.get, self.languages)])
        write_whole(path, table.getvalue().encode("utf-8-sig"))

    def in_languages(self, languages: Iterable[str]) -> "ConceptGrid":
        """Return the ``comparable`` concepts in these languages, in the order given.

        A language may be named as in a file: "pt_BR", "German". A language that the grid does not
        have, or one named twice, is an InputError.
        """
        codes = map(self.code_of, languages)
        return self.with_columns([self.languages.index(code) for code in codes]).comparable()

    def code_of(self, language: str) -> str:
        """Return the code that this grid has for a language; raise InputError where it has none."""
        if language in self.languages:
            return language
        if (code := language_code(language)) in self.languages:
            return code
        near = get_close_matches(language, self.languages, n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        raise InputError(
            f"language '{language}' is not in grid '{self.name}', "
            f"which has {', '.join(self.languages)}{hint}"
        )

    def with_columns(self, columns: Iterable[int]) -> "ConceptGrid":
        """Return these columns of the grid, with all concepts."""
        return self._part(range(len(self.concepts)), tuple(columns))

    def with_rows(self, rows: Iterable[int]) -> "ConceptGrid":
        """Return these rows of the grid, in all languages."""
        return self._part(tuple(rows), range(len(self.languages)))

    def _part(self, rows: Sequence[int], columns: Sequence[int]) -> "ConceptGrid":
        languages = tuple(self.languages[column] for column in columns)
        return replace(
            self,
            concepts=tuple(self.concepts[row] for row in rows),
            languages=languages,
            categories=tuple(self.categories[row] for row in rows),
            texts=tuple(tuple(self.texts[row][column] for column in columns) for row in rows),
            templates={code: self.templates[code] for code in languages if code in self.templates},
        )

    def comparable(self) -> "ConceptGrid":
        """Leave out concepts in fewer than two languages and languages of fewer than two concepts.

        A grid without gaps is returned unchanged, however small. Notices name the concepts and
        languages that are left out. A grid of which nothing remains is an InputError.
        """
        mask = self.mask()
        if all(map(all, mask)):
            return self
        rows, columns = largest_comparable(mask)
        if not rows:
            raise InputError(
                f"grid '{self.name}' has too many gaps: without the concepts in one language and "
                "the languages of one concept nothing is left; fill empty cells, or choose more "
                "languages"
            )
        notices = list(self.notices)
        for what, least, names, remaining in (
            ("concept", "two languages", self.concepts, rows),
            ("language", "two concepts", self.languages, columns),
        ):
            if left := [names[i] for i in sorted({*range(len(names))} - {*remaining})]:
                some = ", ".join(f"'{name}'" for name in left[:MAX_NAMED])
                more = f" and {len(left) - MAX_NAMED:,} more" if len(left) > MAX_NAMED else ""
                notices.append(
                    f"grid '{self.name}': {count(len(left), what)} left out, with texts in fewer "
                    f"than {least}: {some}{more}"
                )
        return replace(self._part(rows, columns), notices=tuple(notices))

    def mask(self) -> tuple[tuple[bool, ...], ...]:
        """Return C rows of L values: whether the text is present."""
        return tuple(tuple(text is not None for text in row) for row in self.texts)

    def flat_texts(self) -> list[str]:
        """Return the texts that are present, concept by concept.

        Without gaps there are C·L texts, and the text of (c, l) is at c·L + l.
        """
        return [text for row in self.texts for text in row if text is not None]

    def spread(self, values, nothing: float = 0):
        """Return (C, L, …) of the values (n, …) of ``flat_texts``; ``nothing`` for a gap."""
        import numpy as np

        mask = np.array(self.mask())
        if mask.all():
            return values.reshape(*mask.shape, *values.shape[1:])
        cells = np.full((*mask.shape, *values.shape[1:]), nothing, dtype=values.dtype)
        cells[mask] = values
        return cells

    def surfaces(self) -> list[list[str | None]]:
        """Return the C × L texts in NFKC and case folded: identical texts look identical."""
        return [
            [text and unicodedata.normalize("NFKC", text).casefold().strip() for text in row]
            for row in self.texts
        ]

    def scripts(self) -> tuple[str, ...]:
        """Return the script of each language: the script of most of its letters."""
        columns = zip(*self.texts, strict=True)
        return tuple(script_of("".join(filter(None, texts))) for texts in columns)

    def sha256(self) -> str:
        """Return the fingerprint of the content: concepts, languages, categories and texts."""
        content = [self.concepts, self.languages, self.categories, self.texts]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def largest_comparable(mask: Sequence[Sequence[bool]]) -> tuple[list[int], list[int]]:
    """Return the most rows and columns of a (C, L) mask with at least two True in each of them.

    Leaving out a row may leave a column with one, and so on, until nothing changes. The order does
    not matter, and nothing may be left.
    """
    sides = [  # for each row the columns with True, for each column the rows
        [{n for n, value in enumerate(line) if value} for line in lines]
        for lines in (mask, zip(*mask, strict=True))
    ]
    single = [(side, n) for side in (0, 1) for n, line in enumerate(sides[side]) if len(line) == 1]
    while single:  # each line is here once at most, so that a long chain takes no longer
        side, n = single.pop()
        for across in sides[side][n]:
            sides[1 - side][across].discard(n)
            if len(sides[1 - side][across]) == 1:
                single.append((1 - side, across))
        sides[side][n].clear()
    rows, columns = ([n for n, line in enumerate(lines) if line] for lines in sides)
    return rows, columns
