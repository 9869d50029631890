"""The record of a run: the core, and a section for each capability."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from alignment.capabilities import capabilities
from alignment.record.analysis import Context, core_of
from alignment.record.core import CoreResults
from alignment.record.json_record import assembled
from alignment.record.lists import write_pairs
from alignment.report.findings import findings

if TYPE_CHECKING:

    class AlignmentResults(CoreResults, frozen=True, kw_only=True):
        """The core and the sections; the type checker does not know the types of sections."""

        def __getattr__(self, key: str) -> Any: ...

else:
    _sections = {
        key: (each.Section | None, None, each.__doc__) for key, each in capabilities().items()
    }
    AlignmentResults = assembled("AlignmentResults", CoreResults, _sections, __name__)


def record_of(
    context: Context, notices: tuple[str, ...] = (), pairs: Path | None = None
) -> AlignmentResults:
    """Carry out the requests of a run, which fills in the context's sections; return the record.

    ``notices`` are the decisions made while the grid and the requests were read. ``pairs`` names a
    .csv file for all single pairs; raise OSError when it cannot be written.
    """
    for key, request in context.requests.items():
        context.sections[key] = capabilities()[key].measure(request, context)
    if pairs:
        write_pairs(pairs, context.measurement)
    core = core_of(context) | {"notices": list(notices), "findings": []}
    results = AlignmentResults(**core, **context.sections)
    return replace(results, findings=findings(results))
