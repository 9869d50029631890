"""The engine for a Ray cluster: Ray runs the functions that run here on every machine of it.

Batches of texts and languages go to tasks, which read what they share in Ray's object store. Ray
decides where tasks run, and repeats those of a lost machine.
"""

import logging
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

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
        if not find_spec("ray"):
            raise RunError("engine 'ray' is not installed; pip install ray")
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

        Ray imports the function by its name. The shared arrays are put into the object store once.
        """
        processors, machines, _ = _resources()
        at_once = sum(count // processors for count in machines)
        calls = ((function, item) for item in items)
        yield from _results(on_one_core, calls, shared, at_once, {"num_cpus": 1})

    def map_batches(
        self, function: Callable[[list[str]], np.ndarray], batches: list[list[str]]
    ) -> Iterator[np.ndarray]:
        """Yield function(batch), an array with a row for each text, in the order of the batches.

        A process per GPU, or per machine without any, keeps a copy of the function, which loads the
        model at the first batch.
        """
        processors, machines, gpus = _resources()
        needs = {"num_gpus": 1} if gpus else {"num_cpus": processors}
        key = uuid4().hex
        calls = ((key, batch) for batch in batches)
        yield from _results(_call_kept, calls, (function,), gpus or len(machines), needs)


def _results(
    function: Callable[..., Any],
    calls: Iterable[tuple[Any, ...]],
    shared: Iterable[Any],
    at_once: int,
    needs: dict[str, int],
) -> Iterator[Any]:
    """Yield function(*call, *shared) for each call, in order, from tasks with these needs."""
    import ray

    task = ray.remote(**needs, max_retries=-1)(function)
    with _errors_in_one_line("the cluster did not finish"):
        references = [ray.put(value) for value in shared]
        waiting: deque[Any] = deque()
        for call in calls:
            if len(waiting) >= min(2 * at_once, _MAX_AHEAD):
                yield ray.get(waiting.popleft())
            waiting.append(task.remote(*call, *references))
        while waiting:
            yield ray.get(waiting.popleft())


_kept: dict[str, Callable[[list[str]], np.ndarray]] = {}  # the functions of a process, by key


def _call_kept(key: str, batch: list[str], function: Callable[[list[str]], np.ndarray]) -> Any:
    """Return function(batch), called on the copy that this process had first under the key."""
    return _kept.setdefault(key, function)(batch)


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


def _resources() -> tuple[int, list[int], int]:
    """Return the processors that a model takes, those of each machine, and the number of GPUs.

    A model takes one processor per thread, or all of the smallest machine if that has fewer.
    """
    import ray

    nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    cpus = [int(node["CPU"]) for node in nodes if node.get("CPU", 0) >= 1]
    if not cpus:
        raise RunError("the Ray cluster has no processors to offer; join a machine to it")
    return min(_threads(), *cpus), cpus, sum(int(node.get("GPU", 0)) for node in nodes)


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
