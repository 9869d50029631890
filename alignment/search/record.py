"""The record of a search: questions in several languages, passages in several, and one index."""

from msgspec import Struct

from alignment.stats.contrast import Contrast
from alignment.stats.estimates import Estimate, Interval, Number

SAME = "ndcg_at_10_same_language"


class Between(Struct, frozen=True):
    """Questions of one language, and passages of one language.

    Attributes:
        recall_at_1: share of the questions whose passage comes first.
        recall_at_5: share of the questions whose passage is among the first five.
        recall_at_10: share of the questions whose passage is among the first ten.
        mrr: mean of 1 / rank.
        ndcg_at_10: mean of 1 / log2(1 + rank), 0 beyond rank 10.
        intervals: {measure: 95 % interval over passages}.
        questions: number of questions to passages of this language.
    """

    recall_at_1: Number
    recall_at_5: Number
    recall_at_10: Number
    mrr: Number
    ndcg_at_10: Number
    intervals: dict[str, Interval]
    questions: int


class Mixed(Struct, frozen=True):
    """Questions of one language, and one index of passages in several languages.

    Attributes:
        hit_at_1: share of the questions for which a version of the right passage comes first.
        complete_at_10: share for which all versions are among the first ten.
        max_rank: mean rank of the last version.
        ndcg_at_10: mean nDCG@10, with all versions relevant.
        intervals: {score: 95 % interval over passages}, also of "same_language_first".
        first_language: {language: share in being the first of the versions}.
        even: {language: that share if language did not matter}.
        recall_at_10: {language: share of its versions that are among the first ten}.
        crowding: {language: share in the wrong answers before the first version}.
        crowding_expected: {language: that share if language did not matter}.
        questions: number of questions.
    """

    hit_at_1: Number
    complete_at_10: Number
    max_rank: Number
    ndcg_at_10: Number
    intervals: dict[str, Interval]
    first_language: dict[str, Number]
    even: dict[str, Number]
    recall_at_10: dict[str, Number]
    crowding: dict[str, Number]
    crowding_expected: dict[str, Number]
    questions: int


class Mix(Struct, frozen=True):
    """An index where each passage is in one language, and languages have unequal shares.

    Attributes:
        shares: {language: requested share}; they add up to 1.
        passages: {language: passages in the index}.
        scores: {score: mean over all questions}.
        mixed: {question language: scores in the index}.
    """

    shares: dict[str, float]
    passages: dict[str, int]
    scores: dict[str, Estimate]
    mixed: dict[str, Mixed]


class Remedy(Struct, frozen=True):
    """The gain in nDCG@10; p is corrected for all remedies and the questions of a kind.

    Attributes:
        across: over all questions, where passages are in another language.
        index: over all questions, in the mixed index.
        between: {question language: {passage language: gain}}.
        mixed: {question language: gain}, in the mixed index.
    """

    across: Contrast
    index: Contrast
    between: dict[str, dict[str, Contrast]]
    mixed: dict[str, Contrast]


class Search(Struct, frozen=True):
    """The search for passages that answer questions, by language and in one index of all.

    Attributes:
        queries: name of the questions.
        queries_sha256: fingerprint of their content.
        questions: number of questions, each in one language or more.
        answered: number of passages that have questions; all intervals are over these passages.
        passages: {language: number of passages that are searched}.
        prompt: text before every question.
        passage_prompt: text before every passage.
        scores: {score: mean over all questions}.
        by_passage: {metric of the comparison: {passage: value}}, with the mean of ``scores``.
        chance: {passage language: {measure: value if all passages are equally near}}.
        between: {question language: {passage language: scores}}.
        penalty: {question language, or "all": drop in nDCG@10 in other languages}.
        mixed: {question language: scores in the index of all versions of all passages}.
        mix: an index with unequal shares of languages; None where no shares were requested.
        remedies: {remedy: its gain}.
    """

    queries: str
    queries_sha256: str
    questions: int
    answered: int
    passages: dict[str, int]
    prompt: str
    passage_prompt: str
    scores: dict[str, Estimate]
    by_passage: dict[str, dict[str, Number]]
    chance: dict[str, dict[str, Number]]
    between: dict[str, dict[str, Between]]
    penalty: dict[str, Contrast]
    mixed: dict[str, Mixed]
    mix: Mix | None
    remedies: dict[str, Remedy]


Section = Search
