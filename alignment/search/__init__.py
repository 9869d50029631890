"""Search: find the passages, rows of a grid, that answer questions in several languages.

In: questions, and the vectors of questions and passages. Out: the section ``search``, its findings,
tables and picture, and two metrics to compare models by. Docs: docs/search.md.
"""

from collections.abc import Mapping
from typing import Any

from alignment import InputError
from alignment.seam import Capability, Metric, Paired, Request, separated

ACROSS, INDEX = "ndcg_at_10_across_languages", "ndcg_at_10_mixed"  # metrics of the comparison
_TABLES = (
    *("search_scores", "search_languages", "search_matrix", "first_languages", "crowding"),
    "search",
)


class _Search(Capability):
    """A search for the passages that answer questions; None where there are no questions."""

    key = "search"
    metrics: Mapping[str, Metric] = {
        ACROSS: Metric("nDCG@10 across languages", "other languages"),
        INDEX: Metric("nDCG@10 in one index of all languages", "one index"),
    }
    needs = dict.fromkeys(_TABLES, "run it with queries=FILE")

    @property
    def Kept(self) -> Any:
        from alignment.stats.estimates import Estimate

        return dict[str, Estimate]

    def add_options(self, group: Any) -> None:
        queries = "questions, for search; the column 'passage' names the row that answers each"
        group.add_argument("--queries", metavar="FILE", help=queries)
        mix = "also search an index with these shares of languages, each passage in one of them"
        group.add_argument("--mix", type=_shares, metavar="en=0.8,th=0.2", help=mix)

    def request(self, options: Mapping[str, Any], data: Any) -> Request | None:
        queries, mix = options["queries"], options["mix"]
        if queries is None:
            if mix:
                raise InputError("--mix is for --queries; give both, or neither")
            return None
        from alignment.search.questions import Asked, resolve_questions, shares_of

        questions = resolve_questions(queries, data, options.get("strict", False))
        return Asked(
            notices=questions.notices,
            embeds="--queries",
            questions=questions,
            shares=shares_of(mix, data) if mix else None,
        )

    def settings(self, asked: Any) -> dict[str, tuple[str, str]]:
        name, sha256 = (asked.queries, asked.queries_sha256) if asked else ("", "")
        return {"questions": (f"'{name}' ({sha256[:8]})" if asked else "none", sha256)}

    def means(self, request: Any, context: Any) -> dict[str, float]:
        return self._file("measure").means(request, context)

    def kept(self, section: Any) -> Any:
        return section.scores

    def paired(self, section: Any) -> dict[str, Paired]:
        return {
            metric: Paired(list(values), {"all": list(values.values())})
            for metric, values in section.by_passage.items()
        }

    def ranking(self, comparison: Any) -> Any:
        return self._file("show").ranking(comparison)


def _shares(text: str) -> dict[str, float]:
    def share(part: str) -> tuple[str, float]:
        code, _, number = part.partition("=")
        return code.strip(), float(number)

    return dict(separated(text, share, "a share for each language: en=0.8,th=0.2"))


CAPABILITY = _Search()
