"""JSON records: a frozen dataclass and its image in a file, key for key."""

import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import cached_property
from inspect import cleandoc
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

import msgspec
import numpy as np

from alignment import InputError, RunError, one_line
from alignment.engines.files import write_whole
from alignment.engines.reading import read_whole
from alignment.explain import COSINE_DIGITS

if TYPE_CHECKING:
    import pandas as pd

# Behind the point; beyond is noise of the model's float32, and not the same on every processor. It
# begins in the 9th digit of a mean over a whole grid, but in the 7th of a cosine of few texts,
# which has COSINE_DIGITS: near the edge of a step rounding goes either way, so a step is far wider.
DIGITS = 6

_NUMBER = rb"(?:-?\d[\d.eE+-]*|null)"
# A list of them, over several lines; no text is, for in JSON it has no line's end.
_NUMBERS = re.compile(rb"\[(\n *%b(?:,\n *%b)*)\n *\]" % (_NUMBER, _NUMBER))


class Presenter(NamedTuple):
    """What the room ``present`` makes of records in a notebook: HTML, and a picture."""

    html: Callable[[Any], str]
    figure: Callable[[Any], Any]


class Record:
    """A frozen dataclass that is the image of a JSON file, key for key.

    Attributes:
        presenter: filled in by the room ``present``, which is to the right of this one.
    """

    presenter: ClassVar[Presenter | None] = None
    VERSION: ClassVar[int]
    COSINES: ClassVar[frozenset[str]] = frozenset()  # fields whose numbers have ``COSINE_DIGITS``

    @classmethod
    def of(cls, **content: Any) -> Self:
        """Make a record of arrays, NumPy's numbers and NaN: of lists, rounded numbers and None."""
        content = {"schema_version": cls.VERSION} | {
            name: plain(value, COSINE_DIGITS if name in cls.COSINES else DIGITS)
            for name, value in content.items()
        }
        return msgspec.convert(content, cls)

    @classmethod
    def from_json(cls, path: str | os.PathLike[str]) -> Self:
        """Read what ``to_json`` wrote.

        Raises:
            InputError: for a file that is not such a record, one of another schema version, or one
                that was edited and does not fit together, or whose keys were sorted.
            OSError: when the file cannot be read.
        """
        from alignment.record.consistent import faults

        try:
            raw = msgspec.json.decode(read_whole(path, pipe=True))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            why = one_line(error)
            raise InputError(f"'{path}' is not valid JSON: {why}; run it again") from None
        version = raw.get("schema_version") if isinstance(raw, dict) else None
        if version != cls.VERSION:
            raise InputError(
                f"'{path}' has schema_version {version!r:.20}, this program reads "
                f"{cls.VERSION}; run it again"
            )
        if list(raw) == sorted(raw) and len(raw) > 1:
            raise InputError(
                f"the keys of '{path}' were sorted, and their order tells which value is whose; "
                "use the file as it was written"
            )
        try:
            record = msgspec.convert(raw, cls)
        except msgspec.ValidationError as error:
            why = one_line(error)
            raise InputError(f"'{path}' is not a complete record: {why}; run it again") from None
        if wrong := next(faults(record), ""):
            raise InputError(f"'{path}' does not fit together: {wrong}; run it again")
        return record

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """Return the JSON Schema that every such file keeps to."""
        schema = msgspec.json.schema(cls)
        for part in schema["$defs"].values():
            if "description" in part:
                part["description"] = cleandoc(part["description"])
        return schema

    def to_json(self, path: str | os.PathLike[str]) -> None:
        """Write the record, whole or not at all.

        Raises:
            OSError: when the file cannot be written; an older one is then left as it was.
        """
        write_whole(path, self._json)

    def frame(self, name: str) -> "pd.DataFrame":
        """Return a table of the record for pandas; a wrong name is answered with all there are."""
        from alignment.record.frames import frame

        return frame(self, name)

    def plot(self) -> Any:
        """Return the picture of the record, matplotlib's Figure, which a notebook shows.

        Raises:
            RunError: where nothing is there that draws.
        """
        if not self.presenter:
            raise RunError("nothing that draws is imported yet; import alignment.present")
        return self.presenter.figure(self)

    def __repr__(self) -> str:
        """Return what kind of record it is, with the fields that fit on a line."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]
        short = (f"{name}={v!r}" for name, v in values.items() if isinstance(v, str | float))
        return f"{type(self).__name__}({', '.join(short)}, …)"

    def _repr_html_(self) -> str | None:
        """Return the short table that a notebook shows."""
        return self.presenter.html(self) if self.presenter else None

    def sha256(self) -> str:
        """Return the fingerprint of the file that ``to_json`` writes."""
        return hashlib.sha256(self._json).hexdigest()

    @cached_property
    def letters(self) -> frozenset[str]:
        """Every letter that stands in the file."""
        return frozenset(self._json.decode())

    @cached_property
    def _json(self) -> bytes:
        lines = msgspec.json.format(msgspec.json.encode(self), indent=1)
        # numbers of a list share a line, else half of a large record would be spaces
        return _NUMBERS.sub(lambda own: b"[%b]" % b" ".join(own[1].split()), lines) + b"\n"


def plain(value: Any, digits: int = DIGITS) -> Any:
    """Turn arrays into lists, dataclasses into dicts, NaN into None; round to so many digits."""
    if isinstance(value, float | np.floating):
        return round(float(value), digits) + 0.0 if np.isfinite(value) else None
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist(), digits)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name), digits) for field in fields(value)}
    if isinstance(value, dict):
        return {name: plain(item, digits) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, digits) for item in value]
    return value
