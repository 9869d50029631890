"""Questions: asked in several languages, each answered by a row of a grid, its passage."""

from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from alignment import InputError
from alignment.grids.checks import Check, shorten
from alignment.grids.concept_grid import NO_CATEGORY, ConceptGrid
from alignment.grids.text import is_folder

ROLES = ("passage",)  # the column that is not a language


@dataclass(frozen=True)
class Questions(ConceptGrid):
    """n questions in L' languages: a grid of which a row's category is the passage that answers it.

    Several questions may have one passage, and a language may lack a question.
    """

    @classmethod
    def from_dict(
        cls,
        concepts: Mapping[str, Mapping[str, str]],
        name: str = "questions",
        templates: Mapping[str, str] | None = None,
    ) -> "Questions":
        """Make questions of ``{question's name: {"passage": its passage, language: text}}``."""
        rows = {
            question: {"category" if key == "passage" else key: text for key, text in row.items()}
            for question, row in concepts.items()
        }
        return super().from_dict(rows, name, templates)  # type: ignore[return-value]

    def comparable(self) -> "Questions":
        """Return all of them: questions need not be in two languages."""
        return self

    def answers(self, grid: ConceptGrid) -> list[int]:
        """Return the n rows of the grid that answer the questions.

        Raises:
            InputError: with all questions that lack a text, or a passage that the grid has; all
                languages that no question is asked in, or no passage with questions is written in.
        """
        row = {passage: c for c, passage in enumerate(grid.concepts)}
        check = Check(f"queries '{self.name}'")
        for place, passage, texts in zip(self.concepts, self.categories, self.texts, strict=True):
            if not any(texts):
                check.problem(place, "no text", "write the question in one language or more")
            if passage in ("", NO_CATEGORY):
                check.problem(place, "no passage", "name the row of the grid that answers it")
            elif passage not in row:
                lacks = f"passage {shorten(passage)} is not in the grid '{grid.name}'"
                check.problem(place, lacks, "or it was left out, having too few texts")
        for code, asked in zip(self.languages, zip(*self.texts, strict=True), strict=True):
            if not any(asked):
                check.problem(f"language '{code}'", "no question", "leave the column out")
        check.raise_problems()
        answers = [row[passage] for passage in self.categories]
        for j, code in enumerate(grid.languages):
            if not any(grid.texts[c][j] for c in answers):
                lacks = "no passage that has questions is written in it"
                check.problem(f"language '{code}'", lacks, "leave it out by --languages")
        check.raise_problems()
        return answers


def resolve_questions(
    queries: "Questions | str | PathLike[str]", strict: bool = False
) -> Questions:
    """Return questions that are given, or in a source of any kind that a grid may have.

    Raises:
        InputError: when there is no such file, or it does not hold questions.
    """
    if isinstance(queries, Questions):
        return queries
    from alignment.grids.files import HUB, READERS, read_sheet

    path = Path(queries)
    if not (path.suffix.casefold() in READERS or is_folder(path) or str(queries).startswith(HUB)):
        raise InputError(
            f"queries '{queries}' are no file of questions; name a file that ends in "
            f"{', '.join(READERS)}, with a column 'passage' and one column per language"
        )
    sheet, check = read_sheet(queries, ROLES, strict)
    entries, languages = sheet.entries, sheet.languages
    if not languages:
        check.problem(sheet.top, "no language", "write one column per language")
    check.raise_problems()
    said = (*check.notices(), *sheet.notices)
    return Questions(
        concepts=tuple(entry.concept or entry.place for entry in entries),
        languages=tuple(languages),
        categories=tuple(entry.roles.get("passage", "") for entry in entries),
        texts=tuple(tuple(entry.texts.get(code) for code in languages) for entry in entries),
        name=path.stem,
        notices=tuple(f"{check.source}: {sentence}" for sentence in said),
    )


def shares_of(mix: Mapping[str, float], grid: ConceptGrid) -> dict[str, float]:
    """Return the shares of languages in an index, by the grid's codes.

    Raises:
        InputError: for a language that the grid does not have, or a share that is not above 0.
    """
    shares = {grid._own_language(code): share for code, share in mix.items()}
    for code, share in shares.items():
        if not 0 < share < float("inf"):
            raise InputError(f"the share of '{code}' is {share}; give a number above 0: en=0.8")
    return shares
