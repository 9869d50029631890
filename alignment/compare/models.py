"""Comparison: several models on one grid, paired by concept, ranked with ties shown as ties."""

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from msgspec import Struct
from msgspec.structs import asdict, replace

from alignment import InputError
from alignment.capabilities import capabilities, sections
from alignment.measure.support import LanguageSupport
from alignment.record.core import COMPARED, RANKED_BY, means_of_units
from alignment.record.json_record import VERSION, Record, assembled
from alignment.results import AlignmentResults
from alignment.seam import Paired
from alignment.stats.contrast import contrasts
from alignment.stats.estimates import ALPHA, Estimate, Interval, Number

Run = tuple[str, AlignmentResults, float | None]  # a model's name, record and seconds


class ComparedGrid(Struct, frozen=True):
    """The grid that all models ran on.

    Attributes:
        name: its name.
        sha256: fingerprint of its content.
        concepts: number of concepts, C.
        languages: number of languages, L.
    """

    name: str
    sha256: str
    concepts: int
    languages: int


class CoreModel(Struct, frozen=True, kw_only=True):
    """A model of a comparison.

    Attributes:
        name: name of the model.
        rank: one more than the number of models that are better.
        published_rank: place by the alignment score.
        scores: {name: estimate} of the score and its parts, published and calibrated, and of
            retrieval among 10, the only one that can be compared between grids of different sizes.
        prompt: text before every text.
        dimension: dimensions of its vectors, D.
        seconds: time to load and embed; None where vectors came from the cache.
        texts_per_second: speed; None where vectors came from the cache.
        load_seconds: part of ``seconds`` to load; None also where it was in memory already.
        disk_bytes: size of its files; None where they are not on this machine.
        on_front: whether it is Pareto-optimal: no other model is as good by rank and as cheap in
            dimensions, size on disk and texts a second (as far as both models have the values), and
            better in one of them.
        support: {language: whether the model supports it}.
        among_supported: {mean: value among the supported languages}; None if all are supported.
    """

    name: str
    rank: int
    published_rank: int
    scores: dict[str, Estimate]
    prompt: str
    dimension: int
    seconds: Number
    texts_per_second: Number
    load_seconds: Number
    disk_bytes: int | None
    on_front: bool
    support: dict[str, LanguageSupport]
    among_supported: dict[str, Number] | None


def _fields() -> dict[str, tuple[Any, Any, str]]:
    """Return the fields for each capability: the kept part, and the model's ranks by metric."""
    fields: dict[str, tuple[Any, Any, str]] = {}
    for key, each in capabilities().items():
        if each.Kept:
            fields[key] = each.Kept | None, None, "its results; None where they were not requested."
        if each.metrics:
            fields[f"{key}_rank"] = dict[str, int], {}, "ranks by metric, where all models have it."
    return fields


if TYPE_CHECKING:

    class ComparedModel(CoreModel, frozen=True, kw_only=True):
        """A model of a comparison; the type checker does not know the kept parts of sections."""

        def __getattr__(self, key: str) -> Any: ...

else:
    ComparedModel = assembled("ComparedModel", CoreModel, _fields(), __name__)


class ModelPair(Struct, frozen=True):
    """Two models in one metric: the contrast of the first with the second.

    Attributes:
        a: a model.
        b: another model.
        metric: name of the metric.
        difference: a − b.
        interval: 95 % interval.
        p: two-sided, corrected for all pairs of models in this metric.
        detectable: smallest difference that these concepts show with 80 % power for all pairs.
        verdict: name of the better model; else the verdict on a compared with b.
    """

    a: str
    b: str
    metric: str
    difference: Number
    interval: Interval
    p: Number
    detectable: Number
    verdict: str

    @property
    def significant(self) -> bool:
        """Whether p is at most 0.05."""
        return self.p is not None and self.p <= ALPHA

    @property
    def better(self) -> str | None:
        """The name of the model that is better, also where it is so on these concepts only."""
        on_these = {"better on these concepts": self.a, "worse on these concepts": self.b}
        return (on_these | {self.a: self.a, self.b: self.b}).get(self.verdict)

    @property
    def worse(self) -> str | None:
        """The name of the other model, where one is better."""
        return self.better and (self.b if self.better == self.a else self.a)


class Comparison(Record, frozen=True, kw_only=True):
    """Several models on one grid, and which of them are better.

    Attributes:
        schema_version: version of this layout.
        grid: the grid.
        models: the models, best first.
        pairs: every two models in each metric.
        failures: {name: why it did not run}.
    """

    schema_version: Literal[3] = VERSION
    grid: ComparedGrid
    models: list[ComparedModel]
    pairs: list[ModelPair]
    failures: dict[str, str]


