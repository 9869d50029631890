"""The probes: forms of a grid, forms that change nothing, and the mean removed."""

import json

import numpy as np
import pytest
from conftest import all_text, checked_boxes, grid_of, random_vectors, unit

from alignment import DEFAULT_MARGIN, InputError
from alignment.diagnosis import forms, probes
from alignment.diagnosis import show as tables
from alignment.diagnosis.forms import FORMS, LOWER, ROMANISED, SENTENCE, in_form
from alignment.grids import ConceptGrid, load_grid
from alignment.measure.measurement import measure
from alignment.models import EMBEDDED_MODEL
from alignment.report.figures import drawn
from alignment.stats.contrast import UNCHANGED
from concepts import CONCEPTS
from cross_lingual_alignment import CrossLingualAlignmentExperiment, main


class HashEncoder:
    """Encode every text as another random vector, so that any form can be encoded."""

    def __init__(self):
        self.calls = []

    def encode(self, texts):
        self.calls.append(texts)
        seeds = [int.from_bytes(text.encode()) % 2**63 for text in texts]
        return np.array([np.random.default_rng(seed).normal(size=8) for seed in seeds])


def probed(grid=None, encoder=None):
    return CrossLingualAlignmentExperiment(encoder or HashEncoder(), grid, probe=True).run()


@pytest.fixture(scope="module")
def published():
    """The probed record of the default grid, and the texts that were encoded, by call."""
    encoder = HashEncoder()
    return probed(encoder=encoder), encoder.calls


def test_the_forms_of_a_grid():
    grids = {form: in_form(CONCEPTS, form) for form in FORMS}
    row = CONCEPTS.concepts.index("tree")
    assert grids[LOWER].texts[row] == tuple(t.lower() for t in CONCEPTS.texts[row])
    capitals = ("Tree", "Árbol", "Arbre", "Baum", "树", "木", "شجرة", "Дерево")
    assert grids[forms.CAPITALISED].texts[row] == capitals
    assert grids[SENTENCE].texts[row][:2] == ("The word is tree.", "La palabra es árbol.")
    for grid in grids.values():
        assert (grid.concepts, grid.languages) == (CONCEPTS.concepts, CONCEPTS.languages)


def test_the_normal_forms_and_what_people_type():
    rows = {
        "street": {"vi": "\u0111\u01b0\u01a1\u0300ng", "el": "οδός", "ja": "がす", "hi": "हिन्दी"},
        "yoghurt": {"vi": "a", "el": "γιαούρτι", "ja": "water", "hi": "я й"},
    }
    grid = ConceptGrid.from_dict(rows)
    names = (forms.COMPOSED, forms.DECOMPOSED, forms.UNMARKED, ROMANISED)
    composed, decomposed, unmarked, romanised = (in_form(grid, name).texts for name in names)
    assert composed[0] == ("đường", *grid.texts[0][1:])
    assert decomposed[0][0] == "\u0111u\u031bo\u031b\u0300ng" and len(decomposed[0][2]) == 3
    # accents go, and the horn of ơ; the dakuten of が and the й are parts of their letters and stay
    assert unmarked == (("đuong", "οδος", "がす", "हिन्दी"), ("a", "γιαουρτι", "water", "я й"))
    assert romanised[0] == (grid.texts[0][0], "odos", "gasu", "hindi")


def test_a_form_that_changes_nothing_anywhere_is_not_embedded_and_not_shown():
    encoder = HashEncoder()
    rows = {f"c{c}": {"en": f"Text {c}", "zh": f"水 {c}"} for c in range(6)}
    results = probed(ConceptGrid.from_dict(rows), encoder)
    assert set(results.diagnosis.forms) == {LOWER, SENTENCE, ROMANISED, probes.CENTRED}
    assert len(encoder.calls) == 2 and len(encoder.calls[1]) == 6 * (1 + 2 + 1)
    assert "anyascii" in results.provenance.versions
    assert set(results.diagnosis.languages) <= {"en", "zh"}


def test_a_form_that_changes_no_text_changes_exactly_nothing(published):
    diagnosis = published[0].diagnosis
    for form, codes in (
        (LOWER, ["en", "es", "fr", "zh", "ja", "ar", "ru"]),
        (forms.CAPITALISED, ["de", "zh", "ja", "ar"]),
        (probes.DISTINCT, ["es", "de", "ar", "ru"]),
    ):
        rows = diagnosis.forms[form]
        assert [code for code, row in rows.items() if row.contrast == UNCHANGED] == codes
    lower = next(row for row in tables.form_changes(diagnosis).rows if row[0] == LOWER)
    assert lower[2].startswith("de ") and "zh" not in lower[2]


