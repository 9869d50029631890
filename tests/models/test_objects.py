"""Models in memory: of sentence-transformers and of MTEB."""

import warnings

import numpy as np
import pytest
from conftest import ToyEncoder, python, random_vectors

from alignment import InputError, models
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
        warnings.simplefilter("ignore")  # about old names that MTEB itself uses
        return mteb.models.SentenceTransformerEncoderWrapper(model, **options)


def test_a_model_of_mteb_scores_as_its_folder_does(minilm_folder):
    wrapped, direct = (
        CrossLingualAlignmentExperiment(model, cache=False).run()
        for model in (of_mteb(str(minilm_folder)), str(minilm_folder))
    )
    assert wrapped.model == direct.model == str(minilm_folder)
    assert (wrapped.summary, wrapped.calibrated) == (direct.summary, direct.calibrated)
    assert wrapped.calibrated["alignment_score"] == pytest.approx(0.131, abs=0.002)
    assert wrapped.provenance.versions["mteb"]


@pytest.mark.parametrize(
    ("stored", "prompts"),
    [
        (PROMPTS, ("", "query: ", "passage: ")),
        ({"BitextMining": "alike: ", "Retrieval-query": "ask: "}, ("alike: ", "ask: ", "")),
    ],
)
def test_mteb_puts_its_prompts_by_the_role_of_a_text(stored, prompts, minilm_folder):
    plain = models.load(str(minilm_folder))
    model = models.load(of_mteb(str(minilm_folder), model_prompts=stored))
    assert model.prompts == prompts
    for role, prompt in zip(("text", "query", "passage"), prompts, strict=True):
        behind = plain.embed([prompt + text for text in TEXTS])
        np.testing.assert_allclose(model.embed(TEXTS, role=role), behind, atol=1e-6)


def test_a_model_of_mteb_is_recorded_by_its_name_and_revision(minilm):
    mteb = pytest.importorskip("mteb", reason="mteb is not installed: pip install '.[mteb]'")
    random = mteb.get_model("mteb/baseline-random-encoder")
    names = {model.name for model in compare([random, of_mteb(minilm)]).models}
    assert names == {"mteb/baseline-random-encoder", "SentenceTransformerEncoderWrapper"}
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


def test_vectors_of_an_object_are_never_cached(minilm):
    for model in (minilm, of_mteb(minilm)):
        loaded = models.load(model)
        loaded.embed(TEXTS)
        assert loaded.cache is None


def test_a_model_in_memory_runs_like_its_folder(minilm_folder, tmp_path):
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(minilm_folder), prompts=PROMPTS, default_prompt_name="query")
    model.save(str(tmp_path / "m"))
    taken, folder = models.load(model), models.load(str(tmp_path / "m"))
    assert taken.prompts == folder.prompts == ("query: ", "query: ", "passage: ")
    for role in ("text", "query", "passage"):
        vectors = folder.embed(TEXTS, role=role)
        np.testing.assert_allclose(taken.embed(TEXTS, role=role), vectors, atol=1e-6)


def test_e5_in_memory_is_known_by_where_it_came_from(minilm_folder, tmp_path):
    from sentence_transformers import SentenceTransformer

    SentenceTransformer(str(minilm_folder)).save(str(tmp_path / "multilingual-e5-small"))
    model = SentenceTransformer(str(tmp_path / "multilingual-e5-small"))
    assert models.load(model).prompts == ("query: ", "query: ", "passage: ")


def test_other_objects_import_neither_mteb_nor_torch():
    done = python(
        "import sys; from alignment import models;"
        "models.load(type('E', (), {'encode': list})()); print({'mteb', 'torch'} & {*sys.modules})"
    )
    assert done.stdout == "set()\n"


def test_an_object_may_have_a_name():
    encoder = ToyEncoder(CONCEPTS, random_vectors(0).reshape(120, -1))
    encoder.name = "toy"
    assert [model.name for model in compare([encoder]).models] == ["toy"]
