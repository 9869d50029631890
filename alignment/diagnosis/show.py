"""Diagnosis, shown: findings, and tables of languages, failing texts, forms and subwords."""

from functools import partial

from alignment.diagnosis import findings
from alignment.diagnosis.record import Diagnosis, FormChange
from alignment.grids.languages import ALL
from alignment.record.core import CoreResults
from alignment.report.labels import Labels
from alignment.report.table import (
    CHANGE,
    CONCEPT,
    CONTRAST,
    COUNT,
    DIFFERENCE,
    ESTIMATE,
    LANGUAGE,
    NUMBER,
    PERCENT_1,
    SIGNED,
    TEXT,
    Column,
    Table,
    decimals,
)
from alignment.seam import Entry, Finding, Part, Place, Shown

LANGUAGES, ERRORS = Part("languages", "Languages"), Part("errors", "Errors")  # parts of the core's
FORMS, SUBWORDS = Part("forms", "Forms of the texts"), Part("subwords", "Subwords")


def show(section: Diagnosis, results: CoreResults) -> Shown:
    """Return why retrieval fails: sentences, tables, and the picture of the forms."""
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
    return Shown(
        [Finding(place, said) for place, several in sentences.items() for said in several],
        tables,
        ("probes", "Retrieval in other forms of the texts") if section.forms else None,
    )


def diagnosis(found: Diagnosis) -> Table:
    """One row per language that is compared with the others."""
    return Table.named(
        "diagnosis",
        "Each language against the others",
        found.languages,
        Column("language", kind=LANGUAGE),
        Column("standing", title="retrieval"),
        Column("difference", lambda own: own.retrieval, DIFFERENCE),
        Column("p", lambda own: own.retrieval.p, NUMBER, "corrected p"),
        Column("detectable", lambda own: own.retrieval.detectable, NUMBER),
        Column("failing_count", None, COUNT, "texts that fail"),
    )


def failing(found: Diagnosis, results: CoreResults) -> Table:
    """The texts that are retrieved far less than their translations, by language."""
    labels = Labels(results)
    return Table.of(
        "failing",
        "Texts that fail, by language",
        [(code, text) for code, own in found.languages.items() for text in own.failing],
        Column("language", lambda row: row[0], LANGUAGE),
        Column("text", lambda row: labels.text(row[1].concept, row[0]), TEXT),
        Column("concept", lambda row: labels.concept(row[1].concept), CONCEPT),
        Column(
            "mistaken_for",
            lambda row: (
                labels.with_gloss(row[1].mistaken_for, row[0]) if row[1].mistaken_for else None
            ),
            CONCEPT,
        ),
        Column("times", lambda row: row[1].times, COUNT),
        Column("queries", lambda row: row[1].queries, COUNT, "of languages"),
        Column("difference", lambda row: row[1].difference, SIGNED),
        note="Texts that are found, and find, far less than their translations.",
    )


def forms(found: Diagnosis) -> Table:
    """One row per form and language, and per form over all languages."""
    rows = found.forms or {}
    return Table.of(
        "forms",
        "Change in retrieval by form of the text and language (* significant)",
        [(form, code, own) for form, by_code in rows.items() for code, own in by_code.items()],
        Column("form", lambda row: row[0]),
        Column("language", lambda row: row[1], LANGUAGE),
        Column("bare", lambda row: row[2].bare, NUMBER),
        Column("change", lambda row: row[2].contrast, CONTRAST),
    )


def form_changes(found: Diagnosis) -> Table:
    """One row per form: the change in the retrieval of all, and of the languages it changes most.

    Every language in every form is in ``forms``, and in the picture.
    """
    return Table.named(
        "form_changes",
        "Change in retrieval by form of the text (* significant)",
        found.forms or {},
        Column("form"),
        Column("all", lambda own: own[ALL].contrast, CHANGE, "all languages"),
        Column("most_changed", _most_changed),
    )


def _most_changed(rows: dict[str, FormChange], most: int = 3) -> str:
    """Return the languages that a form changes most: "zh −0.021*, ja +0.010"."""
    moved = {
        code: row.contrast
        for code, row in rows.items()
        if code != ALL and row.contrast.difference and row.contrast.verdict != "unchanged"
    }
    largest = sorted(moved, key=lambda code: -abs(moved[code].difference or 0))[:most]
    return ", ".join(f"{code} {CHANGE.write(moved[code])}" for code in largest)


def change(row: FormChange | None) -> str:
    """Say what a form changes, * where significant; None where the language lacks it."""
    if row is None:
        return "no template"
    if row.contrast.difference is None:
        return "undefined"
    return "no change" if row.contrast.verdict == "unchanged" else CHANGE.write(row.contrast)


def subwords(found: Diagnosis) -> Table:
    """One row per language: subwords per text, those unknown, and what they do to alignment."""
    return Table.named(
        "subwords",
        "Subwords",
        found.subwords or {},
        Column("language", kind=LANGUAGE),
        Column("per_text", kind=decimals(2)),
        Column("unknown", None, PERCENT_1, "unknown, %"),
        Column("correlation", None, ESTIMATE, "rank correlation with alignment"),
    )
