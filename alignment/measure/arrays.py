"""Arrays: short names of their types, and slices of long ones."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]  # (…, D), rows of unit length
Stored = npt.NDArray[Any]  # vectors, or their signs, eight to a byte: (…, D) or (…, D / 8)
Floats = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.integer[Any]]
Bools = npt.NDArray[np.bool_]


def slices(length: int, width: int, most: int) -> Iterator[slice]:
    """Cut ``length`` rows of ``width`` numbers into slices of about ``most`` numbers each."""
    step = max(1, most // max(1, width))
    return (slice(start, min(start + step, length)) for start in range(0, length, step))
