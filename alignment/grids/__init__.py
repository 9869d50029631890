"""Grids: what is measured on, the same concepts written in several languages.

A dict, a file, a folder, a data set, or the name of a grid becomes a ConceptGrid, with notices on
what was repaired, tidied or left out. An InputError says what is wrong in which row and column; a
RunError says that a grid cannot be fetched. Readers (text, documents) fill a sheet, which checks
headings and cells and becomes a grid. No package is imported before it is needed.
"""

from alignment.grids.catalogue import describe, load_grid, resolve_grid
from alignment.grids.checks import SLOT
from alignment.grids.concept_grid import ConceptGrid

__all__ = ["SLOT", "ConceptGrid", "describe", "load_grid", "resolve_grid"]
