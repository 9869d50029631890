"""Grids: what is measured on, the same concepts written in several languages.

In: a dict, a file, a folder, a data set, or the name of a grid. Out: a ConceptGrid, with notices on
what was repaired, tidied or left out, or an InputError that names the row and column of each
problem. A RunError says that a grid cannot be fetched. A source is read into a sheet, which checks
its cells, and the sheet becomes a grid. No package is imported before it is needed.
"""

from alignment.grids.catalogue import describe, load_grid, resolve_grid
from alignment.grids.checks import SLOT
from alignment.grids.concept_grid import ConceptGrid

__all__ = ["SLOT", "ConceptGrid", "describe", "load_grid", "resolve_grid"]
