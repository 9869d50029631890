"""Grids: the same concepts in several languages, of a dict, a file, or by name."""

from alignment.grids.concept_grid import ConceptGrid

__all__ = ["ConceptGrid"]
