"""Ranking: the models of a comparison in tables, the best first."""

from alignment.capabilities import capabilities
from alignment.compare.models import Comparison
from alignment.compare.verdicts import metric_words
from alignment.record.core import RANKED_BY
from alignment.report import words
from alignment.report.render import as_csv, latex, markdown
from alignment.report.table import (
    COUNT,
    DIFFERENCE,
    ESTIMATE,
    LANGUAGE,
    MODEL,
    NUMBER,
    YES_NO,
    Column,
    Kind,
    Table,
    decimals,
)
from alignment.report.words import SHORT, percent

_SCORES = {"calibrated": RANKED_BY, "published": "alignment_score"}
_METRIC = Kind(metric_words, numeric=False)
_SUPPORT = Kind(
    lambda own: f"{percent(own.among_10)} %, {own.verdict}",
    numeric=False,
    parts=("", "_support"),
    split=lambda own: (own.among_10, own.verdict),
)


def ranking(comparison: Comparison) -> Table:
    """One row per model of a comparison, the best first, ranks shared."""

    def estimate(name: str, score: str) -> Column:
        return Column(name, lambda model: model.scores[score], ESTIMATE)

    def part(name: str, title: str) -> Column:
        return Column(name, lambda model: model.scores[name].value, NUMBER, title, "full")

    table = Table.of(
        "models",
        "Ranking by calibrated score",
        comparison.models,
        Column("model", lambda model: model, MODEL),
        Column("prompt", show="data"),
        Column("rank", kind=COUNT),
        *(estimate(*own) for own in _SCORES.items()),
        *(part(*own) for own in SHORT.items()),
        part("retrieval_among_10", "among 10"),
        Column("published_rank", kind=COUNT, show="data"),
    )
    for more in by_capability(comparison):
        table = _with_columns(table, more)
    return table


def by_capability(comparison: Comparison) -> list[Table]:
    """Return the models by the metrics of each capability, of those that all have measured."""
    found = (own.ranking(comparison) for own in capabilities().values())
    return [table for table in found if table and table.rows]


def _with_columns(table: Table, more: Table) -> Table:
    """Return the table with the columns of another one on some of its models, as data."""
    rows = {model.name: values for model, *values in more.rows}
    nothing = [None] * (len(more.columns) - 1)
    columns = (column._replace(show="data") for column in more.columns[1:])
    return table._replace(
        columns=(*table.columns, *columns),
        rows=[(*row, *rows.get(row[0].name, nothing)) for row in table.rows],
    )


def extent(comparison: Comparison) -> str:
    """Return how many models ran on how large a grid."""
    grid = comparison.grid
    return (
        f"{words.counted(len(comparison.models), 'model')} on {grid.concepts:,} concepts × "
        f"{grid.languages} languages"
    )


def model_costs(comparison: Comparison) -> Table:
    """One row per model: what it costs, and whether it is Pareto-optimal."""
    return Table.of(
        "model_costs",
        "Cost of the models (front: no other is both as good and cheaper)",
        comparison.models,
        Column("model", lambda model: model, MODEL),
        Column("dimension", None, COUNT, "dimensions"),
        Column("megabytes", lambda m: m.disk_bytes and m.disk_bytes / 1e6, decimals(0), "MB"),
        Column("load_seconds", None, decimals(1), "load, s"),
        Column("texts_per_second", None, decimals(0), "texts/s"),
        Column("on_front", None, YES_NO, "front"),
    )


def pairs(comparison: Comparison) -> Table:
    """One row per two models and metric that they are compared by."""
    return Table.of(
        "pairs",
        "Every two models",
        comparison.pairs,
        Column("a", title="model"),
        Column("b", title="other model"),
        Column("metric", kind=_METRIC),
        Column("difference", lambda pair: pair, DIFFERENCE),
        Column("p", None, NUMBER, "corrected p"),
        Column("detectable", None, NUMBER, "smallest detectable"),
        Column("verdict", title="better"),
    )


def support(comparison: Comparison) -> Table:
    """One row per language: its retrieval among 10 by each model, and whether it is supported."""
    models = comparison.models

    def by(n: int) -> Column:
        name = models[n].name
        return Column(name, lambda code: models[n].support[code], _SUPPORT, name)

    return Table.of(
        "support",
        "Retrieval among 10 by language, and whether the model supports it",
        [code for code in models[0].support if all(code in model.support for model in models)],
        Column("language", str, LANGUAGE),
        *map(by, range(len(models))),
    )


def failures(comparison: Comparison) -> Table:
    """One row per model that did not run."""
    columns = Column("model"), Column("why")
    return Table("failures", "Models that did not run", columns, list(comparison.failures.items()))


def to_paste(comparison: Comparison, form: str) -> str:
    """Return the ranking as "markdown", "latex" or "csv", and those by capabilities below it."""
    if form == "csv":
        return as_csv(ranking(comparison))
    write = {"markdown": markdown, "latex": latex}[form]
    return "\n\n".join(map(write, (ranking(comparison), *by_capability(comparison))))
