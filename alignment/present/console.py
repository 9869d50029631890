"""Console: the record on a terminal, as wide as the terminal; plain text when piped."""

import re
from collections.abc import Callable
from pathlib import Path

from rich.cells import cell_len
from rich.columns import Columns
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table as RichTable
from rich.text import Text

from alignment import visible
from alignment.present import cut_offs, ranking, search, tables, variants, words
from alignment.present import gate as gates
from alignment.present.table import MAX_ROWS, Table
from alignment.present.verdicts import verdicts
from alignment.record import COMPARISON_FILE, PAGE_FILE, RESULTS_FILE
from alignment.record.comparison import Comparison
from alignment.record.gate import Gate
from alignment.record.results import AlignmentResults

_STYLES = {"Excellent": "green", "Good": "cyan", "Moderate": "yellow", "Poor": "red"}
_STYLES |= {"not supported": "red", "weak": "yellow", "worse": "red", "better": "green"}
_MAX_UNSUPPORTED = 5
_MAX_PAIRS = 3
_MAX_ERRORS = 5
_MAX_LINES = 10  # of findings
_MANY_COLUMNS = 7  # of more, a retrieval table, the columns stand closer
_BETWEEN = 2  # columns, and tables
_MIN_WIDTH, _DEFAULT_WIDTH = 20, 80
_MIN_CUT = 8  # cells that are left of a column
_NUMBER = re.compile(  # with its interval, with what it was before
    r"[−+]?\d+(\.\d+)?( %)?( → [−+]?\d+(\.\d+)?)?( \[[−+–\d., ]+\])?\*?|[·–]?( %)?"
)


class _Console(Console):
    def __init__(self) -> None:
        super().__init__()
        if self.width < _MIN_WIDTH:  # COLUMNS may say 0
            self.width = _DEFAULT_WIDTH

    def on_broken_pipe(self) -> None:
        """Leave it to the command line, for which a reader who has seen enough is no failure."""
        raise BrokenPipeError

    def say(self, *lines: str, style: str = "") -> None:
        for line in lines:
            self.print(Text(visible(line), style=style))


def print_report(results: AlignmentResults, files: list[Path]) -> None:
    """Print the record: what ran, the verdict, how sure it is, what fails, and what to do next."""
    console = _Console()
    third = (console.width - 3 * _BETWEEN - len("−0.000")) // 3
    unsupported, by_language = _unsupported(tables.support(results)), [tables.retrieval(results)]
    if len(results.languages) > MAX_ROWS:
        by_language = [] if unsupported.rows else [tables.languages(results).best_and_worst()]
    console.say(*words.heading(results), style="bold")
    _print_tables(console, tables.summary(results))
    _print_tables(console, unsupported)
    console.print()
    _say_findings(console, results)
    if found := results.search:
        _print_tables(console, search.scores(found), search.by_language(found))
    _print_tables(console, variants.short_costs(results), variants.search_costs(results))
    if cuts := results.cut_offs:
        _print_tables(console, cut_offs.uses(cuts), cut_offs.pairs(cuts).best_and_worst())
    _print_tables(
        console,
        _without(tables.concepts(results, third), "category").best_and_worst(),
        *by_language,
        tables.lowest_pairs(results, _MAX_PAIRS, third - 2),
        tables.language_distances(results, 2),
        tables.confusions(results, _MAX_ERRORS, third),
        tables.probes(results),
    )
    console.print()
    for why, names in _reasons(results).items():
        console.say(f"Not defined here, {why}: {', '.join(names)}.")
    for written in _written(files):
        console.print(Text(f"written: {written}"), soft_wrap=True)
    console.say(*next_steps(results))


def _say_findings(console: _Console, results: AlignmentResults) -> None:
    """Say as many findings as there is room for, and where the others are."""
    room, unsaid = _MAX_LINES, list(results.findings)
    while unsaid and (room := room - len(Text(unsaid[0]).wrap(console, console.width))) >= 0:
        console.say(unsaid.pop(0))
    if unsaid:
        console.say(f"{words.counted(len(unsaid), 'more finding')} in {RESULTS_FILE}.")


def _written(files: list[Path]) -> list[str]:
    pictures = [file for file in files if file.suffix == ".png"]
    drawn = {file.with_suffix("") for file in pictures}
    folders = [f"{words.counted(len(drawn), 'picture')} in {pictures[0].parent}"] if drawn else []
    return [str(file) for file in files if file.with_suffix("") not in drawn] + folders


