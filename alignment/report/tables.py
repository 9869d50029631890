"""Tables: scores, languages, concepts and forms of a record."""

from collections.abc import Iterable
from itertools import combinations

from alignment.record.core import CoreResults
from alignment.report import table as kinds
from alignment.report import words
from alignment.report.labels import Labels
from alignment.report.table import COUNT, ESTIMATE, ITSELF, LANGUAGE, NUMBER, Column, Table
from alignment.report.words import MEASURES, SHORT, percent
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
    """The other ways to look at retrieval, with their intervals."""
    headlines = results.headlines()
    without = results.without_identical_strings["cross_lingual_retrieval"]
    identical = words.counted(results.counts["identical_strings"], "identical string")
    bias = Estimate(results.language_bias, NO_INTERVAL)
    rows = [
        *((text, headlines[name]) for name, text in _OTHERWISE.items()),
        (f"retrieval without {identical}", Estimate(without, NO_INTERVAL)),
        ("language bias of wrong answers (1: none)", bias),
    ]
    columns = Column("name", title=""), Column("mean", kind=ESTIMATE)
    return Table("otherwise", "Retrieval in other ways", columns, list(rows))


def concepts(results: CoreResults) -> Table:
    """One row per concept, the best aligned first."""
    similarity, labels = results.intra_concept_similarity, Labels(results)
    by_text = {name: results.by_concept(name) for name in results.values}
    return Table.of(
        "concepts",
        "Concepts",
        sorted(similarity, key=lambda c: -(similarity[c] or 0)),
        Column("concept", lambda c: labels.concept(c, words.in_few(results, c)), kinds.CONCEPT),
        Column("category", results.concept_categories.get, show="full"),
        Column("languages", results.coverage.concepts.get, COUNT, show="data"),
        Column("intra_concept_similarity", similarity.get, NUMBER, "similarity"),
        Column("grade", lambda c: words.concept_grade(results, c)),
        Column(
            "nearest_neighbor_accuracy",
            results.nearest_neighbor_accuracy.get,
            NUMBER,
            f"{results.provenance.k}-NN",
        ),
        *(Column(name, own.get, NUMBER, show="data") for name, own in by_text.items()),
    )


def categories(results: CoreResults) -> Table:
    """One row per category."""
    ends = results.category_intervals
    rows = [(name, Estimate(value, ends[name])) for name, value in results.categories.items()]
    columns = Column("category"), Column("intra_concept_similarity", None, ESTIMATE, "similarity")
    return Table("categories", "Categories", columns, list(rows))


def retrieval(results: CoreResults) -> Table:
    """One row per query language and target language."""
    found, ends = results.cross_lingual_retrieval, results.retrieval_intervals
    return Table.of(
        "retrieval",
        "Retrieval between languages",
        [(a, b) for a, row in found.items() for b in row],
        Column("query", lambda pair: pair[0], LANGUAGE),
        Column("target", lambda pair: pair[1], LANGUAGE),
        Column("retrieval", lambda p: Estimate(found[p[0]][p[1]], ends[p[0]][p[1]]), ESTIMATE),
        Column("concepts", lambda pair: results.coverage.pairs[pair[0]][pair[1]], COUNT),
    )


def retrieval_matrix(results: CoreResults) -> Table:
    """One row per query language, one column per target language, in percent."""
    return Table(
        "retrieval_matrix",
        "Retrieval in % (rows: queries)",
        (
            Column("query", title=""),
            *(Column(code, None, kinds.PERCENT, code) for code in results.languages),
        ),
        [
            (a, *(row.get(b, ITSELF) for b in results.languages))
            for a, row in results.cross_lingual_retrieval.items()
        ],
    )


def languages(results: CoreResults) -> Table:
    """One row per language: its scores, its retrieval in both directions, and its support."""
    found, codes, support = results.cross_lingual_retrieval, results.languages, results.support
    scores = next(iter(results.by_language.values()), {})

    def mean(cells: Iterable[Number]) -> Number:
        known = [cell for cell in cells if cell is not None]
        return sum(known) / len(known) if known else None

    def as_target(code: str) -> Number:
        return mean(row.get(code) for row in found.values())

    def score(name: str) -> Column:
        show: kinds.Show = "brief" if name in SHORT else "data"
        value = results.by_language
        return Column(name, lambda code: value[code][name], ESTIMATE, SHORT.get(name), show)

    def evidence(name: str, title: str, kind: kinds.Kind = kinds.SHARE) -> Column:
        value = support.get
        return Column(name, lambda code: getattr(value(code), name, None), kind, title, "full")

    return Table.of(
        "languages",
        "By language",
        codes,
        Column("language", str, LANGUAGE),
        Column("code", str, show="full"),
        Column("script", results.scripts.get, show="full"),
        Column("concepts", results.coverage.languages.get, COUNT, show="data"),
        evidence("verdict", "support", kinds.WORDS),
        *map(score, scores),
        Column("as_query", lambda code: mean(found[code].values()), NUMBER, show="full"),
        Column("as_target", as_target, NUMBER, show="full"),
        evidence("among_10", "among 10"),
        evidence("unknown", "unknown subwords"),
    )


def support(results: CoreResults) -> Table:
    """One row per language, the worst first: whether the model supports it, and why."""
    rows = dict(sorted(results.support.items(), key=lambda row: row[1].among_10 or 0))
    chance = percent(next((own.chance for own in rows.values()), None))
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

    def of(values: dict[str, dict[str, Number]], key: str, title: str = "") -> Column:
        show: kinds.Show = "brief" if title else "data"
        return Column(key, lambda pair: values[pair[0]][pair[1]], NUMBER, title or None, show)

    return Table.of(
        "language_pairs",
        "Centroid distances, corrected p",
        combinations(results.languages, 2),
        Column("", tuple, kinds.PAIR, "pair"),
        of(results.centroid_distances, "centroid_distance", "distance"),
        of(results.centroid_p, "centroid_p", "p"),
        of(results.baselines, "baseline"),
        of(results.auroc, "auroc"),
        of(results.negative_p99, "negative_p99"),
    )


def provenance(results: CoreResults) -> Table:
    """What it takes to run it again."""
    own = results.provenance
    rows = [
        ("model", results.model),
        ("requested", own.requested_model + (" (fallback)" if own.fallback else "")),
        ("fingerprint of the model", own.model_fingerprint),
        ("dimensions", str(own.dimension)),
        ("prompt", f'"{own.prompt}"' if own.prompt else "none"),
        ("grid", f"{own.grid}: {words.extent(results)}"),
        ("fingerprint of the grid", own.grid_sha256),
        ("neighbours, k", str(own.k)),
        ("random seed", str(own.seed)),
        ("margin", f"{own.margin:g}"),
        *own.versions.items(),
        *(("notice", said) for said in results.notices),
        ("digest of the record", results.digest()),
    ]
    return Table("provenance", "Provenance", (Column("what"), Column("value")), list(rows))


def undefined(results: CoreResults) -> Table:
    """The numbers that the grid is too small for, and why."""
    rows = [(name.replace("_", " "), why) for name, why in results.undefined.items()]
    return Table("undefined", "Not defined here", (Column("number"), Column("why")), list(rows))
