"""Search numbers: what was found in a search, by the names that the record gives it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from alignment import DEFAULT_MARGIN
from alignment.grids import ConceptGrid
from alignment.grids.languages import ALL
from alignment.measure import metrics
from alignment.measure.arrays import Bools, Floats, Vectors
from alignment.models.model import Prompts
from alignment.record.analysis import Context
from alignment.search import ACROSS, INDEX, remedies
from alignment.search.questions import Asked, Questions
from alignment.search.record import SAME, Between, Mix, Mixed, Search
from alignment.search.remedies import NDCG, of_other_languages, paired
from alignment.search.task import Found, Task, chance, search
from alignment.stats.contrast import Contrast
from alignment.stats.estimates import Estimate, Number, estimate, interval, number, numbers
from alignment.stats.intervals import mean_interval

HIT = "hit_at_1_mixed"


@dataclass(frozen=True)
class SearchNumbers:
    """The numbers of a task, by its languages: of questions, L', and of passages, L."""

    task: Task
    found: Found
    asked: tuple[str, ...]
    written: tuple[str, ...]
    margin: float
    seed: int

    @property
    def same(self) -> Bools:
        """(L', L), whether a question's language is the passages'."""
        return np.array([[a == b for b in self.written] for a in self.asked])

    def with_task(self, **changes: Any) -> "SearchNumbers":
        """Return the numbers of the search with another task."""
        task = replace(self.task, **changes)
        return replace(self, task=task, found=search(task))

    def headlines(self) -> dict[str, Floats]:
        """Return the values (n,) of the questions by the names of the scores."""
        between, mixed = self.found.between[NDCG], self.found.mixed
        return {
            SAME: of_other_languages(between, ~self.same),
            ACROSS: of_other_languages(between, self.same),
            INDEX: metrics.mean_present(mixed[NDCG], axis=1),
            HIT: metrics.mean_present(mixed["hit_at_1"], axis=1),
        }

    def by_concept(self) -> dict[str, Floats]:
        """Return (C, 1) values of each passage, by what models are compared by; NaN unasked."""
        answered, values = np.unique(self.task.answer), self.headlines()
        found = {name: np.full((len(self.task.passages), 1), np.nan) for name in (ACROSS, INDEX)}
        for name, column in found.items():
            column[answered, 0] = self.task.per_passage(values[name])
        return found

    def estimates(self, values: Floats) -> tuple[Floats, Floats]:
        """Return the means (…) over the questions of values (n, …) in [0, 1], and (2, …) ends."""
        own = self.task.per_passage(values)
        ends = mean_interval(own.reshape(len(own), -1), 0.0, 1.0, self.seed).clip(0, 1)
        return metrics.mean_present(own, axis=0), ends.reshape(2, *own.shape[1:])

    def scores(self, **values: Floats) -> dict[str, Estimate]:
        """Return estimates of values (n,) by name."""
        means, ends = self.estimates(np.stack(list(values.values()), axis=1))
        return {name: estimate(means[i], ends[:, i]) for i, name in enumerate(values)}

    def by_version(self, row: Floats) -> dict[str, Any]:
        """Name the values (L,) of the versions of a passage."""
        return dict(zip(self.written, numbers(row), strict=True))

    def between(self) -> dict[str, dict[str, Between]]:
        """Return the values of every pair of languages."""
        names = list(self.found.between)
        means, ends = self.estimates(np.stack(list(self.found.between.values()), axis=-1))
        count = np.isfinite(self.found.gold).sum(axis=0)
        return {
            a: {
                b: Between(
                    **dict(zip(names, numbers(means[i, j]), strict=True)),
                    intervals=dict(zip(names, map(interval, ends[:, i, j].T), strict=True)),
                    questions=int(count[i, j]),
                )
                for j, b in enumerate(self.written)
            }
            for i, a in enumerate(self.asked)
        }

    def mixed(self) -> dict[str, Mixed]:
        """Return the values in one index of all languages, by language of the question."""
        found = self.found
        values = {name: own for name, own in found.mixed.items() if name != "max_rank"}
        own_first = metrics.mean_present(np.where(self.same, found.first, np.nan), axis=2)
        values["same_language_first"] = own_first
        means, ends = self.estimates(np.stack(list(values.values()), axis=-1))
        rank = metrics.mean_present(found.mixed["max_rank"], axis=0)
        tables: dict[str, Any] = {
            "first_language": found.first,
            "even": found.even,
            "recall_at_10": found.among_first,
            "crowding": found.crowding,
            "crowding_expected": found.crowding_expected,
        }
        tables = {name: metrics.mean_present(own, axis=0) for name, own in tables.items()}
        by_version: list[dict[str, Any]] = [
            {name: self.by_version(table[i]) for name, table in tables.items()}
            for i in range(len(self.asked))
        ]
        return {
            a: Mixed(
                **dict(zip(list(values)[:-1], numbers(means[i, :-1]), strict=True)),
                max_rank=number(rank[i]),
                intervals=dict(zip(values, map(interval, ends[:, i].T), strict=True)),
                **by_version[i],
                questions=int(self.task.asked[:, i].sum()),
            )
            for i, a in enumerate(self.asked)
        }

    def penalty(self) -> dict[str, Contrast]:
        """Test what nDCG loses in other languages: the languages are a family, all of them one."""
        values = self.found.between[NDCG]
        own, others = (
            metrics.mean_present(np.where(at, values, np.nan), axis=2)
            for at in (self.same, ~self.same)
        )
        lost = own - others
        total = metrics.mean_present(lost, axis=1)[:, None]
        rows = [
            contrast
            for family in (lost, total)
            for contrast in paired(self.task, family, self.margin, self.seed)
        ]
        return dict(zip((*self.asked, ALL), rows, strict=True))