def print_comparison(comparison: Comparison, folder: Path, page: bool = False) -> None:
    """Print the ranking of a comparison, its tests, and where it went."""
    console = _Console()
    console.say(ranking.extent(comparison), style="bold")
    _print_tables(console, ranking.short_ranking(comparison), ranking.model_costs(comparison))
    console.print()
    if any(model.search for model in comparison.models):
        _print_tables(console, search.ranking(comparison))
        console.print()
    console.say(*verdicts(comparison))
    if len(comparison.models) > 1:
        console.say("Models that share a rank are not significantly different on this grid.")
    console.print()
    files = [str(folder / name) for name in (COMPARISON_FILE, *[PAGE_FILE] * page)]
    where = f"written: {', '.join(files)}, and a folder for each model"
    console.print(Text(where), soft_wrap=True)


def print_gate(gate: Gate, name: Path, files: list[Path]) -> None:
    """Print what became of a model since an earlier record, and of which retrievals."""
    console = _Console()
    room = (console.width - 3 * _BETWEEN - len("lost before")) // 3
    console.say("", f"{gate.new.model} against '{name}' ({gate.old.model})", style="bold")
    said, *more = gates.verdict(gate)
    console.say(said, style=_STYLES.get(gate.verdict(), ""))
    console.say(*more, gates.changed(gate))
    _print_tables(console, gates.by_language(gate, MAX_ROWS), gates.search(gate))
    for switched in (gates.newly_failing, gates.newly_found):
        _print_tables(console, switched(gate, _MAX_ERRORS, room))
    console.say("", *filter(None, [gates.unlisted(gate)]))
    for written in files:
        console.print(Text(f"written: {written}"), soft_wrap=True)


def next_steps(results: AlignmentResults) -> list[str]:
    """Return what to do next, by what the record shows."""
    if results.probes is None and any(
        own.standing == "lower" for own in results.diagnosis.values()
    ):
        return ["next: --probe shows which forms of the texts are retrieved better"]
    return ["next: --model A --model B compares models, --grid FILE measures your own texts"]


def _print_tables(console: Console, *shown: Table) -> None:
    """Print the tables that have rows, one beside another where there is room."""
    written = _isolated if console.is_terminal else visible  # a pager shows the signs for it
    waiting = [_rich(table, written, console.width) for table in shown if table.rows]
    while waiting:
        row: list[RichTable] = []
        room = console.width + _BETWEEN
        for table in list(waiting):
            width = Measurement.get(console, console.options, table).maximum + _BETWEEN
            if not row or width <= room:
                row.append(table)
                waiting.remove(table)
                room -= width
        console.print()
        console.print(Columns(row, padding=(0, _BETWEEN)))


def _reasons(results: AlignmentResults) -> dict[str, list[str]]:
    """Return {why: what is not defined}, in words."""
    reasons: dict[str, list[str]] = {}
    for name, why in results.undefined.items():
        if name != "language_bias":
            reasons.setdefault(why, []).append(name.replace("_", " "))
    return reasons


def _without(table: Table, column: str) -> Table:
    at = table.header.index(column)
    header, *rows = (row[:at] + row[at + 1 :] for row in (table.header, *table.rows))
    return table._replace(header=header, rows=rows)


def _unsupported(table: Table) -> Table:
    rows = [row for row in table.rows if row[1] != "supported"]
    if more := rows[_MAX_UNSUPPORTED + 1 :]:
        rest = (f"… {len(more) + 1:,} more", *[""] * (len(table.header) - 1))
        rows = [*rows[:_MAX_UNSUPPORTED], rest]
    return table._replace(rows=rows)


def _rich(table: Table, shown: Callable[[str], str], room: int) -> RichTable:
    """Draw a table; where it is too wide, its widest column of words is cut, and no number."""
    drawn = RichTable(
        title=Text(table.title, style="bold"),
        title_justify="left",
        box=None,
        pad_edge=False,
        collapse_padding=len(table.header) > _MANY_COLUMNS,
    )
    columns = list(zip(table.header, *table.rows, strict=True))
    widths = [max(map(cell_len, cells)) for cells in columns]
    words_in = [not all(map(_is_number, cells[1:])) for cells in columns]
    between = 1 if drawn.collapse_padding else _BETWEEN
    excess = sum(widths) + between * (len(columns) - 1) - room
    widest = max(range(len(columns)), key=lambda column: words_in[column] * widths[column])
    for column, (name, *_) in enumerate(columns):
        cut = column == widest and excess > 0
        drawn.add_column(
            name,
            justify="left" if words_in[column] else "right",
            overflow="ellipsis",
            no_wrap=True,
            max_width=max(widths[column] - excess, _MIN_CUT) if cut else None,
        )
    for row in table.rows:
        drawn.add_row(*(Text(shown(cell), style=_STYLES.get(cell, "")) for cell in row))
    return drawn


def _isolated(cell: str) -> str:
    return words.isolated(visible(cell))


def _is_number(cell: str) -> bool:
    """Return whether a cell holds a number, maybe with its interval, and no word."""
    return bool(_NUMBER.fullmatch(cell.strip()))
