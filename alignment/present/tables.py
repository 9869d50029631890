"""Tables: the record in rows of words, for the console and for documents alike."""

import csv
import io
from itertools import pairwise
from typing import NamedTuple

from alignment.present.verdicts import ALL, SURE, interval, signed
from alignment.record.results import AlignmentResults

MEASURES = {
    "intra_concept_similarity": "intra-concept similarity",
    "nearest_neighbor_accuracy": "nearest-neighbour accuracy",
    "cross_lingual_retrieval": "cross-lingual retrieval",
}
SHORT = dict(zip(MEASURES, ("similarity", "neighbours", "retrieval"), strict=True))
_LATEX_WORDS = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "−": "$-$",
    "×": r"$\times$",
    "–": "--",
}


class Table(NamedTuple):
    """A title, a header, and rows as wide as the header; all of them text."""

    title: str
    header: tuple[str, ...]
    rows: list[tuple[str, ...]]

    def markdown(self) -> str:
        """Return the table without its title; the first column to the left, others to the right."""
        ruler = (":--", *["--:"] * (len(self.header) - 1))
        lines = ([cell.replace("|", "\\|") for cell in row] for row in (self.header, *self.rows))
        header, *rows = (f"| {' | '.join(line)} |" for line in lines)
        return "\n".join([header, f"| {' | '.join(ruler)} |", *rows])

    def latex(self) -> str:
        """Return a tabular in the manner of booktabs."""
        special = str.maketrans({c: f"\\{c}" for c in "&%$#_{}"} | _LATEX_WORDS)
        header, *rows = (
            " & ".join(cell.translate(special) for cell in row) + r" \\"
            for row in (self.header, *self.rows)
        )
        columns = "l" + "r" * (len(self.header) - 1)
        start = rf"\begin{{tabular}}{{{columns}}}"
        return "\n".join(
            [start, r"\toprule", header, r"\midrule", *rows, r"\bottomrule", r"\end{tabular}"]
        )

    def csv(self) -> str:
        """Return comma-separated values, quoted where they must be."""
        lines = io.StringIO()
        csv.writer(lines, lineterminator="\n").writerows([self.header, *self.rows])
        return lines.getvalue().rstrip("\n")


