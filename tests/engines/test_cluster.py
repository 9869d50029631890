"""The engine on Ray: a cluster of several nodes here, nodes that die, clusters that do not answer.

Each node offers as many processors as there are, so that its tasks have the local threads.
"""

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from functools import partial
from itertools import chain

import numpy as np
import pytest
from conftest import ROOT

from alignment import InputError, RunError, models
from alignment.models import encoders
from alignment.search import task as searching
from alignment.search.ranks import ROWS

ray = pytest.importorskip("ray", reason="ray is not installed: pip install 'ray[data]'")

from alignment.engines import cluster, computing_on  # noqa: E402
from alignment.engines.local import on_one_core  # noqa: E402

MODEL = "use-multilingual"
TEXTS = [f"text {number}" for number in range(10 * encoders.BATCH)]
SMALL_STORE = 100 << 20  # bytes


@contextmanager
def nodes_of_a_cluster(count):
    """Yield Ray's cluster of ``count`` nodes here, which learns of a death within seconds."""
    from ray.cluster_utils import Cluster

    size = {"num_cpus": os.cpu_count(), "object_store_memory": SMALL_STORE}
    health = {"health_check_period_ms": 500, "health_check_failure_threshold": 4}
    head = size | {"include_dashboard": False, "_system_config": health}
    nodes = Cluster(initialize_head=True, head_node_args=head)
    try:
        for _ in range(count - 1):
            nodes.add_node(**size)
        nodes.wait_for_nodes()
        yield nodes
    finally:
        nodes.shutdown()


@pytest.fixture(scope="module")
def three_nodes():
    with nodes_of_a_cluster(3) as nodes:
        yield nodes


@pytest.fixture
def home_with_token(tmp_path):
    """A home in which Ray once left the token of another cluster."""
    (tmp_path / "home/.ray").mkdir(parents=True)
    (tmp_path / "home/.ray/auth_token").write_text("0" * 64)
    return str(tmp_path / "home")


@pytest.fixture
def engine(three_nodes):
    with cluster.RayEngine(three_nodes.address) as engine:
        yield engine


def refuse():
    raise RunError("this model never loads")


def complain(a, X):
    raise InputError(f"language {a} of {X.shape}")


def similarities(a, X):
    """Products whose last digits depend on the number of threads."""
    return X.reshape(-1, X.shape[2]) @ X[:, a].T


ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers cannot import tests


@pytest.fixture(scope="module")
def X():
    rows = np.random.default_rng(0).standard_normal((500, 8, 512)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=2, keepdims=True)


def batches(texts):
    return [texts[n : n + encoders.BATCH] for n in range(0, len(texts), encoders.BATCH)]


def test_the_record_has_the_bytes_of_the_local_one(
    three_nodes, command_line, home_with_token, tmp_path
):
    """The search's too; with a token at home, for which this cluster does not ask."""
    example = (ROOT / "examples" / f"{name}.csv" for name in ("passages", "questions"))
    searched = zip(("--grid", "--queries"), example, strict=True)
    options = ("--model", MODEL, *chain(*searched), "--no-figures", "--no-cache", "--output")
    there = ("there", "--engine", "ray", "--ray-address", three_nodes.address)
    for own in (("here",), there):
        done = command_line(*options, *own, HOME=home_with_token)
        assert done.returncode == 0 and done.stderr == "", done.stderr
    here, there = (tmp_path / name / "alignment_results.json" for name in ("here", "there"))
    assert here.read_bytes() == there.read_bytes()


