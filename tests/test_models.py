"""Models by name: folders, the hub as it may be found, and the embedded one."""

import json

import pytest
from hub import COMMIT, hanging, login_page, serving

from alignment import models


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
    with serving({models.PUBLISHED_MODEL: minilm_folder}) as hub:
        done = command_line("--no-figures", HF_ENDPOINT=hub)
        assert done.returncode == 0, done.stderr
    provenance = read(tmp_path)["provenance"]
    assert read(tmp_path)["model"] == provenance["requested_model"] == models.PUBLISHED_MODEL
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
    assert read(tmp_path)["model"] == models.EMBEDDED_MODEL
    assert read(tmp_path)["provenance"]["fallback"]


def test_an_unknown_model_on_a_hub_that_answers(command_line, tmp_path):
    with serving({}) as hub:
        done = command_line("--model", "nobody/nothing", HF_ENDPOINT=hub)
    assert done.returncode == 1 and "nobody/nothing" in done.stderr.splitlines()[-1]
    assert not (tmp_path / "alignment_results.json").exists()


def read(folder):
    return json.loads((folder / "alignment_results.json").read_text(encoding="utf-8"))
