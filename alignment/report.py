"""The report: the record on a terminal, as wide as the terminal; plain text when piped."""

from rich.columns import Columns
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from alignment import tables
from alignment.results import AlignmentResults

_STYLES = {"Excellent": "green", "Good": "cyan", "Moderate": "yellow", "Poor": "red"}
_MOST_CONCEPTS = 40
_MOST_PAIRS = 5


def print_report(results: AlignmentResults, console: Console, files: list[str]) -> None:
    """Print the record on one screen, and where the files went."""
    for line in heading(results):
        console.print(Text(line, style="bold"))
    wide = 6 * (len(results.languages) + 1) > console.width
    for row in (
        [tables.summary(results)],
        [
            _best_and_worst(tables.concepts(results)),
            tables.retrieval_by_language(results) if wide else tables.retrieval(results),
        ],
        [tables.lowest_pairs(results, most=_MOST_PAIRS), tables.language_distances(results)],
    ):
        console.print()
        console.print(Columns([_rich(table) for table in row if table.rows], padding=(1, 4)))
    console.print()
    for finding in results.findings:
        console.print(Text(finding))
    for reason in dict.fromkeys(results.undefined.values()):
        names = [name for name, why in results.undefined.items() if why == reason]
        console.print(Text(f"Not defined ({reason}): {', '.join(names)}"))
    console.print()
    for file in files:
        console.print(Text(f"written: {file}"), soft_wrap=True)


def heading(results: AlignmentResults) -> list[str]:
    """Return what was run on what, and whether it is what was asked for."""
    C, L = len(results.intra_concept_similarity), len(results.languages)
    lines = [f"Cross-lingual alignment of {results.model}: {C} concepts × {L} languages"]
    if results.fallback:
        lines.append(f"(in place of {results.provenance['requested_model']})")
    return lines


def _best_and_worst(table: tables.Table) -> tables.Table:
    if len(table.rows) <= _MOST_CONCEPTS:
        return table
    half = _MOST_CONCEPTS // 4
    gap = ("…", *[""] * (len(table.header) - 1))
    return table._replace(
        title=f"{table.title}: the {half} best and the {half} worst of {len(table.rows)}",
        rows=[*table.rows[:half], gap, *table.rows[-half:]],
    )


def _rich(table: tables.Table) -> RichTable:
    drawn = RichTable(
        title=Text(table.title, style="bold"), title_justify="left", box=None, pad_edge=False
    )
    for column, name in enumerate(table.header):
        words = any(not _is_number(row[column]) for row in table.rows)
        drawn.add_column(name, justify="left" if words else "right", overflow="ellipsis")
    for row in table.rows:
        drawn.add_row(*(Text(cell, style=_STYLES.get(cell, "")) for cell in row))
    return drawn


def _is_number(cell: str) -> bool:
    return cell.strip("·–−").replace(".", "", 1).isdecimal() or cell in {"", "·", "–"}
