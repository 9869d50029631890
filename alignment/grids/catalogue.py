"""Named grids: large, curated, in many languages, out of Python packages and without a download.

emoji is of the emoji package, the others of babel; both carry names of the Unicode CLDR project.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from alignment import InputError
from alignment.grids.concept_grid import NO_CATEGORY, ConceptGrid
from alignment.grids.languages import language_code, unknown_language

PUBLISHED = "published"  # it stands in concepts, which imports grids; here for the messages
# how babel's locale data calls what a grid is made of
CLDR_KINDS = {
    "territories": "territories",
    "languages": "languages",
    "currencies": "currency_names",
}
NAMES = ("emoji", *CLDR_KINDS)

Texts = tuple[tuple[str | None, ...], ...]


class NamedGrid(NamedTuple):
    """A line of ``--list``: the concepts in the languages asked for, all languages available."""

    name: str
    concepts: int
    languages: int


def resolve_grid(
    grid: ConceptGrid | str | PathLike[str] | None,
    languages: Iterable[str] | None,
    default: ConceptGrid,
) -> ConceptGrid:
    """Return a grid that is given, named, in a file, or None for the default one, to be measured.

    It is in these languages, all of its own (of a named grid the default's) for None. It lacks what
    cannot be compared, and has the default's templates where it has none of its own.

    Raises:
        InputError: when there is no such grid, or it is not in these languages.
    """
    languages = tuple(languages or ())
    if grid is None or grid == default.name:
        grid = default
    elif not isinstance(grid, ConceptGrid):
        grid = load_grid(grid, languages or default.languages)
    grid = grid.in_languages(languages) if languages else grid.comparable()
    known = {code: default.templates[code] for code in grid.languages if code in default.templates}
    return replace(grid, templates=known | dict(grid.templates))


def load_grid(name_or_path: str | PathLike[str], languages: Iterable[str]) -> ConceptGrid:
    """Return a named grid in these languages, or the grid of a .csv, .tsv or .json file.

    A file has languages of its own: all of them are read, whatever ``languages`` says.

    Raises:
        InputError: when it is neither, or the file is not a grid.
    """
    from alignment.grids.files import READERS, read_table

    if name_or_path in NAMES:
        return named_grid(str(name_or_path), languages)
    path = Path(name_or_path)
    read = READERS.get(path.suffix.casefold())
    if read or path.is_dir():
        return ConceptGrid(**(read or read_table)(path)).comparable()
    known = (PUBLISHED, *NAMES)
    near = " or ".join(get_close_matches(str(path), known, n=2))
    raise InputError(
        f"unknown grid '{path}'{f', did you mean {near}?' if near else ''}; name one of "
        f"{', '.join(known)}, or a file that ends in {', '.join(READERS)} (Excel: 'CSV UTF-8')"
    )


def named_grid(name: str, languages: Iterable[str]) -> ConceptGrid:
    """Return one of the named grids in these languages, given by code or name.

    emoji: each fully qualified emoji without skin tone, ":" left out and "_" a space.
    territories: the two-letter codes of CLDR, with its own such as EU and "Unknown Region";
    languages and currencies: every code. A concept is called by its English name; where two share
    one, each has its emoji or code behind it. The package has no categories: all are "All". Where
    a language has no name there is a gap, and what cannot be compared is left out with a notice.

    Raises:
        InputError: for a language that it has no names in.
    """
    codes = _codes(name, languages)
    names, texts = _emoji(codes) if name == "emoji" else _cldr(name, codes)
    times = Counter(names.values())
    grid = ConceptGrid(
        concepts=tuple(n if times[n] == 1 else f"{n} ({code})" for code, n in names.items()),
        languages=codes,
        categories=(NO_CATEGORY,) * len(texts),
        texts=texts,
        name=name,
    )
    return grid.comparable()


def describe(languages: Iterable[str]) -> list[NamedGrid]:
    """Return name, concepts in these languages, and number of languages to be had, of each grid.

    Regional variants (pt-BR) can be had too and are not counted.
    """
    codes = tuple(languages)
    return [
        NamedGrid(name, len(named_grid(name, codes).concepts), len(_languages(name)))
        for name in NAMES
    ]


def _emoji(codes: tuple[str, ...]) -> tuple[dict[str, str], Texts]:
    """Return {emoji: English name} and the names in these languages."""
    import emoji

    emoji.config.load_language(list({"en", *codes}))
    rows = {
        sign: row
        for sign, row in emoji.EMOJI_DATA.items()
        if row["status"] == emoji.STATUS["fully_qualified"] and not _has_skin_tone(sign)
    }
    names = {sign: _words(row["en"]) or sign for sign, row in rows.items()}
    return names, tuple(tuple(_words(row.get(code)) for code in codes) for row in rows.values())


def _has_skin_tone(sign: str) -> bool:
    return any("\N{EMOJI MODIFIER FITZPATRICK TYPE-1-2}" <= c <= "\U0001f3ff" for c in sign)


def _words(text: str | None) -> str | None:
    """Return ":grinning_face:" as "grinning face"; nothing at all as None."""
    return " ".join((text or "").replace("_", " ").replace(":", " ").split()) or None


def _cldr(name: str, codes: tuple[str, ...]) -> tuple[dict[str, str], Texts]:
    """Return {code: English name} of territories, languages or currencies, and the names."""
    names = _names_in("en", name)
    if name == "territories":
        names = {code: text for code, text in names.items() if code.isalpha()}
    columns = [_names_in(code, name) for code in codes]
    return names, tuple(tuple(column.get(code) for column in columns) for code in names)


def _names_in(language: str, name: str) -> dict[str, str]:
    from babel import Locale

    names = getattr(Locale.parse(language, sep="-"), name)
    return {code: " ".join(text.split()) for code, text in names.items() if text.strip()}


def _codes(name: str, languages: Iterable[str]) -> tuple[str, ...]:
    """Return the languages' codes, if the package has them all."""
    codes = [(language, language_code(language) or "") for language in languages]
    missing = [_no_language(*pair, name) for pair in codes if not _has_language(name, pair[1])]
    if missing:
        raise InputError(f"grid '{name}': {'; '.join(missing)}")
    return tuple(code for _, code in codes)


def _has_language(name: str, code: str) -> bool:
    if name == "emoji":
        return code in _languages(name)
    from babel import Locale, UnknownLocaleError

    try:
        # babel takes other codes for English: what it finds must be what was asked for
        return Locale.parse(code, sep="-").language == code.split("-")[0]
    except (UnknownLocaleError, ValueError):
        return False


def _no_language(language: str, code: str, name: str) -> str:
    known = _languages(name)
    base = code.split("-")[0]
    if not code:
        return unknown_language(language)
    if base != code and base in known:
        return f"no names in '{language}'; did you mean '{base}'?"
    some = ", ".join(known) if len(known) < 20 else f"one of the {len(known)} that it has"
    return f"no names in '{language}'; choose {some}"


def _languages(name: str) -> list[str]:
    if name == "emoji":
        import emoji

        return list(emoji.LANGUAGES)
    from babel import localedata

    kind = CLDR_KINDS[name]
    languages = [code for code in localedata.locale_identifiers() if "_" not in code]
    return [code for code in languages if len(localedata.load(code).get(kind, ())) > 1]
