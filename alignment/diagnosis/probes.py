"""Probes: the retrieval of the grid in other forms, compared with the bare texts by concept.

``FORMS`` are embedded. Two more forms need no new vectors: without identical texts, and with each
language's mean removed. Where a form changes no text of a language, the change is exactly 0 and not
tested. A form that changes no text at all is left out.
"""

from typing import NamedTuple

import numpy as np

from alignment.diagnosis.forms import FORMS, TextForms, changed
from alignment.diagnosis.record import FormChange
from alignment.grids.languages import ALL
from alignment.measure import metrics, neighbours
from alignment.measure.arrays import Bools, Floats
from alignment.measure.measurement import Measurement
from alignment.measure.metrics import FOLDS, centred
from alignment.stats.contrast import contrasts
from alignment.stats.estimates import number

DISTINCT, CENTRED = "distinct texts", "centring"
PROBED = (*FORMS, DISTINCT, CENTRED)


class Probe(NamedTuple):
    """The retrieval of a grid in one form, and bare, in the languages that have the form."""

    languages: tuple[str, ...]  # L' codes
    bare: Floats  # (C, L') retrieval credits of the bare texts; NaN where there is none
    value: Floats  # (C, L'), in the form
    changed: Bools  # (L',), whether the form changes a text of the language


def probe(m: Measurement, among: Measurement, forms: TextForms) -> dict[str, Probe]:
    """Return the retrieval in every form that changes a text, and with each language centred.

    The compared languages are searched without the others: ``among`` measures their bare texts, and
    is ``m`` if all languages are compared.
    """
    probes = _probe(m, forms)
    for form, part in (_probe(among, forms) if among is not m else {}).items():
        languages, bare, value, _ = probes[form]
        columns = [languages.index(code) for code in part.languages]
        bare, value = bare.copy(), value.copy()
        bare[:, columns], value[:, columns] = part.bare, part.value
        probes[form] = probes[form]._replace(bare=bare, value=value)
    return {form: measured for form, measured in probes.items() if measured.changed.any()}


def _probe(m: Measurement, forms: TextForms) -> dict[str, Probe]:
    """Measure the forms of at least two languages of the measurement."""
    probes, languages, bare = {}, m.grid.languages, m.near.retrieval
    for form, (X, grid) in forms.items():
        columns = [j for j, code in enumerate(grid.languages) if code in languages]
        if len(columns) > 1:
            part = grid.with_columns(columns)
            X = X if part.languages == grid.languages else X[:, columns]
            value = neighbours.retrieval(X, np.array(part.mask()))
            without = bare  # already measured in all languages
            if part.languages != languages:
                at = [languages.index(code) for code in part.languages]
                without = neighbours.retrieval(m.X[:, at], m.present[:, at])
            probes[form] = Probe(part.languages, without, value, changed(part, m.grid))
    identical = np.any(m.identical, axis=0)
    identical = np.any(identical | identical.T, axis=0)
    probes[DISTINCT] = Probe(languages, bare, m.paired.distinct_retrieval, identical)
    probes[CENTRED] = Probe(languages, bare, _centred(m), np.ones(len(languages), dtype=bool))
    return probes


def _centred(m: Measurement) -> Floats:
    """Return the retrieval (C, L) with the mean of the concepts of the other folds removed.

    Each fold moves all vectors of a language by the same mean, and counts only its own queries: a
    mean that includes the query's concept would draw its translations together.
    """
    fold = np.arange(len(m.X)) % FOLDS
    retrieval = np.full(m.present.shape, np.nan)
    for queries in (fold == i for i in range(min(FOLDS, len(m.X)))):
        X = centred(m.X, m.present, queries)
        retrieval[queries] = neighbours.retrieval(X, m.present, queries)[queries]
    return retrieval


def changes(probes: dict[str, Probe], margin: float, seed: int) -> dict[str, dict[str, FormChange]]:
    """Return {form: {language, or "all": its change}}, each form compared with the bare texts.

    All forms in all languages are one family; the forms overall are another.
    """
    by_language, overall = [], []
    for form, (languages, bare, value, moved) in probes.items():
        change = np.where(moved, value - bare, 0.0)  # exactly 0 where the texts stay as they are
        by_column = zip(languages, bare.T, change.T, moved, strict=True)
        by_language += [(form, *column) for column in by_column]
        means = metrics.mean_present(bare, axis=1), metrics.mean_present(change, axis=1)
        overall.append((form, ALL, *means, True))
    rows: dict[str, dict[str, FormChange]] = {form: {} for form in probes}
    for family in (by_language, overall):
        forms, codes, befores, columns, tested = zip(*family, strict=True)
        differences, unchanged = np.stack(columns, axis=1), ~np.array(tested, dtype=bool)
        judged = contrasts(differences, margin=margin, seed=seed, unchanged=unchanged)
        for form, code, before, contrast in zip(forms, codes, befores, judged, strict=True):
            rows[form][code] = FormChange(number(float(metrics.mean_present(before))), contrast)
    return rows
