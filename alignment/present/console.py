"""Console: the record on a terminal, as wide as the terminal; plain text when piped."""

from pathlib import Path

from rich.columns import Columns
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from alignment.present import search, tables, words
from alignment.present.verdicts import verdicts
from alignment.record import COMPARISON_FILE
from alignment.record.comparison import Comparison
from alignment.record.results import AlignmentResults

_STYLES = {"Excellent": "green", "Good": "cyan", "Moderate": "yellow", "Poor": "red"}
_STYLES |= {"not supported": "red", "weak": "yellow"}
_MAX_CONCEPTS = 40
_MAX_PAIRS = 5
_MAX_WIDTH = 36
_MANY_COLUMNS = 7  # of more, a retrieval table, the columns stand closer


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the command line, for which a reader who has seen enough is no failure."""
        raise BrokenPipeError

    def say(self, *lines: str, style: str = "") -> None:
        for line in lines:
            self.print(Text(line, style=style))


def print_report(results: AlignmentResults, files: list[Path]) -> None:
    """Print the record: what ran, the verdict, how sure it is, what fails, and what to do next."""
    console = _Console()
    console.say(*heading(results), style="bold")
    _print_tables(console, [tables.summary(results)])
    console.print()
    console.say("0 is the baseline of the calibrated numbers, 1 is perfect.")
    console.print()
    console.say(*results.findings)
    wide = 6 * (len(results.languages) + 1) > console.width
    for row in (
        [
            _best_and_worst(_without(tables.concepts(results), "category")),
            _best_and_worst(tables.retrieval_by_language(results))
            if wide
            else tables.retrieval(results),
        ],
        [tables.lowest_pairs(results, most=_MAX_PAIRS), tables.language_distances(results)],
        [tables.confusions(results, most=_MAX_PAIRS)],
        [tables.probes(results)],
    ):
        _print_tables(console, row)
    if found := results.search:
        _print_tables(console, [search.scores(found)])
        _print_tables(console, [search.by_language(found)])
    console.print()
    for why, names in _reasons(results).items():
        console.say(f"Not defined here, {why}: {', '.join(names)}.")
    for file in files:
        console.print(Text(f"written: {file}"), soft_wrap=True)
    console.say(*next_steps(results))


def print_comparison(comparison: Comparison, folder: Path) -> None:
    """Print the ranking of a comparison, its tests, and where it went."""
    console = _Console()
    grid = comparison.grid
    console.say(
        f"{words.counted(len(comparison.models), 'model')} on {grid.concepts:,} concepts × "
        f"{grid.languages} languages",
        style="bold",
    )
    ranking = tables.ranking(comparison)
    short = ranking._replace(header=ranking.header[:4], rows=[row[:4] for row in ranking.rows])
    _print_tables(console, [short])
    console.print()
    if any(model.search for model in comparison.models):
        _print_tables(console, [search.ranking(comparison)])
        console.print()
    console.say(*verdicts(comparison))
    if len(comparison.models) > 1:
        console.say("Models that share a rank are not significantly different on this grid.")
    console.print()
    where = f"written: {folder / COMPARISON_FILE}, and a folder for each model"
    console.print(Text(where), soft_wrap=True)


def heading(results: AlignmentResults) -> list[str]:
    """Return what was run on which grid, and whether it is what was asked for."""
    lines = [f"Cross-lingual alignment of {results.model}: {words.extent(results)}"]
    if results.provenance.fallback:
        lines.append(f"(used instead of {results.provenance.requested_model})")
    return lines


def next_steps(results: AlignmentResults) -> list[str]:
    """Return what to do next, by what the record shows."""
    if results.probes is None and any(
        own.standing == "lower" for own in results.diagnosis.values()
    ):
        return ["next: --probe shows which forms of the texts are retrieved better"]
    return ["next: --model A --model B compares models, --grid FILE measures your own texts"]


def _print_tables(console: Console, row: list[tables.Table]) -> None:
    drawn = [_rich(table) for table in row if table.rows]
    if drawn:
        console.print()
        console.print(Columns(drawn, padding=(1, 2)))


def _reasons(results: AlignmentResults) -> dict[str, list[str]]:
    """Return {why: what is not defined}, in words."""
    reasons: dict[str, list[str]] = {}
    for name, why in results.undefined.items():
        if name != "language_bias":
            reasons.setdefault(why, []).append(name.replace("_", " "))
    return reasons


def _without(table: tables.Table, column: str) -> tables.Table:
    at = table.header.index(column)
    header, *rows = (row[:at] + row[at + 1 :] for row in (table.header, *table.rows))
    return table._replace(header=header, rows=rows)


def _best_and_worst(table: tables.Table) -> tables.Table:
    if len(table.rows) <= _MAX_CONCEPTS:
        return table
    half = _MAX_CONCEPTS // 4
    gap = ("…", *[""] * (len(table.header) - 1))
    return table._replace(
        title=f"{table.title}: the {half} best and the {half} worst of {len(table.rows):,}",
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
        text = any(not _is_number(row[column]) for row in table.rows)
        drawn.add_column(
            name,
            justify="left" if text else "right",
            overflow="fold" if column == 0 else "ellipsis",
            no_wrap=column > 0,
            max_width=_MAX_WIDTH,
        )
    for row in table.rows:
        drawn.add_row(*(Text(cell, style=_STYLES.get(cell, "")) for cell in row))
    return drawn


def _is_number(cell: str) -> bool:
    return cell.strip("·–−").replace(".", "", 1).isdecimal() or cell in {"", "·", "–"}
