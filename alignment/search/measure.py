"""Search, measured: embed the questions of a run, search, and make the record."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from alignment import DEFAULT_MARGIN
from alignment.grids import ConceptGrid
from alignment.grids.languages import ALL
from alignment.measure.arrays import Bools, Floats, Vectors
from alignment.measure.metrics import mean_present
from alignment.models.model import Prompts
from alignment.record.analysis import Context
from alignment.search import ACROSS, INDEX
from alignment.search.questions import Asked, Questions
from alignment.search.record import SAME, Between, Mix, Mixed, Remedy, Search
from alignment.search.task import (
    NDCG,
    SearchRanks,
    Task,
    chance,
    ndcg_of,
    ndcg_with_remedies,
    search,
)
from alignment.stats.contrast import Contrast, contrasts
from alignment.stats.estimates import Estimate, estimate, interval, number, numbers
from alignment.stats.intervals import mean_interval

HIT = "hit_at_1_mixed"


@dataclass(frozen=True)
class SearchNumbers:
    """The scores of a search, with questions in L' languages and passages in L languages."""

    task: Task
    ranks: SearchRanks
    question_codes: tuple[str, ...]  # L' language codes
    passage_codes: tuple[str, ...]  # L language codes
    margin: float  # differences within ± margin do not matter
    seed: int  # for resampling, and the mix

    @property
    def same(self) -> Bools:
        """(L', L), whether a question and a passage are in the same language."""
        return np.array(self.question_codes)[:, None] == np.array(self.passage_codes)

    def with_task(self, **changes: Any) -> "SearchNumbers":
        """Return the scores of the search with another task."""
        task = replace(self.task, **changes)
        return replace(self, task=task, ranks=search(task))

    def headlines(self) -> dict[str, Floats]:
        """Return {score: values (n,) of the questions}."""
        between, mixed = ndcg_of(self.ranks)
        return {
            SAME: mean_present(between[:, self.same], axis=1),
            ACROSS: mean_present(between[:, ~self.same], axis=1),
            INDEX: mean_present(mixed, axis=1),
            HIT: mean_present(self.ranks.mixed["hit_at_1"], axis=1),
        }

    def by_concept(self) -> dict[str, Floats]:
        """Return {metric: values (C, 1) of the passages}; NaN where a passage has no question."""
        metrics, values = (ACROSS, INDEX), self.headlines()
        columns = np.full((len(metrics), len(self.task.passages), 1), np.nan)
        answered = np.unique(self.task.answer)
        columns[:, answered, 0] = [self.task.per_passage(values[name]) for name in metrics]
        return named(columns, metrics)

    def scores(self, values: Mapping[str, Floats]) -> dict[str, Estimate]:
        """Return the means of values (n,) in [0, 1] over the questions, by their names."""
        return named(map(estimate, *self._estimates(values)), values)

    def _estimates(self, values: Mapping[str, Floats]) -> tuple[Floats, Floats]:
        """Return means (…, M) over the questions of M values (n, …), and intervals (…, M, 2)."""
        rows = self.task.per_passage(np.stack(list(values.values()), axis=-1))
        ends = mean_interval(rows.reshape(len(rows), -1), 0.0, 1.0, self.seed).clip(0, 1)
        return mean_present(rows, axis=0), ends.T.reshape(*rows.shape[1:], 2)

    def between(self) -> dict[str, dict[str, Between]]:
        """Return the scores of every pair of languages."""
        values, count = self.ranks.between, np.isfinite(self.ranks.gold).sum(axis=0)
        means, ends = self._estimates(values)
        return {
            a: {
                b: Between(
                    **named(numbers(means[i, j]), values),
                    intervals=named(map(interval, ends[i, j]), values),
                    questions=int(count[i, j]),
                )
                for j, b in enumerate(self.passage_codes)
            }
            for i, a in enumerate(self.question_codes)
        }

    def mixed(self) -> dict[str, Mixed]:
        """Return the scores in one index of all languages, by language of the question."""
        by_version = self.ranks.by_version
        same_first = np.where(self.same, by_version["first_language"], np.nan)
        values = self.ranks.mixed | {"same_language_first": mean_present(same_first, axis=2)}
        rank = mean_present(values.pop("max_rank"), axis=0)
        means, ends = self._estimates(values)
        *scores, _ = values  # without same_language_first, of which only the interval is recorded
        tables = {name: numbers(mean_present(cells, axis=0)) for name, cells in by_version.items()}
        return {
            code: Mixed(
                **named(numbers(means[i, :-1]), scores),
                **{name: named(rows[i], self.passage_codes) for name, rows in tables.items()},
                max_rank=number(rank[i]),
                intervals=named(map(interval, ends[i]), values),
                questions=int(self.task.asked[:, i].sum()),
            )
            for i, code in enumerate(self.question_codes)
        }

    def penalty(self) -> dict[str, Contrast]:
        """Test the drop in nDCG in other languages: one family by language, one of the mean."""
        same, others = (
            mean_present(np.where(pairs, self.ranks.between[NDCG], np.nan), axis=2)
            for pairs in (self.same, ~self.same)
        )
        drop = same - others
        overall = mean_present(drop, axis=1)[:, None]
        return named([*self._judge(drop), *self._judge(overall)], (*self.question_codes, ALL))

    def remedies(self) -> dict[str, Remedy]:
        """Search again with remedies, and test their gains: three families of all remedies."""
        before, after = ndcg_of(self.ranks), ndcg_with_remedies(self.task, self.question_codes)
        between, mixed = (  # gains (n, remedies, L', L) and (n, remedies, L')
            np.stack([values[i] - before[i] for values in after.values()], axis=1) for i in (0, 1)
        )
        across, index = mean_present(between[..., ~self.same], axis=2), mean_present(mixed, axis=2)
        families = np.stack([across, index], axis=2), between, mixed
        overall, by_pair, by_language = (self._judge(gains, remedied=True) for gains in families)
        return {
            name: Remedy(
                across=overall[i, 0],
                index=overall[i, 1],
                between=named(by_pair[i], self.question_codes, self.passage_codes),
                mixed=named(by_language[i], self.question_codes),
            )
            for i, name in enumerate(after)
        }

    def _judge(self, differences: Floats, remedied: bool = False) -> Any:
        """Return contrasts (…) of differences (n, …) of questions: one family, over passages.

        Where ``remedied``, means without any changed value are not tested.
        """
        columns = differences.reshape(len(differences), -1)
        still = np.isfinite(columns).any(axis=0) & (np.nan_to_num(columns) == 0).all(axis=0)
        values = self.task.per_passage(columns)
        judged = contrasts(
            values, margin=self.margin, seed=self.seed, unchanged=still if remedied else None
        )
        return np.array(judged, dtype=object).reshape(differences.shape[1:])


