"""Compared: the sections on all models of a comparison."""

from alignment.present import ranking, search, words
from alignment.present.figures.ranking import ranking_figure
from alignment.present.page.svg import Styles, inline
from alignment.present.page.views import Section
from alignment.present.verdicts import verdicts
from alignment.record.comparison import Comparison

_SHARED = "Models that share a rank are not significantly different on this grid."


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
                ranking.ranking(comparison)._replace(note=_SHARED * (len(comparison.models) > 1)),
                search.ranking(comparison),
                ranking.pairs(comparison),
                ranking.support(comparison),
                ranking.failures(comparison),
            ],
        )
    ]
