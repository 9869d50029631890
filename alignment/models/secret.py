"""Secrets: does a text give a key away, in whatever way it writes it?"""

import base64
import binascii
import html
import re
import urllib.parse
from collections.abc import Iterator

MIN_SECRET = 6  # a server without keys gets "x", and that stands in every message
_PART = 8  # letters in a row that are of the key: servers cut it, and mask the rest


def gives_away(text: str, key: str) -> bool:
    """Return whether part of a key stands in a text.

    As it is or in capitals, escaped for an address, JSON, HTML or Python, in base64 or hexadecimal,
    broken over lines. A word shorter than six letters is no secret.
    """
    if len(key) < MIN_SECRET:
        return False
    size = min(_PART, len(key))
    parts = {key[start : start + size].casefold() for start in range(len(key) - size + 1)}
    return any(part in reading.casefold() for reading in _readings(text) for part in parts)


def _readings(text: str) -> Iterator[str]:
    """Yield what a text may say."""
    for own in (text, re.sub(r"\s", "", text)):
        plain = html.unescape(urllib.parse.unquote(own))
        plain = re.sub(r"\\(?:u00|x)([0-9a-fA-F]{2})", lambda code: chr(int(code[1], 16)), plain)
        yield own
        yield plain
        yield plain.replace("\\", "")
        for run in re.findall(r"[\w+/-]{8,}", plain, re.ASCII):
            yield from _decoded(run)


def _decoded(run: str) -> Iterator[str]:
    """Yield what a run of letters is in base64 and in hexadecimal, wherever they begin."""
    ordinary = run.replace("-", "+").replace("_", "/")
    for start in range(4):
        part = ordinary[start : start + (len(ordinary) - start) // 4 * 4]
        yield base64.b64decode(part).decode("latin-1")
    for start in range(2):
        with_pairs = run[start : start + (len(run) - start) // 2 * 2]
        for digits in re.findall(r"(?:[0-9a-fA-F]{2}){4,}", with_pairs):
            yield binascii.unhexlify(digits).decode("latin-1")
