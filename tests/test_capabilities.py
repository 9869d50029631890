"""The seam: a capability can be taken out, and one of forty lines can be put in."""

import json
import os
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
        said = [Finding(Place.USES, f"The first number in German is {section['de'][0]:.3f}.")]
        entry = Entry(partial(table, section), Part("first", "First"), "brief")
        return Shown(said, {"first": entry})


CAPABILITY = First()
'''


@pytest.fixture
def copy(tmp_path):
    """A copy of the program, whose capabilities can be changed."""
    there = tmp_path / "copy"
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "alignment", there / "alignment", ignore=ignore)
    for name in ("concepts.py", "cross_lingual_alignment.py"):
        shutil.copy(ROOT / name, there)
    return there


def edit(copy, name, *new):
    """Put names into the list of capabilities in place of the line of one."""
    path = copy / "alignment" / "capabilities.py"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    (at,) = [n for n, line in enumerate(lines) if line.startswith(f'    "{name}",')]
    lines[at : at + 1] = [f'    "{own}",\n' for own in new]
    path.write_text("".join(lines), encoding="utf-8")


def ran(copy, *arguments, module="cross_lingual_alignment", status=0):
    """What a command of the copy prints."""
    done = subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)],
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
    key = name.rpartition(".")[2]
    shutil.rmtree(copy / "alignment" / key)
    edit(copy, name)
    said = ran(copy, "--model", EMBEDDED_MODEL, "--output", copy, "--html")
    assert "Alignment score: Excellent" in said
    record, whole = record_in(copy), record_in(ROOT)
    assert key not in record and key in whole
    apart = {"digest", "findings", "provenance", key}
    for name in whole.keys() - apart:
        assert record[name] == whole[name], name
    assert set(record["findings"]) <= set(whole["findings"])
    flags = ran(copy, "--help")
    assert "--probe" not in flags or key != "diagnosis"
    for capability in capabilities().values():
        assert (capability.key == key) == (capability.key not in record)


def test_with_a_toy_everything_knows_it(copy, tmp_path):
    pytest.importorskip("pandas")
    (copy / "alignment" / "first").mkdir()
    (copy / "alignment" / "first" / "__init__.py").write_text(TOY, encoding="utf-8")
    edit(copy, "alignment.thresholds", "alignment.thresholds", "alignment.first")
    assert "--first" in ran(copy, "--help")
    rng = np.random.default_rng(0)
    for name in "ab":
        np.save(
            copy / f"{name}.npy", rng.normal(size=(120, 16)) + 5 * (name == "b") * np.eye(16)[0]
        )
    said = ran(copy, "--model", "a.npy", "--first", "--output", "one", "--html")
    assert "The first number in German" in said.replace("\n", " ") and "First numbers" in said
    assert len(record_in(copy / "one")["first"]["de"]) == 15
    page = (copy / "one" / "alignment_report.html").read_text(encoding="utf-8")
    assert 'id="table-first"' in page
    frame = (
        "import sys; from cross_lingual_alignment import AlignmentResults as R;"
        "print(R.from_json('one/alignment_results.json').frame('first').shape)"
    )
    done = subprocess.run([sys.executable, "-c", frame], cwd=copy, capture_output=True, text=True)
    assert done.stdout.strip() == "(8, 2)", done.stderr
    ran(copy, ".", module="alignment.schema")
    schema = json.loads((copy / "alignment_results.schema.json").read_text(encoding="utf-8"))
    assert "first" in schema["$defs"]["AlignmentResults"]["properties"]
    ran(copy, "--model", "a.npy", "--model", "b.npy", "--first", "--output", "two")
    text = (copy / "two" / "alignment_comparison.json").read_text(encoding="utf-8")
    (pair,) = [pair for pair in json.loads(text)["pairs"] if pair["metric"] == "first_number"]
    assert pair["verdict"] == "b.npy"
    assert {model["first_rank"]["first_number"] for model in json.loads(text)["models"]} == {1, 2}
    old = copy / "two" / "b.npy" / "alignment_results.json"
    said = ran(copy, "--model", "a.npy", "--first", "--against", old, "--output", "three", status=3)
    assert "first number" in said


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
    ignore = shutil.ignore_patterns("__pycache__")
    for folder in ("tests", "benchmarks", "examples", "comparisons"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=ignore)
    for file in ("pyproject.toml", "alignment_results.json"):
        shutil.copy(ROOT / file, copy)
    key = name.rpartition(".")[2]
    shutil.rmtree(copy / "alignment" / key)
    edit(copy, name)
    folders = ("engines", "grids", "models", "stats", "measure")
    core = sorted(path for own in folders for path in (copy / "tests" / own).glob("test_*.py"))
    core = [path for path in core if key not in tied_to(path)]
    assert len(core) > 20
    ran(copy, "-x", *core, module="pytest")


def tied_to(path):
    """The capabilities that a file of tests imports, or whose section it looks at."""
    text = path.read_text(encoding="utf-8")
    ties = {key: (f"alignment.{key}", f"results.{key}") for key in capabilities()}
    return {key for key, signs in ties.items() if any(sign in text for sign in signs)}
