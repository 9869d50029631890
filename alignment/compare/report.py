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

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SHARED = "Models that share a rank are not significantly different on this grid."
TABLES = (
    *(ranking.ranking, ranking.pairs, ranking.support, ranking.model_costs),
    ranking.failures,
)


def print_comparison(comparison: Comparison, folder: Path, page: bool = False) -> None:
    """Print the ranking of a comparison, its tests, and where it went."""
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
    return _summary(of) if isinstance(of, Comparison) else summary_of_run(of)


def _summary(comparison: Comparison) -> str:
    """Return which of several models is better, and their scores."""
    grid = comparison.grid
    models = words.counted(len(comparison.models), "model")
    failed = [f"{name} did not run: {why}" for name, why in comparison.failures.items()]
    return joined(
        f"## Cross-lingual alignment of {models} on {escaped(grid.name)}: {grid.concepts:,} "
        f"concepts × {grid.languages} languages",
        "\n".join(f"- {escaped(said)}" for said in (*verdicts(comparison), *failed)),
        titled_table(ranking.ranking(comparison), titled=False),
        *map(titled_table, ranking.by_capability(comparison)),
    )


def present(
    comparison: Comparison,
    folder: Path,
    figures: bool,
    html: bool,
    runs: list[tuple[str, CoreResults]],
) -> None:
    """Draw the figure of a comparison and write its page, as far as asked for.

    Args:
        runs: (name, record) of its models.

    Raises:
        OSError: when a file cannot be written.
    """
    if figures:
        from alignment.compare.figure import save_ranking

        save_ranking(comparison, folder / "fig")
    if html:
        write_comparison_page(comparison, runs, folder / PAGE_FILE)


def write_comparison_page(
    comparison: Comparison, runs: list[tuple[str, CoreResults]], path: Path
) -> None:
    """Write one page on all models of a comparison, whose records are given as (name, record).

    Raises:
        OSError: when it cannot be written; an older one is then left as it was.
    """
    from alignment.compare.figure import ranking_figure
    from alignment.report.page import sections, verdict, write_html
    from alignment.report.page.svg import inline
    from alignment.report.page.views import Section

    records = dict(runs)
    ranked = [(model.name, records[model.name]) for model in comparison.models]
    name = "The models of the comparison, the better above"
    said = "The numbers are in the table of the ranking."
    figure = inline(ranking_figure, comparison, "models", name, said)
    first = ranking.ranking(comparison)._replace(note=_SHARED * (len(comparison.models) > 1))
    others = ranking.pairs, ranking.support, ranking.failures
    tables = [first, *ranking.by_capability(comparison), *(make(comparison) for make in others)]
    points = verdicts(comparison)
    write_html(
        path,
        title=f"Cross-lingual alignment of {words.counted(len(comparison.models), 'model')}",
        verdict=_verdict(comparison),
        sections=[
            Section("ranking", "Ranking", points=points, figures=[(name, figure)], tables=tables)
        ],
        runs=ranked,
        models=[
            (name, verdict.of_record(results), sections.of_record(results, f"m{n}-"))
            for n, (name, results) in enumerate(ranked, 1)
        ],
    )


def _verdict(comparison: Comparison) -> list[str]:
    """Say which model is best, and that others did not run."""

    from alignment.report.page.verdict import with_interval

    best = comparison.models[0]
    grid = comparison.grid
    where = (
        f"on {words.counted(grid.concepts, 'concept')} × "
        f"{words.counted(grid.languages, 'language')} (grid: {grid.name})"
    )
    level = [model.name for model in comparison.models if model.rank == best.rank]
    score = f"a calibrated alignment score of {with_interval(best.scores[RANKED_BY])}"
    if len(level) == 1:
        said = [f"{best.name} ranks first {where}, with {score}."]
    else:
        said = [f"{words.listed(level, 4)} share the first rank {where}; {best.name} has {score}."]
    said += verdicts(comparison)[:1]
    if comparison.failures:
        said.append(f"Not run: {words.listed(list(comparison.failures))}; the reasons are below.")
    return said


def table_of(comparison: Comparison, name: str) -> Any:
    """Return a table of a comparison.

    Raises:
        InputError: for a table that there is not, naming those that there are.
    """
    found = {(table := make(comparison)).key: table for make in TABLES}
    found |= {table.key: table for table in ranking.by_capability(comparison)}
    if name not in found:
        raise InputError(f"there is no table '{name}'; there are {', '.join(found)}")
    return found[name]


def _html(comparison: Comparison) -> str:
    return cell([ranking.extent(comparison)], [ranking.ranking(comparison)], verdicts(comparison))


def _figure(comparison: Comparison) -> "Figure":
    from alignment.compare.figure import ranking_figure

    drawn: Figure = ranking_figure(comparison)
    return drawn


def _frame(comparison: Comparison, name: str) -> Any:
    return render.frame(table_of(comparison, name))


Comparison.presenter = Presenter(_html, _figure, _frame)
