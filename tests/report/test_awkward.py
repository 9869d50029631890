"""Grids at the edge of what can be measured: what is said and drawn of them holds no hole."""

import math
import re

import numpy as np
import pytest
from conftest import analysed, random_vectors, unit

from alignment.diagnosis.forms import embed_forms
from alignment.grids import ConceptGrid
from alignment.measure.subwords import Subwords
from alignment.report import console as report
from alignment.report.catalogue import catalogue
from alignment.report.figures import save_figures
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
    own = GRIDS[request.param].comparable()
    C, L = len(own.concepts), len(own.languages)
    X = unit(random_vectors(1, (C, 1, D)) + random_vectors(2, (C, L, D)))
    X = X * np.array(own.mask())[:, :, None].astype(np.float32)
    forms = embed_forms(X, own, lambda texts: random_vectors(3, (len(texts), D)))
    subwords = np.where(own.mask(), np.arange(C * L).reshape(C, L) % 3 + 1.0, np.nan)
    return analysed(X, own, forms=forms, subwords=Subwords(subwords, subwords * 0))


def test_what_is_said_and_drawn_has_no_hole(results, tmp_path, capsys):
    report.print_report(results, [])
    said = capsys.readouterr().out
    tables = (entry.make() for entry in catalogue(results).values())
    said += " ".join([*map(markdown, tables), *results.findings])
    assert "nan" not in said.replace("\n", " ").split() and "None" not in said
    assert "nan]" not in said and "[nan" not in said
    write_page(results, tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "None" not in page and not re.search(r"\bnan\b", page)
    save_figures(results, tmp_path)
    results.to_json(tmp_path / "record.json")
    assert AlignmentResults.from_json(tmp_path / "record.json") == results


def test_a_sentence_gives_a_value_inside_its_interval(results):
    for name, ends in results.intervals.items():
        value = results.headlines()[name].value
        assert not math.isnan(value or 0)
        if ends.low is not None:
            assert ends.low <= value <= ends.high
