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

NO_PASSAGE = ("", NO_CATEGORY)  # the category of a question without a passage


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
        rows: Any = concepts  # the grid refuses anything but {question: {language: text}}
        if isinstance(rows, Mapping) and all(isinstance(row, Mapping) for row in rows.values()):
            rows = {
                question: {"category" if key == "passage" else key: row[key] or None for key in row}
                for question, row in rows.items()
            }
        return super().from_dict(rows, name, templates)  # type: ignore[return-value]

    def comparable(self) -> "Questions":
        """Return all questions: a question need not be in two languages."""
        return self

    def answers(self, grid: ConceptGrid) -> list[int]:
        """Return the n rows of the grid that answer the questions.

        An InputError names all questions without a text or without a passage in the grid, and all
        languages without a question or without a passage that has questions.
        """
        check = Check(f"queries '{self.name}'")
        return _answers(check, grid, self.concepts, self.languages, self.categories, self.texts)


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


def resolve_questions(
    queries: "Questions | str | PathLike[str]", grid: ConceptGrid, strict: bool = False
) -> Questions:
    """Return the given questions, or read them from a source like that of a grid.

    An InputError names all problems of the source, and all that does not fit the grid.
    """
    if isinstance(queries, Questions):
        queries.answers(grid)
        return queries
    if not is_source(queries):
        raise InputError(
            f"queries '{queries}' are no file of questions; name a file that ends in "
            f"{', '.join(READERS)}, with a column 'passage' and one column per language"
        )
    sheet = read_sheet(queries, ("passage", "concept"), strict)
    if not sheet.languages:
        sheet.problem(sheet.top, "no language", "write one column per language")
    rows = [row for _, row in sheet.entries]
    parts = (
        tuple(row.get("concept") or place for place, row in sheet.entries),
        tuple(sheet.languages),
        tuple(row.get("passage", "") for row in rows),
        tuple(tuple(row.get(code) or None for code in sheet.languages) for row in rows),
    )
    _answers(sheet, grid, *parts)
    return Questions(*parts, name=name_of(queries), notices=sheet.notices(*sheet.remarks))


def _answers(
    check: Check,
    grid: ConceptGrid,
    questions: Sequence[str],
    languages: Sequence[str],
    passages: Sequence[str],
    texts: Sequence[Sequence[str | None]],
) -> list[int]:
    """Return the rows of the grid that answer questions; raise all problems of the check."""
    row_of = {normalize("NFC", concept): c for c, concept in enumerate(grid.concepts)}
    passages = [normalize("NFC", passage) for passage in passages]
    named = not set(passages) <= set(NO_PASSAGE)
    if passages and not named:
        remedy = "write a column 'passage', the row of the grid that answers the question"
        check.problem("in every row", "no passage", remedy)
    for question, passage, row in zip(questions, passages, texts, strict=True):
        if not any(row):
            check.problem(question, "no text", "write the question in one language or more")
        if named and passage in NO_PASSAGE:
            check.problem(question, "no passage", "name the row of the grid that answers it")
        elif named and passage not in row_of:
            shown = len(check.problems) < MAX_PROBLEMS
            near = get_close_matches(passage, row_of, n=1) if shown else []
            hint = f"; did you mean {shorten(near[0])}?" if near else ""
            lacks = f"passage {shorten(passage)} is not in the grid '{grid.name}'{hint}"
            check.problem(question, lacks, "or it was left out, having too few texts")
    for j, code in enumerate(languages):
        if not any(row[j] for row in texts):
            check.problem(f"language '{code}'", "no question", "leave the column out")
    answers = [row_of[passage] for passage in passages if passage in row_of]
    for j, code in enumerate(grid.languages):
        if answers and not any(grid.texts[c][j] for c in answers):
            lacks = "no passage that has questions is written in it"
            check.problem(f"language '{code}'", lacks, "leave it out by --languages")
    check.raise_problems()
    return answers


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
