"""Comparison: several models on one grid, paired by concept, ranked with ties shown as ties."""

from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from alignment import InputError
from alignment.capabilities import capabilities
from alignment.measure.support import LanguageSupport
from alignment.record.core import COMPARED, RANKED_BY, means_of_units
from alignment.record.json_record import VERSION, Record, assembled
from alignment.results import AlignmentResults
from alignment.seam import Paired
from alignment.stats.contrast import contrasts
from alignment.stats.estimates import ALPHA, Estimate, Interval, Number


class ComparedGrid(Struct, frozen=True):
    """The grid that all models ran on.

    Attributes:
        name: of the grid.
        sha256: of its content.
        concepts: C, their number.
        languages: L, their number.
    """

    name: str
    sha256: str
    concepts: int
    languages: int


class CoreModel(Struct, frozen=True, kw_only=True):
    """A model of a comparison.

    Attributes:
        name: of the model.
        rank: one more than the number of models that are better.
        published_rank: by the alignment score.
        scores: the score and its parts, published and calibrated, and retrieval among 10, which
            alone can be compared between grids of different sizes.
        prompt: before every text.
        dimension: of its vectors.
        seconds: to load and embed; None where vectors came from the cache.
        texts_per_second: None where vectors came from the cache.
        load_seconds: the part of ``seconds`` to load; None where it was in memory already, too.
        disk_bytes: that its files take; None where they are not on this machine.
        on_front: whether it is Pareto-optimal: no other model is as good by rank and as cheap in
            dimensions, size on disk and texts a second, as far as these are known of both, and
            better in one of them.
        support: whether it supports the languages.
        among_supported: its means among those that it supports; None where these are all.
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
    """Return what a comparison keeps of each capability, and the model's ranks by its metrics."""
    fields: dict[str, tuple[Any, Any, str]] = {}
    for key, own in capabilities().items():
        if own.Kept:
            fields[key] = own.Kept | None, None, "of its results; None where it was not asked for."
        if own.metrics:
            fields[f"{key}_rank"] = dict[str, int], {}, "by metric, where all models have it."
    return fields


if TYPE_CHECKING:

    class ComparedModel(CoreModel, frozen=True, kw_only=True):
        """A model of a comparison; what is kept of sections is not known to the type checker."""

        def __getattr__(self, key: str) -> Any: ...

else:
    ComparedModel = assembled("ComparedModel", CoreModel, _fields(), __name__)