def compare_results(
    runs: list[Run],
    failures: dict[str, str] | None = None,
    load_seconds: dict[str, float | None] | None = None,
) -> Comparison:
    """Compare runs on the same grid, given (name, results, seconds) of each model.

    In each metric a pair is tested by sign flips of the differences by concept, p corrected for all
    pairs. A model's rank is one more than the number of models that are better, so models that are
    not significantly different share a rank.

    Args:
        runs: the models that ran.
        failures: {name: why it did not run} of other models.
        load_seconds: {name: the part of its seconds to load the model}.

    Raises:
        InputError: when the runs are not on the same concepts and languages.
    """
    records = [results for _, results, _ in runs]
    if len({results.provenance.grid_sha256 for results in records}) != 1:
        raise InputError("only runs on the same grid can be compared; run them on one grid")
    metrics = _shared_metrics(records)
    pairs = [pair for metric, paired in metrics.items() for pair in _pairs(runs, metric, paired)]
    worse = Counter((pair.metric, pair.worse) for pair in pairs)
    models = []
    by_score = sorted(runs, key=lambda run: -(run[1].alignment_score or 0))
    for place, run in enumerate(by_score, 1):
        ranks = {metric: 1 + worse[metric, run[0]] for metric in metrics}
        models.append(_model(run, (load_seconds or {}).get(run[0]), place, ranks))
    models.sort(key=lambda model: (model.rank, -(model.scores[RANKED_BY].value or 0)))
    first, of = records[0], records[0].provenance
    size = len(first.coverage.concepts), len(first.languages)
    optimal = (not any(_dominates(other, model) for other in models) for model in models)
    return Comparison(
        grid=ComparedGrid(of.grid, of.grid_sha256, *size),
        models=[
            replace(model, on_front=is_best) for model, is_best in zip(models, optimal, strict=True)
        ],
        pairs=pairs,
        failures=failures or {},
    )


def paired_of(results: AlignmentResults) -> dict[str, Paired]:
    """Return {metric: the values of a run}, for the core and all sections."""
    concepts = list(results.coverage.concepts)
    paired = {metric: Paired(concepts, results.values[metric]) for metric in COMPARED}
    for key, section in sections(results).items():
        paired |= capabilities()[key].paired(section)
    return paired


def _shared_metrics(runs: list[AlignmentResults]) -> dict[str, list[Paired]]:
    """Return {metric: its values in each run}, for metrics measured in all runs in the same way."""
    differing = {
        metric
        for key, each in capabilities().items()
        if len({tuple(each.settings(getattr(run, key)).values()) for run in runs}) > 1
        for metric in each.metrics
    }
    paired = [paired_of(run) for run in runs]
    return {
        metric: [values[metric] for values in paired]
        for metric in paired[0]
        if metric not in differing and all(metric in values for values in paired)
    }


def _pairs(runs: list[Run], metric: str, paired: list[Paired]) -> list[ModelPair]:
    means = np.array([means_of_units(each.values) for each in paired], dtype=float)  # (models, C)
    couples = list(combinations(range(len(runs)), 2))
    if not couples or means.shape[1] < 2 or np.isnan(means).any():
        return []
    first, second = np.array(couples).T
    judged = contrasts(
        (means[first] - means[second]).T,  # (C, pairs)
        margin=runs[0][1].provenance.margin,
        seed=runs[0][1].provenance.seed,
        unchanged=np.array([paired[i].values == paired[j].values for i, j in couples]),
    )
    pairs = []
    for (i, j), contrast in zip(couples, judged, strict=True):
        a, b = runs[i][0], runs[j][0]
        verdict = {"better": a, "worse": b}.get(contrast.verdict, contrast.verdict)
        pairs.append(ModelPair(a, b, metric, **asdict(contrast) | {"verdict": verdict}))
    return pairs


def _dominates(a: ComparedModel, b: ComparedModel) -> bool:
    """Return whether a is as good and as cheap as b where both have a value, and better in one."""

    def rank_and_costs(model: ComparedModel) -> tuple[Number, ...]:
        seconds = 1 / model.texts_per_second if model.texts_per_second else None
        return model.rank, model.dimension, model.disk_bytes, seconds

    values = zip(rank_and_costs(a), rank_and_costs(b), strict=True)
    both = [(x, y) for x, y in values if x is not None and y is not None]
    return all(x <= y for x, y in both) and any(x < y for x, y in both)


def _model(
    run: Run, load_seconds: Number, published_rank: int, ranks: dict[str, int]
) -> ComparedModel:
    """Return a model of a comparison, given its rank by each metric; ``on_front`` is set later."""
    name, results, seconds = run
    headlines, provenance = results.headlines(), results.provenance
    scores = ("alignment_score", *results.summary)
    scores += (*(f"calibrated_{name}" for name in scores), "retrieval_among_10")
    fields: dict[str, Any] = {}
    for key, each in capabilities().items():
        section = getattr(results, key)
        if each.Kept and section is not None:
            fields[key] = each.kept(section)
        if each.metrics:
            fields[f"{key}_rank"] = {m: ranks[m] for m in each.metrics if m in ranks}
    return ComparedModel(
        name=name,
        rank=ranks[RANKED_BY],
        published_rank=published_rank,
        scores={score: headlines[score] for score in scores},
        prompt=provenance.prompt,
        dimension=provenance.dimension,
        seconds=round(seconds, 3) if seconds else None,
        texts_per_second=round(results.coverage.texts / seconds, 1) if seconds else None,
        load_seconds=None if load_seconds is None else round(load_seconds, 3),
        disk_bytes=provenance.disk_bytes,
        on_front=True,
        support=results.support,
        among_supported=results.among_supported,
        **fields,
    )
