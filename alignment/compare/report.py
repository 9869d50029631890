"""The report on a comparison: console, summary, page, notebook and files beside its record."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from alignment import InputError
from alignment.compare import ranking
from alignment.compare.gate import Gate
from alignment.compare.gate_report import summary_of_gate
from alignment.compare.models import Comparison
from alignment.compare.verdicts import verdicts
from alignment.record import COMPARISON_FILE, PAGE_FILE
from alignment.record.core import RANKED_BY, CoreResults
from alignment.record.json_record import Presenter
from alignment.report import console, render, words
from alignment.report.notebook import cell
from alignment.report.summary import escaped, joined, summary_of_run, titled_table
from alignment.report.table import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SHARED = "Models that share a rank are not significantly different on this grid."
TABLES = (*(ranking.ranking, ranking.pairs, ranking.support, ranking.model_costs), ranking.failures)


def print_comparison(comparison: Comparison, folder: Path, page: bool = False) -> None:
    """Print the ranking, the tests, and the files written to ``folder``, with or without a page."""
    terminal = console.Terminal()
    terminal.say(ranking.extent(comparison), style="bold")
    console.print_tables(terminal, ranking.ranking(comparison), ranking.model_costs(comparison))
    console.print_tables(terminal, *ranking.by_capability(comparison))
    terminal.print()
    terminal.say(*verdicts(comparison))
    if len(comparison.models) > 1:
        terminal.say(_SHARED)
    terminal.print()
    files = [str(folder / name) for name in (COMPARISON_FILE, *[PAGE_FILE] * page)]
    terminal.say_files([f"{', '.join(files)}, and a folder for each model"])


def summary(of: Gate | Comparison | CoreResults) -> str:
    """Return a page of Markdown on a run, a run beside an earlier one, or a comparison."""
    if isinstance(of, Gate):
        return summary_of_gate(of)
    if isinstance(of, CoreResults):
        return summary_of_run(of)
    failed = [f"{name} did not run: {why}" for name, why in of.failures.items()]
    return joined(
        f"## Cross-lingual alignment of {words.counted(len(of.models), 'model')} on "
        f"{escaped(of.grid.name)}: {of.grid.concepts:,} concepts × {of.grid.languages} languages",
        "\n".join(f"- {escaped(sentence)}" for sentence in (*verdicts(of), *failed)),
        titled_table(ranking.ranking(of), titled=False),
        *map(titled_table, ranking.by_capability(of)),
    )


def write_comparison_page(
    comparison: Comparison, runs: list[tuple[str, CoreResults]], path: Path
) -> None:
    """Write one page on all models, given the (name, record) of each; OSError if that fails."""
    from alignment.compare.figure import ranking_figure
    from alignment.report.page import sections, write_html
    from alignment.report.page.sections import Section
    from alignment.report.page.svg import inline

    records = dict(runs)
    ranked = [(model.name, records[model.name]) for model in comparison.models]
    name = "The models of the comparison, the better above"
    caption = "The numbers are in the table of the ranking."
    figures = [(name, inline(ranking_figure, comparison, "models", name, caption))]
    first = ranking.ranking(comparison)._replace(note=_SHARED * (len(ranked) > 1))
    others = (make(comparison) for make in (ranking.pairs, ranking.support, ranking.failures))
    tables = [first, *ranking.by_capability(comparison), *others]
    points = verdicts(comparison)
    write_html(
        path,
        title=f"Cross-lingual alignment of {words.counted(len(ranked), 'model')}",
        verdict=_verdict(comparison),
        sections=[Section("ranking", "Ranking", points=points, figures=figures, tables=tables)],
        runs=ranked,
        models=[
            (name, sections.verdict(results), sections.of_record(results, f"m{n}-"))
            for n, (name, results) in enumerate(ranked, 1)
        ],
    )


def _verdict(comparison: Comparison) -> list[str]:
    """Say which model is best, and which did not run."""
    from alignment.report.page.sections import with_interval

    best, grid = comparison.models[0], comparison.grid
    concepts = words.counted(grid.concepts, "concept")
    on_grid = f"on {concepts} × {words.counted(grid.languages, 'language')} (grid: {grid.name})"
    score = f"a calibrated alignment score of {with_interval(best.scores[RANKED_BY])}"
    tied = [model.name for model in comparison.models if model.rank == best.rank]
    if len(tied) == 1:
        ranks = f"{best.name} ranks first {on_grid}, with {score}."
    else:
        ranks = f"{words.listed(tied, 4)} share the first rank {on_grid}; {best.name} has {score}."
    failed = words.listed(list(comparison.failures))
    not_run = [f"Not run: {failed}; the reasons are below."] if failed else []
    return [ranks, *verdicts(comparison)[:1], *not_run]


def table_of(comparison: Comparison, name: str) -> Table:
    """Return a table of a comparison by its key.

    Raises:
        InputError: for a table that does not exist, naming those that do.
    """
    made = [*(make(comparison) for make in TABLES), *ranking.by_capability(comparison)]
    tables = {table.key: table for table in made}
    if name not in tables:
        raise InputError(f"there is no table '{name}'; there are {', '.join(tables)}")
    return tables[name]


def _html(comparison: Comparison) -> str:
    return cell([ranking.extent(comparison)], [ranking.ranking(comparison)], verdicts(comparison))


def _figure(comparison: Comparison) -> "Figure":
    from alignment.compare.figure import ranking_figure

    return ranking_figure(comparison)


def _frame(comparison: Comparison, name: str) -> Any:
    return render.frame(table_of(comparison, name))


Comparison.presenter = Presenter(_html, _figure, _frame)
