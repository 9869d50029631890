"""The notebook of the examples, executed: ``python tests/notebook.py`` writes it anew."""

import base64
import io
import os
from pathlib import Path
from unittest.mock import patch

import nbformat
from nbclient import NotebookClient
from PIL import Image

ROOT = Path(__file__).parent.parent
NOTEBOOK = ROOT / "examples" / "notebook.ipynb"
_OF_THIS_MACHINE = ("version", "pygments_lexer", "codemirror_mode", "nbconvert_exporter")


def executed(path: Path = NOTEBOOK) -> nbformat.NotebookNode:
    """Run all cells in a kernel of their own; keep nothing of this machine and of the time."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    )
    with patch.dict(os.environ, PYTHONPATH=str(ROOT)):
        client.execute()
    for name in _OF_THIS_MACHINE:
        notebook.metadata.get("language_info", {}).pop(name, None)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if picture := output.get("data", {}).get("image/png"):
                output.data["image/png"] = _smaller(picture)
    return notebook


def _smaller(picture: str) -> str:
    """Return a PNG in base64 with 128 colours, a third of the bytes and alike to the eye."""
    colours = Image.open(io.BytesIO(base64.b64decode(picture))).convert("RGB").quantize(128)
    small = io.BytesIO()
    colours.save(small, "PNG", optimize=True)
    return base64.b64encode(small.getvalue()).decode()


if __name__ == "__main__":
    nbformat.write(executed(), NOTEBOOK)
