"""Report: the record in words, tables and pictures.

In: a record, and what the sections of the capabilities show. Out: findings, tables for the console
and for documents, figures, the page. Its import lets notebooks show records, ``notebook``.
"""

from pathlib import Path

from alignment.record import PAGE_FILE
from alignment.record.core import CoreResults
from alignment.report import notebook as notebook


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
