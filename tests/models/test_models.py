"""Models by name: folders, the hub as it may be found, and the embedded one."""

import json
import os
import shutil
import sys

import numpy as np
import pytest
from conftest import offline, python, record_in
from servers import COMMIT, hanging, login_page, serving

from alignment import InputError, RunError, models
from alignment.models import ModelOptions
from alignment.models.encoders import unit_vectors


def test_a_real_sentence_transformers_folder(minilm_folder, command_line, tmp_path):
    done = command_line("--model", minilm_folder, "--no-figures")
    assert done.returncode == 0, done.stderr
    results = record_in(tmp_path)
    provenance = results["provenance"]
    assert provenance["dimension"] == 384 and not provenance["fallback"]
    assert provenance["model_fingerprint"].startswith("sha256:")
    # An English-only model, hardly above chance; .2744 / .2113 / .2075 with every tie shared
    assert results["alignment_score"] == pytest.approx(0.2287, abs=5e-4)


def test_the_published_model_runs_when_the_hub_answers(minilm_folder, command_line, tmp_path):
    with serving({models.PUBLISHED_MODEL: minilm_folder}) as hub:
        done = command_line("--no-figures", HF_ENDPOINT=hub)
        assert done.returncode == 0, done.stderr
    provenance = record_in(tmp_path)["provenance"]
    assert record_in(tmp_path)["model"] == provenance["requested_model"] == models.PUBLISHED_MODEL
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
    assert record_in(tmp_path)["model"] == models.EMBEDDED_MODEL
    assert record_in(tmp_path)["provenance"]["fallback"]


def test_an_unknown_model_on_a_hub_that_answers(command_line, tmp_path):
    with serving({}) as hub:
        done = command_line("--model", "nobody/nothing", HF_ENDPOINT=hub)
    assert done.returncode == 1 and "nobody/nothing" in done.stderr.splitlines()[-1]
    assert not (tmp_path / "alignment_results.json").exists()


def saved(minilm_folder, folder, **config):
    """A copy of a real model's folder with other prompts stored in it."""
    shutil.copytree(minilm_folder, folder, copy_function=os.link)
    stored = folder / "config_sentence_transformers.json"
    content = json.loads(stored.read_text(encoding="utf-8"))
    stored.unlink()
    stored.write_text(json.dumps(content | config), encoding="utf-8")
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


@pytest.mark.parametrize(
    "config",
    [
        {"prompts": {"query": 1}},
        {"prompts": {"query": ["x"]}},
        {"prompts": ["x"]},
        {"prompts": "x"},
        {"default_prompt_name": ["query"]},
    ],
)
def test_stored_prompts_of_a_wrong_type_are_named(config, minilm_folder, tmp_path):
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


def test_a_model_that_leaves_its_prompt_out_of_the_mean(minilm_folder, tmp_path):
    """As INSTRUCTOR does: the tokens of the prompt are read, but not pooled."""
    folder = saved(minilm_folder, tmp_path / "m")
    pooling = folder / "1_Pooling" / "config.json"
    content = json.loads(pooling.read_text(encoding="utf-8")) | {"include_prompt": False}
    pooling.unlink()
    pooling.write_text(json.dumps(content), encoding="utf-8")
    from sentence_transformers import SentenceTransformer

    expected = SentenceTransformer(str(folder)).encode(
        ["water"], prompt="a word: ", normalize_embeddings=True
    )
    got = unit_vectors(models.load(str(folder)).encoder, ["water"], "a word: ")
    assert np.allclose(got, expected, atol=1e-6)
    pooled = unit_vectors(models.load(str(minilm_folder)).encoder, ["water"], "a word: ")
    assert not np.allclose(got, pooled, atol=1e-2)


def test_a_hub_model_has_its_prompt_and_is_lazy_once_it_is_cached(minilm_folder, tmp_path):
    folder = saved(minilm_folder, tmp_path / "m", prompts={"query": "query: "})
    script = (
        "import sys; from alignment import models;"
        "model = models.load('some/model');"
        "print([model.prompts.text, model.fingerprint, 'torch' in sys.modules])"
    )
    with serving({"some/model": folder}) as hub:
        environment = offline(tmp_path) | {"HF_ENDPOINT": hub}
        said = [python(script, **environment).stdout.strip() for _ in range(2)]
    assert said == [str(["query: ", f"commit:{COMMIT}", loaded]) for loaded in (True, False)]


def test_half_a_download_is_completed_and_a_pipe_refused(minilm_folder, command_line, tmp_path):
    with serving({"some/model": minilm_folder}) as hub:
        options = ("--model", "some/model", "--no-figures")
        assert command_line(*options, HF_ENDPOINT=hub).returncode == 0
        whole = record_in(tmp_path)
        weights = next((tmp_path / "hf").rglob("model.safetensors"))
        weights.resolve().unlink()
        weights.unlink()
        elsewhere = {"ALIGNMENT_CACHE": str(tmp_path / "empty")}
        done = command_line(*options, HF_ENDPOINT=hub, **elsewhere)
    assert done.returncode == 0, done.stderr
    assert record_in(tmp_path) == whole
    modules = next((tmp_path / "hf").rglob("modules.json"))
    modules.unlink()
    os.mkfifo(modules)  # on which a reader would wait
    done = command_line(*options, ALIGNMENT_CACHE=str(tmp_path / "another"))
    assert done.returncode == 1 and done.stderr.count("\n") == 1, done.stderr
    assert "modules.json' is not a file; get it again" in done.stderr


@pytest.mark.parametrize("backend", ["onnx", "openvino"])
def test_a_back_end_that_is_not_installed_gives_the_line(backend, minilm_folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "optimum", None)
    with pytest.raises(RunError, match=rf"pip install 'sentence-transformers\[{backend}\]'"):
        models.load(str(minilm_folder), ModelOptions(backend=backend))


@pytest.mark.parametrize("name", ["use-multilingual", "multilingual-e5-small-q4", "openai:m"])
def test_a_back_end_is_for_sentence_transformers(name, minilm_folder):
    with pytest.raises(InputError, match="'onnx' is for sentence-transformers"):
        models.load(name, ModelOptions(backend="onnx"))
    with pytest.raises(InputError, match="torch, onnx, openvino"):
        models.load(str(minilm_folder), ModelOptions(backend="tensorflow"))


@pytest.mark.parametrize("backend", ["onnx", "openvino"])
def test_another_back_end_gives_the_same_vectors(backend, minilm_folder):
    pytest.importorskip("optimum", reason=f"sentence-transformers[{backend}] is not installed")
    pytest.importorskip({"onnx": "onnxruntime"}.get(backend, backend))
    other = models.load(str(minilm_folder), ModelOptions(backend=backend))
    torch = models.load(str(minilm_folder))
    assert other.fingerprint == f"{torch.fingerprint} {backend}"
    texts = ["water", "freedom"]
    got, expected = (unit_vectors(model.encoder, texts) for model in (other, torch))
    assert np.allclose(got, expected, atol=1e-3)
