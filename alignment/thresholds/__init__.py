"""Thresholds: the cosine from which two texts count as translations, by use and language pair.

In: the vectors of a grid. Out: the section ``thresholds``, its findings, tables and picture.
Docs: docs/thresholds.md.
"""

from collections.abc import Mapping
from typing import Any

from alignment.seam import Capability, Request


class _Thresholds(Capability):
    """The cosines from which texts count as translations; None if not requested."""

    key = "thresholds"
    needs = dict.fromkeys(("thresholds", "threshold_pairs"), "run it with thresholds=True")

    def add_options(self, group: Any) -> None:
        thresholds = "say from which cosine texts are translations"
        group.add_argument("--thresholds", action="store_true", help=thresholds)

    def request(self, options: Mapping[str, Any], data: Any) -> Request | None:
        return Request() if options["thresholds"] else None


CAPABILITY = _Thresholds()
