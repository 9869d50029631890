"""Tables: scores, languages, concepts and forms of a record."""

from itertools import combinations

from alignment.record.core import CoreResults, PerPair
from alignment.report import table as kinds
from alignment.report import words
from alignment.report.labels import Labels
from alignment.report.table import COUNT, ESTIMATE, ITSELF, LANGUAGE, NUMBER, Column, Table
from alignment.report.words import MEASURES, SHORT, percent
from alignment.seam import Show
from alignment.stats.estimates import NO_INTERVAL, Estimate, Number

_OTHERWISE = {
    "retrieval_among_10": "retrieval among 10",
    "csls_retrieval": "CSLS retrieval",
    "mutual_retrieval": "mutual retrieval",
    "mixed_pool_retrieval": "retrieval from all languages mixed",
    "mean_reciprocal_rank": "mean reciprocal rank",
    "auroc": "AUROC",
}


def summary(results: CoreResults) -> Table:
    """The score and its three parts: as published, with intervals, and calibrated."""
    baseline = {
        "intra_concept_similarity": results.discriminability["different_concept_other_language"],
        **results.chance,
    }
    headlines = results.headlines()
    return Table.of(
        "summary",
        f"Alignment score: {words.grade(results)}",
        {**MEASURES, "alignment_score": "alignment score"}.items(),
        Column("name", lambda item: item[1], title=""),
        Column("mean", lambda item: headlines[item[0]], ESTIMATE),
        Column("baseline", lambda item: baseline.get(item[0], ""), NUMBER),
        Column("calibrated", lambda item: headlines[f"calibrated_{item[0]}"], ESTIMATE),
    )


def means(results: CoreResults) -> Table:
    """Every mean that has an interval."""
    columns = Column("name"), Column("value", kind=ESTIMATE)
    return Table("means", "Means", columns, list(results.headlines().items()))


def otherwise(results: CoreResults) -> Table:
    """The other metrics of retrieval, with their intervals."""
    headlines = results.headlines()
    without = results.without_identical_strings["cross_lingual_retrieval"]
    identical = words.counted(results.counts["identical_strings"], "identical string")
    rows = [
        *((text, headlines[name]) for name, text in _OTHERWISE.items()),
        (f"retrieval without {identical}", Estimate(without, NO_INTERVAL)),
        ("language bias of wrong answers (1: none)", Estimate(results.language_bias, NO_INTERVAL)),
    ]
    columns = Column("name", title=""), Column("mean", kind=ESTIMATE)
    return Table("otherwise", "Retrieval in other ways", columns, list(rows))


def concepts(results: CoreResults) -> Table:
    """One row per concept, the best aligned first."""
    similarity, labels = results.intra_concept_similarity, Labels(results)
    neighbors = results.nearest_neighbor_accuracy
    return Table.of(
        "concepts",
        "Concepts",
        sorted(similarity, key=lambda c: -(similarity[c] or 0)),
        Column("concept", lambda c: labels.concept(c, words.in_few(results, c)), kinds.CONCEPT),
        Column("category", results.concept_categories.get, show="full"),
        Column("languages", results.coverage.concepts.get, COUNT, show="data"),
        Column("intra_concept_similarity", similarity.get, NUMBER, "similarity"),
        Column("grade", lambda c: words.concept_grade(results, c)),
        Column("nearest_neighbor_accuracy", neighbors.get, NUMBER, f"{results.provenance.k}-NN"),
        *(Column(key, results.by_concept(key).get, NUMBER, show="data") for key in results.values),
    )


def categories(results: CoreResults) -> Table:
    """One row per category."""
    ends = results.category_intervals
    rows = [(name, Estimate(value, ends[name])) for name, value in results.categories.items()]
    columns = Column("category"), Column("intra_concept_similarity", None, ESTIMATE, "similarity")
    return Table("categories", "Categories", columns, list(rows))


def retrieval(results: CoreResults) -> Table:
    """One row per query language and target language."""
    intervals, shared = results.retrieval_intervals, results.coverage.pairs
    kinds_of = {"query": LANGUAGE, "target": LANGUAGE, "retrieval": ESTIMATE, "concepts": COUNT}
    columns = tuple(Column(key, kind=kind) for key, kind in kinds_of.items())
    rows = [
        (a, b, Estimate(share, intervals[a][b]), shared[a][b])
        for a, row in results.cross_lingual_retrieval.items()
        for b, share in row.items()
    ]
    return Table("retrieval", "Retrieval between languages", columns, list(rows))


