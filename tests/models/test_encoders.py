"""What an encoder may not return, and what becomes of what it does."""

import numpy as np
import pytest

from alignment import InputError, RunError, models
from alignment.models import encoders
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
        (None, ["object values", "array of real numbers"]),
        ("words", ["str160 values"]),
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


def test_results_do_not_depend_on_the_size_of_batches(monkeypatch):
    # the embedded model's vectors differ in their last digit with what else is in the batch
    runs = []
    for size in (7, encoders.BATCH):
        monkeypatch.setattr(encoders, "BATCH", size)
        runs.append(CrossLingualAlignmentExperiment("use-multilingual", cache=False).run())
    assert runs[0].headlines() == pytest.approx(runs[1].headlines(), abs=1e-6)
    assert runs[0].cross_lingual_retrieval == runs[1].cross_lingual_retrieval


def test_any_object_with_encode_is_a_model():
    results = CrossLingualAlignmentExperiment(
        Returning(np.ones((len(CONCEPTS.flat_texts()), 4)))
    ).run()
    assert results.model == "Returning"
    assert results.provenance.model_fingerprint is None
    with pytest.raises(InputError, match="encode"):
        models.load(object())


def test_a_named_model_is_asked_for_each_text_once_and_an_object_for_all():
    texts = ["same", "other", "same"]
    asked = []
    named = encoders.LazyEncoder(
        lambda: lambda some, prompt: asked.extend(some) or np.eye(len(some))
    )
    np.testing.assert_array_equal(encoders.unit_vectors(named, texts), np.eye(2)[[0, 1, 0]])
    assert asked == ["same", "other"]
    by_order = type("E", (), {"encode": lambda self, some: np.eye(len(some))})
    np.testing.assert_array_equal(encoders.unit_vectors(by_order(), texts), np.eye(3))


def test_a_named_model_is_loaded_at_its_first_use():
    loads = []

    def load():
        loads.append(1)
        return lambda texts, prompt: np.ones((len(texts), 2))

    encoder = encoders.LazyEncoder(load)
    assert not loads
    encoders.unit_vectors(encoder, TEXTS)
    encoders.unit_vectors(encoder, TEXTS)
    assert len(loads) == 1


def test_an_error_of_ours_is_passed_on_as_it_is():
    def refuse():
        raise InputError("leave it out")

    with pytest.raises(InputError, match=r"^leave it out$"):
        encoders.unit_vectors(encoders.LazyEncoder(refuse), TEXTS)


def test_tensors_of_any_kind_are_vectors():
    import torch

    vectors = torch.eye(3, dtype=torch.bfloat16, requires_grad=True)
    assert encoders.unit_vectors(Returning(vectors), TEXTS).tolist() == np.eye(3).tolist()
