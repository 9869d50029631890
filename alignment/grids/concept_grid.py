"""Grids: the same C concepts written in L languages."""

import hashlib
import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from os import PathLike

from alignment import InputError
from alignment.grids.checks import count, is_text, require_texts, require_unique
from alignment.grids.languages import language_code

NO_CATEGORY = "All"
SLOT = "{}"  # where a template takes a text
MAX_NAMED = 5  # in a notice


@dataclass(frozen=True)
class ConceptGrid:
    """C concepts in L languages, in each cell a text, or None where there is no translation.

    The constructor takes any gaps. Grids of ``from_dict``, ``from_csv``, ``from_json`` and
    ``in_languages`` are complete, or have two texts or more in each concept and each language.

    Attributes:
        concepts: C unique names.
        languages: L unique language codes.
        categories: C category names, one per concept.
        texts: C rows of L texts; ``texts[c][l]`` is concept c written in language l, or None.
        name: what the results call this grid, for a file its name without the ending; not part of
            the fingerprint.
        notices: sentences on what was tidied or left out; they do not make two grids differ.
        templates: {language: sentence with one {} for a text}, for the probe in context; not part
            of the fingerprint. A language may lack one.

    Raises:
        InputError: when the parts do not fit together, naming the first place where they do not.
    """

    concepts: tuple[str, ...]
    languages: tuple[str, ...]
    categories: tuple[str, ...]
    texts: tuple[tuple[str | None, ...], ...]
    name: str = "custom"
    notices: tuple[str, ...] = field(default=(), compare=False)
    templates: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        named = {
            **{"name": [self.name], "concept": self.concepts, "language": self.languages},
            "category": filter(None, self.categories),
            "templates' language": self.templates,
        }
        for what, names in named.items():
            require_texts(f"grid {self.name!r:.60}", what, names)
        require_unique("concept", self.concepts)
        require_unique("language", self.languages)
        if not len(self.concepts) == len(self.categories) == len(self.texts):
            raise InputError(
                f"grid '{self.name}': {len(self.concepts)} concepts, {len(self.categories)} "
                f"categories and {len(self.texts)} rows of texts; give one of each per concept"
            )
        for concept, row in zip(self.concepts, self.texts, strict=True):
            self._check_row(concept, row)
        for language, sentence in self.templates.items():
            if not is_text(sentence) or sentence.count(SLOT) != 1:
                raise InputError(
                    f"grid '{self.name}', language '{language}': the template {sentence!r:.60} "
                    f"must hold {SLOT} once, where the word goes"
                )

    def _check_row(self, concept: str, row: tuple[str | None, ...]) -> None:
        place = f"grid '{self.name}', concept '{concept}'"
        if len(row) != len(self.languages):
            raise InputError(
                f"{place}: {len(row)} texts for {len(self.languages)} languages; give one text per "
                "language"
            )
        for language, text in zip(self.languages, row, strict=True):
            if text is not None and not is_text(text):
                raise InputError(
                    f"{place}, language '{language}': {text!r:.60} is not text; write one, or None "
                    "where there is no translation"
                )

    @classmethod
    def from_dict(
        cls,
        concepts: Mapping[str, Mapping[str, str]],
        name: str = "custom",
        templates: Mapping[str, str] | None = None,
    ) -> "ConceptGrid":
        """Make a grid of ``{concept: {language: text}}``.

        A row may also hold "category". The languages are those of all rows, as they first come; one
        that a row does not have, or has as None, is a gap. Languages are taken as they are written.
        """
        if not isinstance(concepts, Mapping) or not concepts:
            raise InputError(f"grid '{name}' has no concepts; give {{concept: {{language: text}}}}")
        for concept, row in concepts.items():
            if not isinstance(row, Mapping):
                raise InputError(
                    f"grid '{name}', concept {concept!r:.60}: {row!r:.60} is not {{language: text}}"
                )
        rows = {c: {k: v for k, v in row.items() if k != "category"} for c, row in concepts.items()}
        languages = tuple(dict.fromkeys(language for row in rows.values() for language in row))
        grid = cls(
            concepts=tuple(rows),
            languages=languages,
            categories=tuple(row.get("category") or NO_CATEGORY for row in concepts.values()),
            texts=tuple(tuple(map(row.get, languages)) for row in rows.values()),
            name=name,
            templates=templates or {},
        )
        return grid.comparable()

    @classmethod
    def from_csv(cls, path: str | PathLike[str]) -> "ConceptGrid":
        """Read a table of a spreadsheet; see ``files.read_table``."""
        from alignment.grids import files

        return cls(**files.read_grid(path, kind=".csv")).comparable()

    @classmethod
    def from_json(cls, path: str | PathLike[str]) -> "ConceptGrid":
        """Read a file of ``{concept: {language: text}}``; see ``files.read_json``."""
        from alignment.grids import files

        return cls(**files.read_grid(path, kind=".json")).comparable()

    def to_csv(self, path: str | PathLike[str]) -> None:
        """Write a table that ``from_csv`` reads back; see ``files.write_table``."""
        from alignment.grids import files

        files.write_table(path, self)

    def in_languages(self, languages: Iterable[str]) -> "ConceptGrid":
        """Return the concepts in these languages only, in the order given.

        A language may be named as in a file: "pt_BR", "German". What cannot be compared in the
        languages that stay is left out, with a notice (see ``comparable``).

        Raises:
            InputError: for a language that the grid does not have, or one named twice, or when
                nothing is left.
        """
        chosen = tuple(map(self._own_language, languages))
        return self.with_columns([self.languages.index(code) for code in chosen]).comparable()

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

    def _own_language(self, language: str) -> str:
        if language in self.languages:
            return language
        code = language_code(language)
        if code in self.languages:
            return code
        near = get_close_matches(language, self.languages, n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        raise InputError(
            f"language '{language}' is not in grid '{self.name}', "
            f"which has {', '.join(self.languages)}{hint}"
        )

    def comparable(self) -> "ConceptGrid":
        """Leave out concepts in fewer than two languages and languages of fewer than two concepts.

        A grid without gaps stays as it is, however small. Notices say what was left out.

        Raises:
            InputError: when nothing is left.
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
        said = (
            *_left_out("concept", "two languages", self.concepts, rows),
            *_left_out("language", "two concepts", self.languages, columns),
        )
        notices = (*self.notices, *(f"grid '{self.name}': {sentence}" for sentence in said))
        return replace(self._part(rows, columns), notices=notices)

    def mask(self) -> tuple[tuple[bool, ...], ...]:
        """Return C rows of L: whether there is a text."""
        return tuple(tuple(text is not None for text in row) for row in self.texts)

    def flat_texts(self) -> list[str]:
        """Return the texts that are there, concept by concept: those of ``mask``, row by row.

        Without gaps these are C·L texts, and the text of (c, l) is at c·L + l.
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
        """Return the C × L texts as a reader would call them the same: NFKC, case folded."""
        return [[None if text is None else _surface(text) for text in row] for row in self.texts]

    def scripts(self) -> tuple[str, ...]:
        """Return the script of each language: the one of most of its letters."""
        columns = zip(*self.texts, strict=True)
        return tuple(_script("".join(filter(None, texts))) for texts in columns)

    def sha256(self) -> str:
        """Return the fingerprint of the content: concepts, languages, categories and texts."""
        content = [self.concepts, self.languages, self.categories, self.texts]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def largest_comparable(mask: Sequence[Sequence[bool]]) -> tuple[list[int], list[int]]:
    """Return the rows and columns of a (C, L) mask that keep two True or more among themselves.

    Leaving out a row may leave a column with one, and so on: until nothing changes. What stays is
    the largest such part, whatever the order; it may be nothing.
    """
    columns = list(zip(*mask, strict=True))
    left = [[sum(line) for line in mask], [sum(line) for line in columns]]  # True of rows, columns
    lines = (mask, columns)
    out = [(side, n) for side in (0, 1) for n, times in enumerate(left[side]) if times < 2]
    gone = set(out)
    while out:  # each line once, so that a long chain takes no longer than a short one
        side, n = out.pop()
        for other, there in enumerate(lines[side][n]):
            left[1 - side][other] -= there
            if left[1 - side][other] < 2 and (1 - side, other) not in gone:
                gone.add((1 - side, other))
                out.append((1 - side, other))
    rows, kept = ([n for n in range(len(left[i])) if (i, n) not in gone] for i in (0, 1))
    return rows, kept


def _left_out(what: str, least: str, names: Sequence[str], kept: Sequence[int]) -> list[str]:
    """Return a sentence on the names that are not kept, or none: the first few, and how many."""
    left = [names[i] for i in sorted(set(range(len(names))) - set(kept))]
    some = ", ".join(f"'{name}'" for name in left[:MAX_NAMED])
    some += f" and {len(left) - MAX_NAMED:,} more" if len(left) > MAX_NAMED else ""
    said = f"{count(len(left), what)} left out, with texts in fewer than {least}: {some}"
    return [said] if left else []


def _surface(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _script(text: str) -> str:
    """Name the commonest script: a letter's Unicode name begins with it (CYRILLIC SMALL …).

    Kana make Han Japanese: the two are one script to a Japanese reader (ISO 15924: Jpan).
    """
    letters: Counter[str] = Counter()
    for letter, times in Counter(text).items():
        if letter.isalpha():
            letters[unicodedata.name(letter, "OTHER").split()[0]] += times
    if not letters:
        return "Other"
    if {"HIRAGANA", "KATAKANA"} & set(letters):
        return "Japanese"
    script = letters.most_common(1)[0][0]
    return "Han" if script == "CJK" else script.capitalize()
