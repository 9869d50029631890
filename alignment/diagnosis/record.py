"""The record of a diagnosis: languages, forms of the text, subwords, categories and scripts."""

from typing import Literal

from msgspec import Struct

from alignment.stats.contrast import Contrast, Verdict
from alignment.stats.estimates import Estimate, Number

Effect = Literal["removes", "narrows", "none"]
Explained = Literal["explain", "do not explain", "inconclusive"]


class FailingText(Struct, frozen=True):
    """A text that is retrieved far less often than its translations.

    Attributes:
        concept: concept of the text.
        difference: its retrieval minus that of the translations, in [−1, −0.5).
        mistaken_for: the concept that most queries retrieve instead; "" for none.
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
        difference: difference in this form.
        effect: effect of the form on the gap of the bare texts.
    """

    difference: Estimate
    effect: Effect


class SubwordEffect(Struct, frozen=True):
    """Whether the number of its subwords explains a language's difference.

    Attributes:
        at_equal: difference for concepts with as many subwords here as elsewhere.
        effect: whether the number of subwords explains the gap.
    """

    at_equal: Estimate
    effect: Explained


class LanguageDiagnosis(Struct, frozen=True):
    """Whether a language is retrieved worse or better than the others, and why.

    Attributes:
        retrieval: retrieval of its pairs minus that of the pairs without the language.
        standing: verdict of ``retrieval``.
        failing: at most 20 failing texts, the worst first.
        failing_count: number of failing texts.
        forms: {form: difference in this form}; None without probes.
        subwords: effect of their number; None where the model does not show its tokeniser.
    """

    retrieval: Contrast
    standing: Verdict
    failing: list[FailingText]
    failing_count: int
    forms: dict[str, FormEffect] | None
    subwords: SubwordEffect | None


class FormChange(Struct, frozen=True):
    """The change of a language's retrieval by a form of the texts.

    Attributes:
        bare: retrieval of the bare texts, in [0, 1].
        contrast: retrieval in this form minus ``bare``; "unchanged" if the form changes no text.
    """

    bare: Number
    contrast: Contrast


class SubwordUse(Struct, frozen=True):
    """The subwords of the texts of a language, or of all.

    Attributes:
        per_text: mean number of subwords.
        unknown: share of unknown subwords, in [0, 1].
        correlation: Spearman's correlation of their number with alignment, within each language.
    """

    per_text: Number
    unknown: Number
    correlation: Estimate


class ScriptContrast(Struct, frozen=True):
    """Centroid distances across scripts and within; no interval, as languages are no sample.

    Attributes:
        difference: mean distance across scripts minus mean distance within, in [−2, 2].
        p: two-sided.
        scripts: scripts of the languages.
    """

    difference: Number
    p: Number
    scripts: list[str]


class Diagnosis(Struct, frozen=True):
    """Why retrieval fails: languages, forms of the text, subwords, categories and scripts.

    Attributes:
        languages: {language: its difference and the causes}, for the compared languages.
        forms: {form: {language, or "all": change of retrieval}}; None without probes.
        templates: {language: sentence of the probe}, for the probed languages.
        subwords: {language, or "all": its subwords}; None where the tokeniser is not shown.
        categories: {category: its similarity minus that of the others}.
        scripts: centroid distances across scripts minus within; None if one kind is missing.
    """

    languages: dict[str, LanguageDiagnosis]
    forms: dict[str, dict[str, FormChange]] | None
    templates: dict[str, str]
    subwords: dict[str, SubwordUse] | None
    categories: dict[str, Contrast]
    scripts: ScriptContrast | None


Section = Diagnosis
