"""Secrets: whether a text gives a key away, however the text writes it."""

import base64
import html
import re
import urllib.parse
from collections.abc import Iterator

MIN_SECRET = 6  # letters; a server without keys gets a word like "x", which many messages hold
_PART = 8  # consecutive letters of the key: servers cut it, and mask the rest


def gives_away(text: str, key: str) -> bool:
    """Return whether part of a key is in a text, even in capitals, escaped, encoded or split."""
    if len(key) < MIN_SECRET:
        return False
    size = min(_PART, len(key))
    parts = {key[start : start + size].casefold() for start in range(len(key) - size + 1)}
    return any(part in reading.casefold() for reading in _readings(text) for part in parts)


def _readings(text: str) -> Iterator[str]:
    """Yield everything that a text may be read as."""
    for written in (text, re.sub(r"\s", "", text)):
        plain = html.unescape(urllib.parse.unquote(written))
        plain = re.sub(r"\\(?:u00|x)([0-9a-fA-F]{2})", lambda code: chr(int(code[1], 16)), plain)
        yield from (written, plain, plain.replace("\\", ""))
        for run in re.findall(r"[\w+/-]{8,}", plain, re.ASCII):
            ordinary = run.replace("-", "+").replace("_", "/")
            for start in range(4):  # the first sign of a base64 block
                block = ordinary[start : start + (len(ordinary) - start) // 4 * 4]
                yield base64.b64decode(block).decode("latin-1")
            for digits in re.findall("[0-9a-fA-F]{8,}", run):
                for start in range(2):  # the first digit of a hexadecimal pair
                    pairs = digits[start : start + (len(digits) - start) // 2 * 2]
                    yield bytes.fromhex(pairs).decode("latin-1")
