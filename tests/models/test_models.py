"""Models by name: folders, the hub as it may be found, and the embedded one."""

import json
import os
import shutil
import sys
from unittest.mock import Mock

import numpy as np
import pytest
from conftest import offline, python, record_in
from servers import COMMIT, hanging, login_page, serving

from alignment import InputError, RunError, models
from alignment.models import ModelOptions
from alignment.models.encoders import unit_vectors
from cross_lingual_alignment import CrossLingualAlignmentExperiment, main

PACKAGED_E5 = "multilingual-e5-small-q4"
SERVED = {}  # {hub id: folder}


def test_a_real_sentence_transformers_folder(minilm_folder):
    results = CrossLingualAlignmentExperiment(str(minilm_folder)).run()
    assert results.provenance.dimension == 384 and not results.provenance.fallback
    assert results.provenance.model_fingerprint.startswith("sha256:")
    # An English-only model, hardly above chance; .2744 / .2113 / .2075 with every tie shared
    assert results.alignment_score == pytest.approx(0.2287, abs=5e-4)


@pytest.fixture(scope="module")
def address_of_hub():
    """The address of one hub for all tests: libraries remember it. It serves ``SERVED``."""
    with serving(SERVED) as address:
        yield address


@pytest.fixture
def hub(address_of_hub, monkeypatch, tmp_path):
    """Let this process use the hub, with no cache; return a function that makes it use another."""
    monkeypatch.setattr("huggingface_hub.hf_api.api.endpoint", address_of_hub)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hf/hub"))
    monkeypatch.chdir(tmp_path)

    def use(address):
        files = address + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", address)
        monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", files)

    use(address_of_hub)
    return use


def test_the_published_model_runs_when_the_hub_answers(minilm_folder, hub, tmp_path, capsys):
    SERVED[models.PUBLISHED_MODEL] = minilm_folder
    assert main(["--no-figures"]) == 0
    record = record_in(tmp_path)
    assert record["model"] == record["provenance"]["requested_model"] == models.PUBLISHED_MODEL
    assert record["provenance"]["model_fingerprint"] == f"commit:{COMMIT}"
    assert not record["provenance"]["fallback"] and "note" not in capsys.readouterr().err
    hub("http://127.0.0.1:9")  # nobody answers there, so the model is read from the cache
    assert main(["--no-figures", "--output", "again"]) == 0
    assert record_in(tmp_path / "again") == record


