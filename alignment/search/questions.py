"""Questions: asked in several languages, each answered by a row of a grid, its passage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from os import PathLike
from typing import Any
from unicodedata import normalize

from alignment import InputError
from alignment.grids.checks import MAX_PROBLEMS, NO_CATEGORY, Check, shorten
from alignment.grids.concept_grid import ConceptGrid
from alignment.grids.files import READERS, is_source, name_of, read_sheet
from alignment.seam import Request

ROLES = ("passage",)  # the column that is not a language
Row = tuple[str, str, tuple[str | None, ...]]  # place, passage and texts of a question
NO_PASSAGE = ("", NO_CATEGORY)  # its values where no passage is named


@dataclass(frozen=True)
class Questions(ConceptGrid):
    """n questions in L' languages: a grid with the passage of a question as its category.

    Several questions may have one passage, and a language may lack a question.
    """

    @classmethod
    def from_dict(
        cls,
        concepts: Mapping[str, Mapping[str, str]],
        name: str = "questions",
        templates: Mapping[str, str] | None = None,
    ) -> "Questions":
        """Make questions of ``{name of a question: {"passage": its passage, language: text}}``."""
        rows = concepts
        if isinstance(concepts, Mapping):  # a grid refuses what is not, and names it
            rows = {question: _as_row(row) for question, row in concepts.items()}
        return super().from_dict(rows, name, templates)  # type: ignore[return-value]

    def comparable(self) -> "Questions":
        """Return all questions: a question need not be in two languages."""
        return self

    def answers(self, grid: ConceptGrid) -> list[int]:
        """Return the n rows of the grid that answer the questions.

        An InputError names all questions that lack a text, or a passage that the grid has, and all
        languages that no question is asked in, or no passage with questions is written in.
        """
        check = Check(f"queries '{self.name}'")
        rows = list(zip(self.concepts, self.categories, self.texts, strict=True))
        answers = _answers(rows, self.languages, grid, check)
        check.raise_problems()
        return answers


@dataclass(frozen=True, kw_only=True)
class Asked(Request):
    """Questions, and the shares of languages in an index; None for no such index."""

    questions: Questions
    shares: Mapping[str, float] | None = None

    @property
    def queries(self) -> str:
        """The name of the questions."""
        return self.questions.name

    @property
    def queries_sha256(self) -> str:
        """The fingerprint of their content."""
        return self.questions.sha256()


def _as_row(row: Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(row, Mapping):
        return row
    return {"category" if key == "passage" else key: text or None for key, text in row.items()}


def _answers(
    rows: list[Row], languages: Sequence[str], grid: ConceptGrid, check: Check
) -> list[int]:
    """Return the rows of the grid that answer questions; note everything that does not fit."""
    row_of = {normalize("NFC", passage): c for c, passage in enumerate(grid.concepts)}
    passages = [normalize("NFC", passage) for _, passage, _ in rows]
    named = not set(passages) <= set(NO_PASSAGE)
    if rows and not named:
        remedy = "write a column 'passage', the row of the grid that answers the question"
        check.problem("in every row", "no passage", remedy)
    for (place, _, texts), passage in zip(rows, passages, strict=True):
        if not any(texts):
            check.problem(place, "no text", "write the question in one language or more")
        if named and passage in NO_PASSAGE:
            check.problem(place, "no passage", "name the row of the grid that answers it")
        elif named and passage not in row_of:
            shown = len(check.problems) < MAX_PROBLEMS
            near = get_close_matches(passage, row_of, n=1) if shown else []
            hint = f"; did you mean {shorten(near[0])}?" if near else ""
            lacks = f"passage {shorten(passage)} is not in the grid '{grid.name}'{hint}"
            check.problem(place, lacks, "or it was left out, having too few texts")
    for j, code in enumerate(languages):
        if not any(texts[j] for _, _, texts in rows):
            check.problem(f"language '{code}'", "no question", "leave the column out")
    answers = [row_of[passage] for passage in passages if passage in row_of]
    for j, code in enumerate(grid.languages):
        if answers and not any(grid.texts[c][j] for c in answers):
            lacks = "no passage that has questions is written in it"
            check.problem(f"language '{code}'", lacks, "leave it out by --languages")
    return answers


def resolve_questions(
    queries: "Questions | str | PathLike[str]", grid: ConceptGrid, strict: bool = False
) -> Questions:
    """Return the given questions, or those in a source of any kind that a grid may have.

    An InputError names everything that is wrong in the source, or does not fit the grid.
    """
    if isinstance(queries, Questions):
        queries.answers(grid)
        return queries
    if not is_source(queries):
        raise InputError(
            f"queries '{queries}' are no file of questions; name a file that ends in "
            f"{', '.join(READERS)}, with a column 'passage' and one column per language"
        )
    sheet = read_sheet(queries, ROLES, strict)
    if not sheet.languages:
        sheet.problem(sheet.top, "no language", "write one column per language")
    languages = tuple(sheet.languages)
    rows = [
        (
            row.get("concept") or place,
            row.get("passage", ""),
            tuple(row.get(code) or None for code in languages),
        )
        for place, row in sheet.entries
    ]
    _answers(rows, languages, grid, sheet)
    sheet.raise_problems()
    names, passages, texts = zip(*rows, strict=True)
    return Questions(
        concepts=names,
        languages=languages,
        categories=passages,
        texts=texts,
        name=name_of(queries),
        notices=sheet.notices(*sheet.remarks),
    )


def shares_of(mix: Mapping[str, float], grid: ConceptGrid) -> dict[str, float]:
    """Return the shares of languages in an index, by the codes of the grid; check both."""
    try:
        shares = {grid.code_of(language): share for language, share in mix.items()}
    except InputError as error:
        raise InputError(f"--mix: {error}") from None
    for code, share in shares.items():
        if not 0 < share < float("inf"):
            raise InputError(f"--mix: the share of '{code}' is {share}; give a number above 0")
    return shares
