"""The notebook: a record as a cell shows it, short, and its picture."""

from html import escape
from typing import TYPE_CHECKING, Any

from alignment.present import ranking, tables, words
from alignment.present.table import Table
from alignment.present.verdicts import verdicts
from alignment.record.comparison import Comparison
from alignment.record.json_record import Presenter, Record

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def html(record: Any) -> str:
    """Return what ran, the verdict, the scores with intervals, and the languages or the ranking."""
    if isinstance(record, Comparison):
        said = [ranking.extent(record)]
        return _page(said, [ranking.short_ranking(record)], verdicts(record))
    return _page(
        words.heading(record),
        [tables.summary(record), tables.by_language(record).best_and_worst()],
        record.findings[:3],
    )


def _page(said: list[str], shown: list[Table], after: list[str]) -> str:
    heading = "<br>".join(f"<b>{escape(line)}</b>" for line in said)
    sentences = "".join(f'<p dir="auto">{escape(line)}</p>' for line in after)
    return f"<div><p>{heading}</p>{''.join(table.html() for table in shown)}{sentences}</div>"


def figure(record: Any) -> "Figure":
    """Return the picture of a record, which a notebook shows."""
    from alignment.present.figures import alignment_figure
    from alignment.present.figures.ranking import ranking_figure

    drawn: Figure
    drawn = ranking_figure(record) if isinstance(record, Comparison) else alignment_figure(record)
    return drawn


Record.presenter = Presenter(html, figure)
