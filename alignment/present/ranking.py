"""Ranking: the models of a comparison in tables, the best first."""

from alignment.present import search, words
from alignment.present.table import Table
from alignment.present.words import MEASURES, SHORT, estimate, number
from alignment.record.comparison import RANKED_BY, Comparison
from alignment.stats.estimates import Number

_SCORES = {"calibrated": RANKED_BY, "published": "alignment_score"}


def ranking(comparison: Comparison) -> Table:
    """One row per model of a comparison, the best first, ranks shared."""
    return Table(
        "Ranking by calibrated score",
        ("model", "rank", *(f"{name} [95 % CI]" for name in _SCORES), *SHORT.values(), "among 10"),
        [
            (
                words.with_prompt(model),
                str(model.rank),
                *(estimate(model.scores[score]) for score in _SCORES.values()),
                *(number(model.scores[part].value) for part in SHORT),
                number(model.scores["retrieval_among_10"].value),
            )
            for model in comparison.models
        ],
    )


def short_ranking(comparison: Comparison) -> Table:
    """The same with the scores alone."""
    table = ranking(comparison)
    return table._replace(header=table.header[:4], rows=[row[:4] for row in table.rows])


def extent(comparison: Comparison) -> str:
    """Return how many models ran on how large a grid."""
    grid = comparison.grid
    return (
        f"{words.counted(len(comparison.models), 'model')} on {grid.concepts:,} concepts × "
        f"{grid.languages} languages"
    )


def model_costs(comparison: Comparison) -> Table:
    """One row per model: what it costs, and whether it is on the front of quality against that."""
    return Table(
        "Cost of the models (front: none is as good and cheaper)",
        ("model", "dimensions", "MB", "load, s", "texts/s", "front"),
        [
            (
                words.with_prompt(model),
                f"{model.dimension:,}",
                "–" if model.disk_bytes is None else f"{model.disk_bytes / 1e6:,.0f}",
                "–" if model.load_seconds is None else f"{model.load_seconds:.1f}",
                "–" if model.texts_per_second is None else f"{model.texts_per_second:,.0f}",
                "yes" if model.on_front else "no",
            )
            for model in comparison.models
        ],
    )


def ranking_numbers(comparison: Comparison) -> Table:
    """The same in bare numbers, one a cell, for spreadsheets and programs; search beside them."""
    searched = search.SEARCH if any(model.search for model in comparison.models) else ()
    return Table(
        "",
        (
            *("model", "prompt", "rank"),
            *(f"{name}{end}" for name in _SCORES for end in ("", "_low", "_high")),
            *MEASURES,
            "retrieval_among_10",
            *searched,
        ),
        [
            (
                *(model.name, model.prompt, str(model.rank)),
                *(
                    _bare(value)
                    for score in _SCORES.values()
                    for value in (model.scores[score].value, *model.scores[score].interval)
                ),
                *(_bare(model.scores[part].value) for part in (*MEASURES, "retrieval_among_10")),
                *(_bare(model.search[name].value) if model.search else "" for name in searched),
            )
            for model in comparison.models
        ],
    )


def to_paste(comparison: Comparison, form: str) -> str:
    """Return the ranking as "markdown", "latex" or "csv", and that by search where there is one."""
    tables = [ranking_numbers(comparison) if form == "csv" else ranking(comparison)]
    if form != "csv" and any(model.search for model in comparison.models):
        tables.append(search.ranking(comparison))
    return "\n\n".join(getattr(table, form)().rstrip("\n") for table in tables)


def _bare(value: Number) -> str:
    return "" if value is None else f"{value:.6f}"
