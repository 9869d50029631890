"""The README's tables: made from a record and the published numbers; `make readme` writes them."""

import json
from pathlib import Path

from alignment import tables
from alignment.results import AlignmentResults

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


def retrieval(path) -> str:
    """The retrieval matrix."""
    return tables.retrieval(AlignmentResults.from_json(path)).markdown()


def retrieval_otherwise(path) -> str:
    """The other ways to look at retrieval, with their intervals."""
    results = AlignmentResults.from_json(path)
    words = {
        "cross_lingual_retrieval": "cross-lingual retrieval",
        "csls_retrieval": "CSLS retrieval",
        "mutual_retrieval": "mutual retrieval",
        "mixed_pool_retrieval": "mixed pool",
        "mean_reciprocal_rank": "mean reciprocal rank",
        "auroc": "AUROC",
    }
    rows = [
        (text, tables.with_interval(results.headlines[name], results.intervals[name]))
        for name, text in words.items()
    ]
    without = results.without_identical_surfaces["cross_lingual_retrieval"]
    pairs = len(results.identical_surface_pairs)
    rows.append((f"retrieval without the {pairs} pairs written alike", tables.number(without)))
    return tables.Table("", ("", "mean [95 %]"), rows).markdown()


def findings(path) -> str:
    """The findings, as a list."""
    return "\n".join(f"- {line}" for line in AlignmentResults.from_json(path).findings)


def lowest_pairs(path) -> str:
    """The ten lowest pairs."""
    return tables.lowest_pairs(AlignmentResults.from_json(path)).markdown()


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


def _beside(table, column, published) -> str:
    """The table with the published numbers after one of its columns."""
    rows = [
        (*row[: column + 1], tables.number(value), *row[column + 1 :])
        for row, value in zip(table.rows, published, strict=True)
    ]
    header = (*table.header[: column + 1], "published", *table.header[column + 1 :])
    return tables.Table(table.title, header, rows).markdown()
