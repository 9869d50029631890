"""Forms: the texts of a grid in other forms that occur in real texts, and their vectors."""

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

TextForms = dict[str, tuple[np.ndarray, ConceptGrid]]  # {form: (X' (C, L', D), grid in this form)}


def in_form(grid: ConceptGrid, form: str) -> ConceptGrid:
    """Return the grid with its texts in one of ``FORMS``, in the languages that have this form.

    Only languages with a template have sentences; without any template the grid is returned
    unchanged. Only texts that are not in Latin script are romanised.
    """
    writers = _writers(grid, form)
    texts = tuple(
        tuple(write(text) if (text := row[j]) else None for j, write in writers.items())
        for row in grid.texts
    )
    languages = tuple(grid.languages[j] for j in writers)
    return replace(grid, languages=languages, texts=texts) if writers else grid


def _writers(grid: ConceptGrid, form: str) -> dict[int, Callable[[str], str]]:
    """Return {column: function that writes a text in the form}, of the languages with the form."""
    if form == SENTENCE:
        templates = ((j, grid.templates.get(code)) for j, code in enumerate(grid.languages))
        return {j: partial(template.replace, SLOT) for j, template in templates if template}
    if form == ROMANISED:
        latin = (script == "Latin" for script in grid.scripts())
        return {j: str if is_latin else _romanised for j, is_latin in enumerate(latin)}
    return dict.fromkeys(range(len(grid.languages)), _WRITERS[form])


def _capitalised(text: str) -> str:
    return text[:1].title() + text[1:]  # the title case of one letter: "ǆ" becomes "ǅ"


def _romanised(text: str) -> str:
    from anyascii import anyascii

    return " ".join(anyascii(text).split()) or text


def _unmarked(text: str) -> str:
    bare = _MARKS.sub("", normalize("NFD", text))
    return text if bare == normalize("NFD", text) else normalize("NFC", bare)


# Accents and points that writers leave out. The marks of й, of が and of Indian vowels are parts of
# letters and stay.
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
) -> TextForms:
    """Embed the forms that two languages or more have and that change a text.

    Args:
        X: (C, L, D), the vectors of the grid's texts, which are not encoded again.
        encode: texts to (n, D) unit vectors; called once, for the new texts of all forms.
    """
    flat = X.reshape(-1, X.shape[2])
    vectors = {text: row for text, row in zip(chain(*grid.texts), flat, strict=True) if text}
    written = ((form, in_form(grid, form)) for form in FORMS)
    grids = {
        form: other
        for form, other in written
        if len(other.languages) > 1 and changed(other, grid).any()
    }
    texts = dict.fromkeys(text for other in grids.values() for text in other.flat_texts())
    new = [text for text in texts if text not in vectors]
    vectors.update(zip(new, encode(new) if new else [], strict=True))
    return {
        form: (other.spread(np.array([vectors[text] for text in other.flat_texts()])), other)
        for form, other in grids.items()
    }


def changed(in_form: ConceptGrid, grid: ConceptGrid) -> np.ndarray:
    """Return (L',) of bool: whether a form changes a text of each language that has the form."""
    columns = [grid.languages.index(code) for code in in_form.languages]
    texts, others = (np.array(each.texts, dtype=object) for each in (in_form, grid))
    return np.any(texts != others[:, columns], axis=0)
