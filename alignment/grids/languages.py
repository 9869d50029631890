"""Languages: from a code or a name to a BCP 47 code, from a code to a name, and scripts.

langcodes reads codes, and language_data has the names: Unicode CLDR's in 200 languages, and ISO
639-3's in English. ``langcodes.find`` is not used: it takes "Afghanistan" for Pashto and
"Portuguesed" for Portuguese.
"""

import re
import unicodedata
from collections import Counter
from difflib import get_close_matches
from functools import cache

from alignment.grids.checks import shorten

ALL = "all"  # in place of a code: all languages together
_PRIVATE = re.compile(r"x(?:-[a-z0-9]{1,8})+")
_QUALIFIED = re.compile(r"(?P<name>.+?) ?\((?P<qualifiers>.+)\)")
_FEW_NAMES = 6  # CLDR names a language in more languages than this
_NOT_LANGUAGES = ("mul", "und", "zxx")
# Names and codes that language_data lacks or separates; subtags that are no longer used.
_OTHER_NAMES = {"farsi": "fa", "mandarin": "zh", "mandarin chinese": "zh", "castilian": "es"}
_OTHER_NAMES |= {"serbo-croatian": "sr-Latn", "oriya": "or", "sorani": "ckb", "flemish": "nl-BE"}
_OTHER_CODES = {"tl": "fil", "tgl": "fil", "sh": "sr-Latn", "hbs": "sr-Latn"}
_OTHER_SCRIPTS = {"chs": "Hans", "cht": "Hant"}
# Scripts as Unicode names letters, where CLDR's name begins with another word.
_SCRIPTS = {"Hans": "Han", "Hant": "Han", "Hani": "Han", "Kore": "Hangul", "Orya": "Oriya"}
_SCRIPTS |= {"Cans": "Canadian", "Nkoo": "Nko", "Olck": "Ol", "Mtei": "Meetei", "Beng": "Bengali"}
_FURTHER_SCRIPTS = {  # languages that are written in several scripts
    **dict.fromkeys(("az", "kk", "ky", "uz", "tk", "tg", "tt"), ("Latin", "Cyrillic", "Arabic")),
    **dict.fromkeys(("crh", "lad", "rif", "swb", "zdj", "wni", "hnj", "ctd", "bax"), ("Latin",)),
    **dict.fromkeys(("sr", "bs", "mk", "cnr", "sh"), ("Latin", "Cyrillic")),
    **dict.fromkeys(("ku", "ms", "ha", "kr", "yo", "so", "sw", "tr", "id"), ("Latin", "Arabic")),
    **dict.fromkeys(("pa", "sd", "ks", "mni", "sat"), ("Arabic", "Devanagari", "Bengali")),
    **dict.fromkeys(("tzm", "zgh", "ber", "kab"), ("Latin", "Arabic", "Tifinagh")),
    "mn": ("Cyrillic", "Mongolian"),
    "iu": ("Latin", "Canadian"),
    "ja": ("Han",),
    "ko": ("Han",),
}


@cache
def language_code(heading: str) -> str | None:
    """Return the BCP 47 code of a code or a name of a language; None for any other word.

    "EN" → "en", "pt_BR" → "pt-BR", "deu" → "de", "x-mine" unchanged; "German", "Deutsch", "alemán"
    and "German (de)" → "de". A language's usual script is left out, unless CLDR names the two
    together: "eng_Latn" → "en", "zho_Hans" → "zh-Hans". Unknown subtags behind a script stay:
    "oci_Latn_aran1260" → "oc-aran1260". A code has precedence over a name: "ga" is Irish, not Ga.
    English names have precedence over those in the language, in others, and of ISO 639-3. A name
    that two languages share has no code.
    """
    heading = unicodedata.normalize("NFC", " ".join(heading.split()).casefold())
    return heading if _PRIVATE.fullmatch(heading) else _from_code(heading) or _from_name(heading)


def code_of_tag(tag: str) -> str | None:
    """Return the code of a language tag, whose unknown subtags stay: "es-EM" → "es-em"."""
    first, *others = re.split("[-_]", tag.strip().casefold())
    base = language_code(first)
    return language_code(tag) or (base and "-".join([base, *others]))


def literal_code(heading: str) -> str:
    """Return the code of a heading with its language subtag as written: "lvs_Latn" → "lvs"."""
    code, first = language_code(heading) or heading, re.split("[-_]", heading.casefold())[0]
    return "-".join([first, *code.split("-")[1:]])


def scripts_of(code: str) -> set[str]:
    """Return the scripts of a language, as ``script_of`` names them; nothing if none is known."""
    from langcodes import Language

    tag = Language.get(code, normalize=False)
    script = tag.script or (tag.maximize().script if is_common(tag.language or "und") else None)
    if not script:
        return set()
    name = _SCRIPTS.get(script) or _english(script).split()[0].capitalize()
    return {name} if tag.script else {name, *_FURTHER_SCRIPTS.get(tag.language or "", ())}


@cache
def common_names() -> dict[str, str]:
    """Return {English name, case folded: code} of the languages that CLDR names."""
    return {_english(code).casefold(): code for code in _names() if is_common(code)}


def language_name(code: str) -> str:
    """Return the English name of a language: "pt-BR" → "Brazilian Portuguese", else the code."""
    from langcodes import Language

    if code in _names() and code[0].islower():
        return _english(code)
    try:
        tag = Language.get(code, normalize=False)
    except ValueError:
        return code
    if tag.language not in _names():
        return code
    parts = [*map(_english, filter(None, (tag.script, tag.territory))), *(tag.variants or ())]
    return _english(tag.language) + (f" ({', '.join(parts)})" if parts else "")


