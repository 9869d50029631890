"""Probes: measure the grid in other forms and compare each with the bare texts by concept.

``FORMS`` are written and embedded anew; two need no new vectors: identical surfaces left out, and
each language's mean removed. A form that leaves all texts of a language as they are has nothing to
say of it: its change is exactly 0, and no question is asked. One that changes no text is left out.
"""

from dataclasses import dataclass, replace

import numpy as np

from alignment.diagnosis.forms import FORMS, Forms, changed
from alignment.diagnosis.record import FormChange
from alignment.grids.languages import ALL
from alignment.measure import metrics, neighbours
from alignment.measure.arrays import Bools, Floats
from alignment.measure.centring import FOLDS, centred
from alignment.measure.measurement import Measurement
from alignment.stats.contrast import contrasts
from alignment.stats.estimates import number

DISTINCT, CENTRED = "distinct texts", "centring"
PROBED = (*FORMS, DISTINCT, CENTRED)


@dataclass(frozen=True)
class Probe:
    """The retrieval of a grid in one form, and bare, in the languages that have the form.

    Attributes:
        languages: L' of the grid's.
        bare, value: (C, L') retrieval credits; NaN where there is none.
        changed: (L') of bool, whether the form changes anything in a language.
    """

    languages: tuple[str, ...]
    bare: Floats
    value: Floats
    changed: Bools

    @property
    def change(self) -> Floats:
        """(C, L') of value − bare; 0 in a language that the form leaves as it is."""
        return np.where(self.changed, self.value - self.bare, 0.0)


def probe(m: Measurement, among: Measurement, forms: Forms) -> dict[str, Probe]:
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


def _probe(m: Measurement, forms: Forms) -> dict[str, Probe]:
    probes = {}
    for form, (X, grid) in forms.items():
        columns = [m.grid.languages.index(code) for code in grid.languages]
        value = neighbours.retrieval(X, np.array(grid.mask()))
        bare = _in_columns(m, columns)
        probes[form] = Probe(grid.languages, bare, value, changed(grid, m.grid))
    languages, bare = m.grid.languages, m.near.retrieval
    identical = np.any(m.identical, axis=0)
    alike = np.any(identical | identical.T, axis=0)
    probes[DISTINCT] = Probe(languages, bare, m.paired.distinct_retrieval, alike)
    probes[CENTRED] = Probe(languages, bare, _centred(m), np.ones(len(languages), dtype=bool))
    return probes


def _in_languages(languages: tuple[str, ...], forms: Forms) -> Forms:
    """Return the forms in these languages, where two of them have the form."""
    own = {}
    for form, (X, grid) in forms.items():
        columns = [j for j, code in enumerate(grid.languages) if code in languages]
        if len(columns) > 1:
            own[form] = X[:, columns], grid.with_columns(columns)
    return own


def _with_columns(whole: Probe, part: Probe) -> Probe:
    """Return the probe of all languages, with what was measured in some of them put in."""
    bare, value = whole.bare.copy(), whole.value.copy()
    columns = [whole.languages.index(code) for code in part.languages]
    bare[:, columns], value[:, columns] = part.bare, part.value
    return replace(whole, bare=bare, value=value)


def changes(probes: dict[str, Probe], margin: float, seed: int) -> dict[str, dict[str, FormChange]]:
    """Compare every form with the bare grid, by language and over all.

    All languages and forms are one family; the forms over all languages are another.

    Returns:
        {form: {language, or "all": its change}}; a language that lacks the form is not there.
    """
    found: dict[str, dict[str, FormChange]] = {form: {} for form in probes}
    by_language = [
        (form, code, own.bare[:, j], own.change[:, j], own.changed[j])
        for form, own in probes.items()
        for j, code in enumerate(own.languages)
    ]
    overall = [
        (form, ALL, metrics.mean_present(own.bare, 1), metrics.mean_present(own.change, 1), True)
        for form, own in probes.items()
    ]
    for family in (by_language, overall):
        forms, codes, bare, change, changed = zip(*family, strict=True)
        unchanged = ~np.array(changed, dtype=bool)
        judged = contrasts(np.stack(change, axis=1), margin=margin, seed=seed, unchanged=unchanged)
        for form, code, before, contrast in zip(forms, codes, bare, judged, strict=True):
            found[form][code] = FormChange(number(float(metrics.mean_present(before))), contrast)
    return found


def _in_columns(m: Measurement, columns: list[int]) -> Floats:
    """Return the retrieval (C, L') in some languages only; that in all is measured already."""
    if columns == list(range(len(m.grid.languages))):
        return m.near.retrieval
    return neighbours.retrieval(m.X[:, columns], m.present[:, columns])


def _centred(m: Measurement) -> Floats:
    """Return (C, L): retrieval where the mean removed is that of the concepts of other folds.

    All vectors of a language are moved by the same mean, once a fold, and only the fold's own
    queries are counted: a mean with the query's own concept in it would draw its words together.
    """
    fold = np.arange(len(m.X)) % FOLDS
    retrieval = np.full(m.present.shape, np.nan)
    for own in (fold == i for i in range(min(FOLDS, len(m.X)))):
        X = centred(m.X, m.present, own)
        retrieval[own] = neighbours.retrieval(X, m.present, own)[own]
    return retrieval
