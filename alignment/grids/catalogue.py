"""The catalogue: a grid by its name, or by its file.

Named grids are large, curated and in many languages: some out of Python packages, some fetched.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches
from os import PathLike
from pathlib import Path
from typing import NamedTuple
from unicodedata import is_normalized

from alignment import InputError
from alignment.grids.checks import Check, count
from alignment.grids.concept_grid import MAX_NAMED, ConceptGrid
from alignment.grids.fetched import Annotations, Fetched, Source, Udhr
from alignment.grids.languages import language_code, language_name, unknown_language
from alignment.grids.packaged import CLDR_KINDS, Cldr, Emoji
from alignment.grids.text import is_folder

PUBLISHED = "published"  # it stands in concepts, which imports grids; here for the messages
ALL = "all"  # in place of languages
FETCHED: dict[str, type[Fetched]] = {"udhr": Udhr, "annotations": Annotations}
PACKAGED: dict[str, Source] = {"emoji": Emoji(), **{kind: Cldr(kind) for kind in CLDR_KINDS}}
NAMES = (*PACKAGED, *FETCHED)


class NamedGrid(NamedTuple):
    """A line of ``--list``: the concepts in the languages asked for, all languages available.

    ``fetched`` is the size in bytes of what is fetched when the grid is first named, or 0.
    """

    name: str
    concepts: int
    languages: int
    fetched: int


def resolve_grid(
    grid: ConceptGrid | str | PathLike[str] | None,
    languages: Iterable[str] | None,
    default: ConceptGrid,
    strict: bool = False,
) -> ConceptGrid:
    """Return a grid that is given, named, in a file, or None for the default one, to be measured.

    It is in these languages, all of its own (of a named grid the default's) for None, and all that
    it has for ["all"]. It lacks what cannot be compared, and has the default's templates where it
    has none of its own.

    Raises:
        InputError: when there is no such grid, or it is not in these languages.
        RunError: when it cannot be fetched.
    """
    languages = tuple(languages or ())
    if grid is None or grid == default.name:
        grid = default
    elif not isinstance(grid, ConceptGrid):
        grid = load_grid(grid, languages or default.languages, strict)
    every = not languages or languages == (ALL,)
    grid = grid.comparable() if every else grid.in_languages(languages)
    known = {code: default.templates[code] for code in grid.languages if code in default.templates}
    return replace(
        grid,
        templates=known | dict(grid.templates),
        notices=tuple(dict.fromkeys((*grid.notices, *_not_composed(grid)))),
    )


def load_grid(
    name_or_path: str | PathLike[str], languages: Iterable[str], strict: bool = False
) -> ConceptGrid:
    """Return a named grid in these languages, or the grid of a file or a folder.

    A file has languages of its own: all of them are read, whatever ``languages`` says. What is
    damaged in it and can be read is repaired with a notice, or, if ``strict``, refused.

    Raises:
        InputError: when it is neither, or the file is not a grid.
        RunError: when it is a named grid that cannot be fetched.
    """
    from alignment.grids.files import HUB, READERS, read_grid

    name, _, file = str(name_or_path).partition("=")
    if name in FETCHED or name_or_path in NAMES:
        return named_grid(name, languages, Path(file) if file else None)
    path = Path(name_or_path)
    if path.suffix.casefold() in READERS or is_folder(path) or str(path).startswith(HUB):
        return ConceptGrid(**read_grid(name_or_path, strict)).comparable()
    known = (PUBLISHED, *NAMES)
    near = " or ".join(get_close_matches(str(path), known, n=2))
    raise InputError(
        f"unknown grid '{path}'{f', did you mean {near}?' if near else ''}; name one of "
        f"{', '.join(known)}, a file that ends in {', '.join(READERS)}, a folder with a text file "
        f"per language, or {HUB}OWNER/DATASET"
    )


def named_grid(name: str, languages: Iterable[str], file: Path | None = None) -> ConceptGrid:
    """Return one of the named grids in these languages, given by code or name, or ["all"] of them.

    A concept is called by its English name; where two share one, each has its emoji or code behind
    it. Where a language has no name there is a gap, and what cannot be compared is left out with a
    notice. A grid that is fetched may be brought as a file instead.

    Raises:
        InputError: for a language that it has no names in.
        RunError: when it cannot be fetched.
    """
    source: Source = FETCHED[name](file) if name in FETCHED else PACKAGED[name]
    languages = tuple(languages)
    codes = tuple(source.languages()) if languages == (ALL,) else _codes(name, source, languages)
    rows = source.rows(codes)
    check = Check(f"grid '{name}'")
    times = Counter(row.concept for row in rows)
    grid = ConceptGrid(
        concepts=tuple(
            row.concept if times[row.concept] == 1 else f"{row.concept} ({row.key})" for row in rows
        ),
        languages=codes,
        categories=tuple(row.category for row in rows),
        texts=tuple(
            tuple(
                text and check.cell(text, f"{row.concept} ({code})")
                for code, text in zip(codes, row.texts, strict=True)
            )
            for row in rows
        ),
        name=name,
    )
    said = tuple(f"{check.source}: {sentence}" for sentence in check.notices())
    return replace(grid, notices=said).comparable()


def _not_composed(grid: ConceptGrid) -> list[str]:
    """Say which languages have texts that are not in NFC, most such texts first."""
    columns = zip(grid.languages, zip(*grid.texts, strict=True), strict=True)
    apart = {
        code: sum(not is_normalized("NFC", text) for text in column if text)
        for code, column in columns
    }
    codes = sorted((code for code in apart if apart[code]), key=lambda code: -apart[code])
    some = ", ".join(f"{language_name(c)} ({count(apart[c], 'text')})" for c in codes[:MAX_NAMED])
    more = f" and {count(len(codes) - MAX_NAMED, 'more language')}"
    said = (
        f"grid '{grid.name}': not in Unicode's composed form (NFC), and measured as given: {some}"
        f"{more if len(codes) > MAX_NAMED else ''}; --probe measures them composed too"
    )
    return [said] if codes else []


def describe(languages: Iterable[str]) -> list[NamedGrid]:
    """Return name, concepts in these languages, and number of languages to be had, of each grid.

    Regional variants (pt-BR) can be had too and are not counted. Nothing is fetched for it.
    """
    codes = tuple(languages)
    packaged = [
        NamedGrid(name, len(named_grid(name, codes).concepts), len(source.languages()), 0)
        for name, source in PACKAGED.items()
    ]
    fetched = [
        NamedGrid(name, source.concepts, source.languages_there, source.archive.size)
        for name, source in FETCHED.items()
    ]
    return packaged + fetched


def _codes(name: str, source: Source, languages: tuple[str, ...]) -> tuple[str, ...]:
    """Return the languages' codes, if the grid has them all."""
    codes = [(language, language_code(language) or "") for language in languages]
    missing = [_no_language(*pair, source) for pair in codes if not source.has(pair[1])]
    if missing:
        raise InputError(f"grid '{name}': {'; '.join(missing)}")
    return tuple(code for _, code in codes)


def _no_language(language: str, code: str, source: Source) -> str:
    if not code:
        return unknown_language(language)
    known = source.languages()
    near = [other for other in known if other.split("-")[0] == code.split("-")[0]]
    if near:
        return f"no texts in '{language}'; did you mean {' or '.join(near)}?"
    some = ", ".join(known) if len(known) < 20 else f"one of the {len(known)} that it has"
    return f"no texts in '{language}'; choose {some}"
