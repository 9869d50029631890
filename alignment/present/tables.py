"""Tables: the record in rows of words, for the console and for documents alike."""

from collections import Counter
from operator import itemgetter

from alignment.explain import ALL
from alignment.explain.confusions import Confusion
from alignment.explain.probes import Change
from alignment.present import words
from alignment.present.table import Table
from alignment.present.words import (
    MAX_CELLS,
    MEASURES,
    SHORT,
    estimate,
    label,
    number,
    percent,
    signed,
    text_label,
)
from alignment.record.results import AlignmentResults
from alignment.stats.estimates import Estimate, Number


def summary(results: AlignmentResults) -> Table:
    """The score and its three parts: as published, with intervals, and calibrated."""
    baseline = {
        "intra_concept_similarity": results.discriminability["different_concept_other_language"],
        **results.chance,
    }
    return Table(
        f"Alignment score: {words.grade(results)}",
        ("", "mean [95 % CI]", "baseline", "calibrated [95 % CI]"),
        [
            (
                text,
                estimate(results.headlines[name]),
                number(baseline[name]) if name in baseline else "",
                estimate(results.headlines[f"calibrated_{name}"]),
            )
            for name, text in {**MEASURES, "alignment_score": "alignment score"}.items()
        ],
    )


def concepts(results: AlignmentResults, room: int = MAX_CELLS) -> Table:
    """One row per concept, the best aligned first."""
    similarity = results.intra_concept_similarity
    return Table(
        "Concepts",
        ("concept", "category", "similarity", "grade", f"{results.provenance.k}-NN"),
        [
            (
                label(results, concept, room=room) + words.in_few(results, concept),
                results.concept_categories[concept],
                number(similarity[concept]),
                words.concept_grade(results, concept),
                number(results.nearest_neighbor_accuracy[concept]),
            )
            for concept in sorted(similarity, key=lambda c: -(similarity[c] or 0))
        ],
    )


def retrieval(results: AlignmentResults) -> Table:
    """One row per query language, one column per target language, in percent."""
    return Table(
        "Retrieval in % (rows: queries)",
        ("", *results.languages),
        [
            (a, *("·" if a == b else percent(found[b]) for b in results.languages))
            for a, found in results.cross_lingual_retrieval.items()
        ],
    )


def languages(results: AlignmentResults) -> Table:
    """One row per language, the best first: its retrieval, and whether the model knows it."""
    found = results.cross_lingual_retrieval
    means = {
        a: [_mean(list(found[a].values())), _mean([found[b][a] for b in found if b != a])]
        for a in results.languages
    }
    best_first = sorted(means, key=lambda a: -sum(value or 0 for value in means[a]))
    return Table(
        "Retrieval by language",
        ("language", "as query", "as target"),
        [(words.language(code), *map(number, means[code])) for code in best_first],
    )


def support(results: AlignmentResults) -> Table:
    """One row per language, the worst first: whether the model knows it, and why."""
    evidence = results.support_evidence
    worst_first = sorted(evidence, key=lambda code: evidence[code].retrieval_among_10 or 0)
    chance = next((own.chance for own in evidence.values()), None)
    return Table(
        f"Does the model know the language? (retrieval by chance: {percent(chance)} %)",
        ("language", "support", "retrieval", "unknown subwords", "subwords × English"),
        [
            (
                words.language(code),
                results.support[code],
                f"{percent(own.retrieval_among_10)} %",
                f"{percent(own.unknown)} %",
                "–" if own.subwords_per_character is None else f"{own.subwords_per_character:.1f}",
            )
            for code in worst_first
            for own in [evidence[code]]
        ],
    )


def _mean(values: list[Number]) -> Number:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def language_distances(results: AlignmentResults, most: int = 3) -> Table:
    """The closest and the most distant language pairs, each with the p of its distance."""
    pairs = sorted(
        (distance, a, b)
        for i, a in enumerate(results.languages)
        for b, distance in results.centroid_distances[a].items()
        if b in results.languages[i + 1 :] and distance is not None
    )
    shown = pairs if len(pairs) <= 2 * most else pairs[:most] + pairs[-most:]
    return Table(
        "Centroid distances, adjusted p",
        ("pair", "distance", "p"),
        [
            (f"{a}–{b}", number(distance), number(results.centroid_p[a][b]))
            for distance, a, b in shown
        ],
    )


def by_language(results: AlignmentResults) -> Table:
    """One row per language: its similarity, neighbours and retrieval, with intervals."""
    return Table(
        "Languages",
        ("language", *(f"{text} [95 % CI]" for text in SHORT.values())),
        [
            (words.language(code), *(estimate(own[name]) for name in MEASURES))
            for code, own in results.by_language.items()
        ],
    )


