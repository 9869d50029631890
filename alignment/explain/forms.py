"""Forms: a grid whose texts are written otherwise, to see what hangs on how they look."""

from collections.abc import Callable
from dataclasses import replace

from alignment.grids import SLOT, ConceptGrid

LOWER, CAPITALISED, SENTENCE = FORMS = ("lower case", "capital letter", "sentence")


def in_form(grid: ConceptGrid, form: str) -> ConceptGrid:
    """Return the grid with its texts in one of ``FORMS``, in the languages that have this form.

    In a sentence these are the languages that the grid has a template for; a grid without any is
    returned in no other form, but as it is.
    """
    has = [code for code in grid.languages if form != SENTENCE or code in grid.templates]
    if not has:
        return grid
    writers = [(grid.languages.index(code), _writer(grid, form, code)) for code in has]
    texts = tuple(
        tuple(None if row[column] is None else write(row[column]) for column, write in writers)
        for row in grid.texts
    )
    return replace(grid, languages=tuple(has), texts=texts)


def _writer(grid: ConceptGrid, form: str, language: str) -> Callable[[str], str]:
    if form == SENTENCE:
        return lambda text: grid.templates[language].replace(SLOT, text)
    # the title case of one letter: "ǆ" begins with "ǅ"
    return str.lower if form == LOWER else lambda text: text[:1].title() + text[1:]
