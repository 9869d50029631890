"""A model: the options that it is loaded with, where it came from, and its vectors."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from alignment import DEFAULT_TIMEOUT, InputError, RunError
from alignment.engines.files import opened
from alignment.models import encoders
from alignment.models.cache import Cache
from alignment.models.encoders import Encoder, LazyEncoder, Through
from alignment.models.prompts import Prompts, Role

PUBLISHED_MODEL = "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2"
ENDPOINT = "endpoint:"  # how the fingerprint of a model behind an address begins
MAX_PROMPT = 2_000  # letters; a longer prompt would make some models take minutes for a text
_DAY = 86_400
_ONLY_FOR = {  # options that some models do not have
    "revision": "hub models",
    **dict.fromkeys(("backend", "device"), "sentence-transformers models"),
    **dict.fromkeys(("prompt", "passage_prompt"), "models that leave it to the user"),
}


@dataclass(frozen=True)
class ModelOptions:
    """How a model is loaded and used.

    Attributes:
        revision: branch, tag or commit of a hub model.
        trust_remote_code: whether the code of a hub model may run.
        backend: what computes a sentence-transformers model: "torch", "onnx" or "openvino".
        device: where it computes, as torch names it; several, "cuda:0,cuda:1", share the texts.
        prompt: put before every text and query; None: what the model asks for.
        passage_prompt: put before every passage; None: what the model asks for.
        cache: whether to keep vectors in the user's cache folder, and take them from there.
        timeout: seconds that a client waits for a server, at most a day.
    """

    revision: str | None = None
    trust_remote_code: bool = False
    backend: str = "torch"
    device: str | None = None
    prompt: str | None = None
    passage_prompt: str | None = None
    cache: bool = True
    timeout: float = DEFAULT_TIMEOUT

    def __post_init__(self) -> None:
        if not 0 < self.timeout <= _DAY:
            raise InputError(f"the timeout is {self.timeout}; give seconds above 0, up to {_DAY}")

    def asked(self, prompts: Prompts) -> Prompts:
        """Return the user's prompts, or else the model's; raise InputError for a long one."""
        pairs = zip((self.prompt, self.prompt, self.passage_prompt), prompts, strict=True)
        prompts = Prompts(*(stored if chosen is None else chosen for chosen, stored in pairs))
        if (longest := max(map(len, prompts))) > MAX_PROMPT:
            raise InputError(f"a prompt has {longest:,} letters; give {MAX_PROMPT:,} at most")
        return prompts

    def chosen(self, *names: str) -> list[str]:
        """Return the names of the options that differ from their default."""
        return [name for name in names if getattr(self, name) != getattr(ModelOptions, name)]

    def refuse(self, model: str, *names: str) -> None:
        """Raise InputError if one of these options is chosen, which the model does not have."""
        for name in self.chosen(*names):
            raise InputError(
                f"{name} '{getattr(self, name)}' is for {_ONLY_FOR[name]}, and '{model}' is not "
                f"one; leave out --{name.replace('_', '-')}"
            )


@dataclass(frozen=True)
class Model:
    """An encoder that is ready to run, its prompts, and where it came from."""

    name: str
    encoder: Encoder
    # "commit:…" of the hub, "sha256:…" of files, "endpoint:…" of a server, "revision:…" of MTEB
    fingerprint: str | None = None
    packages: tuple[str, ...] = ()  # the distributions whose versions the record has
    prompts: Prompts = field(default_factory=Prompts)
    # For n texts: how many subwords each has, and how many of them are unknown, if the model tells.
    tokenise: Callable[[list[str]], tuple[list[int], list[int] | None]] | None = None
    routed: bool = False  # whether the model has other weights for queries than for passages
    fallback: str = ""  # why it is used instead of the published model
    keep: bool = True  # whether vectors are kept from run to run
    files: Path | None = None  # the file or folder of the model, if it is on this machine

    @property
    def requested(self) -> str:
        """The name of the model that was asked for."""
        return PUBLISHED_MODEL if self.fallback else self.name

    @property
    def reused(self) -> int:
        """How many vectors came from the cache so far."""
        return self.cache.hits if self.cache else 0

    @property
    def passages_differ(self) -> bool:
        """Whether the vector of a passage differs from that of the same text."""
        return self.routed or self.prompts.passage != self.prompts.text

    @property
    def load_seconds(self) -> float | None:
        """How long loading it took; None where it is not loaded, or was in memory."""
        return self.encoder.seconds if isinstance(self.encoder, LazyEncoder) else None

    @cached_property
    def cache(self) -> Cache | None:
        """The cache of its vectors; None where that is off, or without a fingerprint."""
        if not self.keep or self.fingerprint is None:
            return None
        if self.fingerprint.startswith(ENDPOINT):
            return Cache(self.fingerprint)  # the server computes, not the client here
        return Cache(" ".join([self.fingerprint, *map("==".join, self._versions().items())]))

    def embed(self, texts: list[str], through: Through = map, role: Role = "text") -> np.ndarray:
        """Return (n, D) unit vectors of n texts in their role; see ``encoders.unit_vectors``."""
        prompt, task = getattr(self.prompts, role), role if self.routed else ""
        return encoders.unit_vectors(self.encoder, texts, prompt, self.cache, through, task)

    def require_texts(self, option: str) -> None:
        """Raise InputError if a file has the vectors, and an option needs those of other texts."""
        if isinstance(self.encoder, encoders.PrecomputedVectors):
            raise InputError(
                f"'{self.name}' holds finished vectors, and {option} needs those of other texts; "
                f"leave out {option}"
            )

    def provenance(self) -> dict[str, Any]:
        """Return the model, its prompt, its size and its versions, for the record."""
        paths = [self.files, *self.files.rglob("*")] if self.files else []
        sizes = [path.stat().st_size for path in paths if path.is_file()]
        return {
            "requested_model": self.requested,
            "fallback": bool(self.fallback),
            "model_fingerprint": self.fingerprint,
            "prompt": self.prompts.text,
            "disk_bytes": sum(sizes) if self.files else None,
            "versions": self._versions(),
        }

    def _versions(self) -> dict[str, str]:
        return {package: version(package) for package in self.packages}


def sha256_of(root: Path) -> str:
    """Fingerprint a file, or all files of a folder except .md, by name and content."""
    digest = hashlib.sha256()
    folder, files = (root, sorted(root.rglob("*"))) if root.is_dir() else (root.parent, [root])
    for path in files:
        if path.exists() and not path.is_dir() and path.suffix != ".md":
            name = path.relative_to(folder).as_posix()
            digest.update(f"{name} {sha256_of_file(path)}\n".encode())
    return f"sha256:{digest.hexdigest()}"


def sha256_of_file(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits; raise InputError for a pipe."""
    with opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def require(module: str, distribution: str, model: str) -> Path:
    """Return the folder of a package without importing it; raise RunError if it is missing."""
    spec = find_spec(module)
    if spec is None or not spec.origin:
        raise RunError(f"model '{model}' is not installed; pip install {distribution}")
    return Path(spec.origin).parent
