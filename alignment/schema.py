"""Schemas: the JSON Schema of both files, written from the types (``make schema``)."""

import json
import sys
from pathlib import Path

from alignment.compare.models import Comparison
from alignment.record.json_record import Record
from alignment.results import AlignmentResults

SCHEMAS: dict[str, type[Record]] = {
    "alignment_results.schema.json": AlignmentResults,
    "alignment_comparison.schema.json": Comparison,
}


def text_of(name: str) -> str:
    """Return the content of a schema file."""
    return json.dumps(SCHEMAS[name].json_schema(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for name in SCHEMAS:
        Path(sys.argv[1], name).write_text(text_of(name), encoding="utf-8")
