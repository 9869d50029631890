"""Languages: from a code or a name to a BCP 47 code, and from a code to a name.

What is known is what babel's CLDR data knows; babel is imported when first asked for something.
"""

import re
from difflib import get_close_matches
from functools import cache

_CODE = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|\d{3}))?"
    r"(?P<variants>(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*)"
)
_PRIVATE = re.compile(r"x(?:-[a-z0-9]{1,8})+")
_LONGEST_CODE = 3
_NO_LANGUAGE = {"mul", "und", "zxx"}
_QUALIFIED = re.compile(r"(?P<name>.+?) ?\((?P<qualifiers>.+)\)")


@cache
def language_code(heading: str) -> str | None:
    """Return the BCP 47 code that a code or a name stands for; None where there is none.

    "EN" → "en", "pt_BR" → "pt-BR", "deu" → "de", "x-mine" as it is; "German", "Deutsch" and
    "alemán" → "de". A code goes before a name: "ga" is Irish, although English calls another
    language "Ga". Then comes English, then what languages call themselves, then what they call
    others. A name that there are two languages of stands for neither.
    """
    heading = " ".join(heading.split()).casefold()
    if _PRIVATE.fullmatch(heading):
        return heading
    return _from_code(heading) or _from_name(heading)


def language_name(code: str) -> str:
    """Return what English calls a language: "pt-BR" → "Brazilian Portuguese", else the code."""
    if (known := _english().languages.get(code.replace("-", "_"))) is not None:
        return known
    parts = _CODE.fullmatch(code.casefold())
    if not parts or parts["language"] not in _known():
        return code
    script, region = (parts["script"] or "").title(), (parts["region"] or "").upper()
    scripts, territories = _english().scripts, _english().territories
    qualifiers = [scripts.get(script), territories.get(region), *parts["variants"].split("-")]
    said = ", ".join(qualifier for qualifier in qualifiers if qualifier)
    name = _name_of(parts["language"])
    return f"{name} ({said})" if said else name


def nearest_languages(heading: str) -> list[str]:
    """Return up to three known languages like it, as "German (de)"; of "jp" what Japan speaks."""
    heading = heading.casefold()
    known = {name: code for name, code in _english_names().items() if code not in _NO_LANGUAGE}
    if len(heading) <= _LONGEST_CODE or "-" in heading or "_" in heading:
        known |= {code.casefold(): code for code in sorted(set(known.values()))}
    near = get_close_matches(heading, known, n=5, cutoff=0.65) if len(heading) < 60 else []
    codes = dict.fromkeys([*_spoken_in(heading.upper()), *(known[name] for name in near)])
    return [f"{language_name(code)} ({code})" for code in list(codes)[:3]]


def _spoken_in(territory: str) -> list[str]:
    from babel.core import get_global

    likely = get_global("likely_subtags").get(f"und_{territory}")
    return [likely.split("_")[0]] if likely else []


def _from_code(heading: str) -> str | None:
    from babel.core import get_global

    parts = _CODE.fullmatch(heading.replace("_", "-"))
    if not parts:
        return None
    language, script = parts["language"], (parts["script"] or "").title()
    if language not in _known():  # "deu" and "iw" are older codes of "de" and "he"
        language, _, own_script = get_global("language_aliases").get(language, "").partition("_")
        script = script or own_script
    region = (parts["region"] or "").upper()
    if (
        language not in _known()
        or (script and script not in _english().scripts)
        or (region and region not in _english().territories)
    ):
        return None
    return "-".join(part for part in (language, script, region) if part) + parts["variants"]


def _from_name(heading: str) -> str | None:
    if heading in _english_names():
        return _english_names()[heading]
    for names in _other_names():
        if codes := names.get(heading):
            return next(iter(codes)) if len(codes) == 1 else None
    return _from_qualified_name(heading)


def _from_qualified_name(heading: str) -> str | None:
    """Read "Portuguese (Brazil)" and "português (Brasil)": a name, and its script or region."""
    parts = _QUALIFIED.fullmatch(heading)
    code = parts and language_code(parts["name"])
    if not code:
        return None
    for qualifier in re.split(r" ?[,，、;] ?", parts["qualifiers"]):
        known = _qualifiers(code.split("-")[0]).get(qualifier)
        if known is None:
            return None
        code = f"{code}-{known}"
    return _from_code(code.casefold())


@cache
def _english():
    from babel import Locale

    return Locale("en")


@cache
def _known() -> set[str]:
    """Return the codes of languages that English has a name for or that babel has a locale of."""
    from babel import localedata

    locales = {locale.split("_")[0] for locale in localedata.locale_identifiers()}
    return locales | set(_english().languages)


def _name_of(language: str) -> str:
    from babel import Locale

    if (name := _english().languages.get(language)) is not None:
        return name
    return Locale(language).languages.get(language, language)


@cache
def _english_names() -> dict[str, str]:
    return {name.casefold(): code.replace("_", "-") for code, name in _english().languages.items()}


@cache
def _other_names() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Return {name: codes} of languages in themselves, and in others; reads every locale."""
    from babel import localedata

    own, foreign = {}, {}
    for locale in localedata.locale_identifiers():
        language, *more = locale.split("_")
        if any(len(part) != 4 for part in more):
            continue  # regions call languages as the language itself does
        for code, name in localedata.load(locale).get("languages", {}).items():
            if code.split("_")[0] not in _known():
                continue  # "root" is where CLDR begins
            names = own if code.split("_")[0] == language else foreign
            names.setdefault(name.casefold(), set()).add(code.replace("_", "-"))
    return own, foreign


@cache
def _qualifiers(language: str) -> dict[str, str]:
    """Return {script or region in English and in the language itself: code}."""
    from babel import Locale, localedata

    own = [Locale(language)] if localedata.exists(language) else []
    return {
        name.casefold(): code
        for locale in (*own, _english())
        for kind in (locale.territories, locale.scripts)
        for code, name in kind.items()
    }
