"""Diagnosis: whether a language is retrieved worse than the others, which texts fail, and why.

In: a measurement, and with ``--probe`` the vectors of the texts in other forms. Out: the section
``diagnosis``, its findings, tables and picture. Docs: docs/diagnosis.md.
"""

from collections.abc import Mapping
from typing import Any

from alignment.seam import Capability, Request


class _Diagnosis(Capability):
    """Why retrieval fails."""

    key = "diagnosis"
    needs: Mapping[str, str] = {
        **dict.fromkeys(("form_changes", "forms"), "run it with probe=True"),
        "subwords": "it needs a model that shows its tokeniser",
    }
    Kept = Capability.Section

    def add_options(self, group: Any) -> None:
        probe = "also measure other forms of the texts, to find causes"
        group.add_argument("--probe", action="store_true", help=probe)

    def request(self, options: Mapping[str, Any], data: Any) -> Request:
        return Request(embeds="--probe" if options["probe"] else "")


CAPABILITY = _Diagnosis()
