"""Does a multilingual embedding model put the same concept in the same place in every language?

One vocabulary everywhere: C concepts, L languages, D dimensions; X is (C, L, D) with rows of unit
length. The data goes one way: grids → encoders → metrics → results → report and figures.
"""


class InputError(ValueError):
    """The request or the input is wrong; the command line exits with status 2."""


class RunError(RuntimeError):
    """The request is sound but could not be carried out; the command line exits with status 1."""