def unknown_language(heading: str) -> str:
    """Say that a heading is no language, and which languages are nearest."""
    near = nearest_languages(heading)
    hint = f", did you mean {' or '.join(near)}?" if near else ""
    return f"unknown language {shorten(heading)}{hint}"


def nearest_languages(heading: str) -> list[str]:
    """Return up to three similar languages, as "German (de)"; for "jp" the language of Japan."""
    from langcodes import Language

    heading, territory = heading.casefold(), heading.casefold().upper()
    codes = dict(common_names())
    if len(heading) <= 3 or "-" in heading or "_" in heading:  # it may be a code
        codes |= {code.casefold(): code for code in sorted(codes.values())}
    near = get_close_matches(heading, codes, n=5, cutoff=0.65) if len(heading) < 60 else []
    spoken = territory in _names() and Language.make(territory=territory).maximize().language
    nearest = dict.fromkeys(filter(None, (spoken, *map(codes.get, near))))
    return [f"{language_name(code)} ({code})" for code in list(nearest)[:3]]


def is_common(code: str) -> bool:
    """Return whether CLDR names the language; it names about 650, and ISO 639-3 has 8 000."""
    return _in_cldr(code) and code[0].islower() and code not in _NOT_LANGUAGES


def script_of(text: str) -> str:
    """Return the most frequent script; Unicode names of letters begin with it (CYRILLIC SMALL …).

    Han letters beside kana count as Japanese, one script to its readers (ISO 15924: Jpan).
    """
    letters: Counter[str] = Counter()
    for letter, times in Counter(filter(str.isalpha, text)).items():
        letters[unicodedata.name(letter, "OTHER").split()[0]] += times
    if {"HIRAGANA", "KATAKANA"} & set(letters):
        return "Japanese"
    script = max(letters, key=letters.__getitem__, default="OTHER")
    return "Han" if script == "CJK" else script.capitalize()


def _from_code(heading: str) -> str | None:

    first, *others = re.split("[-_]", heading)
    others = [_OTHER_SCRIPTS.get(part, part) for part in others]
    heading = "-".join([_OTHER_CODES.get(first, first), *others])
    unknown = others[1:] if len(others) > 1 and others[0].capitalize() in _names() else []
    if unknown and (code := _from_code("-".join([first, others[0]]))):
        known = _from_code_alone(heading)
        return known or "-".join([code, *unknown])
    return _from_code_alone(heading)


def _from_code_alone(heading: str) -> str | None:
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
    unread = tag.extlangs or tag.extensions or tag.private or (tag.variants and not tag.is_valid())
    if unread or not all(part in _names() for part in parts):
        return None
    usual = Language.make(language=tag.language, territory=tag.territory).maximize().script
    needless = tag.script == usual and f"{tag.language}-{tag.script}" not in _names()
    return (tag.update_dict({"script": None}) if needless else tag).to_tag()


def _from_name(heading: str) -> str | None:
    """Read a name, or a name and its script, region or code: "Portuguese (Brazil)", "(BR)"."""
    if heading in _OTHER_NAMES:
        return _OTHER_NAMES[heading]
    for names in _codes_by_name():
        if heading in names:
            codes = {_from_code(code) for code in names[heading]}
            return codes.pop() if len(codes) == 1 else None
    parts = _QUALIFIED.fullmatch(heading)
    code = parts and language_code(parts["name"])
    if not parts or not code:
        return None
    if language_code(parts["qualifiers"]) == code:  # English (en), Japanese (日本語)
        return code
    codes_of, subtags = _qualifiers(code.split("-")[0]), _names()
    qualifiers = [
        codes_of.get(part) or next((c for c in (part.upper(), part.title()) if c in subtags), "")
        for part in re.split(r" ?[,，、;] ?", parts["qualifiers"])
    ]
    return _from_code("-".join([code, *qualifiers])) if all(qualifiers) else None


def _names() -> dict[str, dict[str, str]]:
    """Return {code: {language: name}} of languages (de), scripts (Latn) and territories (DE)."""
    from language_data.name_data import CODE_TO_NAMES

    return CODE_TO_NAMES


def _in_cldr(code: str | None) -> bool:
    return len(_names().get(code or "", ())) > _FEW_NAMES


def _english(code: str) -> str:
    names = _names().get(code, {})
    return names.get("en") or names.get(code) or code


@cache
def _codes_by_name() -> tuple[dict[str, set[str]], ...]:
    """Return {name: codes} in English, in the language itself, in others, and of ISO 639-3."""
    # isiNdebele is a name of nd and of nr, but language_data has it for nd alone
    tiers: tuple[dict[str, set[str]], ...] = ({}, {"isindebele": {"nr"}}, {}, {})
    for code, names in _names().items():
        common = is_common(code)
        if not common and not (code.isalpha() and code.islower()):
            continue
        for language, name in names.items():
            if language == "en":
                tier = 0 if common else 3
            else:
                tier = 1 if language.split("-")[0] == code.split("-")[0] else 2
            tiers[tier].setdefault(name.casefold(), set()).add(code)
    return tiers


@cache
def _qualifiers(language: str) -> dict[str, str]:
    """Return {script or territory in the language itself and in English: code}."""
    return {
        names[within].casefold(): code
        for within in (language, "en")
        for code, names in _names().items()
        if within in names and not code[0].islower()
    }
