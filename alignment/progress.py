"""Progress: how far a piece of work is, on a terminal, where the wait is worth a word."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

Part = TypeVar("Part")


def shown(parts: Iterable[Part], sizes: list[int], what: str, unit: str) -> Iterator[Part]:
    """Yield the parts, and show after each how much is done and how long the rest will take.

    Args:
        parts: of the work.
        sizes: of each part, in units.
        what: is being done.
        unit: name of what is counted.
    """
    from tqdm import tqdm

    with tqdm(total=sum(sizes), desc=what, unit=unit, delay=1, disable=None) as bar:
        for part, size in zip(parts, sizes, strict=True):
            yield part
            bar.update(size)
