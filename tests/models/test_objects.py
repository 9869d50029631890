"""Models in memory: of sentence-transformers and of MTEB."""

import json
import warnings

import numpy as np
import pytest
from conftest import ToyEncoder, python, random_vectors

from alignment import InputError, RunError, models
from alignment.models import ModelOptions
from concepts import CONCEPTS
from cross_lingual_alignment import CrossLingualAlignmentExperiment, compare

TEXTS = ["water", "freedom"]
PROMPTS = {"query": "query: ", "document": "passage: "}


@pytest.fixture(scope="module")
def minilm(minilm_folder):
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(minilm_folder))


def of_mteb(model, **options):
    mteb = pytest.importorskip("mteb", reason="mteb is not installed: pip install '.[mteb]'")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it calls old names of its own and others
        return mteb.models.SentenceTransformerEncoderWrapper(model, **options)


def test_a_model_of_mteb_scores_as_its_folder_does(minilm_folder):
    own, direct = (
        CrossLingualAlignmentExperiment(model, cache=False).run()
        for model in (of_mteb(str(minilm_folder)), str(minilm_folder))
    )
    assert own.model == direct.model == str(minilm_folder)
    assert (own.summary, own.calibrated) == (direct.summary, direct.calibrated)
    assert own.calibrated["alignment_score"] == pytest.approx(0.131, abs=0.002)
    assert own.provenance.versions["mteb"]


def test_mteb_puts_its_prompts_by_the_role_of_a_text(minilm_folder):
    plain = models.load(str(minilm_folder))
    model = models.load(of_mteb(str(minilm_folder), model_prompts=PROMPTS))
    assert model.prompts == ("", "query: ", "passage: ")
    for role, prompt in zip(("text", "query", "passage"), model.prompts, strict=True):
        behind = plain.embed([prompt + text for text in TEXTS])
        np.testing.assert_allclose(model.embed(TEXTS, role=role), behind, atol=1e-6)


def test_mteb_hands_over_what_kind_of_task_it_is(minilm_folder):
    prompts = {"BitextMining": "alike: ", "Retrieval-query": "ask: "}
    model = models.load(of_mteb(str(minilm_folder), model_prompts=prompts))
    assert model.prompts == ("alike: ", "ask: ", "")
    behind = models.load(str(minilm_folder)).embed([f"alike: {text}" for text in TEXTS])
    np.testing.assert_allclose(model.embed(TEXTS), behind, atol=1e-6)


def test_a_model_of_mteb_is_recorded_by_its_name_and_revision(minilm):
    mteb = pytest.importorskip("mteb", reason="mteb is not installed: pip install '.[mteb]'")
    random = mteb.get_model("mteb/baseline-random-encoder")
    comparison = compare([random, of_mteb(minilm)])
    assert {model.name for model in comparison.models} == {
        "mteb/baseline-random-encoder",
        "SentenceTransformerEncoderWrapper",
    }
    results = CrossLingualAlignmentExperiment(random).run()
    revision = random.mteb_model_meta.revision
    assert results.provenance.model_fingerprint == f"revision:{revision}"
    interval = results.headlines()["calibrated_alignment_score"].interval
    assert interval.low < 0 < interval.high


def test_a_prompt_of_mteb_cannot_be_replaced(minilm):
    model = of_mteb(minilm)
    for option in ("prompt", "passage_prompt"):
        with pytest.raises(InputError, match=f"leave out --{option.replace('_', '-')}"):
            models.load(model, ModelOptions(**{option: "a: "}))


def test_vectors_of_an_object_are_never_kept(minilm):
    for model in (minilm, of_mteb(minilm)):
        loaded = models.load(model)
        loaded.embed(TEXTS)
        assert loaded.cache is None


def test_a_model_in_memory_runs_like_its_folder(minilm_folder, tmp_path):
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(minilm_folder), prompts=PROMPTS, default_prompt_name="query")
    model.save(str(tmp_path / "m"))
    own, folder = models.load(model), models.load(str(tmp_path / "m"))
    assert own.prompts == folder.prompts == ("query: ", "query: ", "passage: ")
    for role in ("text", "query", "passage"):
        vectors = folder.embed(TEXTS, role=role)
        np.testing.assert_allclose(own.embed(TEXTS, role=role), vectors, atol=1e-6)


