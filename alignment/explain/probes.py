"""Probes: the same grid in other forms, each compared with the bare one, paired by concept.

``FORMS`` are written and embedded anew; two need no new vectors: identical surfaces left out, and
each language's mean removed. A form that leaves all texts of a language as they are has nothing to
say of it: its change is exactly 0, and no question is asked. One that changes no text is left out.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from unicodedata import normalize

import numpy as np

from alignment.explain import ALL
from alignment.grids import SLOT, ConceptGrid
from alignment.measure import metrics, neighbours
from alignment.measure.measurement import Measurement
from alignment.stats.estimates import ALPHA, Interval, Number
from alignment.stats.intervals import difference_interval
from alignment.stats.permutation import sign_flip_test

LOWER, CAPITALISED, SENTENCE = "lower case", "capital letter", "sentence"
COMPOSED, DECOMPOSED = "composed (NFC)", "decomposed (NFD)"  # Unicode's normal forms
ROMANISED, UNMARKED = "romanised", "without diacritics"
FORMS = (LOWER, CAPITALISED, SENTENCE, COMPOSED, DECOMPOSED, ROMANISED, UNMARKED)
DISTINCT, CENTRED = "distinct texts", "centring"
PROBED = (*FORMS, DISTINCT, CENTRED)
FOLDS = 5  # of the concepts; each is centred by the mean of the other four


@dataclass(frozen=True)
class Probe:
    """The retrieval of a grid in one form, and bare, in the languages that have the form.

    Attributes:
        languages: L' of the grid's.
        bare, value: (C, L') retrieval credits; NaN where there is none.
        changed: (L') of bool, whether the form changes anything in a language.
    """

    languages: tuple[str, ...]
    bare: np.ndarray
    value: np.ndarray
    changed: np.ndarray

    @property
    def change(self) -> np.ndarray:
        """(C, L') of value − bare; 0 in a language that the form leaves as it is."""
        return np.where(self.changed, self.value - self.bare, 0.0)


@dataclass(frozen=True)
class Change:
    """What a form changes in a language's retrieval.

    Attributes:
        bare: retrieval of the bare texts, in [0, 1].
        change: in [−1, 1].
        interval: of the change.
        p: adjusted; None where the form changes none of the language's texts.
    """

    bare: Number
    change: Number
    interval: Interval
    p: Number

    @property
    def significant(self) -> bool:
        """Whether p is at most ``ALPHA``."""
        return self.p is not None and self.p <= ALPHA


def in_form(grid: ConceptGrid, form: str) -> ConceptGrid:
    """Return the grid with its texts in one of ``FORMS``, in the languages that have this form.

    In a sentence these are the languages that the grid has a template for; a grid without any is
    returned in no other form, but as it is. Only what is not in Latin script is romanised.
    """
    writers = _writers(grid, form)
    texts = tuple(
        tuple(write(text) if (text := row[j]) else None for j, write in writers.items())
        for row in grid.texts
    )
    languages = tuple(grid.languages[j] for j in writers)
    return replace(grid, languages=languages, texts=texts) if writers else grid


def _writers(grid: ConceptGrid, form: str) -> dict[int, Callable[[str], str]]:
    """Return {column: how a text of the language is written}, of the languages with the form."""
    if form == SENTENCE:
        return {
            j: partial(grid.templates[code].replace, SLOT)
            for j, code in enumerate(grid.languages)
            if code in grid.templates
        }
    if form == ROMANISED:
        own = (str if script == "Latin" else _romanised for script in grid.scripts())
        return dict(enumerate(own))
    return dict.fromkeys(range(len(grid.languages)), _WRITERS[form])


def _capitalised(text: str) -> str:
    return text[:1].title() + text[1:]  # the title case of one letter: "ǆ" begins with "ǅ"


def _romanised(text: str) -> str:
    from anyascii import anyascii

    return " ".join(anyascii(text).split()) or text


def _unmarked(text: str) -> str:
    bare = _MARKS.sub("", normalize("NFD", text))
    return text if bare == normalize("NFD", text) else normalize("NFC", bare)


# Accents and points that writers leave out; those of й, of が and of Indian vowels are parts of
# letters.
_MARKS = re.compile("(?<![\u0400-\u04ff])[\u0300-\u036f]+|[\u0591-\u05c7\u064b-\u065f\u0670]")
_WRITERS: dict[str, Callable[[str], str]] = {
    LOWER: str.lower,
    CAPITALISED: _capitalised,
    COMPOSED: partial(normalize, "NFC"),
    DECOMPOSED: partial(normalize, "NFD"),
    UNMARKED: _unmarked,
}


def embed_forms(
    X: np.ndarray, grid: ConceptGrid, encode: Callable[[list[str]], np.ndarray]
) -> dict[str, tuple[np.ndarray, ConceptGrid]]:
    """Return {form: (X' (C, L', D), grid in this form)}; only texts new to the grid are encoded.

    A form that two languages or more do not have is left out, and so is one that changes no text.

    Args:
        X: (C, L, D), the vectors of the grid's own texts, which are taken where they serve.
        encode: texts to (n, D) unit vectors; asked once, for the union of all forms.
    """
    flat = X.reshape(-1, X.shape[2])
    known = {text: row for text, row in zip(chain(*grid.texts), flat, strict=True) if text}
    written = {form: in_form(grid, form) for form in FORMS}
    written = {
        form: other
        for form, other in written.items()
        if len(other.languages) > 1 and _changed(other, grid).any()
    }
    texts = dict.fromkeys(text for other in written.values() for text in other.flat_texts())
    new = [text for text in texts if text not in known]
    known.update(zip(new, encode(new) if new else [], strict=True))
    return {
        form: (other.spread(np.array([known[text] for text in other.flat_texts()])), other)
        for form, other in written.items()
    }


def _changed(written: ConceptGrid, grid: ConceptGrid) -> np.ndarray:
    """Return (L',) of bool: whether a form writes a text of a language otherwise."""
    columns = [grid.languages.index(code) for code in written.languages]
    texts, others = (np.array(each.texts, dtype=object) for each in (written, grid))
    changed: np.ndarray = np.any(texts != others[:, columns], axis=0)
    return changed


def probe(
    m: Measurement, among: Measurement, forms: dict[str, tuple[np.ndarray, ConceptGrid]]
) -> dict[str, Probe]:
    """Measure the retrieval in every form that changes a text, and with each language centred.

    Args:
        m: of the texts as they are.
        among: the same among the languages that the model knows, with each other alone; these are
            probed so too. ``m`` where they are all.
        forms: of `embed_forms`.
    """
    probes = _probe(m, forms)
    if among is not m:
        for form, own in _probe(among, _in_languages(among.grid.languages, forms)).items():
            probes[form] = _with_columns(probes[form], own)
    return {form: own for form, own in probes.items() if own.changed.any()}


def _probe(m: Measurement, forms: dict[str, tuple[np.ndarray, ConceptGrid]]) -> dict[str, Probe]:
    probes = {}
    for form, (X, grid) in forms.items():
        columns = [m.grid.languages.index(code) for code in grid.languages]
        value = neighbours.retrieval(X, np.array(grid.mask()), m.engine)
        changed = _changed(grid, m.grid)
        probes[form] = Probe(grid.languages, _in_columns(m, columns), value, changed)
    languages, bare = m.grid.languages, m.near.retrieval
    identical = np.any(m.identical, axis=0)
    alike = np.any(identical | identical.T, axis=0)
    probes[DISTINCT] = Probe(languages, bare, m.paired.distinct_retrieval, alike)
    probes[CENTRED] = Probe(languages, bare, _centred(m), np.ones(len(languages), dtype=bool))
    return probes


def _in_languages(
    languages: tuple[str, ...], forms: dict[str, tuple[np.ndarray, ConceptGrid]]
) -> dict[str, tuple[np.ndarray, ConceptGrid]]:
    """Return the forms in these languages, where two of them have the form."""
    columns = {
        form: [j for j, code in enumerate(grid.languages) if code in languages]
        for form, (_, grid) in forms.items()
    }
    return {
        form: (X[:, columns[form]], grid.with_columns(columns[form]))
        for form, (X, grid) in forms.items()
        if len(columns[form]) > 1
    }


def _with_columns(whole: Probe, part: Probe) -> Probe:
    """Return the probe of all languages, with what was measured in some of them put in."""
    bare, value = whole.bare.copy(), whole.value.copy()
    columns = [whole.languages.index(code) for code in part.languages]
    bare[:, columns], value[:, columns] = part.bare, part.value
    return replace(whole, bare=bare, value=value)


def centred(X: np.ndarray, present: np.ndarray, left_out: np.ndarray) -> np.ndarray:
    """Return X (C, L, D) less each language's mean, at unit length (Libovický et al. 2020).

    Args:
        X: rows of absent texts are 0, and stay so.
        present: (C, L) of bool.
        left_out: (C,) of bool, the concepts that have no part in the mean.
    """
    own = present & ~left_out[:, None]
    count = np.maximum(own.sum(axis=0), 1)[:, None]
    mean = np.einsum("cl,cld->ld", own, X, dtype=np.float64) / count
    rows = X - mean.astype(np.float32)
    rows[~present] = 0
    length = np.sqrt(np.einsum("cld,cld->cl", rows, rows))[..., None]
    return np.divide(rows, length, out=rows, where=length > 1e-7)


def changes(probes: dict[str, Probe], seed: int) -> dict[str, dict[str, Change]]:
    """Compare every form with the bare grid, per language and over all.

    p comes from flipping signs, adjusted for all languages and forms ("all" apart, for the forms).

    Returns:
        {form: {language, or "all": its change}}; a language that lacks the form is not there.
    """
    columns, rows = [], []
    for form, each in probes.items():
        own = each.change
        columns += [own, metrics.mean_present(own, axis=1)[:, None]]
        rows += [
            (form, language, each.bare[:, j], each.changed[j])
            for j, language in enumerate(each.languages)
        ]
        rows.append((form, ALL, metrics.mean_present(each.bare, axis=1), each.changed.any()))
    change = np.concatenate(columns, axis=1)
    ends = difference_interval(change, seed)
    p = _adjusted(change, rows, seed)
    means = metrics.mean_present(change, axis=0)
    found: dict[str, dict[str, Change]] = {form: {} for form in probes}
    for i, (form, name, bare, _) in enumerate(rows):
        before = float(metrics.mean_present(bare))
        # exactly 0 where the form changes no text: there is nothing to doubt
        interval = Interval(*ends[:, i]) if np.isfinite(p[i]) else Interval(None, None)
        found[form][name] = Change(before, float(means[i]), interval, float(p[i]))
    return found


def _adjusted(change: np.ndarray, rows: list[tuple], seed: int) -> np.ndarray:
    """Return p of each column; languages and forms are one family, the forms over all another."""
    p = np.full(len(rows), np.nan)
    overall, changed = np.array([(name == ALL, changed) for _, name, _, changed in rows]).T
    asked = changed & np.isfinite(change).any(axis=0)
    for family in (asked & overall, asked & ~overall):
        if family.any():
            p[family] = sign_flip_test(change[:, family], seed=seed).p_adjusted
    return p


def _in_columns(m: Measurement, columns: list[int]) -> np.ndarray:
    """Return the retrieval (C, L') in some languages only; that in all is measured already."""
    if columns == list(range(len(m.grid.languages))):
        return m.near.retrieval
    return neighbours.retrieval(m.X[:, columns], m.present[:, columns], m.engine)


def _centred(m: Measurement) -> np.ndarray:
    """Return (C, L): retrieval where the mean removed is that of the concepts of other folds.

    All vectors of a language are moved by the same mean, once a fold, and only the fold's own
    queries are counted: a mean with the query's own concept in it would draw its words together.
    """
    fold = np.arange(len(m.X)) % FOLDS
    retrieval = np.full(m.present.shape, np.nan)
    for own in (fold == i for i in range(min(FOLDS, len(m.X)))):
        X = centred(m.X, m.present, own)
        retrieval[own] = neighbours.retrieval(X, m.present, m.engine, own)[own]
    return retrieval
