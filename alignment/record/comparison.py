"""Comparison: several models on one grid, paired by concept, ranked with ties shown as ties."""

import json
import os
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from alignment import InputError
from alignment.present.verdicts import SURE
from alignment.record.results import AlignmentResults, Record
from alignment.stats import intervals

SCHEMA_VERSION = 1
RANKED_BY = "calibrated_alignment_score"
COMPARED = (RANKED_BY, "cross_lingual_retrieval")


@dataclass(frozen=True)
class Comparison(Record):
    """Which model aligns this grid better, as far as it can be told.

    Attributes:
        schema_version: of this layout.
        grid: "name", "sha256", "concepts" and "languages" (numbers) that all models ran on.
        models: best first, each with "name", "rank", "published_rank", "alignment_score",
            "calibrated_alignment_score", "parts" and "calibrated_parts", "intervals", "prompt",
            "dimension", "seconds" (to load and embed; None where vectors came from the cache),
            "texts_per_second", and why it fails: "probes", "tokens" and "diagnosis".
        pairs: each with "a", "b", "metric", "difference" (a − b), "interval", "p_value",
            "p_holm", "verdict" ("a", "b" or "tied") and "detectable", the smallest difference
            that these concepts would have shown in four cases of five.
        failures: {name: why it did not run}.
    """

    schema_version: int
    grid: dict
    models: list[dict]
    pairs: list[dict]
    failures: dict[str, str]

    @classmethod
    def from_json(cls, path: str | os.PathLike) -> "Comparison":
        """Read what ``to_json`` wrote.

        Raises:
            InputError: for a file that is no such comparison.
        """
        try:
            return cls(**json.loads(Path(path).read_text(encoding="utf-8")))
        except (ValueError, TypeError) as error:
            raise InputError(f"'{path}' is no comparison: {error}; write it again") from error


def compare_results(
    runs: list[tuple[str, AlignmentResults, float | None]], failures: dict[str, str] | None = None
) -> Comparison:
    """Compare runs on the same grid, given as (name, results, seconds).

    A pair is tested by flipping the signs of the differences between its two models' values of
    each concept, p adjusted by Holm for the number of pairs, a metric at a time. A model's rank is
    one more than the number of models that are surely better, so models that cannot be told apart
    share it.

    Raises:
        InputError: when the runs are not of the same concepts and languages.
    """
    grids = {results.provenance["grid_sha256"] for _, results, _ in runs}
    if len(grids) != 1:
        raise InputError("only runs on the same grid can be compared; run them on one grid")
    pairs = [row for metric in COMPARED for row in _pairs(runs, metric)]
    rank = _ranks([name for name, *_ in runs], pairs)
    published = _by_score([(name, r.alignment_score) for name, r, _ in runs])
    models = [_model(run, rank[run[0]], published.index(run[0]) + 1) for run in runs]
    results = runs[0][1]
    return Comparison(
        schema_version=SCHEMA_VERSION,
        grid={
            "name": results.provenance["grid"],
            "sha256": results.provenance["grid_sha256"],
            "concepts": len(results.intra_concept_similarity),
            "languages": len(results.languages),
        },
        models=sorted(models, key=lambda m: (m["rank"], -(m[RANKED_BY] or 0))),
        pairs=pairs,
        failures=failures or {},
    )


def _pairs(runs, metric: str) -> list[dict]:
    """Compare every two models in one metric."""
    values = [list(results.by_concept[metric].values()) for _, results, _ in runs]
    couples = list(combinations(range(len(runs)), 2))
    differences = np.array(
        [np.subtract(*np.array([values[i], values[j]], dtype=float)) for i, j in couples]
    ).T  # (C, pairs)
    if not couples or len(differences) < 2 or np.isnan(differences).any():
        return []
    seed = runs[0][1].provenance["seed"]
    ends = intervals.bootstrap_interval(differences, seed=seed).T
    p = intervals.sign_flip_test(differences, seed=seed)
    rows = zip(couples, differences.T, ends, p, intervals.holm(p), strict=True)
    return [
        {
            "a": runs[i][0],
            "b": runs[j][0],
            "metric": metric,
            "difference": float(difference.mean()),
            "interval": end.tolist(),
            "p_value": float(p_value),
            "p_holm": float(p_holm),
            "verdict": _verdict(difference.mean(), p_holm),
            "detectable": intervals.smallest_difference(difference.std(ddof=1), len(difference)),
        }
        for (i, j), difference, end, p_value, p_holm in rows
    ]


def _verdict(difference: float, p: float) -> str:
    if p > SURE:
        return "tied"
    return "a" if difference > 0 else "b"


def _ranks(names, pairs) -> dict[str, int]:
    rank = dict.fromkeys(names, 1)
    for pair in pairs:
        if pair["metric"] == RANKED_BY and pair["verdict"] != "tied":
            rank[pair["b" if pair["verdict"] == "a" else "a"]] += 1
    return rank


def _by_score(scores) -> list[str]:
    return [name for name, score in sorted(scores, key=lambda item: -(item[1] or 0))]


def _model(run, rank: int, published_rank: int) -> dict:
    name, results, seconds = run
    texts = results.coverage["texts"]
    shown = ("alignment_score", *results.summary)
    names = [*shown, *(f"calibrated_{part}" for part in shown)]
    return {
        "name": name,
        "rank": rank,
        "published_rank": published_rank,
        "alignment_score": results.alignment_score,
        RANKED_BY: results.headlines[RANKED_BY],
        "parts": results.summary,
        "calibrated_parts": {part: results.calibrated[part] for part in results.summary},
        "intervals": {part: results.intervals[part] for part in names},
        "prompt": results.provenance["prompt"],
        "dimension": results.provenance["dimension"],
        "seconds": round(seconds, 3) if seconds else None,
        "texts_per_second": round(texts / seconds, 1) if seconds else None,
        "probes": results.probes,
        "tokens": results.tokens,
        "diagnosis": results.diagnosis,
    }
