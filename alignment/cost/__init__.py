"""Cost: what is lost where vectors are stored with fewer dimensions and fewer bits.

In: the vectors of a grid, and of its questions where there are any. Out: the section ``cost``, a
list of forms of the vectors, its findings, tables and picture. Docs: docs/cost.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from alignment.seam import Capability, Request, separated


@dataclass(frozen=True, kw_only=True)
class Asked(Request):
    """Numbers of dimensions, and precisions."""

    truncate: tuple[int, ...] = ()
    quantize: tuple[str, ...] = ()


class _Cost(Capability):
    """The vectors in cheaper forms, the full ones first; None where none were asked for."""

    key = "cost"
    needs = dict.fromkeys(("cost", "search_cost"), "run it with truncate or quantize")

    Kept = Capability.Section

    def add_options(self, group: Any) -> None:
        dimensions = partial(separated, kind=int, example="whole numbers of dimensions: 256,128")
        truncate = "also measure the vectors cut to their first dimensions: what that costs"
        group.add_argument(
            "--truncate", type=dimensions, default=(), metavar="256,128,…", help=truncate
        )
        quantize = "also rounded: float16, int8, binary, binary-rescored; with --truncate, in each"
        group.add_argument(
            "--quantize", type=separated, default=(), metavar="int8,binary,…", help=quantize
        )

    def request(self, options: Mapping[str, Any], data: Any) -> Request | None:
        truncate, quantize = tuple(options["truncate"]), tuple(options["quantize"])
        if not (truncate or quantize):
            return None
        from alignment.cost.variants import check

        check(truncate, quantize)
        return Asked(truncate=truncate, quantize=quantize)


CAPABILITY = _Cost()
