"""Written: the figures and the page beside a record."""

from pathlib import Path

from alignment.record import PAGE_FILE
from alignment.record.core import CoreResults


def present(results: CoreResults, folder: Path, figures: bool, html: bool) -> None:
    """Draw the figures of a record and write its page, if these are asked for.

    Raises:
        OSError: when a file cannot be written.
    """
    if figures:
        from alignment.report.figures import save_figures

        save_figures(results, folder / "fig")
    if html:
        from alignment.report.page import write_page

        write_page(results, folder / PAGE_FILE)
