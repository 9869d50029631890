"""Languages: from a code or a name to a BCP 47 code, and from a code to a name.

langcodes reads the codes; the names are those of language_data: Unicode CLDR's in 200 languages,
and ISO 639-3's in English. Both are imported when first needed.
"""

import re
from difflib import get_close_matches
from functools import cache
from unicodedata import normalize

from alignment.grids.checks import shorten

_PRIVATE = re.compile(r"x(?:-[a-z0-9]{1,8})+")
_QUALIFIED = re.compile(r"(?P<name>.+?) ?\((?P<qualifiers>.+)\)")
_FEW_NAMES = 6  # CLDR names a language in more languages than this
_LONGEST_CODE = 3
_NOT_LANGUAGES = ("mul", "und", "zxx")


@cache
def language_code(heading: str) -> str | None:
    """Return the BCP 47 code that a code or a name stands for; None where there is none.

    "EN" → "en", "pt_BR" → "pt-BR", "deu" → "de", "x-mine" as it is; "German", "Deutsch" and
    "alemán" → "de". A language's usual script is left out, unless CLDR names the two together:
    "eng_Latn" → "en", "zho_Hans" → "zh-Hans". A code goes before a name: "ga" is Irish, although
    English calls another language "Ga". Then comes English, then what languages call themselves,
    then what they call others, then ISO 639-3. A name of two languages stands for neither.
    """
    heading = normalize("NFC", " ".join(heading.split()).casefold())
    if _PRIVATE.fullmatch(heading):
        return heading
    return _from_code(heading) or _from_name(heading)


def language_name(code: str) -> str:
    """Return what English calls a language: "pt-BR" → "Brazilian Portuguese", else the code."""
    from langcodes import Language

    if code in _names() and code[0].islower():
        return _english(code)
    try:
        tag = Language.get(code, normalize=False)
    except ValueError:
        return code
    if tag.language not in _names():
        return code
    parts = [_english(part) for part in (tag.script, tag.territory) if part]
    qualifiers = ", ".join([*parts, *(tag.variants or ())])
    return _english(tag.language) + (f" ({qualifiers})" if qualifiers else "")


def unknown_language(heading: str) -> str:
    """Say that nothing is known by that name, and what is nearest."""
    near = nearest_languages(heading)
    hint = f", did you mean {' or '.join(near)}?" if near else ""
    return f"unknown language {shorten(heading)}{hint}"


def nearest_languages(heading: str) -> list[str]:
    """Return up to three known languages like it, as "German (de)"; of "jp" what Japan speaks."""
    heading = heading.casefold()
    known = {_english(code).casefold(): code for code in _names() if is_common(code)}
    if len(heading) <= _LONGEST_CODE or "-" in heading or "_" in heading:
        known |= {code.casefold(): code for code in sorted(known.values())}
    near = get_close_matches(heading, known, n=5, cutoff=0.65) if len(heading) < 60 else []
    codes = dict.fromkeys([*_spoken_in(heading.upper()), *(known[name] for name in near)])
    return [f"{language_name(code)} ({code})" for code in list(codes)[:3]]


def is_common(code: str) -> bool:
    """Tell whether CLDR names the language, as it does some 650; ISO 639-3 has 8 000."""
    return _in_cldr(code) and code[0].islower() and code not in _NOT_LANGUAGES


def _spoken_in(territory: str) -> list[str]:
    from langcodes import Language

    if territory not in _names():
        return []
    language = Language.make(territory=territory).maximize().language
    return [language] if language else []


def _from_code(heading: str) -> str | None:
    from langcodes import Language

    try:
        tag = Language.get(heading, normalize=False)
        if not _in_cldr(tag.language):
            tag = Language.get(heading)  # deu and iw → de and he
        if not _in_cldr(tag.language):
            tag = tag.prefer_macrolanguage()  # cmn and arb → zh and ar
    except ValueError:
        return None
    parts = [tag.language or "", *filter(None, (tag.script, tag.territory))]
    if not all(part in _names() for part in parts) or tag.extlangs or tag.extensions or tag.private:
        return None
    if tag.variants and not tag.is_valid():
        return None
    usual = Language.make(language=tag.language, territory=tag.territory).maximize().script
    needless = tag.script == usual and f"{tag.language}-{tag.script}" not in _names()
    return (tag.update_dict({"script": None}) if needless else tag).to_tag()


def _in_cldr(code: str | None) -> bool:
    return len(_names().get(code or "", ())) > _FEW_NAMES


def _from_name(heading: str) -> str | None:
    for names in _codes_by_name():
        if heading in names:
            codes = {_from_code(code) for code in names[heading]}
            return codes.pop() if len(codes) == 1 else None
    return _from_qualified_name(heading)


def _from_qualified_name(heading: str) -> str | None:
    """Read "Portuguese (Brazil)" and "português (Brasil)": a name, and its script or region."""
    parts = _QUALIFIED.fullmatch(heading)
    code = parts and language_code(parts["name"])
    if not parts or not code:
        return None
    known = _qualifiers(code.split("-")[0])
    qualifiers = [known.get(said, "") for said in re.split(r" ?[,，、;] ?", parts["qualifiers"])]
    return _from_code("-".join([code, *qualifiers])) if all(qualifiers) else None


def _names() -> dict[str, dict[str, str]]:
    """Return {code: {language: name}} of languages (de), scripts (Latn) and territories (DE)."""
    from language_data.name_data import CODE_TO_NAMES

    return CODE_TO_NAMES


def _english(code: str) -> str:
    names = _names().get(code, {})
    return names.get("en") or names.get(code) or code


@cache
def _codes_by_name() -> tuple[dict[str, set[str]], ...]:
    """Return {name: codes} in English, in the language itself, in others, and of ISO 639-3."""
    english: dict[str, set[str]] = {}
    own = {"isindebele": {"nr"}}  # language_data has it of the other Ndebele, nd, alone
    foreign: dict[str, set[str]] = {}
    rare: dict[str, set[str]] = {}
    for code, names in _names().items():
        if not is_common(code) and not (code.isalpha() and code.islower()):
            continue
        for language, name in names.items():
            if language == "en":
                tier = english if is_common(code) else rare
            else:
                tier = own if language.split("-")[0] == code.split("-")[0] else foreign
            tier.setdefault(name.casefold(), set()).add(code)
    return english, own, foreign, rare


@cache
def _qualifiers(language: str) -> dict[str, str]:
    """Return {script or territory in the language itself and in English: code}."""
    return {
        names[said].casefold(): code
        for said in (language, "en")
        for code, names in _names().items()
        if said in names and not code[0].islower()
    }
