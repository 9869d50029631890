"""The record of a diagnosis: languages, forms of the text, subwords, categories and scripts."""

from typing import Literal

from msgspec import Struct

from alignment.stats.contrast import Contrast, Verdict
from alignment.stats.estimates import Estimate, Number

Effect = Literal["removes", "narrows", "none"]
Explained = Literal["explain", "do not explain", "inconclusive"]


class FailingText(Struct, frozen=True):
    """A text that is retrieved far less than its translations.

    Attributes:
        concept: of the text.
        difference: its retrieval minus that of the translations, in [−1, −0.5).
        mistaken_for: the concept that most queries retrieve instead; "" where there is none.
        times: number of queries that retrieve that concept.
        queries: number of languages with a query.
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
    """Whether a language is retrieved worse or better than the others, and why.

    Attributes:
        retrieval: that of its pairs minus that of the pairs without the language.
        standing: the verdict of ``retrieval``.
        failing: the texts that fail, the worst first, at most ``MAX_FAILING``.
        failing_count: number of texts that fail.
        forms: {form: the difference in it}; None where not probed.
        subwords: the effect of their number; None where the model does not show its tokeniser.
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
        contrast: in this form minus ``bare``; "unchanged" where the form changes no text.
    """

    bare: Number
    contrast: Contrast


class SubwordUse(Struct, frozen=True):
    """How a model cuts up the texts of a language, or of all.

    Attributes:
        per_text: mean number of subwords.
        unknown: share of subwords that the model does not know, in [0, 1].
        correlation: Spearman's, in [−1, 1], of their number with alignment, within each language.
    """

    per_text: Number
    unknown: Number
    correlation: Estimate


class ScriptContrast(Struct, frozen=True):
    """How much farther apart centroids across scripts lie; no interval: languages are no sample.

    Attributes:
        difference: mean distance across scripts minus mean distance within, in [−2, 2].
        p: two-sided.
        scripts: of the languages.
    """

    difference: Number
    p: Number
    scripts: list[str]


class Diagnosis(Struct, frozen=True):
    """Why retrieval fails: languages, forms of the text, subwords, categories and scripts.

    Attributes:
        languages: {language: its difference and why}, of the languages that are compared.
        forms: {form: {language, or "all": change of retrieval}}; None where not probed.
        templates: {language: the sentence of the probe}, of the probed languages.
        subwords: {language, or "all": its subwords}; None where the tokeniser is not shown.
        categories: {category: its similarity minus that of the others}.
        scripts: centroid distances across scripts minus within; None where one kind is missing.
    """

    languages: dict[str, LanguageDiagnosis]
    forms: dict[str, dict[str, FormChange]] | None
    templates: dict[str, str]
    subwords: dict[str, SubwordUse] | None
    categories: dict[str, Contrast]
    scripts: ScriptContrast | None


Section = Diagnosis
