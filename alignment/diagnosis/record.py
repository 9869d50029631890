"""The record of a diagnosis: languages, forms of the text, subwords, categories and scripts."""

from typing import Literal

from msgspec import Struct

from alignment.stats.contrast import Contrast, Verdict
from alignment.stats.estimates import Estimate, Number

Effect = Literal["removes", "narrows", "none"]
Explained = Literal["explain", "do not explain", "inconclusive"]


class FailingText(Struct, frozen=True):
    """A text that is retrieved less than its translations.

    Attributes:
        concept: of the text.
        difference: of its retrieval from that of the translations, in [−1, −0.5).
        mistaken_for: the concept that the most queries find instead of it; "" where none does.
        times: number of queries that find that concept.
        queries: number of languages that ask.
    """

    concept: str
    difference: float
    mistaken_for: str
    times: int
    queries: int


class FormEffect(Struct, frozen=True):
    """The difference of a language from the others in another form of the texts.

    Attributes:
        difference: in this form.
        effect: of the form on the gap of the bare texts.
    """

    difference: Estimate
    effect: Effect


class SubwordEffect(Struct, frozen=True):
    """Whether the number of its subwords explains a language's difference.

    Attributes:
        at_equal: the difference where a concept has as many subwords here as elsewhere.
        effect: of the number of subwords on the gap.
    """

    at_equal: Estimate
    effect: Explained


class LanguageDiagnosis(Struct, frozen=True):
    """Whether a language diverges, and why.

    Attributes:
        retrieval: its difference from that of the pairs without the language.
        standing: the verdict on the language, that of ``retrieval``.
        failing: the texts that fail, the worst first, at most ``MAX_FAILING``.
        failing_count: how many fail.
        forms: {form: the difference in it}; None where not probed.
        subwords: what their number has to do with it; None where the tokeniser is not known.
    """

    retrieval: Contrast
    standing: Verdict
    failing: list[FailingText]
    failing_count: int
    forms: dict[str, FormEffect] | None
    subwords: SubwordEffect | None


class FormChange(Struct, frozen=True):
    """What a form changes in a language's retrieval.

    Attributes:
        bare: retrieval of the bare texts, in [0, 1].
        contrast: retrieval in this form minus ``bare``; "unchanged" where the form leaves all texts
            of the language as they are.
    """

    bare: Number
    contrast: Contrast


class SubwordUse(Struct, frozen=True):
    """How the texts of a language, or of all, are cut up.

    Attributes:
        per_text: mean number of subwords.
        unknown: share of them that the model does not know, in [0, 1].
        correlation: Spearman's, in [−1, 1], of their number with alignment over the texts; ranks
            are taken within each language, so that no two languages are compared.
    """

    per_text: Number
    unknown: Number
    correlation: Estimate


class ScriptContrast(Struct, frozen=True):
    """How much farther apart the centroids of languages of different scripts lie.

    No interval: it would have to allow for other languages, which are not a sample of any.

    Attributes:
        difference: mean distance across scripts minus that within, in [−2, 2].
        p: two-sided.
        scripts: of the languages.
    """

    difference: Number
    p: Number
    scripts: list[str]


class Diagnosis(Struct, frozen=True):
    """Why retrieval fails: languages, forms of the text, subwords, categories and scripts.

    Attributes:
        languages: {language: whether and why it diverges}, of the languages that are compared.
        forms: {form: {language, or "all": change of retrieval}}; None where not probed.
        templates: {language: the sentence of the probe}, of the probed languages.
        subwords: {language, or "all": how its texts are cut up}; None where not known.
        categories: {category: its similarity against that of the others}.
        scripts: centroid distances across scripts against those within; None without both.
    """

    languages: dict[str, LanguageDiagnosis]
    forms: dict[str, dict[str, FormChange]] | None
    templates: dict[str, str]
    subwords: dict[str, SubwordUse] | None
    categories: dict[str, Contrast]
    scripts: ScriptContrast | None


Section = Diagnosis
