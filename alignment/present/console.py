"""Console: the record on a terminal, as wide as the terminal; plain text when piped."""

from collections.abc import Callable
from pathlib import Path

from rich.cells import cell_len
from rich.columns import Columns
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table as RichTable
from rich.text import Text

from alignment import visible
from alignment.present import cost, error_tables, ranking, search, tables, thresholds, words
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
_BETWEEN = 2  # cells between columns, and between tables
_MIN_WIDTH, _DEFAULT_WIDTH = 20, 80
_MIN_CUT = 8  # cells that are left of a column of words
_LEGIBLE = 16  # cells of words that are cut before intervals are left out


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
    console.say(*words.heading(results), style="bold")
    _print_tables(console, tables.summary(results))
    _print_tables(console, _unsupported(results))
    console.print()
    _say_findings(console, results)
    if found := results.search:
        _print_tables(console, search.scores(found), search.by_language(found))
    _print_tables(console, cost.costs(results.cost), cost.search_costs(results.cost))
    if own := results.thresholds:
        _print_tables(console, thresholds.uses(own), thresholds.pairs(own).best_and_worst())
    pairs = tables.language_pairs(results).by("centroid_distance").defined("centroid_distance")
    _print_tables(
        console,
        tables.concepts(results).best_and_worst(),
        *_by_language(results),
        error_tables.lowest_pairs(results).head(_MAX_PAIRS),
        pairs._replace(rows=[*pairs.rows[:2], *pairs.rows[2:][-2:]]),
        error_tables.worst_errors(results, _MAX_ERRORS),
        tables.form_changes(results),
    )
    console.print()
    for why, names in _reasons(results).items():
        console.say(f"Not defined here, {why}: {', '.join(names)}.")
    for written in _written(files):
        console.print(Text(f"written: {written}"), soft_wrap=True)
    console.say(*next_steps(results))


def _by_language(results: AlignmentResults) -> list[Table]:
    """Return the table of retrieval; of many languages the best and the worst, if not said yet."""
    if len(results.languages) <= MAX_ROWS:
        return [tables.retrieval_matrix(results)]
    if _unsupported(results).rows:
        return []
    shown = tables.languages(results).select("language", "as_query", "as_target")
    return [shown.by("as_target", descending=True).best_and_worst()]


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
    _print_tables(console, ranking.ranking(comparison), ranking.model_costs(comparison))
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
    console.say("", f"{gate.new.model} against '{name}' ({gate.old.model})", style="bold")
    said, *more = gates.verdict(gate)
    console.say(said, style=_style(gate.verdict()))
    console.say(*more, gates.changed(gate))
    changes = gates.by_language(gate, MAX_ROWS)
    _print_tables(console, changes, gates.search(gate))
    console.say(*filter(None, [changes.note]))
    for switched in (gates.newly_failing, gates.newly_found):
        _print_tables(console, switched(gate, _MAX_ERRORS))
    console.say("", *filter(None, [gates.unlisted(gate)]))
    for written in files:
        console.print(Text(f"written: {written}"), soft_wrap=True)


def next_steps(results: AlignmentResults) -> list[str]:
    """Return what to do next, by what the record shows."""
    found = results.diagnosis
    if found and not found.forms and any(o.retrieval.is_worse for o in found.languages.values()):
        return ["next: --probe shows which forms of the texts are retrieved better"]
    return ["next: --model A --model B compares models, --grid FILE measures your own texts"]


def _print_tables(console: Console, *shown: Table) -> None:
    """Print the tables that have rows, one beside another where there is room."""
    written = _isolated if console.is_terminal else visible  # a pager shows the signs for it
    waiting = [_rich(table.shown("brief"), written, console.width) for table in shown if table.rows]
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


def _unsupported(results: AlignmentResults) -> Table:
    table = tables.support(results)
    rows = [row for row in table.rows if row[1] != "supported"]
    if more := rows[_MAX_UNSUPPORTED + 1 :]:
        rest = (f"… {len(more) + 1:,} more", *[""] * (len(table.columns) - 1))
        rows = [*rows[:_MAX_UNSUPPORTED], rest]
    return table._replace(rows=rows)


def _rich(table: Table, written: Callable[[str], str], room: int) -> RichTable:
    """Draw a table.

    Where it is too wide, columns move together, then the widest column of words is cut, then
    intervals are left out; no number is cut.
    """
    text_room = (room - 3 * _BETWEEN - len("−0.000")) // 3
    lines: list[tuple[str, ...]] = []
    cut: dict[int, int] | None = None
    for between, narrow, least in (
        (_BETWEEN, False, None),
        (1, False, None),
        (1, False, _LEGIBLE),
        (1, True, None),
        (1, True, _MIN_CUT),
    ):
        headings = tuple(column.heading(narrow) for column in table.columns)
        lines = [headings, *table.cells(text_room, narrow)]
        cut = _cut(table, lines, room - between * (len(headings) - 1), least)
        if cut is not None:
            break
    drawn = RichTable(
        title=Text(table.title, style="bold"),
        title_justify="left",
        box=None,
        pad_edge=False,
        collapse_padding=between == 1,
    )
    for n, (column, heading) in enumerate(zip(table.columns, lines[0], strict=True)):
        drawn.add_column(
            heading,
            justify="right" if column.kind.numeric else "left",
            overflow="ellipsis",
            no_wrap=True,
            max_width=(cut or {}).get(n),
        )
    for line in lines[1:]:
        drawn.add_row(*(Text(written(cell), style=_style(cell)) for cell in line))
    return drawn


def _cut(
    table: Table, lines: list[tuple[str, ...]], room: int, least: int | None
) -> dict[int, int] | None:
    """Return {column: cells that are left of it}, or None where the table is still too wide.

    Args:
        table: of which the lines are.
        lines: the headings and the rows in words.
        room: cells for all columns.
        least: cells that must be left of the widest column of words; None to cut nothing.
    """
    widths = [max(map(cell_len, cells)) for cells in zip(*lines, strict=True)]
    excess = sum(widths) - room
    if excess <= 0:
        return {}
    words_in = [n for n, column in enumerate(table.columns) if not column.kind.numeric]
    if least is None or not words_in:
        return None
    widest = max(words_in, key=widths.__getitem__)
    left = widths[widest] - excess
    if least == _MIN_CUT:
        left = max(left, _MIN_CUT)
    return {widest: left} if left >= least else None


def _isolated(cell: str) -> str:
    return words.isolated(visible(cell))


def _style(cell: str) -> str:
    return _STYLES.get(cell.removesuffix(" on these concepts"), "")
