"""Where an encoder comes from: what the record says of it, and what its vectors are known by."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from alignment import RunError
from alignment.models.cache import Cache
from alignment.models.encoders import Encoder, LazyEncoder

_ENDPOINT = "endpoint:"


@dataclass(frozen=True)
class Model:
    """An encoder that is ready to run, and where it came from.

    Attributes:
        name: what runs.
        requested: what was asked for; another name only where ``fallback`` is not empty.
        encoder: the object that encodes.
        fingerprint: "commit:…" of the hub, "sha256:…" of the files, "endpoint:…" of a server, or
            None for an object.
        packages: the distributions whose versions belong into the provenance.
        fallback: why the published model did not run, or "".
        prompt: what the model wants before every text, where the user says nothing else.
        tokenise: n texts to how many subwords each has, the prompt and special tokens left aside,
            and how many of them are unknown to the model, or None where it does not tell; None
            for a model that does not show its tokeniser.
    """

    name: str
    requested: str
    encoder: Encoder
    fingerprint: str | None = None
    packages: tuple[str, ...] = ()
    fallback: str = ""
    prompt: str = ""
    tokenise: Callable[[list[str]], tuple[list[int], list[int] | None]] | None = None

    def cache(self, prompt: str) -> Cache | None:
        """Return where this model's vectors behind this prompt are kept.

        None for an object, which nothing tells from another, and for a file of vectors.
        """
        if self.fingerprint is None or not isinstance(self.encoder, LazyEncoder):
            return None
        if self.fingerprint.startswith(_ENDPOINT):
            return Cache(self.fingerprint, prompt)  # the server computes, not the client here
        versions = " ".join(f"{package}=={version(package)}" for package in self.packages)
        return Cache(f"{self.fingerprint} {versions}", prompt)


def endpoint_fingerprint(address: str, model: str) -> str:
    """Fingerprint a model behind an address; what the server runs cannot be seen from here."""
    return f"{_ENDPOINT}{address} {model}"


def sha256_of(*paths: Path) -> str:
    """Fingerprint files, or a folder's files but its notes, by name and content."""
    digest = hashlib.sha256()
    for root in paths:
        files = sorted(root.rglob("*")) if root.is_dir() else [root]
        folder = root if root.is_dir() else root.parent
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
