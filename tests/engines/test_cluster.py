"""The engine on Ray: a cluster here, a node that dies, clusters that cannot be joined."""

import os
import socket
import subprocess
import sys
import time
from functools import partial
from unittest.mock import Mock

import numpy as np
import pytest
from conftest import ROOT

from alignment import InputError, RunError, models
from alignment.models import encoders
from alignment.search.ranks import in_language
from cross_lingual_alignment import CrossLingualAlignmentExperiment

ray = pytest.importorskip("ray", reason="ray is not installed: pip install ray")

from alignment.engines import cluster  # noqa: E402
from alignment.engines.local import on_one_core  # noqa: E402

TEXTS = [f"text {number}" for number in range(encoders.BATCH + 1)]
# With as many processors as there are, tasks have the local threads.
NODE = {"num_cpus": os.cpu_count(), "object_store_memory": 100 << 20}
X = np.random.default_rng(0).standard_normal((500, 8, 512)).astype(np.float32)
WITH_RAY = ("--no-figures", "--engine", "ray", "--ray-address")


@pytest.fixture(scope="module")
def nodes():
    """Ray's cluster of one node here, which learns of the death of others within seconds."""
    from ray.cluster_utils import Cluster

    health = {"health_check_period_ms": 500, "health_check_failure_threshold": 4}
    head = NODE | {"include_dashboard": False, "_system_config": health}
    nodes = Cluster(initialize_head=True, head_node_args=head)
    try:
        nodes.wait_for_nodes()
        yield nodes
    finally:
        nodes.shutdown()


@pytest.fixture(scope="module")
def engine(nodes):
    with cluster.RayEngine(nodes.address) as engine:
        yield engine


def refuse():
    raise RunError("this model never loads")


def complain(a, X):
    raise InputError(f"language {a} of {X.shape}")


def similarities(a, X):
    """Products whose last digits depend on the number of threads."""
    return X.reshape(-1, X.shape[2]) @ X[:, a].T


def slowly(seconds, function, batch):
    time.sleep(seconds)  # so that a node can die during the work
    return function(batch)


class Random:
    """A model in memory: random vectors, the same for the same text."""

    def encode(self, texts):
        seeds = [list(text.encode()) for text in texts]
        return [np.random.default_rng(seed).standard_normal(64) for seed in seeds]


ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers cannot import tests


def test_the_record_has_the_bytes_of_the_local_one(engine, monkeypatch, tmp_path):
    tasks = Mock(side_effect=engine.map)
    monkeypatch.setattr(engine, "map", tasks)
    grid, queries = (ROOT / "examples" / f"{name}.csv" for name in ("passages", "questions"))
    for name, place in (("here", None), ("cluster", engine)):
        options = {"queries": str(queries), "engine": place}
        CrossLingualAlignmentExperiment(Random(), grid, **options).run().to_json(tmp_path / name)
    assert (tmp_path / "here").read_bytes() == (tmp_path / "cluster").read_bytes()
    assert in_language in [call.args[0] for call in tasks.mock_calls]  # of the search


def test_languages_come_in_order_with_the_local_bytes(engine):
    products = list(engine.map(similarities, range(X.shape[1]), X))
    assert len(products) == X.shape[1]
    for a, product in enumerate(products):
        assert np.array_equal(product, on_one_core(similarities, a, X))


def test_the_tasks_under_way_do_not_grow_with_the_cluster(engine, monkeypatch):
    large = [{"Alive": True, "Resources": {"CPU": os.cpu_count()}}] * 10_000
    monkeypatch.setattr(ray, "nodes", lambda: large)
    begun = []
    results = engine.map(lambda a, X: a, (begun.append(a) or a for a in range(300)), X[:1])
    next(results)
    assert len(begun) <= 256 + 1  # waiting, and the one that is being handed over
    assert list(results) == list(range(1, 300))


def test_an_error_of_this_package_is_passed_on_unchanged(engine):
    with pytest.raises(InputError, match=r"^language 0 of \(500, 8, 512\)$"):
        list(engine.map(complain, range(8), X))
    with pytest.raises(RunError, match=r"^this model never loads$"):
        encoders.unit_vectors(encoders.LazyEncoder(refuse), TEXTS, through=engine.map_batches)


