"""Tables: the record in rows of words, for the console and for documents alike."""

from typing import NamedTuple

from alignment.results import AlignmentResults

MEASURES = {
    "intra_concept_similarity": "intra-concept similarity",
    "nearest_neighbor_accuracy": "nearest-neighbour accuracy",
    "cross_lingual_retrieval": "cross-lingual retrieval",
}


class Table(NamedTuple):
    """A title, a header, and rows as wide as the header; all of them text."""

    title: str
    header: tuple[str, ...]
    rows: list[tuple[str, ...]]

    def markdown(self) -> str:
        """Return the table without its title; the first column to the left, others to the right."""
        lines = [self.header, (":--", *["--:"] * (len(self.header) - 1)), *self.rows]
        return "\n".join(
            f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines
        )


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
                concept,
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
        "Retrieval in %, row → column",
        ("", *results.languages),
        [
            (a, *("·" if a == b else f"{100 * found[b]:.0f}" for b in results.languages))
            for a, found in results.cross_lingual_retrieval.items()
        ],
    )


def retrieval_by_language(results: AlignmentResults) -> Table:
    """A row a language: the means of its row and its column in the retrieval table."""
    found = results.cross_lingual_retrieval
    rows = []
    for a in results.languages:
        others = [b for b in results.languages if b != a]
        means = (
            sum(values) / len(values) if values else None
            for values in ([found[a][b] for b in others], [found[b][a] for b in others])
        )
        rows.append((a, *map(number, means)))
    return Table("Retrieval by language", ("language", "as query", "as target"), rows)


def language_distances(results: AlignmentResults, most: int = 3) -> Table:
    """The closest and the most distant language pairs, a pair of each in a row."""
    pairs = sorted(
        (distance, f"{a}–{b}")
        for i, a in enumerate(results.languages)
        for b, distance in results.centroid_distances[a].items()
        if b in results.languages[i + 1 :]
    )
    most = min(most, len(pairs))
    return Table(
        "Centroid distances",
        ("closest", "distance", "most distant", "distance"),
        [
            (near[1], number(near[0]), far[1], number(far[0]))
            for near, far in zip(pairs[:most], reversed(pairs[len(pairs) - most :]), strict=True)
        ],
    )


def lowest_pairs(results: AlignmentResults, most: int = 10) -> Table:
    """The lowest same-concept pairs, with their texts."""
    below = len(results.misaligned_pairs)
    unrelated = len(results.calibrated_misaligned_pairs)
    return Table(
        f"Lowest pairs (misaligned: {below}; calibrated: {unrelated})",
        ("concept", "languages", "texts", "similarity"),
        [
            (concept, f"{a}–{b}", f"{text_a} / {text_b}", number(similarity))
            for concept, a, b, similarity, text_a, text_b in results.lowest_pairs[:most]
        ],
    )
