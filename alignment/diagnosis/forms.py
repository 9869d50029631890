"""Forms: the texts of a grid written otherwise, as real text is, and their vectors."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import chain
from unicodedata import normalize

import numpy as np

from alignment.grids import SLOT, ConceptGrid

LOWER, CAPITALISED, SENTENCE = "lower case", "capital letter", "sentence"
COMPOSED, DECOMPOSED = "composed (NFC)", "decomposed (NFD)"  # Unicode's normal forms
ROMANISED, UNMARKED = "romanised", "without diacritics"
FORMS = (LOWER, CAPITALISED, SENTENCE, COMPOSED, DECOMPOSED, ROMANISED, UNMARKED)

Forms = dict[str, tuple[np.ndarray, ConceptGrid]]  # {form: (X' (C, L', D), grid in this form)}


def in_form(grid: ConceptGrid, form: str) -> ConceptGrid:
    """Return the grid with its texts in one of ``FORMS``, in the languages that have this form.

    In a sentence these are the languages that the grid has a template for; a grid without any is
    returned in no other form, but as it is. Only what is not in Latin script is romanised.
    """
    writers = _writers(grid, form)
    texts = tuple(
        tuple(write(text) if (text := row[j]) else None for j, write in writers.items())
        for row in grid.texts
    )
    languages = tuple(grid.languages[j] for j in writers)
    return replace(grid, languages=languages, texts=texts) if writers else grid


def _writers(grid: ConceptGrid, form: str) -> dict[int, Callable[[str], str]]:
    """Return {column: how a text of the language is written}, of the languages with the form."""
    if form == SENTENCE:
        return {
            j: partial(grid.templates[code].replace, SLOT)
            for j, code in enumerate(grid.languages)
            if code in grid.templates
        }
    if form == ROMANISED:
        own = (str if script == "Latin" else _romanised for script in grid.scripts())
        return dict(enumerate(own))
    return dict.fromkeys(range(len(grid.languages)), _WRITERS[form])


def _capitalised(text: str) -> str:
    return text[:1].title() + text[1:]  # the title case of one letter: "ǆ" begins with "ǅ"


def _romanised(text: str) -> str:
    from anyascii import anyascii

    return " ".join(anyascii(text).split()) or text


def _unmarked(text: str) -> str:
    bare = _MARKS.sub("", normalize("NFD", text))
    return text if bare == normalize("NFD", text) else normalize("NFC", bare)


# Accents and points that writers leave out; those of й, of が and of Indian vowels are parts of
# letters.
_MARKS = re.compile("(?<![\u0400-\u04ff])[\u0300-\u036f]+|[\u0591-\u05c7\u064b-\u065f\u0670]")
_WRITERS: dict[str, Callable[[str], str]] = {
    LOWER: str.lower,
    CAPITALISED: _capitalised,
    COMPOSED: partial(normalize, "NFC"),
    DECOMPOSED: partial(normalize, "NFD"),
    UNMARKED: _unmarked,
}


def embed_forms(
    X: np.ndarray, grid: ConceptGrid, encode: Callable[[list[str]], np.ndarray]
) -> Forms:
    """Return {form: (X' (C, L', D), grid in this form)}; only texts new to the grid are encoded.

    A form that two languages or more do not have is left out, and so is one that changes no text.

    Args:
        X: (C, L, D), the vectors of the grid's own texts, which are taken where they serve.
        encode: texts to (n, D) unit vectors; asked once, for the union of all forms.
    """
    flat = X.reshape(-1, X.shape[2])
    known = {text: row for text, row in zip(chain(*grid.texts), flat, strict=True) if text}
    written = {form: in_form(grid, form) for form in FORMS}
    written = {
        form: other
        for form, other in written.items()
        if len(other.languages) > 1 and changed(other, grid).any()
    }
    texts = dict.fromkeys(text for other in written.values() for text in other.flat_texts())
    new = [text for text in texts if text not in known]
    known.update(zip(new, encode(new) if new else [], strict=True))
    return {
        form: (other.spread(np.array([known[text] for text in other.flat_texts()])), other)
        for form, other in written.items()
    }


def changed(written: ConceptGrid, grid: ConceptGrid) -> np.ndarray:
    """Return (L',) of bool: whether a form writes a text of a language otherwise."""
    columns = [grid.languages.index(code) for code in written.languages]
    texts, others = (np.array(each.texts, dtype=object) for each in (written, grid))
    differs: np.ndarray = np.any(texts != others[:, columns], axis=0)
    return differs
