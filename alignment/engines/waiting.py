"""Waiting for a server: one total time for each request, with its answer and with asking again.

A socket's time limit bounds a single silence: it bounds neither a server that drips nor one that
wants to be asked again in ten minutes.
"""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from email.utils import parsedate_to_datetime
from functools import partial
from threading import Thread
from typing import Any, TypeVar
from urllib.parse import urlsplit

from alignment import DEFAULT_TIMEOUT, InputError, RunError, one_line, tell

BUSY = (408, 429, 500, 502, 503, 504)  # statuses that another moment may change
_PAUSES = (0.5, 1.0, 2.0)  # seconds before a server is asked again that does not say when
_SLOWEST = 10_000  # bytes a second at which a file of any size may go on arriving
_DAY = 86_400
_T = TypeVar("_T")

patience: ContextVar[float] = ContextVar("patience", default=DEFAULT_TIMEOUT)  # for grids


def require_seconds(seconds: float) -> float:
    """Return a time for a request that is of use.

    Raises:
        InputError: for one that is not above 0, or longer than a day.
    """
    if not 0 < seconds <= _DAY:
        raise InputError(f"the timeout is {seconds}; give seconds above 0, up to {_DAY}")
    return seconds


def is_address(url: str) -> bool:
    """Return whether a server may be there."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port beyond 65535, half of an IPv6 address
        return False


def within(seconds: float, step: Callable[[], _T]) -> _T:
    """Return what a step returns; raise what it raises, or TimeoutError where it takes longer.

    It is in a thread, and is left behind there: nothing ends the look-up of a name, for one.
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


def make_patient(client: Any, seconds: float) -> None:
    """Give every request of an httpx client this time in all; busy servers are asked again."""
    client.send = partial(_send, client.send, seconds)


@contextmanager
def patient_hub(seconds: float, needed: bool) -> Iterator[None]:
    """Give every request of huggingface_hub this time in all, and give up the hub after the first.

    What is asked of it is asked by other libraries, which may go on without a file that does not
    come, and would wait for the next one as long. A large file may take longer, while it arrives.

    Args:
        seconds: for one request.
        needed: whether what is asked for is not there without the hub.

    Raises:
        RunError: where the hub was given up and is needed, whatever was made without it.
    """
    from huggingface_hub import get_session

    session = get_session()
    hub = _Hub(session.send, seconds)
    session.send = hub.send
    try:
        yield
    except Exception:
        hub.gave_up = hub.gave_up or hub.cut  # says more than what others made of it
        if not (hub.gave_up and needed):
            raise
    finally:
        del session.send
    if hub.gave_up and needed:
        raise RunError(
            f"the hub was given up: {hub.gave_up}; try again later, or with a longer --timeout"
        )


class _Hub:
    """What is sent to the hub, until it is given up.

    Attributes:
        gave_up: why; empty while it is not.
        cut: why a file came to an end too early, which huggingface_hub then asks for again.
    """

    def __init__(self, send: Callable[..., Any], seconds: float) -> None:
        self._own, self._seconds = send, seconds
        self.gave_up = self.cut = ""

    def send(self, request: Any, *, stream: bool = False, **options: Any) -> Any:
        from httpx2 import TransportError

        if self.gave_up:
            raise RunError(self.gave_up)
        request.extensions["timeout"] |= {"read": self._seconds}
        try:
            answer = _send(self._own, self._seconds, request, stream=stream, **options)
        except TransportError as error:
            raise self._give_up(one_line(error)) from error
        if answer.status_code in BUSY:
            answer.close()
            raise self._give_up(f"it answers {answer.status_code}")
        if stream:
            answer.iter_raw = partial(self._steady, answer.iter_raw)
        return answer

    def _steady(self, chunks: Callable[..., Iterable[bytes]], *size: Any) -> Iterator[bytes]:
        from httpx2 import TimeoutException, TransportError

        end = time.monotonic() + self._seconds
        try:
            for chunk in chunks(*size):
                yield chunk
                now = time.monotonic()
                end = min(now + self._seconds, end + len(chunk) / _SLOWEST)
                if now > end:
                    raise self._give_up("a file hardly arrives")
            self.cut = ""
        except TimeoutException as error:
            raise self._give_up("a file does not arrive") from error
        except TransportError as error:
            self.cut = one_line(error)
            raise

    def _give_up(self, why: str) -> RunError:
        self.gave_up = why
        return RunError(why)


def _send(send: Callable[..., Any], seconds: float, request: Any, **options: Any) -> Any:
    end = time.monotonic() + seconds
    pauses = iter(_PAUSES)
    while True:
        answer = _ask(end - time.monotonic(), partial(send, request, **options))
        pause = _pause(answer, pauses)
        if pause is None or time.monotonic() + pause >= end:
            break
        if sys.stderr.isatty():
            said = "does not answer" if isinstance(answer, Exception) else answer.status_code
            tell("note", f"{request.url.host}: {said}; asked again in {pause:.1f} s")
        if not isinstance(answer, Exception):
            answer.close()
        time.sleep(pause)
    if isinstance(answer, Exception):
        raise answer
    return answer


def _ask(seconds: float, ask: Callable[[], Any]) -> Any:
    """Return the answer, or the error of a network that another moment may change."""
    from httpx2 import NetworkError, ReadTimeout, RemoteProtocolError, TimeoutException

    try:
        return within(seconds, ask)
    except TimeoutError:
        return ReadTimeout("it does not answer in time")
    except (NetworkError, RemoteProtocolError, TimeoutException) as error:
        return error


def _pause(answer: Any, pauses: Iterator[float]) -> float | None:
    """Return how long to wait before asking again, or None where that is of no use."""
    if isinstance(answer, Exception):
        return next(pauses, None)
    if answer.status_code not in BUSY:
        return None
    said = answer.headers.get("Retry-After", "")
    if said.isascii() and said.isdigit():
        return max(float(said), _PAUSES[0])
    try:
        return max(parsedate_to_datetime(said).timestamp() - time.time(), _PAUSES[0])
    except (ValueError, TypeError, OverflowError):
        return next(pauses, None)
