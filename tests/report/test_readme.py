"""README, docs/ and the figures say what the committed results say.

Committed, not current: after `make run` another model's results may lie here, and that is no
drift. What git holds in its index is compared; without git, what lies here.
"""

import ast
import re
import subprocess
from pathlib import Path

import pytest
import readme_tables
from cogapp import Cog
from conftest import ROOT
from PIL import Image

from alignment.cli import parser
from alignment.compare.models import Comparison
from alignment.record import COMPARISON_FILE, RESULTS_FILE
from alignment.results import AlignmentResults

COMPARISONS = [
    f"comparisons/{grid}/{COMPARISON_FILE}"
    for grid in readme_tables.GRIDS + readme_tables.SENTENCES
]
PAGES = ["README.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]
SOURCES = [RESULTS_FILE, readme_tables.TERMS, "examples/terms.csv", *COMPARISONS]
SOURCES += ["examples/training.py", "examples/training.csv", readme_tables.THRESHOLDS]
SOURCES += [str(path.relative_to(ROOT)) for path in (ROOT / "examples").glob("search/**/*.json")]
SOURCES += [readme_tables.COSTS, *(f"examples/int8/{grid}.json" for grid in readme_tables.INT8)]
SOURCES += sorted(f"benchmarks/{path.name}" for path in (ROOT / "benchmarks").glob("*.md"))
PROLOGUE = "import readme_tables as tables"


@pytest.fixture(scope="module")
def committed(tmp_path_factory):
    """Fetch a file as committed, once: ``committed(name)`` is its path below ``committed("")``."""
    folder = tmp_path_factory.mktemp("committed")

    def fetch(name):
        path = folder / name
        if not path.exists():
            shown = subprocess.run(["git", "show", f":{name}"], cwd=ROOT, capture_output=True)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(shown.stdout or (ROOT / name).read_bytes())
        return path

    return fetch


@pytest.mark.parametrize("page", PAGES)
def test_a_page_follows_the_results(page, committed, monkeypatch, capsys):
    for source in SOURCES:
        committed(source)
    path = committed(page)
    monkeypatch.chdir(committed(""))
    options = ["-P", "-I", str(ROOT / "tests"), "-p", PROLOGUE, "--check", "--diff"]
    assert Cog().main(["cog", *options, str(path)]) == 0, capsys.readouterr().out


def test_make_writes_the_pages_as_this_checks_them():
    assert f'-P -I tests -p "{PROLOGUE}" README.md docs/*.md' in text("Makefile")


@pytest.mark.parametrize("page", PAGES)
def test_links_of_a_page_lead_somewhere(page):
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", text(page)):
        name, _, heading = target.partition("#")
        path = (ROOT / page).parent / name if name else ROOT / page
        assert path.exists(), target
        assert not heading or heading in anchors(path), target


@pytest.mark.parametrize("page", PAGES)
def test_options_of_a_page_exist(page):
    options = set(re.findall(r"--[a-z][a-z-]*", parser().format_help()))
    written = re.sub(r"\]\]\] -->.*?\[\[\[end", "", text(page), flags=re.DOTALL)
    for code in re.findall(r"```sh\n(.*?)```|`(--[^`]*)`", written, re.DOTALL):
        for command in re.split(r"(?<!\\)\n", "".join(code)):
            if "cross_lingual_alignment.py" in command or command.startswith("--"):
                mine = command.partition("ray job submit")[0] or command.partition(" -- ")[2]
                assert set(re.findall(r"(?<!\S)--[a-z][a-z-]*", mine)) <= options, command


@pytest.mark.parametrize("page", PAGES)
def test_python_of_a_page_imports_what_the_package_has(page):
    for code in re.findall(r"```python\n(.*?)```", text(page), re.DOTALL):
        for node in ast.parse(code).body:
            if isinstance(node, ast.ImportFrom) and "alignment" in node.module:
                exec(compile(ast.Module([node], []), page, "exec"), {})


def test_every_key_of_a_record_is_described():
    types = Comparison.json_schema()["$defs"] | AlignmentResults.json_schema()["$defs"]
    keys = {name: {*kind["properties"]} for name, kind in types.items() if "properties" in kind}
    del keys["Estimate"]  # in words
    assert set(re.findall(r'keys\("(\w+)"\)', text("docs/results.md"))) == set(keys)
    for name, expected in keys.items():
        described = set(re.findall(r"^\| `(\w+)`", readme_tables.keys(name), re.MULTILINE))
        assert described == expected - {"digest"}, name


@pytest.mark.parametrize(
    ("figure", "kind", "record"),
    [
        ("fig/cross_lingual_alignment_figure", AlignmentResults, RESULTS_FILE),
        ("fig/experiment_diagram", AlignmentResults, RESULTS_FILE),
        *((f"{Path(c).parent}/fig/model_comparison", Comparison, c) for c in COMPARISONS),
    ],
)
def test_the_figures_are_of_the_results(figure, kind, record, committed):
    fingerprint = kind.from_json(committed(record)).digest()
    assert fingerprint in Image.open(committed(f"{figure}.png")).text["Source"]


def text(page):
    return (ROOT / page).read_text(encoding="utf-8")


def anchors(path):
    """Return the anchors that GitHub makes of a page's headings."""
    headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