def test_a_model_in_memory_may_have_other_weights_for_passages(minilm):
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Router, StaticEmbedding

    static = StaticEmbedding(minilm.tokenizer, embedding_dim=384)
    routes = Router.for_query_document(query_modules=list(minilm), document_modules=[static])
    model = SentenceTransformer(modules=[routes])
    expected = model.encode_document(TEXTS, normalize_embeddings=True)
    got = models.load(model).embed(TEXTS, role="passage")
    np.testing.assert_allclose(got, expected, atol=1e-6)


def test_e5_in_memory_is_known_by_where_it_came_from(minilm_folder, tmp_path):
    from sentence_transformers import SentenceTransformer

    SentenceTransformer(str(minilm_folder)).save(str(tmp_path / "multilingual-e5-small"))
    model = SentenceTransformer(str(tmp_path / "multilingual-e5-small"))
    assert models.load(model).prompts == ("query: ", "query: ", "passage: ")


def test_other_objects_import_neither_mteb_nor_torch():
    script = (
        "import sys, json; from alignment import models;"
        "own = type('Own', (), {'encode': lambda self, texts: texts})();"
        "models.load(own); print(json.dumps(sorted({'mteb', 'torch'} & set(sys.modules))))"
    )
    assert json.loads(python(script).stdout) == []


def test_an_object_may_say_its_name():
    encoder = ToyEncoder(CONCEPTS, random_vectors(0).reshape(120, -1))
    encoder.name = "toy"
    assert [model.name for model in compare([encoder]).models] == ["toy"]


class Given:
    """Whatever it was given, for any texts."""

    def __init__(self, vectors):
        self.vectors = vectors

    def encode(self, texts):
        return self.vectors


ROWS = np.array([[1.0, 2.0], [3.0, 5.0]])


def of_torch(rows, **options):
    import torch

    return torch.tensor(rows, **options)


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda: ROWS + 1j, "complex128"),
        (lambda: of_torch(ROWS).to_sparse(), "sparse"),
        (lambda: of_torch(ROWS + 1j), "complex128"),
        (lambda: np.ma.masked_less(ROWS, 2), "masked"),
        (lambda: ROWS.astype(str), "str"),
        (lambda: ROWS.astype(str).tolist(), "str"),
        (lambda: ROWS.astype(object), "object"),
        (lambda: [[1.0, None], [2.0, 3.0]], "object"),
        (lambda: ROWS > 2, "bool"),
        (lambda: ROWS.astype("datetime64[s]"), "datetime64"),
        (lambda: pytest.importorskip("scipy.sparse").csr_array(ROWS), "sparse"),
        (lambda: pytest.importorskip("pandas").DataFrame(ROWS).astype(str), "object"),
    ],
)
def test_vectors_that_are_not_real_numbers_are_refused(make, kind):
    with pytest.raises(RunError, match=f"returned {kind}.* values; it must return an array"):
        models.load(Given(make())).embed(TEXTS)


@pytest.mark.parametrize(
    "make",
    [
        lambda: ROWS.tolist(),
        lambda: list(ROWS),
        lambda: ROWS.astype(int),
        lambda: np.ma.array(ROWS),
        lambda: ROWS.astype(np.longdouble),
        lambda: np.asmatrix(ROWS),
        lambda: of_torch(ROWS, requires_grad=True),
        lambda: of_torch(ROWS).bfloat16(),
        lambda: of_torch(ROWS).int(),
        lambda: list(of_torch(ROWS)),
        lambda: pytest.importorskip("pandas").DataFrame(ROWS),
    ],
)
def test_real_numbers_are_taken_in_any_container(make):
    expected = ROWS / np.linalg.norm(ROWS, axis=1, keepdims=True)
    np.testing.assert_allclose(models.load(Given(make())).embed(TEXTS), expected, atol=1e-2)
