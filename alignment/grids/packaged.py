"""Named grids in Python packages: emoji, and babel's names of Unicode CLDR."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from alignment.grids.checks import NO_CATEGORY
from alignment.grids.languages import language_code

CLDR_KINDS = ("territories", "languages", "currencies")  # as babel's locales call them
_SKIN_TONES = {chr(sign) for sign in range(0x1F3FB, 0x1F400)}


class Source(Protocol):
    """Where a named grid comes from."""

    def languages(self) -> Sequence[str]:
        """Return the codes of its languages; it may have variants of them too."""

    def names(self, code: str) -> Mapping[str, str | None]:
        """Return {key: text} of the concepts in a language; English has all keys, in order."""

    def has(self, code: str) -> bool:
        """Return whether there are texts in a language."""
        return code in self.languages()

    def concept(self, key: str, english: str) -> tuple[str, str]:
        """Return the name and the category of a concept."""
        return english, NO_CATEGORY


class Emoji(Source):
    """Each fully qualified emoji without skin tone: ":grinning_face:" is "grinning face"."""

    def languages(self) -> Sequence[str]:
        """Return the codes as the package has them."""
        import emoji

        return list(emoji.LANGUAGES)

    def names(self, code: str) -> Mapping[str, str | None]:
        """Return {emoji: name}."""
        import emoji

        emoji.config.load_language(code)
        return {
            sign: " ".join(row.get(code, "").replace("_", " ").replace(":", " ").split()) or None
            for sign, row in emoji.EMOJI_DATA.items()
            if row["status"] == emoji.STATUS["fully_qualified"] and _SKIN_TONES.isdisjoint(sign)
        }


class Cldr(Source):
    """Names of territories, languages or currencies: every code that has an English name.

    Territories are the two-letter ones of CLDR, which include EU and "Unknown Region".
    """

    def __init__(self, kind: str):
        self._kind = kind

    def languages(self) -> Sequence[str]:
        """Return the codes without those of regional variants."""
        from babel import Locale
        from babel.localedata import locale_identifiers

        codes = [code for code in locale_identifiers() if language_code(code) == code]
        return [code for code in codes if len(getattr(Locale.parse(code), self._kind)) > 1]

    def has(self, code: str) -> bool:
        """Return whether babel has names in a language; it takes unknown codes for English."""
        from babel import Locale, UnknownLocaleError

        try:
            return Locale.parse(code, sep="-").language == code.split("-")[0]
        except (UnknownLocaleError, ValueError):
            return False

    def names(self, code: str) -> Mapping[str, str | None]:
        """Return {code: name}."""
        from babel import Locale

        names = getattr(Locale.parse(code, sep="-"), self._kind)
        return {
            key: " ".join(text.split())
            for key, text in names.items()
            if text.strip() and (key.isalpha() or self._kind != "territories")
        }
