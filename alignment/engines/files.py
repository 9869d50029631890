"""Files: written whole or not at all, whatever ends the run.

New files wait in a hidden folder, and are moved when all are complete. Until the last of them is in
its place the earlier ones are kept, and a journal says which: where a file cannot be moved they are
put back, and where the run is killed the next one that writes there puts them back.
"""

import errno
import json
import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from alignment.engines.terminal import defer_sigint

_PREFIX = ".alignment-"
_LOCK, _BESIDE, _MOVING = "lock", "beside.json", "moving.json"


class _Move(NamedTuple):
    new: str
    kept: str | None  # the earlier file, if there was one
    target: str
    inode: int  # of the new file, wherever it is


@contextmanager
def staged(
    folder: str | os.PathLike[str], elsewhere: Mapping[str, Path] | None = None
) -> Iterator[Path]:
    """Collect files for ``folder`` out of sight, and move them there when all are complete.

    Those that ``elsewhere`` names go to its paths, together with the others or not at all.

    A failure or an interruption inside the block leaves the folder as it was. What a killed run has
    left there is put in order first.

    Raises:
        OSError: when the folder cannot be made or written to, before anything else is done, or when
            a file cannot be moved to its place; then none is.
    """
    folder, elsewhere = Path(folder), elsewhere or {}
    places = list(dict.fromkeys((folder, *(target.parent for target in elsewhere.values()))))
    made = [path for place in places for path in _missing(place)]
    stage = folder / f"{_PREFIX}{os.urandom(4).hex()}"
    lock = None
    try:
        for place in places:
            place.mkdir(parents=True, exist_ok=True)
            _sweep(place)
        _make(stage)
        lock = _lock(stage, new=True)
        _note_places(stage, places)
        for place in places[1:]:
            _make(place / stage.name)
        (stage / "new").mkdir()
        yield stage / "new"
        _move(stage, folder, elsewhere, made)
    finally:
        with defer_sigint():
            _remove(stage)
            if lock is not None:
                os.close(lock)
            for path in made:  # those that stayed empty
                with suppress(OSError):
                    path.rmdir()


def write_whole(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file whole or not at all; into a device or a pipe it is written straight.

    Raises:
        OSError: when it cannot be written; an older one is then left as it was.
    """
    path = Path(path)
    if path.exists() and not path.is_dir() and not path.is_file():
        with path.open("wb") as file:
            file.write(content)
        return
    with staged(path.parent) as stage:
        (stage / path.name).write_bytes(content)


def _missing(folder: Path) -> list[Path]:
    return [path for path in (folder, *folder.parents) if not path.exists()]


def _make(folder: Path) -> None:
    """Make a hidden folder; an error names the folder that it is in."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.is_symlink():  # of somebody who would have files removed elsewhere
            raise FileExistsError(errno.EEXIST, f"'{folder.name}' is a link")
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(folder.parent)) from error


def _note_places(stage: Path, places: Iterable[Path]) -> None:
    names = [_name(place, stage.parent) for place in places]
    (stage / _BESIDE).write_text(json.dumps(names), encoding="utf-8")


def _name(path: Path, folder: Path) -> str:
    """Return what a path is called from a folder that may move."""
    return str(path.relative_to(folder) if path.is_relative_to(folder) else path.absolute())


def _move(stage: Path, folder: Path, elsewhere: Mapping[str, Path], made: list[Path]) -> None:
    """Move all files, or none; the folders that have to be made for them are noted in ``made``."""
    new = stage / "new"
    files = sorted(path.relative_to(new) for path in new.rglob("*") if path.is_file())
    targets = {new / file: elsewhere.get(str(file), folder / file) for file in files}
    parents = list(dict.fromkeys(target.parent for target in targets.values()))
    made += [path for parent in parents for path in _missing(parent)]
    _note_places(stage, (*parents, *(target.parent for target in elsewhere.values())))
    moves = [_prepared(stage, file, target) for file, target in targets.items()]
    with defer_sigint():
        (stage / _MOVING).write_text(json.dumps(moves), encoding="utf-8")
        try:
            for move in moves:
                (folder / move.new).replace(folder / move.target)
        except OSError as error:
            _put_back(moves, folder)
            raise type(error)(error.errno, error.strerror, str(folder / move.target)) from error
        (stage / _MOVING).unlink()


def _prepared(stage: Path, file: Path, target: Path) -> _Move:
    """Bring a new file next to its target, on the same file system, and keep the earlier one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    near = target.parent / stage.name
    _make(near)
    for kind in ("new", "old"):
        (near / kind).mkdir(exist_ok=True)
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, "a folder is in the way", str(target))
    if target.exists() and not target.is_file():
        raise FileExistsError(errno.EEXIST, "it is not a file", str(target))
    own, kept = near / "new" / target.name, near / "old" / target.name
    if own != file:
        shutil.move(file, own)
    if there := os.path.lexists(target):
        try:
            kept.hardlink_to(target)
        except OSError:  # a file system without links, or a file that may have none
            shutil.copy2(target, kept, follow_symlinks=False)
    names = (_name(path, stage.parent) for path in (own, kept, target))
    moved, old, place = names
    return _Move(moved, old if there else None, place, own.stat().st_ino)


def _put_back(moves: Iterable[_Move], folder: Path) -> None:
    """Undo the moves that were carried out, and leave alone what somebody else has put there."""
    for move in moves:
        target = folder / move.target
        if not os.path.lexists(target) or target.lstat().st_ino != move.inode:
            continue
        if move.kept is None:
            target.unlink()
        else:
            (folder / move.kept).replace(target)


def _remove(stage: Path) -> None:
    with suppress(OSError, ValueError):
        for parent in json.loads((stage / _BESIDE).read_text(encoding="utf-8")):
            _remove_folder(stage.parent / parent / stage.name)
    _remove_folder(stage)


def _remove_folder(folder: Path) -> None:
    """Remove a folder of our own with one open file at a time: shutil.rmtree needs several."""
    with suppress(OSError):
        for path in [] if folder.is_symlink() else sorted(folder.rglob("*"), reverse=True):
            with suppress(OSError):
                path.unlink() if path.is_symlink() or not path.is_dir() else path.rmdir()
        folder.rmdir()


def _sweep(folder: Path) -> None:
    """Put back what killed runs were moving, and remove what they left."""
    for stage in folder.glob(f"{_PREFIX}*"):
        with suppress(OSError, ValueError, TypeError):
            lock = _lock(stage)
            if lock is None:
                continue
            try:
                if (journal := stage / _MOVING).exists():
                    rows = json.loads(journal.read_text(encoding="utf-8"))
                    _put_back([_Move(*row) for row in rows], folder)
                _remove(stage)
            finally:
                os.close(lock)


def _lock(stage: Path, new: bool = False) -> int | None:
    """Return the lock that tells a running process, which its end releases; None where it is held.

    Only of folders of the same user: another's journal is not to move files here. Windows has no
    such locks, and nothing is swept there.
    """
    try:
        import fcntl
    except ImportError:
        return None
    if not new and (stage.lstat().st_uid != os.getuid() or not stat.S_ISDIR(stage.lstat().st_mode)):
        return None
    lock = os.open(stage / _LOCK, os.O_RDWR | (os.O_CREAT if new else 0), 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | (0 if new else fcntl.LOCK_NB))
        if new:
            os.write(lock, b"\n")
        elif not os.fstat(lock).st_size:  # it is just being made
            raise BlockingIOError
    except OSError:
        os.close(lock)
        return None
    return lock
