"""The engine for a Ray cluster: Ray runs the functions that run here on every machine of it.

Batches of texts go to one actor per GPU, or per machine without any GPU, and each actor loads the
model once. Languages go to tasks that read the vectors in Ray's object store. Actors and tasks do
not talk to each other. Ray decides where they run, and repeats what a lost machine had begun.
"""

import logging
import os
import pickle
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from alignment import InputError, RunError, one_line
from alignment.engines.local import on_one_core
from alignment.engines.terminal import defer_sigint

_MODE = "RAY_AUTH_MODE"  # "token" shows a token and asks others for it; "disabled" does neither
_REACH_SECONDS = 8  # for a cluster to answer; Ray itself tries for minutes
_MAX_AHEAD = 256  # results of tasks that wait for this process, however large the cluster is


class RayEngine:
    """Run functions of this package on a Ray cluster; a context manager that joins it.

    Args:
        address: "local" for a Ray of this machine alone, which ends with the context; "auto" for
            the cluster that this machine has joined (``ray start``), or HOST:PORT of its head.

    Raises:
        RunError: when Ray is not installed, or the cluster does not answer.
    """

    def __init__(self, address: str = "local"):
        if not (find_spec("ray") and find_spec("pyarrow")):  # Ray Data needs pyarrow
            raise RunError("engine 'ray' is not installed; pip install 'ray[data]'")
        self.address = address

    def __enter__(self) -> "RayEngine":
        local = self.address == "local"
        # Without a mode, Ray writes a token into the user's home, and later clusters ask for it.
        mode = os.environ.get(_MODE, "disabled") if local else _mode_of(self.address)
        ray = _import_ray(mode)
        environment = {
            "env_vars": {"OMP_NUM_THREADS": str(_threads())},
            "py_modules": [] if local else [str(Path(__file__).parents[1])],  # this package
        }
        options: dict[str, Any] = {"include_dashboard": False} if local else {}
        options |= {"logging_level": logging.CRITICAL, "log_to_driver": False}
        try:
            with _errors_in_one_line(f"Ray at '{self.address}' cannot be joined"), _undisturbed():
                ray.init(self.address, runtime_env=environment, **options)
        except BaseException as error:
            ray.shutdown()
            if isinstance(error, SystemExit) and error.code == signal.SIGTERM:
                raise KeyboardInterrupt(signal.SIGTERM) from error  # Ray has handled the signal
            raise
        return self

    def __exit__(self, *_: object) -> None:
        import ray

        ray.shutdown()  # ends a local Ray, and leaves a cluster that was joined

    def map(
        self, function: Callable[..., Any], items: Iterable[int], *shared: np.ndarray
    ) -> Iterator[Any]:
        """Yield function(item, *shared), in the order of the items.

        Args:
            function: a function of this package, which Ray imports by its name.
            items: the numbers of languages, say.
            shared: arrays that are put into the object store once; tasks read them only.
        """
        import ray

        _, at_once, _ = _resources()
        task = ray.remote(num_cpus=1)(on_one_core)
        with _errors_in_one_line("the cluster did not finish"):
            references = [ray.put(array) for array in shared]
            waiting: deque[Any] = deque()
            for item in items:
                if len(waiting) >= min(2 * at_once, _MAX_AHEAD):
                    yield ray.get(waiting.popleft())
                waiting.append(task.remote(function, item, *references))
            while waiting:
                yield ray.get(waiting.popleft())

    def map_batches(
        self, function: Callable[[list[str]], np.ndarray], batches: list[list[str]]
    ) -> Iterator[np.ndarray]:
        """Yield function(batch), an array with a row for each text, in the order of the batches.

        Args:
            function: each actor has a copy of it, which loads the model at the first batch.
            batches: texts; all batches have one size, but the last may be smaller.
        """
        if not batches:
            return
        import pyarrow
        from ray import data

        logging.getLogger("ray.data").setLevel(logging.CRITICAL + 1)
        context = data.DataContext.get_current()
        context.enable_progress_bars = False
        context.execution_options.preserve_order = True
        processors, machines, gpus = _resources()
        with _errors_in_one_line("the cluster did not finish"):
            texts = data.from_arrow([pyarrow.table({"text": batch}) for batch in batches])
            vectors = texts.map_batches(
                _Actor,
                fn_constructor_args=(function,),
                batch_size=len(batches[0]),  # one block each: the batches of the local engine
                compute=data.ActorPoolStrategy(size=min(gpus or machines, len(batches))),
                num_cpus=None if gpus else processors,
                num_gpus=1 if gpus else None,
            )
            for block in vectors.iter_batches(batch_size=None):
                if "error" in block:
                    raise pickle.loads(block["error"][0])
                yield block["vector"]


