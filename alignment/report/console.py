"""Console: the record on a terminal, as wide as the terminal; plain text when piped."""

from collections.abc import Callable, Iterable
from pathlib import Path

from rich.cells import cell_len
from rich.columns import Columns
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table as RichTable
from rich.text import Text

from alignment import visible
from alignment.capabilities import shown
from alignment.record import RESULTS_FILE
from alignment.record.core import CoreResults
from alignment.report import error_tables, tables, words
from alignment.report.table import MAX_ROWS, Table
from alignment.seam import Shown

_STYLES = {"Excellent": "green", "Good": "cyan", "Moderate": "yellow", "Poor": "red"}
_STYLES |= {"not supported": "red", "weak": "yellow", "worse": "red", "better": "green"}
_NEXT = "next: --model A --model B compares models, --grid FILE measures your own texts"
_MAX_UNSUPPORTED = 5
_MAX_PAIRS = 3
MAX_ERRORS = 5
_MAX_LINES = 10  # most lines of findings
_BETWEEN = 2  # cells between columns, and between tables
_MIN_WIDTH, _DEFAULT_WIDTH = 20, 80
# To fit a table: the cells between columns, whether intervals are left out, and the least cells of
# the widest column of words, which is cut; None: it is not cut.
_STEPS = ((_BETWEEN, False, None), (1, False, None), (1, False, 16), (1, True, None), (1, True, 8))


class Terminal(Console):
    """The terminal with its width; or plain text in 80 columns."""

    def __init__(self) -> None:
        super().__init__()
        if self.width < _MIN_WIDTH:  # COLUMNS may say 0
            self.width = _DEFAULT_WIDTH

    def on_broken_pipe(self) -> None:
        """Raise BrokenPipeError, which the command line does not report."""
        raise BrokenPipeError

    def say(self, *lines: str, style: str = "") -> None:
        """Print sentences, broken into lines."""
        for line in lines:
            self.print(Text(visible(line), style=style))

    def say_files(self, files: Iterable[object]) -> None:
        """Print the names of written files, each on a line that is never broken."""
        for file in files:
            self.print(Text(f"written: {file}"), soft_wrap=True)


def print_report(results: CoreResults, files: list[Path]) -> None:
    """Print the record: the model, the verdict with intervals, what fails, and what to do next."""
    console = Terminal()
    sections = shown(results).values()
    unsupported = _unsupported(results)
    console.say(*words.heading(results), style="bold")
    print_tables(console, tables.summary(results))
    print_tables(console, unsupported)
    console.print()
    _say_findings(console, results.findings)
    for section in sections:
        print_tables(console, *brief(section))
    pairs = tables.language_pairs(results).by("centroid_distance").defined("centroid_distance")
    if len(results.languages) <= MAX_ROWS:
        by_language = [tables.retrieval_matrix(results)]
    elif unsupported.rows:  # it names the worst already
        by_language = []
    else:
        languages = tables.languages(results).select("language", "as_query", "as_target")
        by_language = [languages.by("as_target", descending=True).best_and_worst()]
    print_tables(
        console,
        tables.concepts(results).best_and_worst(),
        *by_language,
        error_tables.lowest(results).head(_MAX_PAIRS),
        pairs._replace(rows=[*pairs.rows[:2], *pairs.rows[2:][-2:]]),
        error_tables.worst_errors(results, MAX_ERRORS),
    )
    console.print()
    reasons: dict[str, list[str]] = {}
    for name, why in results.undefined.items():
        if name != "language_bias":
            reasons.setdefault(why, []).append(name.replace("_", " "))
    for why, names in reasons.items():
        console.say(f"Not defined here, {why}: {', '.join(names)}.")
    console.say_files(_written(files))
    console.say(next((section.next for section in sections if section.next), _NEXT))


def brief(section: Shown) -> list[Table]:
    """Return the tables of a section that the console shows, long ones shortened."""
    entries = [entry for entry in section.tables.values() if entry.show == "brief"]
    return [entry.make().best_and_worst() if entry.ends else entry.make() for entry in entries]


def _say_findings(console: Terminal, findings: list[str]) -> None:
    """Print as many findings as there is room for, and where the others are."""
    room, rest = _MAX_LINES, list(findings)
    while rest and (room := room - len(Text(rest[0]).wrap(console, console.width))) >= 0:
        console.say(rest.pop(0))
    if rest:
        console.say(f"{words.counted(len(rest), 'more finding')} in {RESULTS_FILE}.")


def _written(files: list[Path]) -> list[str]:
    pictures = [file for file in files if file.suffix in (".png", ".pdf", ".svg")]
    drawn = {file.with_suffix("") for file in pictures}
    folders = [f"{words.counted(len(drawn), 'picture')} in {pictures[0].parent}"] if drawn else []
    return [str(file) for file in files if file.with_suffix("") not in drawn] + folders


def print_tables(console: Console, *several: Table) -> None:
    """Print the tables that have rows, one beside another where there is room."""
    # A pager would show the isolating signs of texts that run from right to left.
    escaped = (lambda cell: words.isolated(visible(cell))) if console.is_terminal else visible
    waiting = [
        _rich(table.shown("brief"), escaped, console.width) for table in several if table.rows
    ]
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


def _unsupported(results: CoreResults) -> Table:
    table = tables.support(results)
    rows = [row for row in table.rows if row[1] != "supported"]
    if more := rows[_MAX_UNSUPPORTED + 1 :]:
        rest = (f"… {len(more) + 1:,} more", *[""] * (len(table.columns) - 1))
        rows = [*rows[:_MAX_UNSUPPORTED], rest]
    return table._replace(rows=rows)


def _rich(table: Table, escaped: Callable[[str], str], room: int) -> RichTable:
    """Draw a table; where it is too wide, words are cut and intervals left out, but no number."""
    text_room = (room - 3 * _BETWEEN - len("−0.000")) // 3
    of_words = [n for n, column in enumerate(table.columns) if not column.kind.numeric]
    for between, narrow, least in _STEPS:
        headings = tuple(column.heading(narrow) for column in table.columns)
        lines = table.cells(text_room, narrow)
        widths = [max(map(cell_len, cells)) for cells in zip(headings, *lines, strict=True)]
        excess = sum(widths) - (room - between * (len(headings) - 1))
        widest = max(of_words, key=widths.__getitem__, default=None)
        if excess <= 0:
            widest = None
            break
        if least and widest is not None and widths[widest] - excess >= least:
            break
    drawn = RichTable(
        title=Text(table.title, style="bold"),
        title_justify="left",
        box=None,
        pad_edge=False,
        collapse_padding=between == 1,
    )
    for n, (column, heading) in enumerate(zip(table.columns, headings, strict=True)):
        drawn.add_column(
            heading,
            justify="right" if column.kind.numeric else "left",
            overflow="ellipsis",
            no_wrap=True,
            max_width=max(widths[n] - excess, least or 0) if n == widest else None,
        )
    for line in lines:
        drawn.add_row(*(Text(escaped(cell), style=style_of(cell)) for cell in line))
    return drawn


def style_of(cell: str) -> str:
    """Return the colour of a word in a cell; "" for most."""
    return _STYLES.get(cell.removesuffix(" on these concepts"), "")