def retrieval_matrix(results: CoreResults) -> Table:
    """One row per query language, one column per target language, in percent."""

    def target(code: str) -> Column:
        return Column(code, lambda row: row.get(code, ITSELF), kinds.PERCENT, code)

    return Table.named(
        "retrieval_matrix",
        "Retrieval in % (rows: queries)",
        results.cross_lingual_retrieval,
        Column("query", title=""),
        *map(target, results.languages),
    )


def languages(results: CoreResults) -> Table:
    """One row per language: its scores, its retrieval in both directions, and its support."""
    rates, by_language = results.cross_lingual_retrieval, results.by_language

    def mean(cells: list[Number]) -> Number:
        present = [cell for cell in cells if cell is not None]
        return sum(present) / len(present) if present else None

    def score(name: str) -> Column:
        show: Show = "brief" if name in SHORT else "data"
        return Column(name, lambda code: by_language[code][name], ESTIMATE, SHORT.get(name), show)

    def evidence(name: str, title: str, kind: kinds.Kind = kinds.SHARE) -> Column:
        row = results.support.get
        return Column(name, lambda code: getattr(row(code), name, None), kind, title, "full")

    return Table.of(
        "languages",
        "By language",
        results.languages,
        Column("language", str, LANGUAGE),
        Column("code", str, show="full"),
        Column("script", results.scripts.get, show="full"),
        Column("concepts", results.coverage.languages.get, COUNT, show="data"),
        evidence("verdict", "support", kinds.WORDS),
        *map(score, next(iter(by_language.values()), {})),
        Column("as_query", lambda a: mean([*rates[a].values()]), NUMBER, show="full"),
        Column(
            "as_target", lambda b: mean([r.get(b) for r in rates.values()]), NUMBER, show="full"
        ),
        evidence("among_10", "among 10"),
        evidence("unknown", "unknown subwords"),
    )


def support(results: CoreResults) -> Table:
    """One row per language, the worst first: whether the model supports it, and why."""
    rows = dict(sorted(results.support.items(), key=lambda row: row[1].among_10 or 0))
    chance = percent(next((row.chance for row in rows.values()), None))
    return Table.named(
        "support",
        f"Does the model support the language? (retrieval by chance: {chance} %)",
        rows,
        Column("language", kind=LANGUAGE),
        Column("verdict", title="support"),
        Column("among_10", None, kinds.SHARE, "retrieval"),
        Column("chance", None, kinds.SHARE, show="data"),
        Column("unknown", None, kinds.SHARE, "unknown subwords"),
        Column("subwords_per_character", None, kinds.decimals(1), "subwords × English"),
    )


def language_pairs(results: CoreResults) -> Table:
    """One row per two languages, with the p of their distance."""

    def number(key: str, values: PerPair, title: str | None = None) -> Column:
        show: Show = "brief" if title else "data"
        return Column(key, lambda pair: values[pair[0]][pair[1]], NUMBER, title, show)

    return Table.of(
        "language_pairs",
        "Centroid distances, corrected p",
        combinations(results.languages, 2),
        Column("", tuple, kinds.PAIR, "pair"),
        number("centroid_distance", results.centroid_distances, "distance"),
        number("centroid_p", results.centroid_p, "p"),
        number("baseline", results.baselines),
        number("auroc", results.auroc),
        number("negative_p99", results.negative_p99),
    )


def provenance(results: CoreResults) -> Table:
    """Everything that is needed to repeat the run."""
    run = results.provenance
    rows = [
        ("model", results.model),
        ("requested", run.requested_model + " (fallback)" * run.fallback),
        ("fingerprint of the model", run.model_fingerprint),
        ("dimensions", str(run.dimension)),
        ("prompt", f'"{run.prompt}"' if run.prompt else "none"),
        ("grid", f"{run.grid}: {words.extent(results)}"),
        ("fingerprint of the grid", run.grid_sha256),
        ("neighbours, k", str(run.k)),
        ("random seed", str(run.seed)),
        ("margin", f"{run.margin:g}"),
        *run.versions.items(),
        *(("notice", notice) for notice in results.notices),
        ("digest of the record", results.digest()),
    ]
    return Table("provenance", "Provenance", (Column("what"), Column("value")), list(rows))


def undefined(results: CoreResults) -> Table:
    """The numbers that the grid is too small for, and why."""
    rows = [(name.replace("_", " "), why) for name, why in results.undefined.items()]
    return Table("undefined", "Not defined here", (Column("number"), Column("why")), list(rows))
