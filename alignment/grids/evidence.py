"""Evidence: whether the texts of a column can be in the language that its heading names.

Many codes are ordinary words, abbreviations or names of columns: id, no, cat, is, mt, kr. Such a
heading is a language only where its texts can be in it.
"""

import unicodedata
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from functools import cache
from typing import Any

from alignment.grids.languages import (
    common_names,
    is_common,
    language_code,
    nearest_languages,
    script_of,
    scripts_of,
)

# Columns of data sets that are never languages.
NEVER = frozenset(["src", "tgt", "trg", "ref", "hyp", "ids", "score", "url", "uri"])
# Codes of common languages that are neither words nor names of columns.
_CERTAIN = frozenset(["ar", "bg", "cs", "de", "en", "es", "fi", "fr", "hu", "ja", "ko", "nl", "pl"])
_CERTAIN |= {"pt", "ru", "sv", "zh", "deu", "eng", "fra", "jpn", "spa"}
# Codes of common languages that py3langid does not know and that are words or abbreviations too.
_WORDS = frozenset(
    """
    alt ban bar bas bi bin bo bra bum car cay ch chm chr cho co cop cr del den din dum ee fan
    fat fil gag gay gon got grb hai haw hit ho hup ia ie ii ik io jam ken kg ki kj kr lad lag
    lam lez li lu lui lun mad mag mai mak man mas men mer mi mic min mos mus na nap nb nd new ng
    nia nog non nov nr nus ny os osa pag pal pam pi pon pro quc rap rar rm rn rom rug sad sam
    sas sat sc see sel ses sg sh shu sid sly sm sog srr ss str su suk ter tet ti tig tiv to tog
    tok ts tum ty vai ve vot vro wal war was wo yap za zap zen zun
    """.split()  # noqa: SIM905
)
_CONCEPTS = ("id", "ids", "key", "no", "nr", "num", "idx", "index", "name")
_CATEGORIES = ("cat", "label", "type", "kind", "topic", "domain", "class", "group")
_SAMPLE = 500  # number of texts that are judged
_MIN_LETTERS = 0.6  # share of letters among the characters
_MIN_DISTINCT = 0.5  # share of different texts
_MIN_JUDGED = 40  # letters from which py3langid is used
_MAX_RANK = 10  # lowest rank of the named language among the guesses
_MIN_SIMILARITY = 0.82  # similarity of a heading to a name that it misspells


def is_certain(heading: str) -> bool:
    """Return whether the heading of a language has no other meaning."""
    word, code = heading.strip().casefold(), language_code(heading) or ""
    name = word in common_names() or len(word) > 5 or not word.isascii()
    return word in _CERTAIN or "-" in code or (len(word) > 3 and name and is_common(code))


def fits(code: str, texts: Sequence[Any], guess: bool = True) -> bool:
    """Return whether texts can be in a language: letters of its script, and many different texts.

    With ``guess``, and py3langid installed, texts in another common language are recognised too.
    """
    sample = [text for text in texts if isinstance(text, str) and text.strip()][:_SAMPLE]
    characters = [c for text in sample for c in text if not c.isspace()]
    if not characters:
        return not any(text not in (None, "") for text in texts)
    letters = [c for c in characters if unicodedata.category(c)[0] in "LM"]
    identifiers = sum(" " not in text and any(map(str.isdigit, text)) for text in sample)
    addresses = sum("://" in text for text in sample)
    different, script = len(set(sample)) / len(sample), script_of("".join(letters))
    if (
        len(letters) < _MIN_LETTERS * len(characters)
        or max(identifiers, addresses) > len(sample) / 2
        or (len(sample) > 3 and different < _MIN_DISTINCT)
        or script not in (scripts_of(code) or {script})
    ):
        return False
    rank = guesser() if guess else None
    if rank is None or len(letters) < _MIN_JUDGED:
        return True
    guesses = [language for language, _ in rank(" ".join(sample))]
    language = code.split("-")[0]
    sure = guesses[0] in _CERTAIN and script in scripts_of(guesses[0])
    judged = language in guesses or code in _WORDS or not is_common(language)
    return not (sure and judged) or language in guesses[:_MAX_RANK]


@cache
def guesser() -> Callable[[str], list[tuple[str, float]]] | None:
    """Return the function of py3langid that ranks languages; None if it is not installed."""
    try:
        from py3langid import langid
    except ImportError:
        return None
    rank: Callable[[str], list[tuple[str, float]]] = langid.rank
    return rank


def other_role(heading: str, texts: Sequence[Any]) -> str:
    """Return "concept" or "category" for a column that is no language, or "" for neither."""
    word = heading.strip().casefold()
    different = len({str(text) for text in texts})
    if word in _CONCEPTS and different == len(texts):
        return "concept"
    return "category" if word in _CATEGORIES and different < len(texts) else ""


def misspelt(heading: str, texts: Sequence[Any]) -> list[str]:
    """Return the languages that an unknown heading may mean, such as "German (de)"; [] for none.

    A name of a language may be misspelt, or a country be named in place of its language (jp).
    """
    word = heading.strip().casefold()
    if len(word) == 2 and word.isalpha():
        near = nearest_languages(word)[:1]
        return [name for name in near if fits(name.rpartition("(")[2].rstrip(")"), texts)]
    names = common_names() if len(word) > 4 else {}
    close = get_close_matches(word, names, n=2, cutoff=_MIN_SIMILARITY)
    return [f"{name.title()} ({names[name]})" for name in close]
