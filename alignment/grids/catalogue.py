"""The catalogue: return a grid by its name or its file, and list the named grids."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple
from unicodedata import is_normalized

from alignment import InputError
from alignment.grids.checks import MAX_NAMED, Check, count
from alignment.grids.concept_grid import ConceptGrid
from alignment.grids.fetched import Annotations, Fetched, Udhr
from alignment.grids.files import READERS, is_source
from alignment.grids.folders import HUB
from alignment.grids.languages import ALL, language_code, language_name, unknown_language
from alignment.grids.packaged import CLDR_KINDS, Cldr, Emoji, Source

PUBLISHED = "published"  # the name in messages; concepts, which has the grid, imports this package
FETCHED: dict[str, type[Fetched]] = {source.grid: source for source in (Udhr, Annotations)}
PACKAGED: dict[str, Source] = {"emoji": Emoji(), **{kind: Cldr(kind) for kind in CLDR_KINDS}}
NAMES = (*PACKAGED, *FETCHED)


class NamedGrid(NamedTuple):
    """A line of ``--list``."""

    name: str
    concepts: int  # in the languages asked for
    languages: int  # to choose from
    fetched: int  # bytes that are fetched when the grid is first named


def resolve_grid(
    grid: ConceptGrid | str | PathLike[str] | None,
    languages: str | Iterable[str] | None,
    default: ConceptGrid,
    strict: bool = False,
) -> ConceptGrid:
    """Return the grid to be measured: one that is given, named, in a file, or the default for None.

    It has these languages, or all of its languages for ["all"] and None; for None a named grid has
    those of the default. What cannot be compared is left out. Missing templates are the default's.

    Raises:
        InputError: when there is no such grid, or it is not in these languages.
        RunError: when it cannot be fetched.
    """
    languages = tuple(languages.split(",") if isinstance(languages, str) else languages or ())
    if grid is None or (isinstance(grid, str) and grid == default.name):
        grid = default
    elif not isinstance(grid, ConceptGrid):
        grid = _read(grid, languages, default, strict)
    grid = grid.comparable() if languages in ((), (ALL,)) else grid.in_languages(languages)
    templates = {
        code: default.templates[code] for code in grid.languages if code in default.templates
    }
    return replace(
        grid,
        templates={**templates, **grid.templates},
        notices=tuple(dict.fromkeys((*grid.notices, *_not_composed(grid)))),
    )


def _read(grid: Any, languages: tuple[str, ...], default: ConceptGrid, strict: bool) -> ConceptGrid:
    wanted = () if languages == (ALL,) else languages
    if isinstance(grid, str | PathLike):
        return load_grid(grid, languages or default.languages, strict, wanted)
    if isinstance(grid, dict) and all(isinstance(row, dict) for row in grid.values()):
        return ConceptGrid.from_dict(grid)
    return ConceptGrid.from_data(grid, strict=strict, wanted=wanted)


def load_grid(
    name_or_path: str | PathLike[str],
    languages: Iterable[str],
    strict: bool = False,
    wanted: Iterable[str] = (),
) -> ConceptGrid:
    """Return a named grid in these languages, or the grid of a file, a folder or a data set.

    A file is read in the languages ``wanted``, or in all of its languages if that is empty. Damage
    in it is repaired with a notice, or, if ``strict``, refused. Raises as ``resolve_grid`` does.
    """
    name, _, file = str(name_or_path).partition("=")
    if name in FETCHED or name_or_path in NAMES:
        return named_grid(name, languages, Path(file) if file else None)
    if is_source(name_or_path):
        return ConceptGrid.read(name_or_path, strict, wanted=wanted)
    path, names = Path(name_or_path), (PUBLISHED, *NAMES)
    near = " or ".join(get_close_matches(str(path), names, n=2))
    raise InputError(
        f"unknown grid '{path}'{f', did you mean {near}?' if near else ''}; name one of "
        f"{', '.join(names)}, a file that ends in {', '.join(READERS)}, a folder with a text file "
        f"per language, or {HUB}OWNER/DATASET"
    )


def named_grid(name: str, languages: Iterable[str], file: Path | None = None) -> ConceptGrid:
    """Return a named grid in these languages, given by code or name, or ["all"] of them.

    A concept has its English name; if several share one, each has its emoji or code behind it. A
    name that is missing is a gap, and what cannot be compared is left out with a notice. ``file``
    is the archive of a grid that would be fetched otherwise.
    """
    source: Source = FETCHED[name](file) if name in FETCHED else PACKAGED[name]
    languages = tuple(languages)
    codes = tuple(source.languages()) if languages == (ALL,) else _codes(name, source, languages)
    english, *columns = [source.names(code) for code in ("en", *codes)]
    concepts = {key: source.concept(key, text or key) for key, text in english.items()}
    times = Counter(concept for concept, _ in concepts.values())
    check = Check(f"grid '{name}'")
    texts = [
        tuple(
            check.cell(text, f"{concept} ({code})") if (text := column.get(key)) else None
            for code, column in zip(codes, columns, strict=True)
        )
        for key, (concept, _) in concepts.items()
    ]
    return ConceptGrid(
        concepts=tuple(
            concept if times[concept] == 1 else f"{concept} ({key})"
            for key, (concept, _) in concepts.items()
        ),
        languages=codes,
        categories=tuple(category for _, category in concepts.values()),
        texts=tuple(texts),
        name=name,
        notices=check.notices(),
    ).comparable()


def _not_composed(grid: ConceptGrid) -> list[str]:
    """Return a notice on the languages whose texts are not in NFC, most such texts first."""
    times = Counter(
        code
        for code, texts in zip(grid.languages, zip(*grid.texts, strict=True), strict=True)
        for text in texts
        if text and not is_normalized("NFC", text)
    ).most_common()
    some = ", ".join(f"{language_name(code)} ({count(n, 'text')})" for code, n in times[:MAX_NAMED])
    if len(times) > MAX_NAMED:
        some += f" and {count(len(times) - MAX_NAMED, 'more language')}"
    notice = (
        f"grid '{grid.name}': not in Unicode's composed form (NFC), and measured as given: {some}; "
        "--probe measures them composed too"
    )
    return [notice] if times else []


def describe(languages: Iterable[str]) -> list[NamedGrid]:
    """Return a line for each named grid, in these languages, and fetch nothing."""
    codes = tuple(languages)
    packaged = [
        NamedGrid(name, len(named_grid(name, codes).concepts), len(source.languages()), 0)
        for name, source in PACKAGED.items()
    ]
    sources = FETCHED.values()
    return packaged + [NamedGrid(s.grid, s.concepts, s.language_count, s.size) for s in sources]


def _codes(name: str, source: Source, languages: tuple[str, ...]) -> tuple[str, ...]:
    """Return the codes of the languages; raise InputError for all that the grid does not have."""
    codes, problems = tuple(language_code(language) or "" for language in languages), []
    for language, code in zip(languages, codes, strict=True):
        if not code:
            problems.append(unknown_language(language))
        elif not source.has(code):
            offered = source.languages()
            near = [other for other in offered if other.split("-")[0] == code.split("-")[0]]
            many = f"one of the {len(offered)} that it has"
            choice = ", ".join(offered) if len(offered) < 20 else many
            remedy = f"did you mean {' or '.join(near)}?" if near else f"choose {choice}"
            problems.append(f"no texts in '{language}'; {remedy}")
    if problems:
        raise InputError(f"grid '{name}': {'; '.join(problems)}")
    return codes
