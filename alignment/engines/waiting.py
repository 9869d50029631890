"""Waiting for servers: ``--timeout`` bounds every request, including its repeats.

The time limit of a client bounds each silence, but neither a slow trickle of bytes nor a
``Retry-After`` of an hour.
"""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from functools import partial
from threading import Thread
from typing import Any, TypeVar
from urllib.parse import urlsplit

from alignment import DEFAULT_TIMEOUT, InputError, RunError, one_line

BUSY = (408, 429, 500, 502, 503, 504)  # statuses that may change within seconds
_PAUSES = (0.5, 1.0, 2.0)  # seconds before a request to the hub is repeated
_DAY = 86_400
_T = TypeVar("_T")

patience: ContextVar[float] = ContextVar("patience", default=DEFAULT_TIMEOUT)  # for grids


def require_seconds(seconds: float) -> float:
    """Return the time limit of a request; raise InputError unless it is from 0 to a day."""
    if not 0 < seconds <= _DAY:
        raise InputError(f"the timeout is {seconds}; give seconds above 0, up to {_DAY}")
    return seconds


def is_address(url: str) -> bool:
    """Return whether a URL can be the address of a server."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port beyond 65535, half of an IPv6 address
        return False


def within(seconds: float, step: Callable[[], _T]) -> _T:
    """Return what a step returns, or raise what it raises; raise TimeoutError after ``seconds``.

    The step runs in a thread, which goes on after that: nothing can end a look-up of a host name.
    """
    from concurrent.futures import Future

    result: Future[_T] = Future()

    def carry_out() -> None:
        try:
            result.set_result(step())
        except BaseException as error:
            result.set_exception(error)

    Thread(target=copy_context().run, args=(carry_out,), daemon=True).start()
    return result.result(max(seconds, 0))


@contextmanager
def patient_hub(seconds: float, needed: bool) -> Iterator[None]:
    """Bound every request to the hub, though not the download of a file; stop at the first failure.

    Libraries go on without a file that the hub does not send: they would wait as long for the next
    file, and might return another model. Raise RunError after a failure if the hub is ``needed``.
    """
    from huggingface_hub import get_session

    session, failures = get_session(), list[str]()
    send = session.send

    def bounded(request: Any, **options: Any) -> Any:
        if not failures:
            request.extensions["timeout"] |= {"read": seconds}
            try:
                return _answer(partial(send, request, **options), seconds)
            except RunError as error:
                failures.append(str(error))
        raise RunError(failures[0])

    session.send = bounded
    try:
        yield
    except Exception:
        if not (failures and needed):
            raise
    finally:
        del session.send
    if failures and needed:
        raise RunError(
            f"the hub was given up: {failures[0]}; try again later, or with a longer --timeout"
        )


def _answer(send: Callable[[], Any], seconds: float) -> Any:
    """Return the answer to a request, and repeat it while that may help; RunError without any."""
    from httpx2 import TimeoutException, TransportError

    end = time.monotonic() + seconds
    for pause in (*_PAUSES, math.inf):
        try:
            answer = within(end - time.monotonic(), send)
        except (TimeoutError, TimeoutException):
            reason = "it does not answer in time"
        except TransportError as error:
            reason = one_line(error)
        else:
            if answer.status_code not in BUSY:
                return answer
            reason = f"it answers {answer.status_code}"
            requested = answer.headers.get("Retry-After", "")
            pause = max(pause, float(requested) if requested.isdecimal() else 0)
            answer.close()
        if time.monotonic() + pause >= end:
            break
        time.sleep(pause)
    raise RunError(reason)
