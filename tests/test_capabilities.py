"""The seam: a capability can be taken out, and one of forty lines can be put in."""

import json
import os
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
from conftest import ROOT, record_in

from alignment.capabilities import LISTED, capabilities
from alignment.models import EMBEDDED_MODEL, Model
from alignment.record.analysis import Context
from alignment.seam import Capability, Request

TOY = '''
"""First: the first number of every vector."""

from functools import partial

from alignment.report.table import NUMBER, Column, Table
from alignment.seam import Capability, Entry, Finding, Metric, Paired, Part, Place, Request, Shown
from alignment.stats.estimates import NO_INTERVAL, Estimate, numbers


def table(values):
    columns = Column("language"), Column("mean", kind=NUMBER)
    return Table("first", "First numbers", columns, [(a, sum(v) / 15) for a, v in values.items()])


class First(Capability):
    """{language: the first number of each vector}; None where it was not asked for."""

    key, metrics = "first", {"first_number": Metric("first number", "first")}
    Section, Kept = dict[str, list[float]], dict[str, Estimate]

    def add_options(self, group):
        group.add_argument("--first", action="store_true", help="also show the first numbers")

    def request(self, options, data):
        return Request() if options["first"] else None

    def measure(self, request, context):
        X, grid = context.measurement.X, context.measurement.grid
        return dict(zip(grid.languages, numbers(X[:, :, 0].T), strict=True))

    def kept(self, section):
        return {"first_number": Estimate(sum(section["de"]) / 15, NO_INTERVAL)}

    def paired(self, section):
        return {"first_number": Paired([str(n) for n in range(15)], section)}

    def show(self, section, results):
        finding = Finding(Place.USES, f"The first number in German is {section['de'][0]:.3f}.")
        entry = Entry(partial(table, section), Part("first", "First"), "brief")
        return Shown([finding], {"first": entry})


CAPABILITY = First()
'''


@pytest.fixture
def copy(tmp_path):
    """A copy of the program, compiled as the program is, whose capabilities can be changed."""
    shutil.copytree(ROOT / "alignment", tmp_path / "alignment")
    for name in ("concepts.py", "cross_lingual_alignment.py"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def edit(copy, name, *new):
    """Put names into the list of capabilities in place of the line of one."""
    path = copy / "alignment" / "capabilities.py"
    lines = "".join(f'    "{module}",\n' for module in new)
    text, count = re.subn(rf'(?m)^    "{name}",.*\n', lines, path.read_text(encoding="utf-8"))
    assert count == 1
    path.write_text(text, encoding="utf-8")


def remove(copy, name):
    """Take a capability out, and return its key."""
    edit(copy, name)
    key = name.rpartition(".")[2]
    shutil.rmtree(copy / "alignment" / key)
    return key


def ran(copy, *arguments, module="cross_lingual_alignment", status=0):
    """What a command of the copy prints."""
    start = ["-c"] if module is None else ["-m", module]
    done = subprocess.run(
        [sys.executable, *start, *map(str, arguments)],
        cwd=copy,
        env=os.environ | {"COLUMNS": "80"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == status, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", LISTED)
def test_without_a_capability_the_published_experiment_has_the_same_numbers(name, copy):
    key = remove(copy, name)
    printed = ran(copy, "--model", EMBEDDED_MODEL, "--no-figures")
    assert "Alignment score: Excellent" in printed
    record, complete = record_in(copy), record_in(ROOT)
    assert {name for name in capabilities() if name not in record} == {key}
    for name in complete.keys() - {"digest", "findings", "provenance", key}:
        assert record[name] == complete[name], name
    assert set(record["findings"]) <= set(complete["findings"])


FRAME = """
from cross_lingual_alignment import AlignmentResults
print(AlignmentResults.from_json("one/alignment_results.json").frame("first").shape)
print("first" in AlignmentResults.json_schema()["$defs"]["AlignmentResults"]["properties"])
"""


def test_a_toy_is_measured_shown_and_compared(copy):
    pytest.importorskip("pandas")
    (copy / "alignment" / "first").mkdir()
    (copy / "alignment" / "first" / "__init__.py").write_text(TOY, encoding="utf-8")
    edit(copy, "alignment.thresholds", "alignment.thresholds", "alignment.first")
    vectors = np.random.default_rng(0).normal(size=(120, 16))
    np.save(copy / "a.npy", vectors)
    np.save(copy / "b.npy", vectors[::-1] + 5 * np.eye(16)[0])
    run, toy = ("--model", "a.npy"), ("--first", "--no-figures", "--output")
    printed = ran(copy, *run, *toy, "one", "--html")
    assert "The first number in German" in printed.replace("\n", " ")
    assert "First numbers" in printed
    assert len(record_in(copy / "one")["first"]["de"]) == 15
    page = (copy / "one" / "alignment_report.html").read_text(encoding="utf-8")
    assert 'id="table-first"' in page
    assert ran(copy, FRAME, module=None).split("\n")[:2] == ["(8, 2)", "True"]
    ran(copy, *run, "--model", "b.npy", *toy, "two")
    text = (copy / "two" / "alignment_comparison.json").read_text(encoding="utf-8")
    (pair,) = [pair for pair in json.loads(text)["pairs"] if pair["metric"] == "first_number"]
    assert pair["verdict"] == "b.npy"
    assert {model["first_rank"]["first_number"] for model in json.loads(text)["models"]} == {1, 2}
    records = [copy / "two" / name / "alignment_results.json" for name in ("a.npy", "b.npy")]
    printed = ran(copy, "--from", records[0], "--against", records[1], status=3)
    assert "first number" in printed


def test_a_capability_may_be_asked_of_a_corpus_which_has_no_measurement():
    class Counted(Capability):
        """How many documents and how many dimensions there are."""

        def request(self, options, data):
            return Request(notices=(f"{len(data)} documents",))

        def measure(self, request, context):
            vectors = context.embed(["one", "two"], role="passage")
            return {"documents": request.notices[0], "shape": vectors.shape}

    corpus = {"d1": "one", "d2": "two"}  # of no languages, concepts or grid
    model = Model("toy", None)
    context = Context(None, model, lambda texts, role: np.eye(len(texts)))
    section = Counted().measure(Counted().request({}, corpus), context)
    assert section == {"documents": "2 documents", "shape": (2, 2)}


@pytest.mark.nightly
@pytest.mark.parametrize("name", LISTED)
def test_without_a_capability_the_tests_of_the_core_pass(name, copy):
    for folder in ("tests", "benchmarks", "examples", "comparisons"):
        shutil.copytree(ROOT / folder, copy / folder)
    for file in ("pyproject.toml", "alignment_results.json"):
        shutil.copy(ROOT / file, copy)
    key, folders = remove(copy, name), ("engines", "grids", "models", "stats", "measure")
    files = (path for folder in folders for path in (copy / "tests" / folder).glob("test_*.py"))
    core = [path for path in sorted(files) if key not in tied_to(path)]
    assert len(core) > 20
    ran(copy, "-x", *core, module="pytest")


def tied_to(path):
    """The capabilities that a file of tests imports, or whose section it looks at."""
    text = path.read_text(encoding="utf-8")
    ties = {key: (f"alignment.{key}", f"results.{key}") for key in capabilities()}
    return {key for key, signs in ties.items() if any(sign in text for sign in signs)}
