"""The README's tables: made from a record and the published numbers; `make readme` writes them."""

import json
from pathlib import Path

from alignment.present import tables
from alignment.present.verdicts import interval, signed
from alignment.record.comparison import Comparison
from alignment.record.results import AlignmentResults

PUBLISHED = json.loads(Path(__file__).with_name("published.json").read_text(encoding="utf-8"))


def summary(path) -> str:
    """The three means and the score, beside the published ones."""
    results = AlignmentResults.from_json(path)
    published = [PUBLISHED[f"mean_{name}"] for name in tables.MEASURES]
    return _beside(tables.summary(results), 1, [*published, PUBLISHED["alignment_score"]])


def concepts(path) -> str:
    """A row a concept, beside the published similarity."""
    table = tables.concepts(AlignmentResults.from_json(path))
    published = PUBLISHED["intra_concept_similarity"]
    return _beside(table, 2, [published[row[0]] for row in table.rows])


def table(name, path) -> str:
    """A table that needs no published numbers beside it, by its name in `present.tables`."""
    return getattr(tables, name)(AlignmentResults.from_json(path)).markdown()


def findings(path) -> str:
    """The findings, as a list."""
    return "\n".join(f"- {line}" for line in AlignmentResults.from_json(path).findings)


def what_ran(path) -> str:
    """One sentence: which model these tables are of."""
    results = AlignmentResults.from_json(path)
    provenance = results.provenance
    why = (
        f", embedded in a package, in place of `{provenance['requested_model']}`, "
        "because the hub was out of reach where these tables were made"
        if results.fallback
        else ""
    )
    return (
        f"The tables below are of **`{results.model}`** "
        f"({provenance['dimension']} dimensions){why}. Columns headed *published* are of "
        f"`{PUBLISHED['model']}`."
    )


def ranking(path, published=True) -> str:
    """The ranking of a comparison, and below it the published model, as far as it was published."""
    table = tables.ranking(Comparison.from_json(path))
    if not published:
        return table.markdown()
    parts = (tables.number(PUBLISHED[f"mean_{part}"]) for part in tables.MEASURES)
    score = tables.number(PUBLISHED["alignment_score"])
    row = (f"{_published_name()}, as published", "", "", score, *parts)
    return table._replace(rows=[*table.rows, row]).markdown()


def across_grids(paths) -> str:
    """A row a grid, a column a model: the calibrated score, and the rank where it is not shared."""
    comparisons = [Comparison.from_json(path) for path in paths]
    names = sorted(model["name"] for model in comparisons[0].models)
    rows = []
    for comparison in comparisons:
        models = {model["name"]: model for model in comparison.models}
        cells = (_calibrated_and_rank(models[name]) for name in names)
        rows.append((comparison.grid["name"], f"{comparison.grid['concepts']:,}", *cells))
    return tables.Table("", ("grid", "concepts", *names), rows).markdown()


def _calibrated_and_rank(model) -> str:
    ends = model["intervals"]["calibrated_alignment_score"]
    return f"{tables.with_interval(model['calibrated_alignment_score'], ends)}, {model['rank']}."


def verdicts(path) -> str:
    """The sentences of a comparison, as a list."""
    return "\n".join(f"- {sentence}" for sentence in tables.verdicts(Comparison.from_json(path)))


def language(code, paths) -> str:
    """What sets one language apart, a row a grid and model, the published numbers first."""
    forms = list(
        dict.fromkeys(form for path in paths for model in _models(path) for form in model["probes"])
    )
    rows = [
        (
            "published",
            f"{_published_name()}, as published",
            _published_gap(code),
            *[""] * (1 + len(forms)),
        )
    ]
    for path in paths:
        for model in _models(path):
            found, probes = model["diagnosis"][code], model["probes"]
            without = "" if found["without_them"] is None else signed(found["without_them"])
            rows.append(
                (
                    Comparison.from_json(path).grid["name"],
                    model["name"],
                    f"{signed(found['difference'])} {interval(found['interval'])}",
                    f"{len(found['words'])}, {without}" if without else "0",
                    *(tables.change(probes[form].get(code)) for form in forms),
                )
            )
    header = ("grid", "model", "difference", "words that fail, and without", *forms)
    return tables.Table("", header, rows).markdown()


def language_verdicts(code, paths) -> str:
    """The verdicts on one language, as a list."""
    return "\n".join(
        f"- {Comparison.from_json(path).grid['name']}, {model['name']}: "
        f"{model['diagnosis'][code]['verdict']}."
        for path in paths
        for model in _models(path)
    )


def _models(path) -> list[dict]:
    """The models of a comparison that were probed."""
    return [model for model in Comparison.from_json(path).models if model.get("probes")]


def _published_name() -> str:
    return PUBLISHED["model"].split("/")[1]


def _published_gap(code) -> str:
    """The difference of a language's pairs from those without it, of the published percentages."""
    shares = PUBLISHED["cross_lingual_retrieval_percent_rounded_query_by_target"]
    own, others = [], []
    for a, row in shares.items():
        for b, share in row.items():
            (own if code in (a, b) else others).append(share / 100)
    return signed(sum(own) / len(own) - sum(others) / len(others))


def _beside(table, column, published) -> str:
    """The table with the published numbers after one of its columns."""
    rows = [
        (*row[: column + 1], tables.number(value), *row[column + 1 :])
        for row, value in zip(table.rows, published, strict=True)
    ]
    header = (*table.header[: column + 1], "published", *table.header[column + 1 :])
    return tables.Table(table.title, header, rows).markdown()