def test_a_model_with_a_key_stays_here(engine):
    model = Mock(side_effect=lambda batch, prompt: np.ones((len(batch), 2)))
    encoder = encoders.LazyEncoder(lambda: model, movable=False)
    encoders.unit_vectors(encoder, TEXTS, through=engine.map_batches)
    assert [text for call in model.mock_calls for text in call.args[0]] == TEXTS


@pytest.mark.parametrize(
    ("number", "seconds", "lost"),
    [(2, 0, False), pytest.param(24, 0.4, True, marks=pytest.mark.nightly)],
)
def test_vectors_are_the_local_ones_even_if_a_node_is_lost(number, seconds, lost, nodes, engine):
    embed = partial(encoders.embed_batch, models.load("use-multilingual").encoder, "")
    batches = [[f"text {n}", "water"] for n in range(number)]
    added = nodes.add_node(**NODE) if lost else None
    vectors = []
    for part in engine.map_batches(partial(slowly, seconds, embed), batches):
        if lost and not vectors:
            nodes.remove_node(added, allow_graceful=False)
        vectors.append(part)
    assert sum(node["Alive"] for node in ray.nodes()) == 1
    assert np.array_equal(vectors, [embed(batch) for batch in batches])


AUTHENTICATION = "AuthenticationError"


@pytest.mark.parametrize(
    ("mode", "answers", "words"),
    [
        ("token", [""], "used Ray with a token before; start a new one"),
        ("disabled", [AUTHENTICATION, ""], "used Ray without a token before; start a new one"),
        ("disabled", [AUTHENTICATION] * 2, "asks for a token.*right one into ~/.ray/auth_token"),
        ("disabled", ["ConnectionError"], "no Ray cluster answers at 'host:1'.*ray start --head"),
        ("disabled", [None], "no Ray cluster answers"),
    ],
)
def test_a_cluster_that_cannot_be_joined_is_named(mode, answers, words, monkeypatch):
    def status(command, timeout, **options):  # of `ray status`, without a token and then with one
        if (error := answers.pop(0)) is None:
            raise subprocess.TimeoutExpired(command, timeout)
        return subprocess.CompletedProcess(command, bool(error), "", error)

    monkeypatch.setenv("RAY_AUTH_MODE", mode)
    monkeypatch.setattr(subprocess, "run", status)
    with pytest.raises(RunError, match=words):
        cluster.RayEngine("host:1").__enter__()
    assert not answers


@pytest.mark.nightly
@pytest.mark.parametrize("mode", ["token", "disabled"])
def test_the_token_at_home_is_shown_to_a_cluster_that_asks_for_it(
    mode, command_line, minilm_folder, tmp_path
):
    (tmp_path / "home/.ray").mkdir(parents=True)
    (tmp_path / "home/.ray/auth_token").write_text("0" * 64)
    home = {"HOME": str(tmp_path / "home")}
    with socket.create_server(("", 0)) as free:
        port = str(free.getsockname()[1])
    command = f"{sys.executable} -m ray.scripts.scripts start --head --block --num-cpus 2"
    head = subprocess.Popen(
        [*command.split(), "--port", port, "--include-dashboard", "false"],
        env=os.environ | home | {"RAY_AUTH_MODE": mode},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while socket.socket().connect_ex(("127.0.0.1", int(port))):
            assert head.poll() is None
            time.sleep(0.2)
        run = partial(command_line, *WITH_RAY, f"127.0.0.1:{port}", "--model")
        if mode == "token":
            refused = run("use-multilingual", HOME=str(tmp_path))
            assert refused.returncode == 1 and refused.stderr.count("\n") == 1, refused.stderr
            assert port in refused.stderr and "~/.ray/auth_token" in refused.stderr
        done = run("use-multilingual", **home)
        assert done.returncode == 0 and done.stderr == "", done.stderr
        (tmp_path / "broken").mkdir()
        for name in ("config.json", "modules.json"):
            (tmp_path / "broken" / name).write_bytes((minilm_folder / name).read_bytes())
        broken = run("broken", **home)
        assert broken.returncode == 1 and broken.stderr.count("\n") == 1, broken.stderr
        assert "model 'broken' cannot be loaded" in broken.stderr
    finally:
        head.terminate()
        head.wait()


@pytest.mark.nightly
def test_a_silent_address_is_given_up_soon():
    with socket.create_server(("", 0)) as silent:
        start = time.monotonic()
        with pytest.raises(RunError, match="ray start --head"):
            cluster.RayEngine(f"127.0.0.1:{silent.getsockname()[1]}").__enter__()
        assert time.monotonic() - start < 15
