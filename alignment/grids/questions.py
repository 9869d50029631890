"""Questions: asked in several languages, each answered by a row of a grid, its passage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from os import PathLike
from pathlib import Path
from unicodedata import normalize

from alignment import InputError
from alignment.grids.checks import MAX_PROBLEMS, Check, shorten
from alignment.grids.concept_grid import NO_CATEGORY, ConceptGrid
from alignment.grids.text import is_folder

ROLES = ("passage",)  # the column that is not a language
NOTHING = ("", None, NO_CATEGORY)  # in it


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
            question: {
                "category" if key == "passage" else key: (text or None) for key, text in row.items()
            }
            for question, row in concepts.items()
        }
        return super().from_dict(rows, name, templates)  # type: ignore[arg-type, return-value]

    def comparable(self) -> "Questions":
        """Return all of them: questions need not be in two languages."""
        return self

    def answers(self, grid: ConceptGrid) -> list[int]:
        """Return the n rows of the grid that answer the questions.

        Raises:
            InputError: with all questions that lack a text, or a passage that the grid has; all
                languages that no question is asked in, or no passage with questions is written in.
        """
        check = Check(f"queries '{self.name}'")
        rows = zip(self.concepts, self.categories, self.texts, strict=True)
        answers = _answers(list(rows), self.languages, grid, check)
        check.raise_problems()
        return answers


def _answers(
    rows: list[tuple[str, str, tuple[str | None, ...]]],
    languages: Sequence[str],
    grid: ConceptGrid,
    check: Check,
) -> list[int]:
    """Return the rows of the grid that answer questions; note all that does not fit.

    Args:
        rows: of each question the place, the passage and the texts.
    """
    row = {normalize("NFC", passage): c for c, passage in enumerate(grid.concepts)}
    rows = [(place, normalize("NFC", passage), texts) for place, passage, texts in rows]
    named = any(passage not in NOTHING for _, passage, _ in rows)
    if rows and not named:
        remedy = "write a column 'passage', the row of the grid that answers the question"
        check.problem("in every row", "no passage", remedy)
    for place, passage, texts in rows:
        if not any(texts):
            check.problem(place, "no text", "write the question in one language or more")
        if named and passage in NOTHING:
            check.problem(place, "no passage", "name the row of the grid that answers it")
        elif named and passage not in row:
            said = len(check.problems) < MAX_PROBLEMS
            near = get_close_matches(passage, row, n=1) if said else []
            hint = f"; did you mean {shorten(near[0])}?" if near else ""
            lacks = f"passage {shorten(passage)} is not in the grid '{grid.name}'{hint}"
            check.problem(place, lacks, "or it was left out, having too few texts")
    for j, code in enumerate(languages):
        if not any(texts[j] for _, _, texts in rows):
            check.problem(f"language '{code}'", "no question", "leave the column out")
    answers = [row[passage] for _, passage, _ in rows if passage in row]
    for j, code in enumerate(grid.languages):
        if answers and not any(grid.texts[c][j] for c in answers):
            lacks = "no passage that has questions is written in it"
            check.problem(f"language '{code}'", lacks, "leave it out by --languages")
    return answers


def resolve_questions(
    queries: "Questions | str | PathLike[str]", grid: ConceptGrid, strict: bool = False
) -> Questions:
    """Return questions that are given, or in a source of any kind that a grid may have.

    Raises:
        InputError: when there is no such file, or with all that is wrong in it, and all that does
            not fit the grid.
    """
    if isinstance(queries, Questions):
        queries.answers(grid)
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
    texts = [tuple(entry.texts.get(code) for code in languages) for entry in entries]
    places = [entry.concept or entry.place for entry in entries]
    passages = [entry.roles.get("passage", "") for entry in entries]
    _answers(list(zip(places, passages, texts, strict=True)), languages, grid, check)
    check.raise_problems()
    said = (*check.notices(), *sheet.notices)
    return Questions(
        concepts=tuple(places),
        languages=tuple(languages),
        categories=tuple(passages),
        texts=tuple(texts),
        name=path.stem,
        notices=tuple(f"{check.source}: {sentence}" for sentence in said),
    )


def shares_of(mix: Mapping[str, float], grid: ConceptGrid) -> dict[str, float]:
    """Return the shares of languages in an index, by the grid's codes.

    Raises:
        InputError: for a language that the grid does not have, or a share that is not above 0.
    """
    try:
        shares = {grid._own_language(code): share for code, share in mix.items()}
    except InputError as error:
        raise InputError(f"--mix: {error}") from None
    for code, share in shares.items():
        if not 0 < share < float("inf"):
            raise InputError(f"--mix: the share of '{code}' is {share}; give a number above 0")
    return shares