def named(values: Iterable[Any], names: Iterable[str], *inner: Iterable[str]) -> Any:
    """Return values as nested dicts, whose keys are the names along each axis."""
    pairs = zip(names, values, strict=True)
    return {name: named(value, *inner) if inner else value for name, value in pairs}


def measure(request: Asked, context: Context) -> Search:
    """Search with the questions of a run, with remedies, and in the requested mix of languages."""
    n = context.once(search_of, request, context)
    prompts, grid = context.model.prompts, context.measurement.grid
    return search_record(n, request.questions, grid, prompts, request.shares)


def means(request: Asked, context: Context) -> dict[str, float]:
    """Search with the questions of a run; return the scores by name, without intervals."""
    n = search_of(request, context)
    values = {name: n.task.per_passage(rows) for name, rows in n.headlines().items()}
    return {name: float(mean_present(rows)) for name, rows in values.items()}


def search_of(request: Asked, context: Context) -> SearchNumbers:
    """Embed the questions of a run, and the passages where their prompt differs, and search."""
    m, queries = context.measurement, request.questions
    questions = queries.spread(context.embed(queries.flat_texts(), role="query"))
    passages = m.X
    if context.model.passages_differ:
        passages = m.grid.spread(context.embed(m.grid.flat_texts(), role="passage"))
    return searched(questions, passages, queries, m.grid, margin=context.margin, seed=m.seed)


def searched(
    questions: Vectors,
    X: Vectors,
    queries: Questions,
    grid: ConceptGrid,
    *,
    margin: float = DEFAULT_MARGIN,
    seed: int = 0,
) -> SearchNumbers:
    """Search with n questions in L' languages among the C passages of a grid in L languages.

    ``questions`` (n, L', D) and X (C, L, D) are unit vectors, 0 where there is no text.
    """
    masks = np.array(queries.mask()), np.array(grid.mask())
    task = Task(questions, masks[0], np.array(queries.answers(grid)), X, masks[1])
    return SearchNumbers(task, search(task), queries.languages, grid.languages, margin, seed)


def search_record(
    n: SearchNumbers,
    queries: Questions,
    grid: ConceptGrid,
    prompts: Prompts,
    shares: Mapping[str, float] | None = None,
) -> Search:
    """Return the record of a search, with remedies, and with a mix where its shares are given."""
    answered, by_chance = np.unique(n.task.answer), chance(n.ranks.sizes)
    passages = [grid.concepts[c] for c in answered]
    return Search(
        queries=queries.name,
        queries_sha256=queries.sha256(),
        prompt=prompts.query,
        passage_prompt=prompts.passage,
        questions=len(n.task.answer),
        answered=len(answered),
        passages=named(n.ranks.sizes.tolist(), grid.languages),
        scores=n.scores(n.headlines()),
        by_passage={
            metric: named(numbers(column[answered, 0]), passages)
            for metric, column in n.by_concept().items()
        },
        chance=named(numbers(np.transpose([*by_chance.values()])), grid.languages, by_chance),
        between=n.between(),
        penalty=n.penalty(),
        mixed=n.mixed(),
        mix=_mix(n, shares) if shares else None,
        remedies=n.remedies(),
    )


def _mix(n: SearchNumbers, shares: Mapping[str, float]) -> Mix:
    """Search in an index where each passage is in one language, drawn by shares."""
    weights = np.array([shares.get(code, 0.0) for code in n.passage_codes])
    mixed = n.with_task(present=draw(n.task.present, weights, n.seed))
    values = mixed.headlines()
    return Mix(
        shares=named(numbers(weights / weights.sum()), n.passage_codes),
        passages=named(mixed.ranks.sizes.tolist(), n.passage_codes),
        scores=mixed.scores({name: values[name] for name in (INDEX, HIT)}),
        mixed=mixed.mixed(),
    )


def draw(present: Bools, shares: Floats, seed: int) -> Bools:
    """Draw the language of each passage: return (C, L) of bool, True at most once in a row.

    Passages are drawn in random order. Each gets, among its languages, the one farthest behind its
    share of the passages drawn so far, this one included. Without gaps the numbers of passages are
    as near to the shares as whole numbers can be.

    Args:
        present: (C, L) of bool, whether there is a passage.
        shares: (L,), 0 or more, of any sum; a passage in no language with a share is left out.
        seed: for the order.
    """
    shares = shares / shares.sum()
    drawn, count = np.zeros_like(present), np.zeros(len(shares))
    for c in np.random.default_rng(seed).permutation(len(present)):
        behind = np.where(present[c] & (shares > 0), (count.sum() + 1) * shares - count, -np.inf)
        if np.isfinite(behind).any():
            drawn[c, behind.argmax()] = True
            count += drawn[c]
    return drawn