class _Actor:
    """Apply a function to batches, and return its errors as data.

    Ray Data would turn an exception into the text of a traceback.
    """

    def __init__(self, function: Callable[[list[str]], np.ndarray]):
        self.function = function

    def __call__(self, block: dict[str, np.ndarray]) -> dict[str, Any]:
        try:
            return {"vector": self.function(block["text"].tolist())}
        except (InputError, RunError) as error:
            return {"error": [pickle.dumps(error)]}


def _import_ray(mode: str) -> Any:
    """Import Ray, silent and in this mode, which Ray reads once in a process."""
    if "ray" in sys.modules and mode != os.environ.get(_MODE, "disabled"):
        has = "without" if mode == "token" else "with"
        raise RunError(f"this process has used Ray {has} a token before; start a new one")
    os.environ[_MODE] = mode
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    try:
        import ray
    except ImportError as error:
        raise RunError(f"engine 'ray' cannot be loaded: {one_line(error)}") from error
    return ray


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Start Ray without interruptions, and without what its compiled code prints."""
    stderr, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        with defer_sigint():
            yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        os.close(nowhere)


def _mode_of(address: str) -> str:
    """Return "token" where the cluster asks for a token, else "disabled"; raise RunError for none.

    Another process asks, because Ray ends a process that finds no cluster. No token is tried first:
    a cluster without tokens accepts one, but this process would then refuse the cluster's machines.
    """
    command = [sys.executable, "-m", "ray.scripts.scripts", "status", "--address", address]
    options: dict[str, Any] = {"capture_output": True, "text": True, "timeout": _REACH_SECONDS}
    for mode in ("disabled", "token"):
        try:
            answer = subprocess.run(command, env=os.environ | {_MODE: mode}, **options)
        except subprocess.TimeoutExpired:
            break
        if not answer.returncode:
            return mode
        if mode == "disabled" and "AuthenticationError" not in answer.stderr:
            break
    else:
        raise RunError(
            f"the Ray cluster at '{address}' asks for a token, and this machine has another one; "
            "put the right one into ~/.ray/auth_token or RAY_AUTH_TOKEN"
        )
    raise RunError(
        f"no Ray cluster answers at '{address}'; start one with `ray start --head`, or check "
        "--ray-address"
    )


def _threads() -> int:
    """Return how many threads NumPy uses here: with another number, last digits of sums differ."""
    from threadpoolctl import threadpool_info

    return max(library["num_threads"] for library in threadpool_info())


def _resources() -> tuple[int, int, int]:
    """Return the processors that a task takes, how many such tasks run at once, and the GPUs.

    A task takes one processor per thread, or all of the smallest machine if that has fewer.
    """
    import ray

    nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    cpus = [int(node["CPU"]) for node in nodes if node.get("CPU", 0) >= 1]
    if not cpus:
        raise RunError("the Ray cluster has no processors to offer; join a machine to it")
    processors = min(_threads(), *cpus)
    gpus = sum(int(node.get("GPU", 0)) for node in nodes)
    return processors, sum(count // processors for count in cpus), gpus


@contextmanager
def _errors_in_one_line(what: str) -> Iterator[None]:
    """Raise the error that this package raised on the cluster; put an error of Ray in one line."""
    try:
        yield
    except Exception as error:
        cause: Any = error
        while cause and type(cause) not in (InputError, RunError):  # Ray derives errors from ours
            cause = getattr(cause, "cause", None) or cause.__cause__
        raise cause or RunError(f"{what}: {one_line(error)}") from error
