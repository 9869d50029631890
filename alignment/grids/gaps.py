"""Gaps: what of a grid can be compared, and how to say what cannot."""

from collections.abc import Sequence

NAMED_IN_A_NOTICE = 5


def comparable(mask: Sequence[Sequence[bool]]) -> tuple[list[int], list[int]]:
    """Return the rows and columns of a (C, L) mask that keep two True or more among themselves.

    Leaving out a row may leave a column with one, and so on: until nothing changes. What stays is
    the largest such part, whatever the order; it may be nothing.
    """
    rows, columns = list(range(len(mask))), list(range(len(mask[0])))
    while True:
        kept_rows = [row for row in rows if sum(mask[row][column] for column in columns) >= 2]
        kept_columns = [
            column for column in columns if sum(mask[row][column] for row in kept_rows) >= 2
        ]
        if (kept_rows, kept_columns) == (rows, columns):
            return rows, columns
        rows, columns = kept_rows, kept_columns


def left_out(what: str, least: str, names: Sequence[str], kept: Sequence[int]) -> list[str]:
    """Return a sentence on the names that are not kept, or none: the first few, and how many."""
    left = [names[i] for i in sorted(set(range(len(names))) - set(kept))]
    some = ", ".join(f"'{name}'" for name in left[:NAMED_IN_A_NOTICE])
    more = len(left) - NAMED_IN_A_NOTICE
    some += f" and {more:,} more" if more > 0 else ""
    reason = f"left out, with texts in fewer than {least}"
    if len(left) == 1:
        return [f"{what} {some} is {reason}"]
    return [f"{len(left):,} {what}s are {reason}: {some}"] if left else []
