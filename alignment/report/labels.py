"""Labels: texts of the grid on one line, cut so that they differ from each other."""

from itertools import pairwise
from os.path import commonprefix
from typing import NamedTuple

from rich.cells import cell_len

from alignment.record.core import CoreResults
from alignment.report.words import MAX_CELLS, shortened


class Text(NamedTuple):
    """A text, or the best name of a concept."""

    text: str  # on one line
    concept: str  # its concept
    shared: int = 0  # number of first characters that another text of the record shares
    language: str = ""  # its language; "" for the name of a concept
    after: str = ""  # words behind it that are never cut: " (de, fr +2)"
    gloss: str = ""  # the text in another language, shown in brackets where there is room

    def cut(self, room: int = MAX_CELLS) -> str:
        """Return the text cut to ``room`` cells; a beginning that others share is left out."""
        both = f"{self.text} ({self.gloss}){self.after}"
        if self.gloss and self.gloss != self.text and cell_len(both) <= room:
            return both
        room = max(room - cell_len(self.after), 4)
        short = shortened(self.text, room)
        if short != self.text and self.shared >= len(short.removesuffix("…")):
            start = self.text.rfind(" ", 0, self.shared) + 1 or self.shared
            short = shortened("…" + self.text[start:], room)
        return short + self.after


class Labels:
    """The names of a record's texts and concepts, cut where they differ from each other."""

    def __init__(self, results: CoreResults):
        self._texts = results.texts
        rows = results.texts.values()
        lines = sorted({" ".join(text.split()) for row in rows for text in row.values()})
        self._shared = dict.fromkeys(lines, 0)
        for one, other in pairwise(lines):
            common = len(commonprefix([one, other]))  # noqa: RUF071
            self._shared[one] = max(self._shared[one], common)
            self._shared[other] = common

    def concept(self, concept: str, after: str = "") -> Text:
        """Name a concept: by its text in English, in the first language, or its identifier."""
        return self._text(names(self._texts, concept)[0], concept)._replace(after=after)

    def text(self, concept: str, code: str) -> Text:
        """Return a concept's text in a language; the concept's name where the record lacks it."""
        text = self._texts.get(concept, {}).get(code)
        return self.concept(concept) if text is None else self._text(text, concept, code)

    def in_languages(self, concept: str, *codes: str) -> Text:
        """Return the text in the first of these languages, and all of them: "Wut (de, ar +2)"."""
        named = list(dict.fromkeys(codes))
        more = f" +{len(named) - 2}" if len(named) > 3 else ""
        after = f" ({', '.join(named[:2] if more else named)}{more})"
        return self.text(concept, codes[0])._replace(after=after)

    def with_gloss(self, concept: str, code: str) -> Text:
        """Name a concept, and its text in a language where there is room: "anger (Wut)"."""
        return self.concept(concept)._replace(gloss=self.text(concept, code).text, language=code)

    def _text(self, text: str, concept: str, code: str = "") -> Text:
        line = " ".join(text.split())
        return Text(line, concept, self._shared.get(line, 0), code)


def names(texts: dict[str, dict[str, str]], concept: str, *codes: str) -> list[str]:
    """Return names of a concept: its texts in these languages, in English, in others; its key."""
    row = texts.get(concept, {})
    english = [code for code in row if code.split("-")[0] == "en"]
    return [row[code] for code in (*codes, *english, *row) if code in row] + [concept]
