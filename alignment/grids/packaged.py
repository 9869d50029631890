"""Named grids out of Python packages: emoji, and babel's names of Unicode CLDR."""

from collections.abc import Sequence

from alignment.grids.concept_grid import NO_CATEGORY
from alignment.grids.fetched import Row, Source

# how babel's locale data calls what a grid is made of
CLDR_KINDS = {
    "territories": "territories",
    "languages": "languages",
    "currencies": "currency_names",
}


class Emoji(Source):
    """Each fully qualified emoji without skin tone, ":" left out and "_" a space."""

    def languages(self) -> Sequence[str]:
        """Return the codes as the package has them."""
        import emoji

        return list(emoji.LANGUAGES)

    def rows(self, codes: Sequence[str]) -> list[Row]:
        """Return a row for each emoji, called by its English name."""
        import emoji

        emoji.config.load_language(list({"en", *codes}))
        return [
            Row(_words(row["en"]) or sign, sign, NO_CATEGORY, [_words(row.get(c)) for c in codes])
            for sign, row in emoji.EMOJI_DATA.items()
            if row["status"] == emoji.STATUS["fully_qualified"] and not _has_skin_tone(sign)
        ]


class Cldr(Source):
    """Names of territories, languages or currencies: every code that has an English name.

    Territories are the two-letter ones of CLDR, with its own such as EU and "Unknown Region".
    """

    def __init__(self, kind: str):
        self._kind = kind

    def languages(self) -> Sequence[str]:
        """Return the codes without those of regional variants, which can be had too."""
        from babel import localedata

        codes = [code for code in localedata.locale_identifiers() if "_" not in code]
        kind = CLDR_KINDS[self._kind]
        return [code for code in codes if len(localedata.load(code).get(kind, ())) > 1]

    def has(self, code: str) -> bool:
        """Return whether babel has names in it; other codes it takes for English."""
        from babel import Locale, UnknownLocaleError

        try:
            return Locale.parse(code, sep="-").language == code.split("-")[0]
        except (UnknownLocaleError, ValueError):
            return False

    def rows(self, codes: Sequence[str]) -> list[Row]:
        """Return a row for each code, called by its English name."""
        english, *columns = [self._names(language) for language in ("en", *codes)]
        return [
            Row(name, code, NO_CATEGORY, [column.get(code) for column in columns])
            for code, name in english.items()
            if code.isalpha() or self._kind != "territories"
        ]

    def _names(self, language: str) -> dict[str, str]:
        from babel import Locale

        names = getattr(Locale.parse(language, sep="-"), self._kind)
        return {code: " ".join(text.split()) for code, text in names.items() if text.strip()}


def _has_skin_tone(sign: str) -> bool:
    return any("\N{EMOJI MODIFIER FITZPATRICK TYPE-1-2}" <= c <= "\U0001f3ff" for c in sign)


def _words(text: str | None) -> str | None:
    """Return ":grinning_face:" as "grinning face"; nothing at all as None."""
    return " ".join((text or "").replace("_", " ").replace(":", " ").split()) or None
