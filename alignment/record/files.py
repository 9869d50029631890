"""Files: what those of a record are called."""

import re
from pathlib import Path


def unique(names: list[str]) -> list[str]:
    """Number the names that come again: a, b, a → a, b, a (2)."""
    return [
        name if (count := names[: i + 1].count(name)) == 1 else f"{name} ({count})"
        for i, name in enumerate(names)
    ]


def folder_name(model: str) -> str:
    """Return a folder's name for a model: its own, or the last part of a path, made safe."""
    last = Path(model).name if Path(model).exists() else model
    return re.sub(r"[^\w.-]+", "-", last).strip("-.") or "model"
