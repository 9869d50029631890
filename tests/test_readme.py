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

from alignment.results import RESULTS_FILE, AlignmentResults


@pytest.fixture
def committed(tmp_path):
    """Fetch a file as committed: ``committed(name)`` is its path."""

    def fetch(name):
        shown = subprocess.run(["git", "show", f":{name}"], cwd=ROOT, capture_output=True)
        path = tmp_path / Path(name).name
        path.write_bytes(shown.stdout if shown.returncode == 0 else (ROOT / name).read_bytes())
        return path

    return fetch


def test_the_readme_follows_the_results(committed, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    results, readme = committed(RESULTS_FILE), committed("README.md")
    options = ["-I", "tests", "-D", f"results={results}", "--check", "--diff"]
    assert Cog().main(["cog", *options, str(readme)]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("name", ["cross_lingual_alignment_figure", "experiment_diagram"])
def test_the_figures_are_of_the_results(name, committed):
    results = AlignmentResults.from_json(committed(RESULTS_FILE))
    assert results.sha256() in Image.open(committed(f"fig/{name}.png")).text["Source"]
    pdf = committed(f"fig/{name}.pdf").read_bytes()
    assert results.sha256().encode() in pdf
