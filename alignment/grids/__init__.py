"""Grids: what is measured on, the same concepts written in several languages.

In: a dict, a file, a folder, a data set, or the name of a grid. Out: a ConceptGrid, with notices on
what was repaired, tidied or left out, or an InputError that says what is wrong in which row and
column. A RunError says that a grid cannot be fetched. A source goes one way: text, documents or
folders → a sheet, under the checks → a grid. No package is imported before it is needed.
"""

from alignment.grids.catalogue import describe, load_grid, resolve_grid
from alignment.grids.checks import NO_CATEGORY, SLOT
from alignment.grids.concept_grid import ConceptGrid
from alignment.grids.languages import language_code, language_name

__all__ = [
    "NO_CATEGORY",
    "SLOT",
    "ConceptGrid",
    "describe",
    "language_code",
    "language_name",
    "load_grid",
    "resolve_grid",
]
