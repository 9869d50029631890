"""Compared: the sections on all models of a comparison."""

from alignment.present import ranking, search, words
from alignment.present.figures.ranking import ranking_figure
from alignment.present.page.svg import Styles, inline
from alignment.present.page.views import Rows, Section, rows, rows_of
from alignment.present.verdicts import METRICS, verdicts
from alignment.present.words import language, number, percent, signed, signed_interval
from alignment.record.comparison import Comparison

_WINNER = {"level": "level", "inconclusive": "inconclusive"}


def title(comparison: Comparison) -> str:
    """Return the title of the page."""
    return f"Cross-lingual alignment of {words.counted(len(comparison.models), 'model')}"


def of_comparison(comparison: Comparison, styles: Styles) -> list[Section]:
    """Return what the models are, side by side."""
    name = "The models of the comparison, the better above"
    said = "The numbers are in the table of the ranking."
    figure = inline(ranking_figure, comparison, name, said, styles)
    return [
        Section(
            "ranking",
            "Ranking",
            points=verdicts(comparison),
            figures=[(name, figure)],
            tables=[
                own
                for own in (
                    rows_of("ranking-table", ranking.ranking(comparison), _shared(comparison)),
                    rows_of("search-ranking", search.ranking(comparison)),
                    _pairs(comparison),
                    _support(comparison),
                    _failures(comparison),
                )
                if own.rows
            ],
        )
    ]


def _shared(comparison: Comparison) -> str:
    if len(comparison.models) < 2:
        return ""
    return "Models that share a rank are not significantly different on this grid."


def _pairs(comparison: Comparison) -> Rows:
    content = [
        [
            pair.a,
            pair.b,
            {**words.MEASURES, **METRICS}[pair.metric],
            signed(pair.difference),
            signed_interval(pair.interval),
            number(pair.p_adjusted),
            number(pair.detectable),
            _WINNER.get(pair.verdict) or f"{getattr(pair, pair.verdict)} is better",
        ]
        for pair in comparison.pairs
    ]
    header = ["model", "other model", "metric", "difference", "95 % CI", "adjusted p"]
    header += ["smallest detectable", "verdict"]
    return rows("pairs", "Every two models", header, content)


def _support(comparison: Comparison) -> Rows:
    models = comparison.models
    codes = list(dict.fromkeys(code for model in models for code in model.support))
    content = [
        [
            language(code),
            *(
                f"{percent(model.support_evidence[code].retrieval_among_10)} %, "
                f"{model.support[code]}"
                for model in models
            ),
        ]
        for code in codes
        if all(code in model.support for model in models)
    ]
    title = "Retrieval among 10 by language, and whether the model knows it"
    return rows("support", title, ("language", *(model.name for model in models)), content)


def _failures(comparison: Comparison) -> Rows:
    content = [[name, why] for name, why in comparison.failures.items()]
    return rows("not-run", "Models that did not run", ("model", "why"), content)
