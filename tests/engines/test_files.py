"""Files: a group of files is replaced completely or not at all."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from conftest import ROOT, python

from alignment.engines.files import staged, write_whole

NAMES = ("a", "fig/b", "fig/c", "r.json")
ORDER = ("fig/b", "fig/c", "a", "r.json")  # in which they are moved: the record comes last


def state(folder):
    """Return {name: text} of all files of a folder, hidden ones included."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_text() for path in files}


def write(folder, text, names=NAMES, elsewhere=None):
    with staged(folder, elsewhere) as stage:
        for name in names:
            (stage / name).parent.mkdir(exist_ok=True)
            (stage / name).write_text(text)


def test_a_failure_leaves_the_folder_with_what_other_runs_have_written(tmp_path):
    write(tmp_path, "old", ["file"])
    with pytest.raises(ZeroDivisionError), staged(tmp_path) as stage:
        (stage / "file").write_text("new")
        1 / 0  # noqa: B018
    for others in ([], ["made"]):
        with pytest.raises(ZeroDivisionError), staged(tmp_path / "made"):
            write(tmp_path, "other", [f"{name}/file" for name in others])
            1 / 0  # noqa: B018
        assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == others
    assert state(tmp_path) == {"file": "old", "made/file": "other"}


@pytest.mark.parametrize("earlier", [NAMES, NAMES[:2], ()])
@pytest.mark.parametrize("moved", range(len(NAMES)))
def test_a_file_that_cannot_be_moved_takes_none_with_it(earlier, moved, tmp_path, monkeypatch):
    elsewhere = {"a": tmp_path / "tables" / "a"}
    write(tmp_path / "out", "old", earlier, elsewhere)
    before, replace, calls = state(tmp_path), Path.replace, []

    def failing(path, target):
        calls.append(path)
        if len(calls) == moved + 1:
            raise PermissionError(1, "Operation not permitted", str(path))
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(PermissionError) as caught:
        write(tmp_path / "out", "new", elsewhere=elsewhere)
    target = elsewhere.get(ORDER[moved], tmp_path / "out" / ORDER[moved])
    assert caught.value.filename == str(target) and state(tmp_path) == before
    assert (tmp_path / "out").exists() == (tmp_path / "tables").exists() == bool(earlier)


@pytest.mark.parametrize("moved", range(len(NAMES)))
def test_after_sigkill_the_record_is_the_last_to_be_new(moved, tmp_path):
    write(tmp_path, "old")
    done = python(
        "import os; from pathlib import Path; from alignment.engines.files import staged\n"
        "replace, calls = Path.replace, []\n"
        "def dying(path, target):\n"
        f"    if len(calls) == {moved}: os.kill(os.getpid(), 9)\n"
        "    calls.append(path); return replace(path, target)\n"
        "Path.replace = dying\n"
        f"with staged({str(tmp_path)!r}) as stage:\n"
        "    (stage / 'fig').mkdir()\n"
        f"    for name in {NAMES}: (stage / name).write_text('new')\n"
    )
    assert done.returncode == -signal.SIGKILL
    expected = {name: "new" if ORDER.index(name) < moved else "old" for name in NAMES}
    assert {name: (tmp_path / name).read_text() for name in NAMES} == expected
    hidden = list(tmp_path.rglob(".alignment-*"))
    for age in (0, 8 * 86_400):  # a run of the same minute might still be at work
        assert list(tmp_path.rglob(".alignment-*")) == hidden != []
        for path in hidden:
            os.utime(path, (0, time.time() - age))
        write(tmp_path, "next")
    assert state(tmp_path) == dict.fromkeys(NAMES, "next")


def test_links_are_replaced_or_put_back_but_never_followed(tmp_path):
    (tmp_path / ".alignment-x").symlink_to(tmp_path / "precious")  # seems left by an earlier run
    os.utime(tmp_path / ".alignment-x", (0, 0), follow_symlinks=False)
    (tmp_path / "a").symlink_to("precious/file")
    (tmp_path / "r.json").mkdir()  # the last file cannot be moved
    write(tmp_path, "old", ["precious/file"])
    with pytest.raises(IsADirectoryError):
        write(tmp_path, "new")
    assert (tmp_path / "a").readlink() == Path("precious/file")
    write(tmp_path, "new", ["a"])
    assert state(tmp_path) == {"a": "new", "precious/file": "old"}


@pytest.mark.skipif(not os.access("/dev/shm", os.W_OK), reason="no other file system")
def test_a_folder_on_another_file_system_is_written_to(tmp_path):
    with TemporaryDirectory(dir="/dev/shm") as elsewhere:
        (tmp_path / "fig").symlink_to(elsewhere)
        write(tmp_path, "old")
        write(tmp_path, "new")
        assert state(Path(elsewhere)) == {"b": "new", "c": "new"}


@pytest.mark.parametrize("plant", [Path.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_what_is_no_file_is_not_replaced(plant, tmp_path):
    write(tmp_path, "old", NAMES[1:])
    plant(tmp_path / "a")
    before = state(tmp_path)
    with pytest.raises(OSError, match=r"a folder is in the way|it is not a file"):
        write(tmp_path, "new")
    assert state(tmp_path) == before and len(list(tmp_path.iterdir())) == 3


def test_a_pipe_that_is_named_is_written_into(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    reader = subprocess.Popen(["cat", str(tmp_path / "pipe")], stdout=subprocess.PIPE, text=True)
    write_whole(tmp_path / "pipe", b"texts")
    assert reader.communicate(timeout=20)[0] == "texts"


def test_four_at_once_leave_one_complete_file(tmp_path):
    script = (
        "import sys; from alignment.engines.files import write_whole\n"
        f"for _ in range(30): write_whole({str(tmp_path / 'file')!r}, b'x' * 1000)"
    )
    runs = [subprocess.Popen([sys.executable, "-c", script], cwd=ROOT) for _ in range(4)]
    assert [run.wait() for run in runs] == [0] * 4
    assert state(tmp_path) == {"file": "x" * 1000}
