"""A model: how it was asked for, where it came from, and what its vectors are known by."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from alignment import InputError, RunError
from alignment.models.cache import Cache
from alignment.models.encoders import Encoder, LazyEncoder, Through, unit_vectors

_ENDPOINT = "endpoint:"
_ONLY_FOR = {  # what is refused, not ignored, where a model does not have it
    "revision": "hub models",
    "backend": "sentence-transformers models",
    "device": "sentence-transformers models",
}

Tokenise = Callable[[list[str]], tuple[list[int], list[int] | None]]


@dataclass(frozen=True)
class ModelOptions:
    """How a model is loaded and used.

    Attributes:
        revision: branch, tag or commit of a hub model.
        trust_remote_code: whether a hub model may run code of its own.
        backend: what computes a sentence-transformers model: "torch", "onnx" or "openvino".
        device: what it computes on, as torch names it; several, "cuda:0,cuda:1", share the texts.
        prompt: put before every text; None: what the model asks for.
        cache: whether to keep vectors in the user's cache folder, and take them from there.
    """

    revision: str | None = None
    trust_remote_code: bool = False
    backend: str = "torch"
    device: str | None = None
    prompt: str | None = None
    cache: bool = True

    def chosen(self, *names: str) -> list[str]:
        """Return which of these options differ from their default."""
        return [name for name in names if getattr(self, name) != getattr(ModelOptions, name)]

    def refuse(self, model: str, *names: str) -> None:
        """Raise InputError where one of these options is chosen, which the model does not have."""
        for name in self.chosen(*names):
            raise InputError(
                f"{name} '{getattr(self, name)}' is for {_ONLY_FOR[name]}, and '{model}' is not "
                f"one; leave out --{name}"
            )


@dataclass(frozen=True)
class Model:
    """An encoder that is ready to run, and where it came from.

    Attributes:
        name: what runs.
        encoder: the object that encodes.
        fingerprint: "commit:…" of the hub, "sha256:…" of the files, "endpoint:…" of a server, or
            None for an object.
        packages: the distributions whose versions belong into the provenance.
        prompt: put before every text: the user's, or else what the model asks for.
        tokenise: n texts to how many subwords each has, the prompt and special tokens left aside,
            and how many of them are unknown to the model, or None where it does not tell; None
            for a model that does not show its tokeniser.
        used_instead_of: the published model's name, where this one was used instead, or "".
        fallback: why it was, or "".
        keep: whether vectors are kept from run to run.
    """

    name: str
    encoder: Encoder
    fingerprint: str | None = None
    packages: tuple[str, ...] = ()
    prompt: str = ""
    tokenise: Tokenise | None = None
    used_instead_of: str = ""
    fallback: str = ""
    keep: bool = True

    @property
    def requested(self) -> str:
        """The name that was asked for."""
        return self.used_instead_of or self.name

    @property
    def cache(self) -> Cache | None:
        """A new handle on where vectors behind this prompt are kept, or None where none are.

        They are not of an object, which nothing tells from another, nor of a file of vectors.
        """
        if not self.keep or self.fingerprint is None or not isinstance(self.encoder, LazyEncoder):
            return None
        if self.fingerprint.startswith(_ENDPOINT):
            return Cache(self.fingerprint, self.prompt)  # the server computes, not the client here
        versions = " ".join(f"{package}=={version(package)}" for package in self.packages)
        return Cache(f"{self.fingerprint} {versions}", self.prompt)

    def embed(self, texts: list[str], through: Through = map) -> tuple[np.ndarray, int]:
        """Return (n, D) unit vectors of n texts, and how many of them came from the cache.

        Args:
            texts: without the prompt.
            through: goes through batches of texts: ``map`` here, or an engine's ``map_batches``.

        Raises:
            InputError, RunError: as ``unit_vectors``.
        """
        cache = self.cache
        vectors = unit_vectors(self.encoder, texts, self.prompt, cache, through)
        return vectors, cache.found if cache else 0


def endpoint_fingerprint(address: str, model: str) -> str:
    """Fingerprint a model behind an address; what the server runs cannot be seen from here."""
    return f"{_ENDPOINT}{address} {model}"


def sha256_of(root: Path) -> str:
    """Fingerprint a file, or a folder's files but its notes, by name and content."""
    digest = hashlib.sha256()
    folder, files = (root, sorted(root.rglob("*"))) if root.is_dir() else (root.parent, [root])
    for path in files:
        if path.is_file() and path.suffix != ".md":
            name = path.relative_to(folder).as_posix()
            digest.update(f"{name} {sha256_of_file(path)}\n".encode())
    return f"sha256:{digest.hexdigest()}"


def sha256_of_file(path: Path) -> str:
    """Return the SHA-256 of a file's content, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def require(module: str, distribution: str, model: str) -> Path:
    """Return where the package that the model needs is installed, without importing it.

    Raises:
        RunError: where it is not installed, with the line that installs it.
    """
    spec = find_spec(module)
    if spec is None or not spec.origin:
        raise RunError(f"model '{model}' is not installed; pip install {distribution}")
    return Path(spec.origin).parent
