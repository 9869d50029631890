"""The diagnosis: planted faults are found and named, and nothing is found where nothing is."""

import re
import unicodedata

import numpy as np
import pytest
from conftest import analysed, grid_of, random_vectors, unit

from alignment import DEFAULT_MARGIN
from alignment.diagnosis import contrasts, probes
from alignment.diagnosis.forms import COMPOSED
from alignment.grids import ConceptGrid
from alignment.measure.measurement import measure
from alignment.measure.subwords import Subwords
from alignment.report.console import print_report
from concepts import CONCEPTS
from cross_lingual_alignment import CrossLingualAlignmentExperiment

C, L = len(CONCEPTS.concepts), len(CONCEPTS.languages)
D = 32
GERMAN = CONCEPTS.languages.index("de")


def aligned(seed, noise=0.5):
    """A direction a concept, and as much noise in every language."""
    noises = random_vectors(seed + 10**6, (C, L, D))
    return unit(random_vectors(seed, (C, 1, D)) + noise * noises)


@pytest.mark.parametrize("planted", [["anger"], ["tree", "anger"], list(CONCEPTS.concepts[2:8])])
def test_exactly_the_planted_words_are_named(planted):
    X = aligned(1)
    at = [CONCEPTS.concepts.index(concept) for concept in planted]
    X[at, GERMAN] = unit(random_vectors(2, (len(at), D)))
    results = analysed(X, CONCEPTS)
    rows = results.diagnosis.languages
    named = {code: {text.concept for text in row.failing} for code, row in rows.items()}
    assert {code: concepts for code, concepts in named.items() if concepts} == {"de": set(planted)}
    assert rows["de"].failing_count == len(planted)
    # six words of fifteen are evidence that German diverges; one or two are not
    worse = [code for code, row in rows.items() if "worse" in row.standing]
    assert worse == (["de"] if len(planted) == 6 else [])
    (finding,) = [line for line in results.findings if line.startswith("German is retrieved")]
    assert ("significantly" in finding) == (len(planted) < 6)
    assert len(planted) == 6 or f"{planted[0]} (" in finding


def test_what_a_failing_text_is_mistaken_for():
    X = aligned(1)
    anger, fear = (CONCEPTS.concepts.index(concept) for concept in ("anger", "fear"))
    X[anger, GERMAN] = unit(random_vectors(2, (D,)))
    X[fear, GERMAN] = unit(X[anger].mean(axis=0) + X[fear, GERMAN])
    results = analysed(X, CONCEPTS)
    failing = results.diagnosis.languages["de"].failing
    (text,) = [text for text in failing if text.concept == "anger"]
    assert (text.mistaken_for, text.times, text.queries) == ("fear", 7, 7)
    findings = " ".join(results.findings)
    assert "anger (Wut) is mistaken for fear (Angst) in 7 of 7 languages" in findings


@pytest.fixture(scope="module")
def shifted():
    """Vectors of which the German ones are all moved in one direction."""
    X = aligned(3, noise=0.6)
    X[:, GERMAN] += 12 * unit(random_vectors(4, (1, D)))
    return unit(X)


def test_a_constant_shift_is_removed_by_centring_and_the_verdict_says_so(shifted):
    results = analysed(shifted, CONCEPTS, forms={})
    german = results.diagnosis.languages["de"]
    effects = {form: row.effect for form, row in german.forms.items()}
    assert "worse" in german.standing and german.retrieval.difference < -0.05
    assert effects == {probes.DISTINCT: "none", probes.CENTRED: "removes"}
    assert german.forms[probes.CENTRED].difference.value == pytest.approx(0, abs=0.05)
    (finding,) = [line for line in results.findings if "which removes the gap" in line]
    assert finding.startswith("German is") and "mean vector removed: in 100 %" in finding


def test_a_language_that_is_worse_makes_probing_the_next_step(shifted, capsys):
    for forms, probing in ((None, True), ({}, False)):
        print_report(analysed(shifted, CONCEPTS, forms=forms), [])
        assert ("next: --probe shows" in capsys.readouterr().out) == probing


@pytest.mark.parametrize("share", [0.5, 1])
def test_the_composed_form_is_named_where_it_finds_what_the_decomposed_form_hides(share):
    class KnowsComposedLetters:
        def encode(self, texts):
            concepts = [int(re.search(r"\d+", text)[0]) for text in texts]
            hidden = [
                not unicodedata.is_normalized("NFC", text) and concept < 40 * share
                for text, concept in zip(texts, concepts, strict=True)
            ]
            noise = random_vectors(len(texts), (len(texts), D))
            return np.where(np.array(hidden)[:, None], 5, 0.1) * noise + places[concepts]

    places = random_vectors(9, (40, D))
    letters = {"en": "e", "fr": "\u00e9", "vi": "e\u0302\u0301"}.items()
    rows = {f"c{c}": {code: f"{code} {c} {letter}" for code, letter in letters} for c in range(40)}
    grid = ConceptGrid.from_dict(rows)
    results = CrossLingualAlignmentExperiment(KnowsComposedLetters(), grid, probe=True).run()
    change = results.diagnosis.forms[COMPOSED]["vi"]
    assert change.bare < 0.6 and change.contrast.significant
    assert change.bare + change.contrast.difference == pytest.approx(1, abs=2e-6)
    (finding,) = [line for line in results.findings if "composed (NFC): in 100 %" in line]
    assert finding.startswith("Vietnamese is retrieved")
    if share < 1:  # else the language is not supported, and not compared with the others
        assert results.diagnosis.languages["vi"].forms[COMPOSED].effect == "removes"
        assert "which removes the gap" in finding


@pytest.mark.slow
@pytest.mark.parametrize("noise", [1.0, 1.5])
@pytest.mark.parametrize(
    ("draws", "most"), [(30, 10), pytest.param(200, 16, marks=pytest.mark.nightly)]
)
def test_nothing_is_named_where_nothing_is_planted(noise, draws, most):
    """At a rate of .05, more than 10 of 30 are named once in a million; of 200, 10 are expected."""
    named = 0
    for seed in range(draws):
        m = measure(aligned(seed, noise), CONCEPTS, 3, 0)
        judged = contrasts.of_languages(m.near.retrieval, CONCEPTS.languages, DEFAULT_MARGIN, 0)
        named += any("worse" in contrast.verdict for contrast in judged.values())
    assert named <= most


@pytest.mark.parametrize("explained", [True, False])
def test_subwords_explain_a_gap_that_goes_with_them(explained):
    """German words in more subwords are aligned worse, or all German words are."""
    rng = np.random.default_rng(6)
    grid, X = grid_of(200, ("en", "de", "fr", "es")), random_vectors(6, (200, 1, D))
    count = rng.integers(1, 4, (200, 4)).astype(float)
    count[:, 1] += rng.integers(0, 4, 200)
    more = np.maximum(count[:, 1] - np.delete(count, 1, axis=1).mean(axis=1), 0)
    noise = np.full((200, 4, 1), 0.4)
    noise[:, 1, 0] = 0.4 + 0.5 * more if explained else 1.4
    X = unit(X + noise * random_vectors(7, (200, 4, D)))
    results = analysed(X, grid, subwords=Subwords(count, np.full_like(count, np.nan)))
    effect = results.diagnosis.languages["de"].subwords.effect
    assert effect == ("explain" if explained else "do not explain")


def test_a_grid_too_small_for_contrasts_has_no_diagnosis():
    assert analysed(random_vectors(7, (2, 2, D)), grid_of(2, 2), k=1).diagnosis.languages == {}
