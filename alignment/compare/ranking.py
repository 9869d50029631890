"""Ranking: the models of a comparison in tables, the best first."""

from alignment.capabilities import capabilities
from alignment.compare.models import ComparedModel, Comparison
from alignment.compare.verdicts import metric_words
from alignment.record.core import RANKED_BY
from alignment.report import render, words
from alignment.report import table as kinds
from alignment.report.table import Column, Kind, Table

_SUPPORT = Kind(
    lambda support: f"{words.percent(support.among_10)} %, {support.verdict}",
    numeric=False,
    parts=("", "_support"),
    split=lambda support: (support.among_10, support.verdict),
)
_MODEL = Column("model", lambda model: model, kinds.MODEL)


# The first line of a table's docstring stands in docs/notebooks.md.
def ranking(comparison: Comparison) -> Table:
    """One row per model of a comparison, the best first, ranks shared."""

    def score(key: str, name: str) -> Column:
        return Column(key, lambda model: model.scores[name], kinds.ESTIMATE)

    def part(name: str, title: str) -> Column:
        return Column(name, lambda model: model.scores[name].value, kinds.NUMBER, title, "full")

    table = Table.of(
        "models",
        "Ranking by calibrated score",
        comparison.models,
        _MODEL,
        Column("prompt", show="data"),
        Column("rank", kind=kinds.COUNT),
        score("calibrated", RANKED_BY),
        score("published", "alignment_score"),
        *(part(name, title) for name, title in words.SHORT.items()),
        part("retrieval_among_10", "among 10"),
        Column("published_rank", kind=kinds.COUNT, show="data"),
    )
    for more in by_capability(comparison):
        table = _with_columns(table, more)
    return table


def by_capability(comparison: Comparison) -> list[Table]:
    """Return a table for each capability by whose metrics models are ranked."""
    tables = (each.ranking(comparison) for each in capabilities().values())
    return [table for table in tables if table and table.rows]


def _with_columns(table: Table, more: Table) -> Table:
    """Add the columns of another table, which may have fewer of the models, as data."""
    rows = {model.name: values for model, *values in more.rows}
    missing = [None] * (len(more.columns) - 1)
    columns = (column._replace(show="data") for column in more.columns[1:])
    return table._replace(
        columns=(*table.columns, *columns),
        rows=[(*row, *rows.get(row[0].name, missing)) for row in table.rows],
    )


def extent(comparison: Comparison) -> str:
    """Return how many models ran on how large a grid."""
    models, grid = words.counted(len(comparison.models), "model"), comparison.grid
    return f"{models} on {grid.concepts:,} concepts × {grid.languages} languages"


def model_costs(comparison: Comparison) -> Table:
    """One row per model: what it costs, and whether it is Pareto-optimal."""
    return Table.of(
        "model_costs",
        "Cost of the models (front: no other is both as good and cheaper)",
        comparison.models,
        _MODEL,
        Column("dimension", None, kinds.COUNT, "dimensions"),
        Column("megabytes", lambda m: m.disk_bytes and m.disk_bytes / 1e6, kinds.decimals(0), "MB"),
        Column("load_seconds", None, kinds.decimals(1), "load, s"),
        Column("texts_per_second", None, kinds.decimals(0), "texts/s"),
        Column("on_front", None, kinds.YES_NO, "front"),
    )


def pairs(comparison: Comparison) -> Table:
    """One row per two models and metric that they are compared by."""
    return Table.of(
        "pairs",
        "Every two models",
        comparison.pairs,
        Column("a", title="model"),
        Column("b", title="other model"),
        Column("metric", kind=Kind(metric_words, numeric=False)),
        Column("difference", lambda pair: pair, kinds.DIFFERENCE),
        Column("p", None, kinds.NUMBER, "corrected p"),
        Column("detectable", None, kinds.NUMBER, "smallest detectable"),
        Column("verdict", title="better"),
    )


def support(comparison: Comparison) -> Table:
    """One row per language: its retrieval among 10 by each model, and whether it is supported."""
    first, *others = comparison.models

    def by(model: ComparedModel) -> Column:
        return Column(model.name, lambda code: model.support[code], _SUPPORT, model.name)

    return Table.of(
        "support",
        "Retrieval among 10 by language, and whether the model supports it",
        [code for code in first.support if all(code in model.support for model in others)],
        Column("language", str, kinds.LANGUAGE),
        *map(by, comparison.models),
    )


def failures(comparison: Comparison) -> Table:
    """One row per model that did not run."""
    columns = Column("model"), Column("why")
    return Table("failures", "Models that did not run", columns, list(comparison.failures.items()))


def to_paste(comparison: Comparison, form: str) -> str:
    """Return the ranking as "markdown", "latex" or "csv", and those by capabilities below it."""
    if form == "csv":
        return render.as_csv(ranking(comparison))
    write = {"markdown": render.markdown, "latex": render.latex}[form]
    return "\n\n".join(map(write, (ranking(comparison), *by_capability(comparison))))