def test_a_cluster_that_asks_for_a_token_is_shown_the_one_at_home(
    home_with_token, command_line, tmp_path
):
    with socket.create_server(("", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = f"{sys.executable} -m ray.scripts.scripts start --head --block --num-cpus 2"
    head = subprocess.Popen(
        [*command.split(), "--port", address.split(":")[1], "--include-dashboard", "false"],
        env=os.environ | {"HOME": home_with_token, "RAY_AUTH_MODE": "token"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    run = partial(command_line, *f"--model {MODEL} --no-figures --engine ray".split())
    try:
        wait_until_listening(address, head)
        (tmp_path / "empty").mkdir()
        refused = run("--ray-address", address, HOME=str(tmp_path / "empty"))
        assert refused.returncode == 1 and refused.stderr.count("\n") == 1, refused.stderr
        assert address in refused.stderr and "~/.ray/auth_token" in refused.stderr
        done = run("--ray-address", address, HOME=home_with_token)
        assert done.returncode == 0 and done.stderr == "", done.stderr
    finally:
        head.terminate()
        head.wait()


def wait_until_listening(address, process):
    host, port = address.split(":")
    while process.poll() is None:
        try:
            return socket.create_connection((host, int(port))).close()
        except ConnectionRefusedError:
            time.sleep(0.2)
    raise AssertionError(f"the head of {address} ended with {process.returncode}")


def test_a_process_has_one_mode_of_ray(monkeypatch):
    monkeypatch.setenv("RAY_AUTH_MODE", "token")
    monkeypatch.setattr(cluster, "_mode_of", lambda address: "disabled")
    with pytest.raises(RunError, match="used Ray with a token before; start a new one"):
        cluster.RayEngine("127.0.0.1:1").__enter__()


def test_languages_come_in_order_with_the_local_bytes(engine, X):
    there = list(engine.map(similarities, range(X.shape[1]), X))
    assert len(there) == X.shape[1]
    for a, product in enumerate(there):
        assert np.array_equal(product, on_one_core(similarities, a, X))


def test_a_search_goes_by_language_with_the_local_bytes(engine, X):
    present = np.ones(X.shape[:2], dtype=bool)
    task = searching.Task(X[::-1], present, np.arange(len(X)), X, present)
    sent = []

    def sending(function, items, *shared):
        sent.extend((function.__name__, item) for item in items)
        return engine.map(function, items, *shared)

    with computing_on(sending):
        there = searching.search(task)
    here = searching.search(task)
    blocks = -(-present.size // ROWS)  # of questions, in each language of the passages
    assert sent == [("in_language", item) for item in range(8 * blocks)]
    for name, values in here.mixed.items():
        assert there.mixed[name].tobytes() == values.tobytes(), name
    assert there.alone.nearer.tobytes() == here.alone.nearer.tobytes()


def test_what_is_under_way_does_not_grow_with_the_cluster(engine, X, monkeypatch):
    monkeypatch.setattr(cluster, "_MAX_AHEAD", 2)
    begun = []
    results = engine.map(similarities, (begun.append(a) or a for a in range(8)), X)
    for taken, _ in enumerate(results):
        assert len(begun) - taken <= 2 + 1  # waiting, and the one that is being handed over
    assert begun == list(range(8))


def test_an_error_of_ours_is_passed_on_as_it_is(engine, X):
    with pytest.raises(InputError, match=r"^language 0 of \(500, 8, 512\)$"):
        list(engine.map(complain, range(8), X))
    with pytest.raises(RunError, match=r"^this model never loads$"):
        encoders.unit_vectors(encoders.LazyEncoder(refuse), TEXTS, through=engine.map_batches)


def test_a_model_that_does_not_load_there_says_so_once(
    three_nodes, command_line, minilm_folder, tmp_path
):
    folder = tmp_path / "broken"
    folder.mkdir()
    for name in ("config.json", "modules.json"):
        (folder / name).write_bytes((minilm_folder / name).read_bytes())
    ray_options = ("--engine", "ray", "--ray-address", three_nodes.address)
    done = command_line("--model", folder, *ray_options)
    assert done.returncode == 1 and done.stderr.count("\n") == 1, done.stderr
    assert f"model '{folder}' cannot be loaded" in done.stderr


def test_a_model_with_a_key_stays_here(engine):
    asked = []

    def load():
        return lambda texts, prompt: asked.extend(texts) or np.ones((len(texts), 2))

    encoders.unit_vectors(
        encoders.LazyEncoder(load, movable=False), TEXTS, through=engine.map_batches
    )
    assert asked == TEXTS


def test_a_lost_node_changes_nothing(three_nodes, engine):
    model = models.load(MODEL)
    expected = encoders.unit_vectors(model.encoder, TEXTS)
    parts = []
    for part in engine.map_batches(
        partial(encoders.embed_batch, model.encoder, ""), batches(TEXTS)
    ):
        if not parts:
            three_nodes.remove_node(min(three_nodes.worker_nodes, key=id), allow_graceful=False)
        parts.append(part)
    assert sum(node["Alive"] for node in ray.nodes()) == 2
    assert np.array_equal(np.concatenate(parts), expected)


@pytest.mark.parametrize("listening", [False, True])
def test_a_cluster_that_does_not_answer_is_one_line(listening, command_line, tmp_path):
    with socket.create_server(("", 0)) as silent:
        port = silent.getsockname()[1]
        if not listening:
            silent.close()
        start = time.monotonic()
        address = f"127.0.0.1:{port}"
        done = command_line("--model", MODEL, "--engine", "ray", "--ray-address", address)
        assert time.monotonic() - start < 15
    assert done.returncode == 1 and done.stderr.count("\n") == 1, done.stderr
    assert address in done.stderr and "ray start --head" in done.stderr
    assert not list(tmp_path.iterdir())
