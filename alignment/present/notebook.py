"""The notebook: a record as a cell shows it, short, its picture, and its tables for pandas."""

from html import escape
from typing import TYPE_CHECKING, Any

from alignment.present import ranking, render, tables, words
from alignment.present.catalogue import table_of
from alignment.present.table import Table
from alignment.present.verdicts import verdicts
from alignment.record.comparison import Comparison
from alignment.record.json_record import Presenter, Record

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


def html(record: Any) -> str:
    """Return what ran, the verdict, the scores with intervals, and the languages or the ranking."""
    if isinstance(record, Comparison):
        said = [ranking.extent(record)]
        return _page(said, [ranking.ranking(record)], verdicts(record))
    return _page(
        words.heading(record),
        [tables.summary(record), tables.languages(record).best_and_worst()],
        record.findings[:3],
    )


def _page(said: list[str], shown: list[Table], after: list[str]) -> str:
    heading = "<br>".join(f"<b>{escape(line)}</b>" for line in said)
    sentences = "".join(f'<p dir="auto">{escape(line)}</p>' for line in after)
    return f"<div><p>{heading}</p>{''.join(map(render.html, shown))}{sentences}</div>"


def figure(record: Any) -> "Figure":
    """Return the picture of a record, which a notebook shows."""
    from alignment.present.figures import alignment_figure
    from alignment.present.figures.ranking import ranking_figure

    drawn: Figure
    drawn = ranking_figure(record) if isinstance(record, Comparison) else alignment_figure(record)
    return drawn


def frame(record: Any, name: str) -> "pd.DataFrame":
    """Return a table of a record for pandas."""
    return render.frame(table_of(record, name))


Record.presenter = Presenter(html, figure, frame)