class ModelPair(Struct, frozen=True):
    """Two models in one metric: the contrast of the first with the second.

    Attributes:
        a: a model.
        b: another.
        metric: that they are compared by.
        difference: a − b.
        interval: of the difference.
        p: two-sided, corrected for all pairs of models in this metric.
        detectable: the smallest difference that these concepts show with 80 % power, all pairs
            included.
        verdict: the name of the model that is better; else the word on a beside b.
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
        if self.verdict in (self.a, self.b):
            return self.verdict
        names = {"better on these concepts": self.a, "worse on these concepts": self.b}
        return names.get(self.verdict)


class Comparison(Record, frozen=True, kw_only=True):
    """Which model aligns this grid better, as far as it can be told.

    Attributes:
        schema_version: of this layout.
        grid: that all models ran on.
        models: best first.
        pairs: every two models, in each metric that they are compared by.
        failures: {name: why it did not run}.
    """

    schema_version: Literal[3] = VERSION
    grid: ComparedGrid
    models: list[ComparedModel]
    pairs: list[ModelPair]
    failures: dict[str, str]


def compare_results(
    runs: list[tuple[str, AlignmentResults, float | None]],
    failures: dict[str, str] | None = None,
    load_seconds: dict[str, float | None] | None = None,
) -> Comparison:
    """Compare runs on the same grid, given as (name, results, seconds).

    A pair is tested by flipping the signs of the differences between its two models' values of
    each concept, p corrected for all pairs, a metric at a time. A model's rank is one more than the
    number of models that are better, so models that are not significantly different share it.

    Raises:
        InputError: when the runs are not of the same concepts and languages.
    """
    if len({results.provenance.grid_sha256 for _, results, _ in runs}) != 1:
        raise InputError("only runs on the same grid can be compared; run them on one grid")
    paired = _shared_metrics([results for _, results, _ in runs])
    pairs = [row for metric, values in paired.items() for row in _pairs(runs, metric, values)]
    names = [name for name, *_ in runs]
    ranks = {metric: _ranks(names, pairs, metric) for metric in paired}
    by_score = sorted(runs, key=lambda run: -(run[1].alignment_score or 0))
    published = {name: place for place, (name, *_) in enumerate(by_score, 1)}
    loading = load_seconds or {}
    models = _with_front(
        [_model(*run, loading.get(run[0]), published[run[0]], ranks) for run in runs]
    )
    results = runs[0][1]
    return Comparison(
        grid=ComparedGrid(
            name=results.provenance.grid,
            sha256=results.provenance.grid_sha256,
            concepts=len(results.coverage.concepts),
            languages=len(results.languages),
        ),
        models=sorted(models, key=lambda m: (m.rank, -(m.scores[RANKED_BY].value or 0))),
        pairs=pairs,
        failures=failures or {},
    )


def paired_of(results: AlignmentResults) -> dict[str, Paired]:
    """Return the values of a run by metric: of the core, and of its sections."""
    found = {
        name: Paired(list(results.coverage.concepts), results.values[name]) for name in COMPARED
    }
    for key, own in capabilities().items():
        if (section := getattr(results, key)) is not None:
            found |= own.paired(section)
    return found


def _shared_metrics(runs: list[AlignmentResults]) -> dict[str, list[Paired]]:
    """Return the values of all runs, of the metrics that all have, measured in the same way."""
    apart = [
        metric
        for key, own in capabilities().items()
        if len({tuple(own.settings(getattr(run, key)).values()) for run in runs}) > 1
        for metric in own.metrics
    ]
    paired = [paired_of(run) for run in runs]
    return {
        metric: [own[metric] for own in paired]
        for metric in paired[0]
        if metric not in apart and all(metric in own for own in paired)
    }


def _pairs(
    runs: list[tuple[str, AlignmentResults, float | None]], metric: str, paired: list[Paired]
) -> list[ModelPair]:
    values = np.array([means_of_units(own.values) for own in paired], dtype=float)  # (models, C)
    couples = list(combinations(range(len(runs)), 2))
    if not couples or values.shape[1] < 2 or np.isnan(values).any():
        return []
    first, second = np.array(couples).T
    judged = contrasts(
        (values[first] - values[second]).T,  # (C, pairs)
        margin=runs[0][1].provenance.margin,
        seed=runs[0][1].provenance.seed,
        unchanged=np.array([paired[i].values == paired[j].values for i, j in couples]),
    )
    return [
        ModelPair(
            a=runs[i][0],
            b=runs[j][0],
            metric=metric,
            difference=own.difference,
            interval=own.interval,
            p=own.p,
            detectable=own.detectable,
            verdict={"better": runs[i][0], "worse": runs[j][0]}.get(own.verdict, own.verdict),
        )
        for (i, j), own in zip(couples, judged, strict=True)
    ]


def _ranks(names: list[str], pairs: list[ModelPair], metric: str) -> dict[str, int]:
    rank = dict.fromkeys(names, 1)
    for pair in pairs:
        if pair.metric == metric and pair.better:
            rank[pair.b if pair.better == pair.a else pair.a] += 1
    return rank


def _with_front(models: list[ComparedModel]) -> list[ComparedModel]:
    """Say of each model whether it is Pareto-optimal in quality and cost."""
    return [
        replace(own, on_front=not any(_dominates(other, own) for other in models)) for own in models
    ]


def _dominates(a: ComparedModel, b: ComparedModel) -> bool:
    """Whether a is as good as b and as cheap in all that is known of both, and better in one."""
    pairs = [
        (a.rank, b.rank),
        (a.dimension, b.dimension),
        (a.disk_bytes, b.disk_bytes),
        (_time(a), _time(b)),
    ]
    known = [(own, other) for own, other in pairs if own is not None and other is not None]
    return all(own <= other for own, other in known) and any(own < other for own, other in known)


def _time(model: ComparedModel) -> Number:
    return 1 / model.texts_per_second if model.texts_per_second else None


def _model(
    name: str,
    results: AlignmentResults,
    seconds: float | None,
    load_seconds: float | None,
    published_rank: int,
    ranks: dict[str, dict[str, int]],
) -> ComparedModel:
    scores = ("alignment_score", *results.summary)
    headlines = results.headlines()
    return ComparedModel(
        name=name,
        rank=ranks[RANKED_BY][name],
        published_rank=published_rank,
        scores={
            kind + score: headlines[kind + score]
            for kind in ("", "calibrated_")
            for score in scores
        }
        | {"retrieval_among_10": headlines["retrieval_among_10"]},
        prompt=results.provenance.prompt,
        dimension=results.provenance.dimension,
        seconds=round(seconds, 3) if seconds else None,
        texts_per_second=round(results.coverage.texts / seconds, 1) if seconds else None,
        load_seconds=None if load_seconds is None else round(load_seconds, 3),
        disk_bytes=results.provenance.disk_bytes,
        on_front=True,
        support=results.support,
        among_supported=results.among_supported,
        **_kept(results, {metric: of_models[name] for metric, of_models in ranks.items()}),
    )


def _kept(results: AlignmentResults, ranks: dict[str, int]) -> dict[str, Any]:
    """Return what a comparison keeps of the sections of a run, and its ranks by their metrics."""
    fields: dict[str, Any] = {}
    for key, own in capabilities().items():
        section = getattr(results, key)
        if own.Kept and section is not None:
            fields[key] = own.kept(section)
        if own.metrics:
            fields[f"{key}_rank"] = {name: ranks[name] for name in own.metrics if name in ranks}
    return fields
