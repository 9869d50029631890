"""Record: the results of a run as types, and as JSON files.

In: a measurement and the results of the capabilities. Out: the fields of ``AlignmentResults``, from
which alone everything is presented, and files that are written completely or not at all.
"""

import re
from pathlib import Path

RESULTS_FILE = "alignment_results.json"
COMPARISON_FILE = "alignment_comparison.json"
PAGE_FILE = "alignment_report.html"


def unique(names: list[str]) -> list[str]:
    """Number the names that come again: a, b, a → a, b, a (2)."""
    times = [names[: i + 1].count(name) for i, name in enumerate(names)]
    return [f"{name} ({n})" if n > 1 else name for name, n in zip(names, times, strict=True)]


def folder_name(model: str) -> str:
    """Return a safe name of a folder for a model: its name, or the last part of a path."""
    last = Path(model).name if Path(model).exists() else model
    return re.sub(r"[^\w.-]+", "-", last).strip("-.") or "model"
