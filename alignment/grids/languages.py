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
_NO_LANGUAGE = {"mul", "und", "zxx"}
_QUALIFIED = re.compile(r"(?P<name>.+?) ?\((?P<qualifiers>.+)\)")


@cache
def language_code(heading: str) -> str | None:
    """Return the BCP 47 code that a code or a name stands for; None where there is none.

    "EN" → "en", "pt_BR" → "pt-BR", "deu" → "de", "German", "Deutsch" → "de", "x-mine" as it is.
    A code goes before a name: "ga" is Irish, although English calls another language "Ga". A name
    that two languages call themselves by stands for neither.
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
    """Return up to three known languages spelt like it, as "German (de)"."""
    codes = set(_english_names().values()) - _NO_LANGUAGE
    known = {name: code for name, code in _english_names().items() if code in codes}
    known |= {code.casefold(): code for code in sorted(codes)}
    near = get_close_matches(heading.casefold(), known, n=5) if len(heading) < 60 else []
    codes = list(dict.fromkeys(known[name] for name in near))
    return [f"{language_name(code)} ({code})" for code in codes[:3]]


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
    codes = _own_names().get(heading, set())
    if len(codes) == 1:
        return next(iter(codes))
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
def _own_names() -> dict[str, set[str]]:
    """Return {name of a language in itself: codes}; this reads every locale of babel."""
    from babel import localedata

    names = {}
    for locale in localedata.locale_identifiers():
        language, *more = locale.split("_")
        if any(len(part) != 4 for part in more):
            continue  # regions call the language as the language itself does
        for code, name in localedata.load(locale).get("languages", {}).items():
            if code.split("_")[0] == language:
                names.setdefault(name.casefold(), set()).add(code.replace("_", "-"))
    return names


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
