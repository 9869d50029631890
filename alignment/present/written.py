"""Written: the figures and the page beside a record."""

from pathlib import Path
from typing import Any

from alignment.record import PAGE_FILE
from alignment.record.comparison import Comparison


def present(record: Any, folder: Path, figures: bool, html: bool, runs: Any = ()) -> None:
    """Draw the figures of a record and write its page, as far as asked for.

    Args:
        record: of one run, or a comparison of several, which ``runs`` has as (name, results).

    Raises:
        OSError: when a file cannot be written.
    """
    compared = isinstance(record, Comparison)
    if figures:
        from alignment.present.figures import save_figures
        from alignment.present.figures.ranking import save_ranking

        (save_ranking if compared else save_figures)(record, folder / "fig")
    if html:
        from alignment.present.page import write_comparison_page, write_page

        path = folder / PAGE_FILE
        write_comparison_page(record, runs, path) if compared else write_page(record, path)
