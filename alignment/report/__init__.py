"""Report: the record in words, tables and pictures.

In: a record. Out: findings, tables for the console and for documents, figures, the page. Importing
it makes notebooks show records (``notebook``).
"""

from collections.abc import Sequence
from pathlib import Path

from alignment.record import PAGE_FILE
from alignment.record.core import CoreResults
from alignment.report import notebook as notebook


def present(results: CoreResults, folder: Path, formats: Sequence[str], html: bool) -> None:
    """Draw the figures of a record in some formats, and write its page if that is asked for.

    Raises:
        InputError: for a format that does not exist; OSError: when a file cannot be written.
    """
    if formats:
        from alignment.report.figures import save_figures

        save_figures(results, folder / "fig", formats)
    if html:
        from alignment.report.page import write_page

        write_page(results, folder / PAGE_FILE)
