"""Grids: the same C concepts written in L languages."""

import hashlib
import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

from alignment import InputError

NO_CATEGORY = "All"


@dataclass(frozen=True)
class ConceptGrid:
    """C concepts in L languages, one text in each cell.

    Attributes:
        concepts: C unique names.
        languages: L unique language codes.
        categories: C category names, one a concept.
        texts: C rows of L texts; ``texts[c][l]`` is concept c written in language l.
        name: what the results call this grid; not part of its content.

    Raises:
        InputError: when the parts do not fit together, naming the first place where they do not.
    """

    concepts: tuple[str, ...]
    languages: tuple[str, ...]
    categories: tuple[str, ...]
    texts: tuple[tuple[str, ...], ...]
    name: str = "custom"

    def __post_init__(self):
        _require_unique("concept", self.concepts)
        _require_unique("language", self.languages)
        if not len(self.concepts) == len(self.categories) == len(self.texts):
            raise InputError(
                f"grid '{self.name}': {len(self.concepts)} concepts, {len(self.categories)} "
                f"categories and {len(self.texts)} rows of texts; give one of each for a concept"
            )
        for concept, row in zip(self.concepts, self.texts, strict=True):
            self._check_row(concept, row)

    def _check_row(self, concept: str, row: tuple[str, ...]) -> None:
        if len(row) != len(self.languages):
            raise InputError(
                f"grid '{self.name}', concept '{concept}': {len(row)} texts for "
                f"{len(self.languages)} languages; give one text a language"
            )
        for language, text in zip(self.languages, row, strict=True):
            if not isinstance(text, str) or not text.strip():
                raise InputError(
                    f"grid '{self.name}', concept '{concept}', language '{language}': "
                    "the text is missing; write one, or leave the concept or the language out"
                )

    @classmethod
    def from_dict(
        cls, concepts: Mapping[str, Mapping[str, str]], name: str = "custom"
    ) -> "ConceptGrid":
        """Make a grid of ``{concept: {language: text}}``.

        A row may also hold "category". The languages are those of the first row, in its order;
        every other row must have the same ones.
        """
        if not concepts:
            raise InputError(f"grid '{name}' has no concepts; give at least one")
        rows = {c: {k: v for k, v in row.items() if k != "category"} for c, row in concepts.items()}
        languages = tuple(next(iter(rows.values())))
        for concept, row in rows.items():
            for language in set(row).symmetric_difference(languages):
                raise InputError(
                    f"grid '{name}', concept '{concept}': language '{language}' is "
                    f"{'only' if language in row else 'not'} in this row; "
                    "give every concept in the same languages"
                )
        return cls(
            concepts=tuple(rows),
            languages=languages,
            categories=tuple(row.get("category", NO_CATEGORY) for row in concepts.values()),
            texts=tuple(tuple(row[language] for language in languages) for row in rows.values()),
            name=name,
        )

    def in_languages(self, languages: Iterable[str]) -> "ConceptGrid":
        """Return the same concepts in these languages only, in the order given.

        Raises:
            InputError: for a language that the grid does not have, or one named twice.
        """
        chosen = tuple(languages)
        for language in chosen:
            if language not in self.languages:
                near = get_close_matches(language, self.languages, n=1)
                hint = f"; did you mean '{near[0]}'?" if near else ""
                raise InputError(
                    f"language '{language}' is not in grid '{self.name}', "
                    f"which has {', '.join(self.languages)}{hint}"
                )
        columns = [self.languages.index(language) for language in chosen]
        texts = tuple(tuple(row[column] for column in columns) for row in self.texts)
        return replace(self, languages=chosen, texts=texts)

    def flat_texts(self) -> list[str]:
        """Return the C·L texts, concept by concept: the text of (c, l) is at c·L + l."""
        return [text for row in self.texts for text in row]

    def surfaces(self) -> list[list[str]]:
        """Return the C × L texts as a reader would call them the same: NFKC, case folded."""
        return [
            [unicodedata.normalize("NFKC", text).casefold().strip() for text in row]
            for row in self.texts
        ]

    def scripts(self) -> tuple[str, ...]:
        """Return the script of each language: the one of most of its letters."""
        columns = zip(*self.texts, strict=True)
        return tuple(_script("".join(texts)) for texts in columns)

    def sha256(self) -> str:
        """Return the fingerprint of the content: concepts, languages, categories and texts."""
        content = [self.concepts, self.languages, self.categories, self.texts]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _script(text: str) -> str:
    """Name the commonest script: a letter's Unicode name begins with it (CYRILLIC SMALL …)."""
    names = [unicodedata.name(letter, "OTHER").split()[0] for letter in text if letter.isalpha()]
    script = Counter(names).most_common(1)[0][0] if names else "OTHER"
    return "Han" if script == "CJK" else script.capitalize()


def _require_unique(what: str, names: tuple[str, ...]) -> None:
    if not names:
        raise InputError(f"the grid has no {what}s; give at least one")
    name, count = Counter(names).most_common(1)[0]
    if count > 1:
        raise InputError(f"{what} '{name}' stands {count} times in the grid; name it once")
