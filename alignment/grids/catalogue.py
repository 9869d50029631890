"""Named grids: large, curated, in many languages, out of Python packages and without a download.

emoji is of the emoji package, the others of babel; both carry names of the Unicode CLDR project.
"""

from collections import Counter
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from alignment import InputError
from alignment.grids import ConceptGrid
from alignment.grids.entries import NO_CATEGORY
from alignment.grids.gridfiles import ENDINGS
from alignment.grids.languages import language_code, nearest_languages

PUBLISHED = "published"  # it stands in concepts, which imports grids; here for the messages
# how babel's locale data calls what a grid is made of
CLDR_KINDS = {
    "territories": "territories",
    "languages": "languages",
    "currencies": "currency_names",
}
NAMES = ("emoji", *CLDR_KINDS)


class NamedGrid(NamedTuple):
    """A line of ``--list``: the concepts in the languages asked for, all languages available."""

    name: str
    concepts: int
    languages: int


def load_grid(name_or_path, languages: Iterable[str]) -> ConceptGrid:
    """Return a named grid in these languages, or the grid of a .csv, .tsv or .json file.

    A file has languages of its own: all of them are read, whatever ``languages`` says.

    Raises:
        InputError: when it is neither, or the file is no grid.
    """
    if name_or_path in NAMES:
        return named_grid(name_or_path, languages)
    path = Path(name_or_path)
    if path.suffix.casefold() == ".json":
        return ConceptGrid.from_json(path)
    if path.suffix.casefold() in ENDINGS or path.is_dir():
        return ConceptGrid.from_csv(path)
    if path.suffix or len(path.parts) != 1 or path.exists():
        raise InputError(
            f"grid '{path}': files end in {', '.join(ENDINGS)}; save it as one of these "
            "(Excel: 'CSV UTF-8'), or name one of the grids " + ", ".join((PUBLISHED, *NAMES))
        )
    raise _unknown(name_or_path)


def named_grid(name: str, languages: Iterable[str]) -> ConceptGrid:
    """Return one of the named grids in these languages, given by code or name.

    emoji: each fully qualified emoji without skin tone, ":" left out and "_" a space.
    territories: the two-letter codes of CLDR, with its own such as EU and "Unknown Region";
    languages and currencies: every code. A concept is called by its English name; where two share
    one, each has its emoji or code behind it. The package has no categories: all are "All". Where
    a language has no name there is a gap, and what cannot be compared is left out with a notice.

    Raises:
        InputError: for a name or a language that is not known.
    """
    if name not in NAMES:
        raise _unknown(name)
    codes = _codes(name, languages)
    names, texts = _emoji(codes) if name == "emoji" else _cldr(name, codes)
    grid = ConceptGrid(
        concepts=_told_apart(names),
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


def _emoji(codes: tuple[str, ...]):
    import emoji

    emoji.config.load_language(list({"en", *codes}))
    rows = {
        sign: row
        for sign, row in emoji.EMOJI_DATA.items()
        if row["status"] == emoji.STATUS["fully_qualified"] and not _has_skin_tone(sign)
    }
    names = {sign: _words(row["en"]) for sign, row in rows.items()}
    return names, tuple(tuple(_words(row.get(code)) for code in codes) for row in rows.values())


def _has_skin_tone(sign: str) -> bool:
    return any("\N{EMOJI MODIFIER FITZPATRICK TYPE-1-2}" <= c <= "\U0001f3ff" for c in sign)


def _words(text: str | None) -> str | None:
    """Return ":grinning_face:" as "grinning face"; nothing at all as None."""
    return " ".join((text or "").replace("_", " ").replace(":", " ").split()) or None


def _cldr(name: str, codes: tuple[str, ...]):
    english = _names_in("en", name)
    names = {
        code: text for code, text in english.items() if name != "territories" or code.isalpha()
    }
    columns = [_names_in(code, name) for code in codes]
    return names, tuple(tuple(column.get(code) for column in columns) for code in names)


def _names_in(language: str, name: str) -> dict[str, str]:
    from babel import Locale

    locale = Locale.parse(language, sep="-")
    names = getattr(locale, name)
    return {code: " ".join(text.split()) for code, text in names.items() if text.strip()}


def _codes(name: str, languages: Iterable[str]) -> tuple[str, ...]:
    """Return the languages' codes, if the package has them all."""
    languages = tuple(languages)
    codes = tuple(language_code(language) or "" for language in languages)
    missing = [
        language
        for language, code in zip(languages, codes, strict=True)
        if not _has_language(name, code)
    ]
    if missing:
        said = "; ".join(_no_language(language, name) for language in missing)
        raise InputError(f"grid '{name}': {said}")
    return codes


def _has_language(name: str, code: str) -> bool:
    if name == "emoji":
        return code in _languages(name)
    from babel import Locale, UnknownLocaleError

    try:
        # babel takes "und" for English: what it finds must be what was asked for
        return Locale.parse(code, sep="-").language == code.split("-")[0]
    except (UnknownLocaleError, ValueError):
        return False


def _no_language(language: str, name: str) -> str:
    code = language_code(language)
    if code is None:
        near = nearest_languages(language)
        hint = f"did you mean {' or '.join(near)}?" if near else "write a code such as 'de'"
        return f"'{language}' is no language that CLDR knows; {hint}"
    known = _languages(name)
    base = code.split("-")[0]
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


def _told_apart(names: dict[str, str]) -> tuple[str, ...]:
    times = Counter(names.values())
    return tuple(name if times[name] == 1 else f"{name} ({code})" for code, name in names.items())


def _unknown(name) -> InputError:
    near = get_close_matches(str(name), (PUBLISHED, *NAMES), n=2)
    hint = f"did you mean {' or '.join(near)}? " if near else ""
    return InputError(
        f"grid '{name}' is not known; {hint}There are {', '.join((PUBLISHED, *NAMES))}, and files "
        f"that end in {', '.join(ENDINGS)}"
    )
