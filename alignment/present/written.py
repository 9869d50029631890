"""Written: what stands in files beside a record, or beside a comparison."""

from pathlib import Path

from alignment.record import PAGE_FILE
from alignment.record.comparison import Comparison
from alignment.record.results import AlignmentResults


def present(results: AlignmentResults, folder: Path, figures: bool, html: bool) -> None:
    """Draw the figures of a record and write its page, as far as asked for.

    Raises:
        OSError: when a file cannot be written.
    """
    if figures:
        from alignment.present.figures import save_figures

        save_figures(results, folder / "fig")
    if html:
        from alignment.present.page import write_page

        write_page(results, folder / PAGE_FILE)


def present_comparison(
    comparison: Comparison,
    runs: list[tuple[str, AlignmentResults]],
    folder: Path,
    figures: bool,
    html: bool,
) -> None:
    """Do the same for a comparison of runs, given as (name, results)."""
    if figures:
        from alignment.present.figures.ranking import save_ranking

        save_ranking(comparison, folder / "fig")
    if html:
        from alignment.present.page import write_comparison_page

        write_comparison_page(comparison, runs, folder / PAGE_FILE)
