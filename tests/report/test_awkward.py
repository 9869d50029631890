"""Grids at the edge of what can be measured: what is said and drawn of them holds no hole."""

import math
import re

import numpy as np
import pytest
from conftest import analysed, random_vectors, unit

from alignment.diagnosis.forms import embed_forms
from alignment.grids import ConceptGrid
from alignment.measure.subwords import Subwords
from alignment.report.catalogue import catalogue
from alignment.report.console import print_report
from alignment.report.page import write_page
from alignment.report.render import markdown
from alignment.results import AlignmentResults

D = 16


def grid(C, L, texts=lambda c, j: f"Text {c} {j}", **options):
    """A grid of such texts; None is a gap."""
    return ConceptGrid(
        concepts=tuple(f"c{c}" for c in range(C)),
        languages=("en", "es", "de", "fr")[:L],
        categories=tuple(f"category {c % 2}" for c in range(C)),
        texts=tuple(tuple(texts(c, j) for j in range(L)) for c in range(C)),
        **options,
    )


GRIDS = {
    "one language": grid(6, 1),
    "one concept": grid(1, 3),
    "two by two": grid(2, 2),
    "all written alike": grid(12, 3, lambda c, j: f"Text {c}"),
    "three words of a language": grid(12, 4, lambda c, j: f"{c} {j}" if j != 1 or c < 3 else None),
    "languages that share nothing": grid(
        12, 3, lambda c, j: f"{c} {j}" if j == 0 or (c < 6) == (j == 1) else None
    ),
    "template of another language": grid(12, 2, templates={"en": "A {}.", "ja": "{}。"}),
}


@pytest.fixture(params=GRIDS)
def results(request):
    tried = GRIDS[request.param].comparable()
    C, L = len(tried.concepts), len(tried.languages)
    X = unit(random_vectors(1, (C, 1, D)) + random_vectors(2, (C, L, D)))
    X = X * np.array(tried.mask())[:, :, None].astype(np.float32)
    forms = embed_forms(X, tried, lambda texts: random_vectors(3, (len(texts), D)))
    subwords = np.where(tried.mask(), np.arange(C * L).reshape(C, L) % 3 + 1.0, np.nan)
    return analysed(X, tried, forms=forms, subwords=Subwords(subwords, subwords * 0))


def test_nothing_that_is_printed_or_drawn_is_undefined(results, tmp_path, capsys):
    print_report(results, [])
    tables = [entry.make() for entry in catalogue(results).values()]
    text = " ".join([capsys.readouterr().out, *map(markdown, tables), *results.findings])
    write_page(results, tmp_path / "page.html")  # which draws every figure
    text += (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "None" not in text and not re.search(r"\bnan\b", text)
    results.to_json(tmp_path / "record.json")
    assert AlignmentResults.from_json(tmp_path / "record.json") == results
    for name, ends in results.intervals.items():
        value = results.headlines()[name].value
        assert not math.isnan(value or 0)
        assert ends.low is None or ends.low <= value <= ends.high
