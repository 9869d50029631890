"""JSON records: frozen Structs that are read from and written to files with a digest."""

import hashlib
import os
import re
from collections.abc import Callable
from functools import cached_property
from inspect import cleandoc
from typing import Any, ClassVar, Final, NamedTuple, Self

import msgspec

from alignment import InputError, one_line, tell
from alignment.engines.files import read_whole, write_whole

VERSION: Final = 3  # both records; it only gains optional keys from now on
_NUMBER = rb"(?:-?\d[\d.eE+-]*|null)"
# A list of numbers over several lines. No text matches: in JSON a text has no line's end.
_NUMBERS = re.compile(rb"\[(\n *%b(?:,\n *%b)*)\n *\]" % (_NUMBER, _NUMBER))
_END = b"\n}\n"
_DIGEST = re.compile(rb',\n "digest": "([0-9a-f]{64})"\n}\n\Z')

edited: list[str] = []  # files read by this process that were edited after they were written


class Presenter(NamedTuple):
    """The functions that show a record: HTML, a picture, a DataFrame."""

    html: Callable[[Any], str]
    figure: Callable[[Any], Any]
    frame: Callable[[Any, str], Any]


class Record(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The content of a JSON file, key for key; the file ends with a digest of its content."""

    presenter: ClassVar[Presenter]  # filled in by `alignment.report` and `alignment.compare`

    @classmethod
    def from_json(cls, path: str | os.PathLike[str]) -> Self:
        """Read a file of ``to_json``; a note on standard error says if it was edited.

        Raises:
            InputError: for a file that is not such a record, one of another schema version, or an
                edited one whose keys were sorted.
            OSError: when the file cannot be read.
        """
        data = read_whole(path, pipe=True)
        try:
            raw = msgspec.json.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            why = one_line(error)
            raise InputError(f"'{path}' is not valid JSON: {why}; run it again") from None
        version = raw.get("schema_version") if isinstance(raw, dict) else None
        if version != VERSION:
            raise InputError(
                f"'{path}' has schema_version {version!r:.20}, this program reads {VERSION}; run "
                "the model again to write the record anew"
            )
        digest, was_edited = _digest_of(data)
        if was_edited and list(raw) == sorted(raw) and len(raw) > 2:
            raise InputError(
                f"the keys of '{path}' were sorted, and their order tells which value belongs to "
                "which concept; use the file as it was written"
            )
        try:
            record = msgspec.convert(raw, cls)
        except msgspec.ValidationError as error:
            why = one_line(error)
            raise InputError(f"'{path}' is not a complete record: {why}; run it again") from None
        if was_edited:
            edited.append(str(path))
            tell("note", f"'{path}' was edited since it was written; its numbers may not agree")
        record.__dict__["_read"] = digest
        return record

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """Return the JSON Schema that every such file keeps to."""
        schema = msgspec.json.schema(cls)
        for part in schema["$defs"].values():
            if "description" in part:
                part["description"] = cleandoc(part["description"])
        schema["$defs"][cls.__name__]["properties"]["digest"] = {
            "type": "string",
            "description": "SHA-256 of the file without this key",
        }
        return schema

    def to_json(self, path: str | os.PathLike[str]) -> None:
        """Write the record completely or not at all; raise OSError if it cannot be written."""
        digest = f',\n "digest": "{hashlib.sha256(self._json).hexdigest()}"'.encode()
        write_whole(path, self._json.removesuffix(_END) + digest + _END)

    def digest(self) -> str:
        """Return the digest at the end of the file."""
        read: str | None = self.__dict__.get("_read")
        return read or hashlib.sha256(self._json).hexdigest()

    def letters(self) -> frozenset[str]:
        """Return the set of letters in the file."""
        return frozenset(self._json.decode())

    def frame(self, name: str) -> Any:
        """Return a table of the record as a DataFrame of pandas.

        Raises:
            InputError: for a table that does not exist or was not measured.
            RunError: where pandas is not installed.
        """
        return self.presenter.frame(self, name)

    def plot(self) -> Any:
        """Return the picture of the record, matplotlib's Figure, which a notebook shows."""
        return self.presenter.figure(self)

    def __repr__(self) -> str:
        """Return the type, with the fields that fit on a line."""
        values = {name: getattr(self, name) for name in self.__struct_fields__}
        short = (f"{name}={v!r}" for name, v in values.items() if isinstance(v, str | float))
        return f"{type(self).__name__}({', '.join(short)}, …)"

    def _repr_html_(self) -> str:
        """Return the short table that a notebook shows."""
        return self.presenter.html(self)

    @cached_property
    def _json(self) -> bytes:
        lines = msgspec.json.format(msgspec.json.encode(self), indent=1)
        # numbers of a list share a line, else half of a large record would be spaces
        return _NUMBERS.sub(lambda match: b"[%b]" % b" ".join(match[1].split()), lines) + b"\n"


def assembled(name: str, base: type, fields: dict[str, tuple[Any, Any, str]], module: str) -> Any:
    """Return a Struct with the fields of a frozen base and {key: (type, default, description)}."""
    lines = (f"        {key}: {what}" for key, (_, _, what) in fields.items())
    return msgspec.defstruct(
        name,
        [(key, kind, default) for key, (kind, default, _) in fields.items()],
        bases=(base,),
        module=module,
        namespace={"__doc__": "\n".join([(base.__doc__ or "").rstrip(), *lines, "    "])},
        frozen=True,
        kw_only=True,
        dict=True,
    )


def _digest_of(data: bytes) -> tuple[str, bool]:
    """Return the digest of a file's content, and whether the file states another one."""
    stated = _DIGEST.search(data)
    content = data[: stated.start()] + _END if stated else data
    digest = hashlib.sha256(content).hexdigest()
    return digest, not (stated and stated[1].decode() == digest)
