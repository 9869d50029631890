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
    return "–" if value is None else f"{value:.3f}"


def summary(results: AlignmentResults) -> Table:
    """The three means, their weights, and the score they make."""
    rows = [
        (words, number(results.summary[name]), f"{results.weights[name]:g}")
        for name, words in MEASURES.items()
    ]
    rows.append(("alignment score", number(results.alignment_score), results.grade))
    return Table("Summary", ("measure", "mean", "weight"), rows)


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
        "Retrieval, % found first (row: query, column: target)",
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
        "Languages by distance of their centroids",
        ("closest", "distance", "most distant", "distance"),
        [
            (near[1], number(near[0]), far[1], number(far[0]))
            for near, far in zip(pairs[:most], reversed(pairs[len(pairs) - most :]), strict=True)
        ],
    )


def lowest_pairs(results: AlignmentResults) -> Table:
    """The ten lowest same-concept pairs, with their texts."""
    return Table(
        f"Lowest pairs ({len(results.misaligned_pairs)} misaligned: below 0.5)",
        ("concept", "languages", "texts", "similarity"),
        [
            (concept, f"{a}–{b}", f"{text_a} / {text_b}", number(similarity))
            for concept, a, b, similarity, text_a, text_b in results.lowest_pairs
        ],
    )


def discriminability(results: AlignmentResults) -> Table:
    """What the same concept's similarity stands out from."""
    words = {
        "same_concept": "same concept, other language",
        "different_concept_same_language": "different concept, same language",
        "different_concept_other_language": "different concept, other language",
        "gap": "gap (first − second)",
    }
    return Table(
        "Discriminability",
        ("mean similarity", ""),
        [(text, number(results.discriminability[name])) for name, text in words.items()],
    )