def retrieval_otherwise(results: AlignmentResults) -> Table:
    """The other ways to look at retrieval, with their intervals."""
    names = {
        "retrieval_among_10": "retrieval among 10",
        "csls_retrieval": "CSLS retrieval",
        "mutual_retrieval": "mutual retrieval",
        "mixed_pool_retrieval": "retrieval from all languages mixed",
        "mean_reciprocal_rank": "mean reciprocal rank",
        "auroc": "AUROC",
    }
    rows: list[tuple[str, ...]]
    rows = [(text, estimate(results.headlines[name])) for name, text in names.items()]
    without = results.without_identical_strings["cross_lingual_retrieval"]
    identical = words.counted(results.counts["identical_strings"], "identical string")
    rows.append((f"retrieval without {identical}", number(without)))
    rows.append(("language bias of wrong answers (1: none)", number(results.language_bias)))
    hubs = ", ".join(
        f"{text_label(results, hub.concept, hub.language)} {hub.times:g}"
        for hub in results.hubness.hubs
    )
    rows.append((f"hubs (expected: {results.hubness.expected or 0:.3g} times)", hubs))
    return Table("Retrieval in other ways", ("", "mean [95 % CI]"), rows)


def lowest_pairs(results: AlignmentResults, most: int = 10, room: int = MAX_CELLS) -> Table:
    """The least similar translations, with their texts."""
    below = results.counts["misaligned_pairs"]
    return Table(
        f"Least similar translations ({below:,} below 0.5)",
        ("concept", "texts", "cosine"),
        [
            (
                label(results, concept, room=room),
                " – ".join(_text(results, concept, code, room=room) for code in (a, b)),
                number(similarity),
            )
            for concept, a, b, similarity in results.lowest_pairs[:most]
        ],
    )


def confusions(results: AlignmentResults, most: int = 10, room: int = MAX_CELLS) -> Table:
    """The failed retrievals that lose most similarity: one row per wrong answer.

    What is retrieved in error again and again has a second row only where others have their first.
    """
    groups: dict[tuple[str, str], list[Confusion]] = {}
    for row in results.confusions.failed:
        groups.setdefault((row.concept, row.retrieved), []).append(row)
    times: Counter[str] = Counter()
    turns = []
    for _, retrieved in groups:
        turns.append(times[retrieved])
        times[retrieved] += 1
    shown = [own for _, own in sorted(zip(turns, groups.values(), strict=True), key=itemgetter(0))]
    return Table(
        f"Worst retrieval errors ({min(most, len(shown))} of {results.confusions.total:,})",
        ("query", "expected", "retrieved", "lost"),
        [
            (
                _text(results, first.concept, *(row.query for row in own), room=room),
                _text(results, first.concept, *(row.target for row in own), room=room),
                text_label(results, first.retrieved, first.target, room),
                number(first.similarity_lost),
            )
            for own in shown[:most]
            for first in own[:1]
        ],
    )


def _text(results: AlignmentResults, concept: str, *codes: str, room: int) -> str:
    """Return a concept's text in the first of these languages, and all of them: "Wut (de)"."""
    named = list(dict.fromkeys(codes))
    more = f" +{len(named) - 2}" if len(named) > 3 else ""
    of = f" ({', '.join(named[:2] if more else named)}{more})"
    return label(results, concept, codes[0], room=max(room - len(of), 4)) + of


def confusion_pairs(results: AlignmentResults, most: int = 10) -> Table:
    """The concepts most often mistaken for others, and the languages it happens in."""
    return Table(
        "Errors by concept",
        ("expected → retrieved", "times", "languages"),
        [
            (
                f"{label(results, row.expected)} → {label(results, row.retrieved)}",
                f"{row.count:,}",
                ", ".join(f"{code} {times:,}" for code, times in row.languages.items()),
            )
            for row in results.confusions.pairs[:most]
        ],
    )


def probes(results: AlignmentResults) -> Table:
    """One row per form: the change in the retrieval of all, and of the languages it changes most.

    Every language in every form is in the picture.
    """
    return Table(
        "Change in retrieval by form of the text (* significant)",
        ("form", "all languages", "most changed"),
        [(form, change(rows[ALL]), _most_changed(rows)) for form, rows in results.probes.items()]
        if results.probes
        else [],
    )


def _most_changed(rows: dict[str, Change], most: int = 3) -> str:
    changed = [code for code, row in rows.items() if code != ALL and not words.no_change(row)]
    largest = sorted(changed, key=lambda code: -abs(rows[code].change or 0))[:most]
    return ", ".join(f"{code} {change(rows[code])}" for code in largest)


def change(row: Change | None) -> str:
    """Say what a form changes, * where significant; None where the language lacks it."""
    if said := words.no_change(row):
        return said
    assert row is not None
    return signed(row.change) + ("*" if row.significant else "")


def subwords(results: AlignmentResults) -> Table:
    """One row per language: subwords per text, those unknown, and what they do to alignment."""
    return Table(
        "Subwords",
        ("language", "per text", "unknown", "rank correlation with alignment [95 % CI]"),
        [
            (
                name if name == ALL else words.language(name),
                "–" if row.per_text is None else f"{row.per_text:.2f}",
                "–" if row.unknown is None else f"{100 * row.unknown:.1f} %",
                estimate(Estimate(row.correlation, row.interval)),
            )
            for name, row in (results.subwords or {}).items()
        ],
    )
