"""What an encoder may not return, and what becomes of what it does."""

from unittest.mock import Mock

import numpy as np
import pytest

from alignment import InputError, RunError, models
from alignment.models import encoders
from concepts import CONCEPTS
from cross_lingual_alignment import CrossLingualAlignmentExperiment

TEXTS = ["one", "two", "three"]
ROWS = np.array([[1.0, 2.0], [3.0, 5.0], [2.0, 1.0]])


class Returning:
    """An encoder that returns the same vectors for any texts, or what a function returns."""

    def __init__(self, vectors):
        self.vectors = vectors

    def encode(self, texts):
        return self.vectors() if callable(self.vectors) else self.vectors


def tensor(rows=ROWS, **options):
    import torch

    return torch.tensor(rows, **options)


def frame(kind):
    return pytest.importorskip("pandas").DataFrame(ROWS).astype(kind)


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
        (ROWS + 1j, ["complex128 values"]),
        (lambda: tensor().to_sparse(), ["sparse"]),
        (lambda: tensor(ROWS + 1j), ["complex128 values"]),
        (np.ma.masked_less(ROWS, 2), ["masked"]),
        (ROWS.astype(str).tolist(), ["str"]),
        (ROWS.astype(object), ["object values"]),
        ([[1.0, None], [2.0, 3.0], [1, 1]], ["object values"]),
        (ROWS > 2, ["bool values"]),
        (ROWS.astype("datetime64[s]"), ["datetime64"]),
        (lambda: pytest.importorskip("scipy.sparse").csr_array(ROWS), ["sparse"]),
        (lambda: frame(str), ["object values"]),
    ],
)
def test_unusable_vectors_are_named(vectors, words):
    with pytest.raises(RunError) as caught:
        encoders.unit_vectors(Returning(vectors), TEXTS)
    assert all(word in str(caught.value) for word in words), str(caught.value)


@pytest.mark.parametrize(
    "vectors",
    [
        ROWS.tolist(),
        list(ROWS),
        ROWS.astype(int),
        np.ma.array(ROWS),
        ROWS.astype(np.longdouble),
        lambda: np.asmatrix(ROWS),
        lambda: tensor(requires_grad=True),
        lambda: tensor().bfloat16(),
        lambda: tensor().int(),
        lambda: list(tensor()),
        lambda: frame(float),
    ],
)
def test_real_numbers_are_taken_in_any_container(vectors):
    expected = ROWS / np.linalg.norm(ROWS, axis=1, keepdims=True)
    np.testing.assert_allclose(models.load(Returning(vectors)).embed(TEXTS), expected, atol=1e-2)


def test_an_encoder_that_changes_its_dimension_is_named():
    widening = Mock(encode=lambda texts: np.ones((len(texts), len(texts))))
    with pytest.raises(RunError, match="256"):
        encoders.unit_vectors(widening, [str(n) for n in range(encoders.BATCH + 1)])


def test_vectors_get_unit_length_and_the_prompt_stands_before_every_text():
    model = Mock(**{"encode.return_value": [[3e20, 4e20]] * 3})
    vectors = encoders.unit_vectors(model, TEXTS, prompt="query: ")
    model.encode.assert_called_once_with([f"query: {text}" for text in TEXTS])
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
    vectors = np.ones((len(CONCEPTS.flat_texts()), 4))
    results = CrossLingualAlignmentExperiment(Returning(vectors)).run()
    assert results.model == "Returning" and results.provenance.model_fingerprint is None
    with pytest.raises(InputError, match="encode"):
        models.load(object())


def test_a_named_model_is_loaded_once_and_gets_each_text_once():
    answer = Mock(side_effect=lambda batch, prompt: np.eye(len(batch)))
    load = Mock(return_value=answer)
    encoder, texts = encoders.LazyEncoder(load), ["same", "other", "same"]
    load.assert_not_called()
    for _ in range(2):
        assert np.array_equal(encoders.unit_vectors(encoder, texts), np.eye(2)[[0, 1, 0]])
        answer.assert_called_with(["same", "other"], "")
    load.assert_called_once_with()
    # The vectors of an object may depend on the order of the texts.
    assert np.array_equal(encoders.unit_vectors(Returning(np.eye(3)), texts), np.eye(3))


def test_an_error_of_this_package_is_passed_on_unchanged():
    encoder = encoders.LazyEncoder(Mock(side_effect=InputError("leave it out")))
    with pytest.raises(InputError, match=r"^leave it out$"):
        encoders.unit_vectors(encoder, TEXTS)