@pytest.mark.parametrize("network", [hanging, login_page])
def test_a_network_without_the_hub_falls_back(network, hub, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("alignment.models.hub.PROBE_SECONDS", 0.5)
    with network() as address:
        hub(address)
        assert main(["--no-figures"]) == 0
    assert capsys.readouterr().err.count("\n") == 1
    record = record_in(tmp_path)
    assert record["model"] == models.EMBEDDED_MODEL and record["provenance"]["fallback"]


def test_an_unknown_model_on_a_hub_that_answers(hub, tmp_path, capsys):
    assert main(["--model", "nobody/nothing"]) == 1
    assert "nobody/nothing" in capsys.readouterr().err.splitlines()[-1]
    assert not (tmp_path / "alignment_results.json").exists()


def test_a_hub_model_has_its_prompt_and_is_lazy_once_it_is_cached(minilm_folder, hub, tmp_path):
    folder = saved(minilm_folder, tmp_path / "m", prompts={"query": "query: "})
    script = (
        "import sys; from alignment import models; model = models.load('some/prompted');"
        "print(model.prompts.text, model.fingerprint, 'torch' in sys.modules)"
    )
    SERVED["some/prompted"] = folder
    assert models.load("some/prompted").prompts.text == "query: "
    assert python(script, **offline(tmp_path)).stdout == f"query:  commit:{COMMIT} False\n"


def test_half_a_download_is_completed_and_a_pipe_refused(minilm_folder, hub, tmp_path):
    options, texts = ModelOptions(cache=False), ["water"]
    SERVED["some/model"] = minilm_folder
    complete = models.load("some/model", options).embed(texts)
    weights = next((tmp_path / "hf").rglob("model.safetensors"))
    weights.resolve().unlink()
    weights.unlink()
    assert np.array_equal(models.load("some/model", options).embed(texts), complete)
    modules = next((tmp_path / "hf").rglob("modules.json"))
    modules.unlink()
    os.mkfifo(modules)  # on which a reader would wait
    with pytest.raises(RunError, match=r"modules.json' is not a file; get it again"):
        models.load("some/model", options).embed(texts)


def saved(minilm_folder, folder, file="config_sentence_transformers.json", **config):
    """Copy a real model's folder with other entries in one of its JSON files."""
    shutil.copytree(minilm_folder, folder, copy_function=os.link)
    content = json.loads((folder / file).read_text(encoding="utf-8"))
    (folder / file).unlink()
    (folder / file).write_text(json.dumps(content | config), encoding="utf-8")
    return folder


E5 = ("query: ", "query: ", "passage: ")
PROMPTS = {"query": "query: ", "document": "", "STS": "alike: ", "other": "other: "}


@pytest.mark.parametrize(
    ("name", "config", "prompts"),
    [
        ("plain", {}, ("", "", "")),
        ("plain", {"prompts": PROMPTS, "default_prompt_name": "other"}, ("other: ", "query: ", "")),
        ("plain", {"prompts": PROMPTS, "default_prompt_name": None}, ("alike: ", "query: ", "")),
        ("plain", {"prompts": {"query": "q: ", "document": "d: "}}, ("q: ", "q: ", "d: ")),
        ("plain", {"prompts": PROMPTS, "default_prompt_name": "document"}, ("", "query: ", "")),
        ("plain", {"prompts": {"document": "", "passage": "p: "}}, ("", "", "p: ")),
        ("multilingual-e5-small", {}, E5),
        ("e5-base", {"prompts": {"query": "", "document": ""}}, E5),
        ("e5-large", {"prompts": {"query": "own: "}}, ("own: ", "own: ", "passage: ")),
        ("multilingual-e5-large-instruct", {}, ("", "", "")),
        ("one5-small", {}, ("", "", "")),
    ],
)
def test_what_a_model_wants_before_a_text(name, config, prompts, minilm_folder, tmp_path):
    folder = str(saved(minilm_folder, tmp_path / name, **config))
    assert models.load(folder).prompts == prompts
    chosen = models.load(folder, ModelOptions(prompt="a: ", passage_prompt=""))
    assert chosen.prompts == ("a: ", "a: ", "")


@pytest.mark.parametrize("prompts", [{"query": 1}, {"query": ["x"]}, ["x"], "x", None])
def test_stored_prompts_of_a_wrong_type_are_named(prompts, minilm_folder, tmp_path):
    config = {"prompts": prompts} if prompts else {"default_prompt_name": ["query"]}
    folder = str(saved(minilm_folder, tmp_path / "m", **config))
    with pytest.raises(RunError, match=r"'.*m' stores prompts that are not text.*correct its"):
        models.load(folder)


def test_a_prompt_of_extreme_length_is_refused():
    with pytest.raises(InputError, match="10,000 letters"):
        models.load("use-multilingual", ModelOptions(prompt="x" * 10_000))


def test_a_stored_prompt_is_put_once_and_the_empty_one_not_at_all(minilm_folder, tmp_path):
    stored = {"prompts": {"query": "query: ", "passage": "p: "}, "default_prompt_name": "query"}
    folder = str(saved(minilm_folder, tmp_path / "m", **stored))
    plain, prompted = models.load(str(minilm_folder)), models.load(folder)
    texts = ["water", "freedom"]
    once = plain.embed([f"query: {text}" for text in texts])
    np.testing.assert_allclose(prompted.embed(texts), once, atol=1e-6)
    assert np.array_equal(prompted.embed(texts, role="query"), prompted.embed(texts))
    passages = plain.embed([f"p: {text}" for text in texts])
    np.testing.assert_allclose(prompted.embed(texts, role="passage"), passages, atol=1e-6)
    nothing = models.load(folder, ModelOptions(prompt="")).embed(texts)
    np.testing.assert_allclose(nothing, plain.embed(texts), atol=1e-6)
    for other in (nothing, passages):
        assert not np.allclose(once, other, atol=1e-2)


def test_a_model_with_other_weights_for_passages_than_for_queries(minilm_folder, tmp_path):
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Router, StaticEmbedding

    one = SentenceTransformer(str(minilm_folder))
    static = StaticEmbedding(one.tokenizer, embedding_dim=384)
    routes = Router.for_query_document(query_modules=list(one), document_modules=[static])
    SentenceTransformer(modules=[routes]).save(str(tmp_path / "m"))
    asymmetric, texts = SentenceTransformer(str(tmp_path / "m")), ["water", "freedom"]
    model = models.load(str(tmp_path / "m"))
    expected = {
        "query": asymmetric.encode_query(texts, normalize_embeddings=True),
        "passage": asymmetric.encode_document(texts, normalize_embeddings=True),
    }
    for _ in range(2):  # from the model, then from the cache, behind the same empty prompt
        for role, vectors in expected.items():
            np.testing.assert_allclose(model.embed(texts, role=role), vectors, atol=1e-6)
    assert model.reused == 4 and not np.allclose(*expected.values(), atol=1e-2)
    in_memory = models.load(asymmetric).embed(texts, role="passage")
    np.testing.assert_allclose(in_memory, expected["passage"], atol=1e-6)


def test_a_model_that_leaves_its_prompt_out_of_the_mean(minilm_folder, tmp_path):
    """As INSTRUCTOR does: the tokens of the prompt are read, but not pooled."""
    folder = saved(minilm_folder, tmp_path / "m", "1_Pooling/config.json", include_prompt=False)
    from sentence_transformers import SentenceTransformer

    expected = SentenceTransformer(str(folder)).encode(
        ["water"], prompt="a word: ", normalize_embeddings=True
    )
    vectors, pooled = (
        unit_vectors(models.load(str(name)).encoder, ["water"], "a word: ")
        for name in (folder, minilm_folder)
    )
    assert np.allclose(vectors, expected, atol=1e-6)
    assert not np.allclose(vectors, pooled, atol=1e-2)


@pytest.mark.parametrize("backend", ["onnx", "openvino"])
def test_a_back_end_that_is_not_installed_gives_the_line(backend, minilm_folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "optimum", None)
    with pytest.raises(RunError, match=rf"pip install 'sentence-transformers\[{backend}\]'"):
        models.load(str(minilm_folder), ModelOptions(backend=backend))
    with pytest.raises(InputError, match="torch, onnx, openvino"):
        models.load(str(minilm_folder), ModelOptions(backend="tensorflow"))


@pytest.mark.parametrize("option", [("revision", "v1"), ("backend", "onnx"), ("device", "cpu")])
@pytest.mark.parametrize("model", ["use-multilingual", PACKAGED_E5, "openai:m", "x.npy", Mock()])
def test_other_models_refuse_the_options_of_sentence_transformers(model, option):
    with pytest.raises(InputError, match=f"'{option[1]}' is for (hub|sentence-transformers)"):
        models.load(model, ModelOptions(**dict([option])))


@pytest.mark.parametrize("backend", ["onnx", "openvino"])
def test_another_back_end_gives_the_same_vectors(backend, minilm_folder):
    pytest.importorskip("optimum", reason=f"sentence-transformers[{backend}] is not installed")
    pytest.importorskip({"onnx": "onnxruntime"}.get(backend, backend))
    other = models.load(str(minilm_folder), ModelOptions(backend=backend))
    torch = models.load(str(minilm_folder))
    assert other.fingerprint == f"{torch.fingerprint} {backend}"
    vectors, expected = (unit_vectors(model.encoder, ["water"]) for model in (other, torch))
    assert np.allclose(vectors, expected, atol=1e-3)