def measure(request: Asked, context: Context) -> Search:
    """Search with the questions of a run, with remedies, and in a mix of languages if asked for."""
    n = context.once(search_of, request, context)
    prompts, grid = context.model.prompts, context.measurement.grid
    return search_record(n, request.questions, grid, prompts, request.shares)


def means(request: Asked, context: Context) -> dict[str, float]:
    """Search with the questions of a run; return the scores by name, without intervals."""
    n = search_of(request, context)
    return {name: _mean(n.task.per_passage(values)) for name, values in n.headlines().items()}


def search_of(request: Asked, context: Context) -> SearchNumbers:
    """Embed the questions of a run, and the passages where their prompt differs, and search."""
    m, queries = context.measurement, request.questions
    questions = queries.spread(context.embed(queries.flat_texts(), role="query"))
    passages = m.X
    if context.model.passages_differ:
        passages = m.grid.spread(context.embed(m.grid.flat_texts(), role="passage"))
    return searched(questions, passages, queries, m.grid, margin=context.margin, seed=m.seed)


def search_record(
    n: SearchNumbers,
    queries: Questions,
    grid: ConceptGrid,
    prompts: Prompts,
    shares: Mapping[str, float] | None = None,
) -> Search:
    """Search with remedies and in a mix too, and return the record of it.

    Args:
        n: what was found, by ``searched``.
        queries: the n questions, in L' languages.
        grid: the C passages, in L languages.
        prompts: before questions and passages.
        shares: of languages in the mix; None for no mix.
    """
    task, found, asked, written = n.task, n.found, n.asked, n.written
    values = n.headlines()
    names = [grid.concepts[c] for c in np.unique(task.answer)]
    return Search(
        queries=queries.name,
        queries_sha256=queries.sha256(),
        prompt=prompts.query,
        passage_prompt=prompts.passage,
        questions=len(task.answer),
        answered=len(names),
        passages=dict(zip(written, found.sizes.tolist(), strict=True)),
        scores=n.scores(**values),
        by_passage={
            name: dict(zip(names, numbers(task.per_passage(values[name])), strict=True))
            for name in (ACROSS, INDEX)
        },
        chance=_chance(found, written),
        between=n.between(),
        penalty=n.penalty(),
        mixed=n.mixed(),
        mix=_mix(n, shares) if shares else None,
        remedies=remedies.measure(task, found, asked, written, n.margin, n.seed),
    )


def searched(
    questions: Vectors,
    X: Vectors,
    queries: Questions,
    grid: ConceptGrid,
    *,
    margin: float = DEFAULT_MARGIN,
    seed: int = 0,
) -> SearchNumbers:
    """Search with the questions among the texts of a grid.

    Args:
        questions: (n, L', D), their unit vectors; 0 where there is none.
        X: (C, L, D), those of the passages.
        queries: the n questions, in L' languages.
        grid: the C passages, in L languages.
        margin: differences within ± margin do not matter.
        seed: of resampling, and of the mix.
    """
    masks = np.array(queries.mask()), np.array(grid.mask())
    task = Task(questions, masks[0], np.array(queries.answers(grid)), X, masks[1])
    found = search(task)
    return SearchNumbers(task, found, queries.languages, grid.languages, margin, seed)


def _mix(n: SearchNumbers, shares: Mapping[str, float]) -> Mix:
    """Search in an index of which each passage is in one language, drawn by shares."""
    own = np.array([shares.get(code, 0.0) for code in n.written])
    mixed = n.with_task(present=draw(n.task.present, own, n.seed))
    found = mixed.found.mixed
    return Mix(
        shares=mixed.by_version(own / own.sum()),
        passages=dict(zip(n.written, mixed.found.sizes.tolist(), strict=True)),
        scores=mixed.scores(
            **{INDEX: metrics.mean_present(found[NDCG], axis=1)},
            **{HIT: metrics.mean_present(found["hit_at_1"], axis=1)},
        ),
        mixed=mixed.mixed(),
    )


def _chance(found: Found, written: tuple[str, ...]) -> dict[str, dict[str, Number]]:
    by_measure = chance(found.sizes)
    return {
        code: {name: number(values[j]) for name, values in by_measure.items()}
        for j, code in enumerate(written)
    }


def _mean(values: Floats) -> float:
    return float(metrics.mean_present(values))


def draw(present: Bools, shares: Floats, seed: int) -> Bools:
    """Draw the language of each passage: return (C, L), True at most once in a row.

    The passages take turns in random order. Each gets, of the languages that it is written in, the
    one that is farthest behind its share of the passages so far, this one included. Where there are
    no gaps, the numbers of passages are thus as near to the shares as whole numbers can be.

    Args:
        present: (C, L), where there is a passage.
        shares: (L,), 0 or more, of any sum; a passage in none of the shared languages is left out.
        seed: of the order.
    """
    shares = shares / shares.sum()
    drawn = np.zeros_like(present)
    given = np.zeros(len(shares))
    for c in np.random.default_rng(seed).permutation(len(present)):
        behind = np.where(present[c] & (shares > 0), (given.sum() + 1) * shares - given, -np.inf)
        language = behind.argmax()
        if np.isfinite(behind[language]):
            drawn[c, language] = True
            given[language] += 1
    return drawn
