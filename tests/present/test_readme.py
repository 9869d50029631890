"""The README and the figures say what the committed results say.

Committed, not current: after `make run` another model's results may lie here, and that is no
drift. What git holds in its index is compared; without git, what lies here.
"""

import subprocess
from pathlib import Path

import pytest
from cogapp import Cog
from conftest import ROOT
from PIL import Image

from alignment.record.comparison import Comparison
from alignment.record.results import COMPARISON_FILE, RESULTS_FILE, AlignmentResults

COMPARISONS = [
    f"comparisons/{grid}/{COMPARISON_FILE}"
    for grid in ("published", "emoji", "territories", "languages", "currencies")
]


@pytest.fixture
def committed(tmp_path):
    """Fetch a file as committed: ``committed(name)`` is its path, below ``tmp_path``."""

    def fetch(name):
        shown = subprocess.run(["git", "show", f":{name}"], cwd=ROOT, capture_output=True)
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(shown.stdout if shown.returncode == 0 else (ROOT / name).read_bytes())
        return path

    return fetch


def test_the_readme_follows_the_results(committed, tmp_path, monkeypatch, capsys):
    for comparison in COMPARISONS:
        committed(comparison)
    for example in ("terms.csv", RESULTS_FILE):
        committed(f"examples/{example}")
    for table in ("startup", "analysis", "growth", "cache", "cluster"):
        committed(f"benchmarks/{table}.md")
    results, readme = committed(RESULTS_FILE), committed("README.md")
    monkeypatch.chdir(tmp_path)
    options = ["-I", str(ROOT / "tests"), "-D", f"results={results}", "--check", "--diff"]
    assert Cog().main(["cog", *options, str(readme)]) == 0, capsys.readouterr().out


@pytest.mark.parametrize(
    ("figure", "kind", "record"),
    [
        ("fig/cross_lingual_alignment_figure", AlignmentResults, RESULTS_FILE),
        ("fig/experiment_diagram", AlignmentResults, RESULTS_FILE),
        *((f"{Path(c).parent}/fig/model_comparison", Comparison, c) for c in COMPARISONS),
    ],
)
def test_the_figures_are_of_the_results(figure, kind, record, committed):
    fingerprint = kind.from_json(committed(record)).sha256()
    assert fingerprint in Image.open(committed(f"{figure}.png")).text["Source"]
    assert fingerprint.encode() in committed(f"{figure}.pdf").read_bytes()
