"""Beyond one machine: the functions that run here, run by Ray on every machine of a cluster.

Batches of texts go to one actor per GPU, or per machine where there are none, each of which loads
the model once; languages go to tasks over the vectors in Ray's object store. Neither needs to talk
to another. Where things run, and what is done again when a machine is lost, is Ray's own affair.
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

_MODE = "RAY_AUTH_MODE"  # whether this process shows a token, and asks others for it
REACH_SECONDS = 8  # for a cluster to answer; Ray by itself tries for minutes
_MAX_AHEAD = 256  # results of tasks that wait for this process, however large the cluster is


class RayEngine:
    """Run functions of this package on a Ray cluster; a context manager that joins it.

    Args:
        address: "local" for a Ray of this machine's own, which ends with the context; "auto" for
            the cluster that this machine has joined (``ray start``), or HOST:PORT of its head.

    Raises:
        RunError: where Ray is not installed, or the cluster does not answer.
    """

    def __init__(self, address: str = "local"):
        if not (find_spec("ray") and find_spec("pyarrow")):  # the second is Ray Data's
            raise RunError("engine 'ray' is not installed; pip install 'ray[data]'")
        self.address = address

    def __enter__(self) -> "RayEngine":
        environment: dict[str, Any] = {"env_vars": {"OMP_NUM_THREADS": str(_threads())}}
        options: dict[str, Any] = {"logging_level": logging.CRITICAL, "log_to_driver": False}
        if self.address == "local":
            options["include_dashboard"] = False
            # else Ray leaves a token in the user's home, which every later cluster then asks for
            mode = os.environ.get(_MODE, "disabled")
        else:
            mode = _mode_of(self.address)
            environment["py_modules"] = [str(Path(__file__).parents[1])]  # the code that runs here
        ray = _ray(mode)
        try:
            with _own_errors(f"Ray at '{self.address}' cannot be joined"), _undisturbed():
                ray.init(self.address, runtime_env=environment, **options)
        except BaseException as error:
            ray.shutdown()
            if isinstance(error, SystemExit) and error.code == signal.SIGTERM:
                raise KeyboardInterrupt(signal.SIGTERM) from error  # Ray handles it in its own way
            raise
        return self

    def __exit__(self, *_: object) -> None:
        import ray

        ray.shutdown()  # ends what was started here, and only leaves what was joined

    def map(
        self, function: Callable[..., Any], items: Iterable[int], *shared: np.ndarray
    ) -> Iterator[Any]:
        """Yield function(item, *shared), in the order of the items; arrays come read-only.

        Args:
            function: of this package, found by its name.
            shared: put into the object store once, and read there by every task.
        """
        import ray

        _, at_once, _ = _resources()
        task = ray.remote(num_cpus=1)(on_one_core)
        with _own_errors("the cluster did not finish"):
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
        """Yield function(batch), an array of as many rows, in the order of the batches.

        Args:
            function: loads at its first batch what it needs; each actor has one of its own.
            batches: of texts, all of one size but the last, which may be smaller.
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
        with _own_errors("the cluster did not finish"):
            texts = data.from_arrow([pyarrow.table({"text": batch}) for batch in batches])
            vectors = texts.map_batches(
                _Actor,
                fn_constructor_args=(function,),
                batch_size=len(batches[0]),  # a block each: the very batches of the local engine
                compute=data.ActorPoolStrategy(size=min(gpus or machines, len(batches))),
                num_cpus=None if gpus else processors,
                num_gpus=1 if gpus else None,
            )
            for block in vectors.iter_batches(batch_size=None):
                if "error" in block:
                    raise pickle.loads(block["error"][0])
                yield block["vector"]


class _Actor:
    """Apply the function to batches.

    What goes wrong with the model travels as data: as an exception it would come back as a
    traceback of Ray's, whose words are all that is left of it.
    """

    def __init__(self, function: Callable[[list[str]], np.ndarray]):
        self.function = function

    def __call__(self, block: dict[str, np.ndarray]) -> dict[str, Any]:
        try:
            return {"vector": self.function(block["text"].tolist())}
        except (InputError, RunError) as error:
            return {"error": [pickle.dumps(error)]}


def _ray(mode: str) -> Any:
    """Import Ray, which then reads its mode and never again, without its news."""
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
    """Let Ray start as a whole, in silence: compiled code says how little it is going to say."""
    own, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        with defer_sigint():
            yield
    finally:
        os.dup2(own, 2)
        os.close(own)
        os.close(nowhere)


def _mode_of(address: str) -> str:
    """Return whether the cluster asks for a token, "disabled" or "token", as Ray calls it.

    A token shown to a cluster that asks for none is taken without a word, and then this process
    asks the cluster's machines for it, and refuses them.
    """
    said = _complaint(address, "disabled")
    if said is None:
        return "disabled"
    if "AuthenticationError" not in said:
        raise RunError(
            f"no Ray cluster answers at '{address}'; start one with `ray start --head`, or check "
            "--ray-address"
        )
    if _complaint(address, "token") is None:
        return "token"
    raise RunError(
        f"the Ray cluster at '{address}' asks for a token, and this machine has another one; put "
        "the right one into ~/.ray/auth_token or RAY_AUTH_TOKEN"
    )


def _complaint(address: str, mode: str) -> str | None:
    """Ask for the cluster's state in another process: a Ray that finds none would end this one.

    Returns:
        None, or what went wrong, at the length of a traceback.
    """
    command = [sys.executable, "-m", "ray.scripts.scripts", "status", "--address", address]
    try:
        answer = subprocess.run(
            command,
            env=os.environ | {_MODE: mode},
            capture_output=True,
            text=True,
            timeout=REACH_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return "no answer"
    return answer.stderr if answer.returncode else None


def _threads() -> int:
    """Return how many threads NumPy uses here: with another number sums differ in a last digit."""
    from threadpoolctl import threadpool_info

    return max(library["num_threads"] for library in threadpool_info())


def _resources() -> tuple[int, int, int]:
    """Return the processors that a task takes, how many such tasks run at once, and the GPUs.

    A task takes as many processors as it has threads, or a whole machine where those are fewer.
    """
    import ray

    nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    cpus = [int(node["CPU"]) for node in nodes if node.get("CPU", 0) >= 1]
    if not cpus:
        raise RunError("the Ray cluster has no processors to offer; join a machine to it")
    processors = min(_threads(), *cpus)
    return (
        processors,
        sum(count // processors for count in cpus),
        sum(int(node.get("GPU", 0)) for node in nodes),
    )


@contextmanager
def _own_errors(what: str) -> Iterator[None]:
    """Raise the error that a function of ours raised elsewhere, and say Ray's own on one line."""
    try:
        yield
    except Exception as error:
        raise _cause(error) or RunError(f"{what}: {one_line(error)}") from error


def _cause(error: BaseException | None) -> InputError | RunError | None:
    while error and type(error) not in (InputError, RunError):  # Ray's have the type of ours too
        error = getattr(error, "cause", None) or error.__cause__
    return error if isinstance(error, InputError | RunError) else None
