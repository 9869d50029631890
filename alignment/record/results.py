"""The record of one run: what was measured, of which model, from which texts.

``AlignmentResults`` is the image of alignment_results.json, key for key. Reports, tables and
figures read it and nothing else, so all of them can be made again without a model.
"""

import errno
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path

from alignment import InputError

SCHEMA_VERSION = 1
RESULTS_FILE = "alignment_results.json"
COMPARISON_FILE = "alignment_comparison.json"

MISALIGNED_BELOW = 0.5

_CONCEPT_GRADES = ((0.9, "Excellent"), (0.8, "Good"), (0.6, "Moderate"))
_MODEL_GRADES = ((0.8, "Excellent"), (0.6, "Good"), (0.4, "Moderate"))


class Record:
    """A dataclass that is the image of a JSON file."""

    def to_json(self, path: str | os.PathLike) -> None:
        """Write the record, whole or not at all.

        Raises:
            OSError: when the file cannot be written; an older one is then left as it was.
        """
        path = Path(path)
        with staged(path.parent) as stage:
            (stage / path.name).write_bytes(self._json)

    def sha256(self) -> str:
        """Return the fingerprint of the file that ``to_json`` writes."""
        return hashlib.sha256(self._json).hexdigest()

    @cached_property
    def _json(self) -> bytes:
        content = {field.name: getattr(self, field.name) for field in fields(self)}
        text = json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False)
        return f"{text}\n".encode()


