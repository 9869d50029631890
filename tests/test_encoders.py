"""Loading models by name, and what an encoder may not return."""

import json

import numpy as np
import pytest
from hub import COMMIT, hanging, login_page, serving

from alignment import InputError, RunError, encoders
from concepts import CONCEPTS
from cross_lingual_alignment import CrossLingualAlignmentExperiment

TEXTS = ["one", "two", "three"]


class Returning:
    """An encoder that returns what it was made with."""

    def __init__(self, vectors):
        self.vectors = vectors

    def encode(self, texts):
        return self.vectors


@pytest.mark.parametrize(
    ("vectors", "words"),
    [
        (np.ones(3), ["shape (3,)", "(3, D)"]),
        (np.ones((2, 4)), ["shape (2, 4)", "3 texts"]),
        (np.ones((3, 0)), ["shape (3, 0)"]),
        ([[1, 2], [3, np.nan], [1, 1]], ["NaN", "'two'"]),
        ([[1, 2], [3, 4], [np.inf, 1]], ["infinity", "'three'"]),
        ([[1, 2], [0, 0], [1, 1]], ["zero vector", "'two'"]),
        ([[1, 2], [3], [1, 1]], ["failed on 3 texts", "'one'"]),
        (None, ["shape ()"]),
        ("words", ["failed on 3 texts"]),
    ],
)
def test_unusable_vectors_are_named(vectors, words):
    with pytest.raises(RunError) as caught:
        encoders.unit_vectors(Returning(vectors), TEXTS)
    assert all(word in str(caught.value) for word in words)


def test_an_encoder_that_changes_its_dimension_is_named():
    texts = [str(n) for n in range(encoders.BATCH + 1)]
    widening = type("E", (), {"encode": lambda self, texts: np.ones((len(texts), len(texts)))})
    with pytest.raises(RunError, match="256"):
        encoders.unit_vectors(widening(), texts)


def test_vectors_get_unit_length_and_the_prompt_stands_before_every_text():
    seen = []

    class Recording:
        def encode(self, texts):
            seen.extend(texts)
            return [[3e20, 4e20]] * len(texts)

    vectors = encoders.unit_vectors(Recording(), TEXTS, prompt="query: ")
    assert seen == [f"query: {text}" for text in TEXTS]
    np.testing.assert_allclose(vectors, [[0.6, 0.8]] * 3, rtol=1e-6)


def test_any_object_with_encode_is_a_model():
    results = CrossLingualAlignmentExperiment(
        Returning(np.ones((len(CONCEPTS.flat_texts()), 4)))
    ).run()
    assert results.model == "Returning"
    assert results.provenance["model_fingerprint"] is None
    with pytest.raises(InputError, match="encode"):
        encoders.load(object())


def test_a_real_sentence_transformers_folder(minilm_folder, command_line, tmp_path):
    done = command_line("--model", minilm_folder, "--no-figures")
    assert done.returncode == 0, done.stderr
    results = read(tmp_path)
    provenance = results["provenance"]
    assert provenance["dimension"] == 384 and not provenance["fallback"]
    assert provenance["model_fingerprint"].startswith("sha256:")
    # An English-only model, hardly above chance; .2744 / .2113 / .2075 with every tie shared
    assert results["alignment_score"] == pytest.approx(0.2287, abs=5e-4)


def test_the_published_model_runs_when_the_hub_answers(minilm_folder, command_line, tmp_path):
    with serving({encoders.PUBLISHED_MODEL: minilm_folder}) as hub:
        done = command_line("--no-figures", HF_ENDPOINT=hub)
        assert done.returncode == 0, done.stderr
    provenance = read(tmp_path)["provenance"]
    assert read(tmp_path)["model"] == provenance["requested_model"] == encoders.PUBLISHED_MODEL
    assert provenance["model_fingerprint"] == f"commit:{COMMIT}"
    assert not provenance["fallback"] and "note" not in done.stderr
    # and again from the cache, with nobody there
    first = (tmp_path / "alignment_results.json").read_bytes()
    assert command_line("--no-figures").returncode == 0
    assert (tmp_path / "alignment_results.json").read_bytes() == first


@pytest.mark.parametrize("network", [hanging, login_page])
def test_a_network_without_the_hub_falls_back(network, command_line, tmp_path):
    with network() as address:
        done = command_line("--no-figures", HF_ENDPOINT=address)
    assert done.returncode == 0 and done.stderr.count("\n") == 1
    assert read(tmp_path)["model"] == encoders.EMBEDDED_MODEL
    assert read(tmp_path)["provenance"]["fallback"]


def test_an_unknown_model_on_a_hub_that_answers(command_line, tmp_path):
    with serving({}) as hub:
        done = command_line("--model", "nobody/nothing", HF_ENDPOINT=hub)
    assert done.returncode == 1 and "nobody/nothing" in done.stderr.splitlines()[-1]
    assert not (tmp_path / "alignment_results.json").exists()


def read(folder):
    return json.loads((folder / "alignment_results.json").read_text(encoding="utf-8"))
