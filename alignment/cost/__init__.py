"""Cost: the loss of quality when vectors are stored with fewer dimensions or fewer bits.

In: the vectors of a grid, and of its questions if any. Out: the section ``cost``, a list of
variants of the vectors, its findings, tables and picture. Docs: docs/cost.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from alignment.seam import Capability, Request, separated


@dataclass(frozen=True, kw_only=True)
class Asked(Request):
    """The numbers of dimensions and the precisions to measure."""

    truncate: tuple[int, ...] = ()
    quantize: tuple[str, ...] = ()


class _Cost(Capability):
    """The vectors in cheaper formats, the full ones first; None if not requested."""

    key = "cost"
    needs = dict.fromkeys(("cost", "search_cost"), "run it with truncate or quantize")
    Kept = Capability.Section

    def add_options(self, group: Any) -> None:
        dimensions = partial(separated, kind=int, example="whole numbers of dimensions: 256,128")
        truncate = "also measure the vectors cut to their first dimensions: what that costs"
        quantize = "also rounded: float16, int8, binary, binary-rescored; with --truncate, in each"
        for flag, kind, example, text in (
            ("--truncate", dimensions, "256,128,…", truncate),
            ("--quantize", separated, "int8,binary,…", quantize),
        ):
            group.add_argument(flag, type=kind, default=(), metavar=example, help=text)

    def request(self, options: Mapping[str, Any], data: Any) -> Request | None:
        truncate, quantize = tuple(options["truncate"]), tuple(options["quantize"])
        if not (truncate or quantize):
            return None
        from alignment.cost.variants import check

        check(truncate, quantize)
        return Asked(truncate=truncate, quantize=quantize)


CAPABILITY = _Cost()