@dataclass(frozen=True)
class AlignmentResults(Record):
    """Everything one run found out. A number that the grid is too small for is None.

    Attributes:
        schema_version: of this layout.
        model: what ran.
        languages: L codes, in grid order.
        coverage: over what the numbers are: "texts" of how many "cells", of each language how
            many concepts ("languages"), of each concept how many languages ("concepts"), and how
            many concepts any two languages share ("pairs").
        alignment_score: Σ weights · summary.
        summary: the means of the three parts, by name.
        weights: of the three parts in the score, by name.
        intra_concept_similarity: {concept: mean cosine over its language pairs}.
        nearest_neighbor_accuracy: {concept: share of its k nearest that are translations}.
        cross_lingual_retrieval: {query language: {target language: share found first}}.
        centroid_distances: {language: {language: 1 − cos of the mean vectors}}.
        misaligned_pairs: [concept, language, language, cosine] below 0.5, lowest first; the first
            10 000, as of the other two lists.
        lowest_pairs: [concept, language, language, cosine, text, text], the ten lowest of all.
        discriminability: mean cosine of same and of different concepts, and the gap.
        categories: {category: mean intra-concept similarity}.
        category_intervals: {category: [low, high]} of that mean, 95 %.
        concept_categories: {concept: category}.
        chance: of the accuracies, by name.
        calibrated: the score and its parts, 0 by chance and 1 at best, by name.
        collapsed: whether the encoder gave one vector for every text.
        baselines: {language: {language: mean cosine of different concepts}}.
        auroc: {language: {language: share of different-concept cosines below a concept's own}}.
        thresholds: {language: {language: 99th percentile of different-concept cosines}}.
        calibrated_misaligned_pairs: [concept, language, language, cosine, threshold] of the pairs
            below their languages' threshold, lowest first.
        headlines: every mean that has an interval, by name.
        intervals: {headline: [low, high]}, 95 %, over concepts.
        by_concept: {name: {concept: value}} of the two numbers that models are compared by.
        by_language: {language: {name: {"value", "interval"}}} of the scores and their parts.
        retrieval_intervals: {query language: {target language: [low, high]}}, Wilson, 95 %.
        centroid_p: {language: {language: p that the centroids' distance is chance}}.
        influence: {number: {concept: how far the number moves without it}}, the largest moves.
        language_bias: same-language share of the wrong answers in a pool of all languages, over
            the share expected (1/L).
        hubness: "skewness" of how often a vector is an answer, how often is "expected", the
            "hubs" [concept, language, times], and how many are "never_retrieved".
        identical_surface_pairs: [concept, language, language, text] written alike.
        counts: {list: how many pairs of its kind there are}.
        without_identical_surfaces: the score and its parts without them.
        contrasts: "categories", "languages" and "scripts" against the rest.
        confusions: "total" of the failed retrievals; "failed", the costliest of them first, at most
            10 000, each with "query", "expected" and "retrieved" [concept, language, text], the
            "similarity" [to the expected, to the retrieved] and the "margin" between the two;
            "pairs", the most frequent first, with "expected", "retrieved", "count" and "languages"
            {language: failures it has a part in}.
        probes: {form: {language, or "all": {"bare", "value", "change", "interval", "p"}}} of
            retrieval in other forms of the texts; p is None where a form changes no text of a
            language. None where not probed.
        templates: {language: the sentence of the probe}, of the probed languages.
        tokens: {language, or "all": {"subwords" a text, "unknown" share of them, "correlation" of
            their number with alignment over the texts, and its "interval"}}; None where the model
            does not show its tokeniser.
        diagnosis: {language: its "difference" from the others, "interval", "p", "concepts_needed",
            "standing", the "words" that fail, "without_them", the difference in other "forms",
            "subwords", "unknown", and the "verdict", one line}.
        undefined: {number: why it is None}.
        findings: what all this shows, in sentences.
        provenance: model, grid, settings and versions: what it takes to run it again.
    """

    schema_version: int
    model: str
    languages: list[str]
    coverage: dict
    alignment_score: float | None
    summary: dict[str, float | None]
    weights: dict[str, float]
    intra_concept_similarity: dict[str, float | None]
    nearest_neighbor_accuracy: dict[str, float | None]
    cross_lingual_retrieval: dict[str, dict[str, float]]
    centroid_distances: dict[str, dict[str, float]]
    misaligned_pairs: list[list]
    lowest_pairs: list[list]
    discriminability: dict[str, float | None]
    categories: dict[str, float | None]
    category_intervals: dict[str, list]
    concept_categories: dict[str, str]
    chance: dict[str, float]
    calibrated: dict[str, float | None]
    collapsed: bool
    baselines: dict[str, dict[str, float | None]]
    auroc: dict[str, dict[str, float | None]]
    thresholds: dict[str, dict[str, float | None]]
    calibrated_misaligned_pairs: list[list]
    headlines: dict[str, float | None]
    intervals: dict[str, list]
    by_concept: dict[str, dict[str, float | None]]
    by_language: dict[str, dict[str, dict]]
    retrieval_intervals: dict[str, dict[str, list]]
    centroid_p: dict[str, dict[str, float]]
    influence: dict[str, dict[str, float]]
    language_bias: float | None
    hubness: dict
    identical_surface_pairs: list[list]
    counts: dict[str, int]
    without_identical_surfaces: dict[str, float | None]
    contrasts: dict[str, dict]
    confusions: dict
    probes: dict[str, dict[str, dict]] | None
    templates: dict[str, str]
    tokens: dict[str, dict] | None
    diagnosis: dict[str, dict]
    undefined: dict[str, str]
    findings: list[str]
    provenance: dict

    @property
    def fallback(self) -> bool:
        """Whether the embedded model ran because the published one could not be had."""
        return self.provenance["fallback"]

    @property
    def grade(self) -> str:
        """The published word for the alignment score."""
        return _grade(self.alignment_score, _MODEL_GRADES, above=True)

    def concept_grade(self, concept: str) -> str:
        """The published word for a concept's intra-concept similarity."""
        return _grade(self.intra_concept_similarity[concept], _CONCEPT_GRADES)

    @classmethod
    def from_json(cls, path: str | os.PathLike) -> "AlignmentResults":
        """Read what ``to_json`` wrote.

        Raises:
            InputError: for a file that is no such record, or one of another schema version.
            OSError: when the file cannot be read.
        """
        try:
            content = json.loads(Path(path).read_text(encoding="utf-8"))
        except ValueError as error:
            raise InputError(f"'{path}' is no JSON: {error}; write it again with a run") from error
        version = content.get("schema_version") if isinstance(content, dict) else None
        if version != SCHEMA_VERSION:
            raise InputError(
                f"'{path}' has schema_version {version}, this program reads {SCHEMA_VERSION}; "
                "write it again with a run"
            )
        missing = [field.name for field in fields(cls) if field.name not in content]
        if missing:
            raise InputError(f"'{path}' lacks {', '.join(missing)}; write it again with a run")
        return cls(**{field.name: content[field.name] for field in fields(cls)})


@contextmanager
def staged(folder: str | os.PathLike) -> Iterator[Path]:
    """Collect files for ``folder`` out of sight, and move them there when all are complete.

    A failure or an interruption inside the block leaves the folder as it was.

    Raises:
        OSError: when the folder cannot be made or written to, before anything else is done.
    """
    folder = Path(folder)
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        stage = Path(tempfile.mkdtemp(prefix=".alignment-", dir=folder))
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(folder)) from error
    try:
        yield stage
        files = sorted(path for path in stage.rglob("*") if path.is_file())
        targets = [folder / file.relative_to(stage) for file in files]
        for target in targets:  # all of them before the first is touched
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.is_dir():
                raise IsADirectoryError(errno.EISDIR, "a folder is in the way", str(target))
        for file, target in zip(files, targets, strict=True):
            file.replace(target)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        for path in made:  # those that stayed empty
            with suppress(OSError):
                path.rmdir()


def _grade(value: float | None, steps, above: bool = False) -> str:
    if value is None:
        return "–"
    value = round(value, 9)  # .8 may come as .8000000000000003
    reached = (name for bound, name in steps if (value > bound if above else value >= bound))
    return next(reached, "Poor")
