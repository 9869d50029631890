"""Files: written whole or not at all."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def staged(folder: str | os.PathLike[str]) -> Iterator[Path]:
    """Collect files for ``folder`` out of sight, and move them there when all are complete.

    A failure or an interruption inside the block leaves the folder as it was.

    Raises:
        OSError: when the folder cannot be made or written to, before anything else is done.
    """
    folder = Path(folder)
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        stage = Path(tempfile.mkdtemp(prefix=".alignment-", dir=folder))
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(folder)) from error
    try:
        yield stage
        files = sorted(path for path in stage.rglob("*") if path.is_file())
        targets = [folder / file.relative_to(stage) for file in files]
        for target in targets:  # all of them before the first is touched
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.is_dir():
                raise IsADirectoryError(errno.EISDIR, "a folder is in the way", str(target))
        for file, target in zip(files, targets, strict=True):
            file.replace(target)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        for path in made:  # those that stayed empty
            with suppress(OSError):
                path.rmdir()
