"""Grids: the same concepts written in several languages.

In: data, a file, a folder, a data set, or the name of a grid. Out: a ConceptGrid, with notices on
everything that was repaired, joined or left out, or an InputError that names the place of each
problem. A RunError says that a grid cannot be fetched. Every reader adds one table of cells to a
sheet, which chooses its columns and checks them, and the sheet becomes a grid. No package is
imported before it is needed.
"""

from alignment.grids.catalogue import describe, load_grid, resolve_grid
from alignment.grids.checks import SLOT
from alignment.grids.concept_grid import ConceptGrid

__all__ = ["SLOT", "ConceptGrid", "describe", "load_grid", "resolve_grid"]