def counted(count: int, thing: str) -> str:
    """Return "1 language", "8 languages"."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def extent(results: AlignmentResults) -> str:
    """Return how many concepts in how many languages there are, and what is missing."""
    covered = results.coverage
    words = (
        f"{counted(len(covered['concepts']), 'concept')} × "
        f"{counted(len(covered['languages']), 'language')}"
    )
    if covered["texts"] < covered["cells"]:
        words += f", {covered['texts']:,} of {covered['cells']:,} texts there"
    return words


def concept_label(results: AlignmentResults, concept: str) -> str:
    """Name a concept, and in how many languages it is where these are fewer than half."""
    there, languages = results.coverage["concepts"][concept], len(results.languages)
    return concept if 2 * there >= languages else f"{concept} ({there} of {languages})"


def number(value: float | None) -> str:
    """Return three decimals, or a dash where the grid is too small for a value."""
    return "–" if value is None else f"{value:.3f}".replace("-", "−")


def summary(results: AlignmentResults) -> Table:
    """The score and its three parts: as published, with intervals, and calibrated."""
    chance = {
        "intra_concept_similarity": results.discriminability["different_concept_other_language"],
        **results.chance,
    }
    weights = ", ".join(f"{weight:g}" for weight in results.weights.values())
    return Table(
        f"Alignment score: {results.grade} (weights {weights})",
        ("", "mean [95 %]", "chance", "calibrated [95 %]"),
        [
            (
                words,
                with_interval(results.headlines[name], results.intervals[name]),
                number(chance[name]) if name in chance else "",
                with_interval(results.calibrated[name], results.intervals[f"calibrated_{name}"]),
            )
            for name, words in {**MEASURES, "alignment_score": "alignment score"}.items()
        ],
    )


def with_interval(value, ends) -> str:
    """The value and its interval, each with three decimals."""
    return f"{number(value)} [{number(ends[0])}, {number(ends[1])}]"


def concepts(results: AlignmentResults) -> Table:
    """A row a concept, the best aligned first."""
    similarity = results.intra_concept_similarity
    k = results.provenance["k"]
    return Table(
        "Concepts",
        ("concept", "category", "similarity", "grade", f"{k}-NN"),
        [
            (
                concept_label(results, concept),
                results.concept_categories[concept],
                number(similarity[concept]),
                results.concept_grade(concept),
                number(results.nearest_neighbor_accuracy[concept]),
            )
            for concept in sorted(similarity, key=lambda c: -(similarity[c] or 0))
        ],
    )


def retrieval(results: AlignmentResults) -> Table:
    """A row a query language, a column a target language, in percent."""
    return Table(
        "Retrieval in %",
        ("", *results.languages),
        [
            (a, *("·" if a == b else _percent(found[b]) for b in results.languages))
            for a, found in results.cross_lingual_retrieval.items()
        ],
    )


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f}"


def retrieval_by_language(results: AlignmentResults) -> Table:
    """A row a language, the best first: the means of its row and column in the retrieval table."""
    found = results.cross_lingual_retrieval
    means = {
        a: [
            sum(there) / len(there) if (there := [v for v in values if v is not None]) else None
            for values in (found[a].values(), [found[b][a] for b in found if b != a])
        ]
        for a in results.languages
    }
    best_first = sorted(means, key=lambda a: -sum(value or 0 for value in means[a]))
    return Table(
        "Retrieval by language",
        ("language", "as query", "as target"),
        [(language, *map(number, means[language])) for language in best_first],
    )


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
        "Centroid distances",
        ("pair", "distance", "p"),
        [
            (f"{a}–{b}", number(distance), number(results.centroid_p[a][b]))
            for distance, a, b in shown
        ],
    )


def by_language(results: AlignmentResults) -> Table:
    """A row a language: its similarity, neighbours and retrieval, with intervals."""
    return Table(
        "Languages",
        ("language", *(f"{words} [95 %]" for words in SHORT.values())),
        [
            (
                language,
                *(
                    with_interval(values[name]["value"], values[name]["interval"])
                    for name in MEASURES
                ),
            )
            for language, values in results.by_language.items()
        ],
    )


def retrieval_otherwise(results: AlignmentResults) -> Table:
    """The other ways to look at retrieval, with their intervals."""
    words = {
        "retrieval_among_10": "retrieval among 10",
        "csls_retrieval": "CSLS retrieval",
        "mutual_retrieval": "mutual retrieval",
        "mixed_pool_retrieval": "mixed pool",
        "mean_reciprocal_rank": "mean reciprocal rank",
        "auroc": "AUROC",
    }
    rows = [
        (text, with_interval(results.headlines[name], results.intervals[name]))
        for name, text in words.items()
    ]
    without = results.without_identical_surfaces["cross_lingual_retrieval"]
    pairs = results.counts["identical_surface_pairs"]
    rows.append((f"retrieval without the {pairs} pairs written alike", number(without)))
    rows.append(("language bias of wrong answers (1 by chance)", number(results.language_bias)))
    hubs = ", ".join(
        f"{concept} ({language}) {times:g}" for concept, language, times in results.hubness["hubs"]
    )
    rows.append((f"hubs, of {results.hubness['expected']:.3g} expected", hubs))
    return Table("Retrieval otherwise", ("", "mean [95 %]"), rows)


def lowest_pairs(results: AlignmentResults, most: int = 10) -> Table:
    """The lowest same-concept pairs, with their texts."""
    below = results.counts["misaligned_pairs"]
    return Table(
        f"Lowest pairs; {below:,} misaligned",
        ("concept", "pair", "texts", "cosine"),
        [
            (concept, f"{a}–{b}", f"{text_a} / {text_b}", number(similarity))
            for concept, a, b, similarity, text_a, text_b in results.lowest_pairs[:most]
        ],
    )


def confusions(results: AlignmentResults, most: int = 10) -> Table:
    """The failed retrievals that cost most: what came instead, and by how much it was nearer."""
    total = results.confusions["total"]
    return Table(
        f"Costliest confusions, of {total:,}",
        ("query", "", "expected", "retrieved", "", "margin"),
        [
            (
                f"{row['query'][2]} ({row['query'][1]})",
                "→",
                f"{row['expected'][2]} ({row['expected'][1]})",
                row["retrieved"][2],
                row["retrieved"][0],
                number(row["margin"]),
            )
            for row in results.confusions["failed"][:most]
        ],
    )


def confusion_pairs(results: AlignmentResults, most: int = 10) -> Table:
    """The concepts most often taken for others, and the languages it happens in."""
    return Table(
        "Confusions by concept",
        ("expected → retrieved", "times", "languages"),
        [
            (
                f"{row['expected']} → {row['retrieved']}",
                f"{row['count']:,}",
                ", ".join(f"{code} {times:,}" for code, times in row["languages"].items()),
            )
            for row in results.confusions["pairs"][:most]
        ],
    )


def probes(results, with_ends: bool = True) -> Table:
    """A row a language, a column a form: the change in retrieval; a star where it is sure.

    Args:
        results: anything with ``probes``.
        with_ends: whether to give the 95 % intervals.
    """
    forms = results.probes or {}
    names = list(dict.fromkeys(name for rows in forms.values() for name in rows))
    names = sorted(names, key=lambda name: name == ALL)  # what is said of all stands last
    return Table(
        "Change in retrieval by form (* sure)",
        ("language", *forms),
        [(name, *(change(rows.get(name), with_ends) for rows in forms.values())) for name in names],
    )


def change(row: dict | None, with_ends: bool = False) -> str:
    """Say what a form changes: None where the language lacks it."""
    if words := no_change(row):
        return words
    star = "*" if row["p"] <= SURE else ""
    ends = f" {interval(row['interval'])}" if with_ends else ""
    return signed(row["change"]) + star + ends


def no_change(row: dict | None) -> str:
    """Say why a form shows no change; "" where it shows one."""
    if row is None:
        return "no template"
    if row["change"] is None:
        return "undefined"
    return "no change" if row["p"] is None else ""


def tokens(results) -> Table:
    """A row a language: subwords a text, those unknown, and what their number has to do with it."""
    return Table(
        "Subwords",
        ("language", "a text", "unknown", "rank correlation with alignment [95 %]"),
        [
            (
                name,
                f"{row['subwords']:.2f}",
                "–" if row["unknown"] is None else f"{100 * row['unknown']:.1f} %",
                with_interval(row["correlation"], row["interval"]),
            )
            for name, row in (results.tokens or {}).items()
        ],
    )


def diagnosis(results) -> list[str]:
    """The verdict on each language, in a line."""
    return [f"{language}: {row['verdict']}." for language, row in results.diagnosis.items()]


_SCORES = {"calibrated": "calibrated_alignment_score", "published": "alignment_score"}


def ranking(comparison) -> Table:
    """A row a model of a comparison, the best first, ranks shared."""
    return Table(
        "Ranking by calibrated score",
        ("model", "rank", *(f"{name} [95 %]" for name in _SCORES), *SHORT.values()),
        [
            (
                with_prompt(model),
                str(model["rank"]),
                *(with_interval(model[s], model["intervals"][s]) for s in _SCORES.values()),
                *(number(model["parts"][part]) for part in SHORT),
            )
            for model in comparison.models
        ],
    )


def ranking_numbers(comparison) -> Table:
    """The same in bare numbers, one a cell, for spreadsheets and programs."""
    return Table(
        "",
        (
            *("model", "prompt", "rank"),
            *(f"{name}{end}" for name in _SCORES for end in ("", "_low", "_high")),
            *MEASURES,
        ),
        [
            (
                *(model["name"], model["prompt"], str(model["rank"])),
                *(
                    _bare(value)
                    for score in _SCORES.values()
                    for value in (model[score], *model["intervals"][score])
                ),
                *(_bare(model["parts"][part]) for part in MEASURES),
            )
            for model in comparison.models
        ],
    )


def to_paste(comparison, form: str) -> str:
    """Return the ranking as "markdown", "latex" or "csv"."""
    table = ranking_numbers(comparison) if form == "csv" else ranking(comparison)
    return getattr(table, form)()


def _bare(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}"


def verdicts(comparison) -> list[str]:
    """Return a sentence for every two models that follow one another in the ranking."""
    order = [model["name"] for model in comparison.models]
    pairs = {
        (pair["a"], pair["b"]): pair
        for pair in comparison.pairs
        if pair["metric"] == _SCORES["calibrated"]
    }
    return [
        _verdict(a, b, pairs[(a, b) if (a, b) in pairs else (b, a)])
        for a, b in pairwise(order)
        if {(a, b), (b, a)} & pairs.keys()
    ]


def _verdict(better: str, worse: str, pair: dict) -> str:
    sign = 1 if pair["a"] == better else -1
    ends = sorted(sign * end for end in pair["interval"])
    numbers = f"{with_interval(sign * pair['difference'], ends)}, p = {pair['p_holm']:.2g}"
    if pair["verdict"] == "tied":
        return (
            f"{better} and {worse} cannot be told apart: {numbers}; a difference from "
            f"{number(pair['detectable'])} on would have shown."
        )
    return f"{better} is better than {worse}: {numbers}."


def with_prompt(model) -> str:
    """Return the name of a compared model, and the prompt that it ran with."""
    prompt = model["prompt"]
    return f'{model["name"]} ("{prompt.strip()}")' if prompt.strip() else model["name"]