def test_only_texts_that_are_new_are_encoded_once(published):
    bare, *in_forms = published[1]
    new = [text for texts in in_forms for text in texts]
    assert len(new) == len(set(new)) and not set(new) & {*bare, *CONCEPTS.flat_texts()}


def test_languages_without_a_template_are_left_out_of_the_sentences_alone():
    grid = grid_of(6, ("en", "de", "sw"))
    results = probed(grid)
    assert list(results.diagnosis.forms[SENTENCE]) == ["en", "de", "all"]
    assert list(results.diagnosis.forms[forms.CAPITALISED]) == ["en", "de", "sw", "all"]
    assert list(results.diagnosis.templates) == ["en", "de"]
    assert tables.change(results.diagnosis.forms[SENTENCE].get("sw")) == "no template"
    assert "no template" in all_text(drawn(results)["probes"].draw(results))
    fewer = probed(grid.in_languages(["en", "sw"]))
    assert SENTENCE not in fewer.diagnosis.forms


def test_a_grid_file_has_templates(tmp_path):
    words = "sun,Sonne\nsea,Meer\n"
    rows = {"sun": {"en": "sun", "de": "Sonne"}, "sea": {"en": "sea", "de": "Meer"}}
    (tmp_path / "t.csv").write_text(f"en,de\n{words}a {{}},ein {{}}\n", encoding="utf-8")
    (tmp_path / "t.json").write_text(
        json.dumps({"templates": {"en": "a {}", "de": "ein {}"}} | rows)
    )
    for name in ("t.csv", "t.json"):
        grid = load_grid(tmp_path / name, [])
        assert grid.concepts == ("sun", "sea")
        assert in_form(grid, SENTENCE).texts == (("a sun", "ein Sonne"), ("a sea", "ein Meer"))
    (tmp_path / "t.csv").write_text(f"en,de\n{words}a {{}},ein\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"row 4, de: 'ein' does not hold {} once"):
        load_grid(tmp_path / "t.csv", [])
    with pytest.raises(InputError, match=r"'de'.*once"):
        ConceptGrid.from_dict(rows, templates={"de": "ein"})


def test_finished_vectors_cannot_be_probed(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    np.save("x.npy", np.random.default_rng(0).normal(size=(120, 8)))
    assert main(["--model", "x.npy", "--probe"]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "x.npy" in error and "--probe" in error


def test_a_concept_has_no_part_in_the_mean_that_is_taken_from_it():
    X = unit(random_vectors(3, (10, 2, 4)))
    left_out = np.arange(10) == 7
    moved = X.copy()
    moved[7] = unit(random_vectors(4, (2, 4)))
    present = np.ones((10, 2), dtype=bool)
    one, other = (probes.centred(V, present, left_out) for V in (X, moved))
    assert np.array_equal(one[~left_out], other[~left_out])
    absent = present & ~left_out[:, None]
    assert not probes.centred(X * absent[..., None], absent, left_out)[7].any()


def test_centring_does_not_align_what_is_not_aligned():
    gains = []
    for seed in range(30):
        m = measure(unit(random_vectors(seed, (12, 4, 6))), grid_of(12, 4), 1)
        changes = probes.changes(probes.probe(m, m, {}), DEFAULT_MARGIN, 0)
        gains.append(changes[probes.CENTRED]["all"].contrast.difference)
    assert np.mean(gains) == pytest.approx(0, abs=0.02)


def test_the_picture_has_every_word_in_its_place(published):
    results, _ = published
    figure = drawn(results)["probes"].draw(results)
    assert checked_boxes(figure)
    text = " ".join(all_text(figure).split())
    assert all(form in text for form in results.diagnosis.forms) and "no change" in text


def test_the_command_line_writes_the_probes(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "80")
    options = ("--model", EMBEDDED_MODEL, "--probe", "--no-figures", "--output", str(tmp_path))
    assert main(options) == 0
    out = capsys.readouterr().out
    assert "Change in retrieval by form" in out and "Worst retrieval errors" in out
    assert max(len(line) for line in out.splitlines() if not line.startswith("written: ")) <= 80


def test_without_probing_and_without_a_tokeniser_neither_is_diagnosed():
    diagnosis = CrossLingualAlignmentExperiment(HashEncoder()).run().diagnosis
    assert diagnosis.forms is None and diagnosis.templates == {} and diagnosis.subwords is None
    rows = diagnosis.languages.values()
    assert {(row.forms, row.subwords) for row in rows} == {(None, None)}
