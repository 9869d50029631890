"""The notebook: the short form of a record in a cell, its picture, and its tables for pandas."""

from html import escape
from typing import TYPE_CHECKING, Any

from alignment.record.core import CoreResults
from alignment.record.json_record import Presenter
from alignment.report import render, tables, words
from alignment.report.catalogue import table_of
from alignment.report.table import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def cell(headings: list[str], shown: list[Table], sentences: list[str]) -> str:
    """Return the HTML of a notebook's cell: headings, tables, sentences."""
    heading = "<br>".join(f"<b>{escape(line)}</b>" for line in headings)
    text = "".join(f'<p dir="auto">{escape(line)}</p>' for line in sentences)
    return f"<div><p>{heading}</p>{''.join(map(render.html, shown))}{text}</div>"


def _html(results: CoreResults) -> str:
    """Return the model, the verdict, the scores with intervals, and the languages."""
    languages = tables.languages(results).best_and_worst()
    return cell(words.heading(results), [tables.summary(results), languages], results.findings[:3])


def _figure(results: CoreResults) -> "Figure":
    from alignment.report.figures import alignment_figure

    drawn: Figure = alignment_figure(results)
    return drawn


def _frame(results: CoreResults, name: str) -> Any:
    return render.frame(table_of(results, name))


CoreResults.presenter = Presenter(_html, _figure, _frame)
