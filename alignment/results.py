"""The record of a run, assembled: the core, and a section for each capability."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from alignment.capabilities import capabilities
from alignment.record.analysis import Context, core_of
from alignment.record.core import CoreResults
from alignment.record.json_record import assembled

if TYPE_CHECKING:

    class AlignmentResults(CoreResults, frozen=True, kw_only=True):
        """The core of the record, and the sections, which are not known to the type checker."""

        def __getattr__(self, key: str) -> Any: ...

else:
    AlignmentResults = assembled(
        "AlignmentResults",
        CoreResults,
        {key: (own.Section | None, None, own.__doc__) for key, own in capabilities().items()},
        __name__,
    )


def record_of(
    context: Context, notices: tuple[str, ...] = (), pairs: Path | None = None
) -> AlignmentResults:
    """Measure what was asked of the capabilities, and return the record of the run.

    Args:
        context: of the run; its sections are filled in.
        notices: what was decided while the grid and the requests were read.
        pairs: .csv file for all single pairs, of which the record keeps the first 100 of a kind.

    Raises:
        OSError: when the file of pairs cannot be written.
    """
    from alignment.record.lists import write_pairs
    from alignment.report.findings import findings

    for key, request in context.requests.items():
        context.sections[key] = capabilities()[key].measure(request, context)
    if pairs:
        write_pairs(pairs, context.measurement)
    core = core_of(context) | {"notices": list(notices), "findings": []}
    results = AlignmentResults(**core, **context.sections)
    return replace(results, findings=findings(results))
