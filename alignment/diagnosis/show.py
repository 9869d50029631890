"""Diagnosis, shown: findings, and tables of languages, failing texts, forms and subwords."""

from functools import partial

from alignment.diagnosis import findings
from alignment.diagnosis.record import Diagnosis, FailingText, FormChange
from alignment.grids.languages import ALL
from alignment.record.core import CoreResults
from alignment.report import table
from alignment.report.labels import Labels, Text
from alignment.report.table import CHANGE, Column, Table
from alignment.seam import Entry, Finding, Part, Place, Shown

LANGUAGES, ERRORS = Part("languages", "Languages"), Part("errors", "Errors")  # the core's
FORMS, SUBWORDS = Part("forms", "Forms of the texts"), Part("subwords", "Subwords")
LANGUAGE = Column("language", kind=table.LANGUAGE)
_PROBE = "--probe shows which forms of the texts are retrieved better"


def show(section: Diagnosis, results: CoreResults) -> Shown:
    """Return sentences and tables on failures, and the picture of the forms."""
    sentences = {
        Place.SUPPORT: findings.of_cures(section, results),
        Place.LANGUAGES: findings.of_languages(section, results),
        Place.KINDS: [*findings.of_categories(section), *findings.of_scripts(section, results)],
    }
    tables = {
        "diagnosis": Entry(partial(diagnosis, section), LANGUAGES),
        "failing": Entry(partial(failing, section, results), ERRORS),
    }
    if section.forms is not None:
        tables["form_changes"] = Entry(partial(form_changes, section), FORMS, "brief")
        tables["forms"] = Entry(partial(forms, section), FORMS, "data")
    if section.subwords is not None:
        tables["subwords"] = Entry(partial(subwords, section), SUBWORDS)
    worse = any(language.retrieval.is_worse for language in section.languages.values())
    return Shown(
        [Finding(place, text) for place, texts in sentences.items() for text in texts],
        tables,
        ("probes", "Retrieval in other forms of the texts") if section.forms else None,
        "" if section.forms or not worse else f"next: {_PROBE}",
    )


def diagnosis(section: Diagnosis) -> Table:
    """One row per language that is compared with the others."""
    return Table.named(
        "diagnosis",
        "Each language against the others",
        section.languages,
        LANGUAGE,
        Column("standing", title="retrieval"),
        Column("difference", lambda row: row.retrieval, table.DIFFERENCE),
        Column("p", lambda row: row.retrieval.p, table.NUMBER, "corrected p"),
        Column("detectable", lambda row: row.retrieval.detectable, table.NUMBER),
        Column("failing_count", None, table.COUNT, "texts that fail"),
    )


def failing(section: Diagnosis, results: CoreResults) -> Table:
    """One row per text that is retrieved far less often than its translations, by language."""
    labels = Labels(results)

    def mistaken_for(row: tuple[str, FailingText]) -> Text | None:
        code, text = row
        return labels.with_gloss(text.mistaken_for, code) if text.mistaken_for else None

    return Table.of(
        "failing",
        "Texts that fail, by language",
        [(code, text) for code, row in section.languages.items() for text in row.failing],
        LANGUAGE._replace(value=lambda row: row[0]),
        Column("text", lambda row: labels.text(row[1].concept, row[0]), table.TEXT),
        Column("concept", lambda row: labels.concept(row[1].concept), table.CONCEPT),
        Column("mistaken_for", mistaken_for, table.CONCEPT),
        Column("times", lambda row: row[1].times, table.COUNT),
        Column("queries", lambda row: row[1].queries, table.COUNT, "of languages"),
        Column("difference", lambda row: row[1].difference, table.SIGNED),
        note="Texts that are found, and find, far less than their translations.",
    )


def forms(section: Diagnosis) -> Table:
    """One row per form and language, and per form over all languages."""
    rows = section.forms or {}
    return Table.of(
        "forms",
        "Change in retrieval by form of the text and language (* significant)",
        [(form, code, row) for form, by_code in rows.items() for code, row in by_code.items()],
        Column("form", lambda row: row[0]),
        LANGUAGE._replace(value=lambda row: row[1]),
        Column("bare", lambda row: row[2].bare, table.NUMBER),
        Column("change", lambda row: row[2].contrast, table.CONTRAST),
    )


def form_changes(section: Diagnosis) -> Table:
    """One row per form: the change in retrieval over all languages, and the largest changes."""
    return Table.named(
        "form_changes",
        "Change in retrieval by form of the text (* significant)",
        section.forms or {},
        Column("form"),
        Column("all", lambda rows: rows[ALL].contrast, CHANGE, "all languages"),
        Column("most_changed", _most_changed),
    )


def _most_changed(rows: dict[str, FormChange], most: int = 3) -> str:
    """Return the languages with the largest changes: "zh −0.021*, ja +0.010"."""
    moved = {
        code: row.contrast
        for code, row in rows.items()
        if code != ALL and row.contrast.difference and row.contrast.verdict != "unchanged"
    }
    largest = sorted(moved, key=lambda code: -abs(moved[code].difference or 0))[:most]
    return ", ".join(f"{code} {CHANGE.write(moved[code])}" for code in largest)


def change(row: FormChange | None) -> str:
    """Return the change by a form in words, * if significant; None is a missing template."""
    if row is None:
        return "no template"
    if row.contrast.difference is None:
        return "undefined"
    return "no change" if row.contrast.verdict == "unchanged" else CHANGE.write(row.contrast)


def subwords(section: Diagnosis) -> Table:
    """One row per language: subwords per text, unknown ones, and the correlation with alignment."""
    return Table.named(
        "subwords",
        "Subwords",
        section.subwords or {},
        LANGUAGE,
        Column("per_text", kind=table.decimals(2)),
        Column("unknown", None, table.PERCENT_1, "unknown, %"),
        Column("correlation", None, table.ESTIMATE, "rank correlation with alignment"),
    )
