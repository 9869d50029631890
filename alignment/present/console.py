"""The report: the record on a terminal, as wide as the terminal; plain text when piped."""

from pathlib import Path

from rich.columns import Columns
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from alignment.present import tables
from alignment.record.results import COMPARISON_FILE, AlignmentResults

_STYLES = {"Excellent": "green", "Good": "cyan", "Moderate": "yellow", "Poor": "red"}
_MOST_CONCEPTS = 40
_MOST_PAIRS = 5
_WIDEST_COLUMN = 36
_MANY_COLUMNS = 7  # of more, a retrieval table, the columns stand closer


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the command line, for which a reader who has seen enough is no failure."""
        raise BrokenPipeError


def print_report(results: AlignmentResults, files: list[Path]) -> None:
    """Print the record on one screen, and where the files went."""
    console = _Console()
    for line in heading(results):
        console.print(Text(line, style="bold"))
    wide = 6 * (len(results.languages) + 1) > console.width
    for row in (
        [tables.summary(results)],
        [
            _best_and_worst(_without(tables.concepts(results), "category")),
            _best_and_worst(tables.retrieval_by_language(results))
            if wide
            else tables.retrieval(results),
        ],
        [tables.lowest_pairs(results, most=_MOST_PAIRS), tables.language_distances(results)],
        [tables.confusions(results, most=_MOST_PAIRS)],
        [tables.probes(results, with_ends=False)],
    ):
        shown = [_rich(table) for table in row if table.rows]
        if shown:
            console.print()
            console.print(Columns(shown, padding=(1, 2)))
    console.print()
    for finding in results.findings:
        console.print(Text(finding))
    for why, names in _reasons(results).items():
        console.print(Text(f"Not defined here, {why}: {', '.join(names)}."))
    console.print()
    for file in files:
        console.print(Text(f"written: {file}"), soft_wrap=True)


def print_comparison(comparison, folder: Path) -> None:
    """Print the ranking of a comparison, its tests, and where it went."""
    console = _Console()
    grid = comparison.grid
    words = f"{tables.counted(len(comparison.models), 'model')} on {grid['concepts']:,} concepts × "
    console.print(Text(f"{words}{grid['languages']} languages", style="bold"))
    ranking = tables.ranking(comparison)
    short = ranking._replace(header=ranking.header[:4], rows=[row[:4] for row in ranking.rows])
    console.print()
    console.print(_rich(short))
    console.print()
    for sentence in tables.verdicts(comparison):
        console.print(Text(sentence))
    if len(comparison.models) > 1:
        console.print(Text("Models that share a rank cannot be told apart on this grid."))
    console.print()
    where = f"written: {folder / COMPARISON_FILE}, and a folder for each model"
    console.print(Text(where), soft_wrap=True)


def heading(results: AlignmentResults) -> list[str]:
    """Return what was run on what, and whether it is what was asked for."""
    lines = [f"Cross-lingual alignment of {results.model}: {tables.extent(results)}"]
    if results.fallback:
        lines.append(f"(in place of {results.provenance['requested_model']})")
    return lines


def _reasons(results: AlignmentResults) -> dict[str, list[str]]:
    """Return {why: what is not defined}, in words."""
    reasons = {}
    for name, why in results.undefined.items():
        if name != "language_bias":
            reasons.setdefault(why, []).append(name.replace("_", " "))
    return reasons


def _without(table: tables.Table, column: str) -> tables.Table:
    at = table.header.index(column)
    header, *rows = (row[:at] + row[at + 1 :] for row in (table.header, *table.rows))
    return table._replace(header=header, rows=rows)


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
        title=Text(table.title, style="bold"),
        title_justify="left",
        box=None,
        pad_edge=False,
        collapse_padding=len(table.header) > _MANY_COLUMNS,
    )
    for column, name in enumerate(table.header):
        words = any(not _is_number(row[column]) for row in table.rows)
        drawn.add_column(
            name,
            justify="left" if words else "right",
            overflow="fold" if column == 0 else "ellipsis",
            no_wrap=column > 0,
            max_width=_WIDEST_COLUMN,
        )
    for row in table.rows:
        drawn.add_row(*(Text(cell, style=_STYLES.get(cell, "")) for cell in row))
    return drawn


def _is_number(cell: str) -> bool:
    return cell.strip("·–−").replace(".", "", 1).isdecimal() or cell in {"", "·", "–"}
