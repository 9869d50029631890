"""Files: a group of files is replaced completely or not at all."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

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


def test_a_failure_while_writing_leaves_the_folder_as_it_was(tmp_path):
    (tmp_path / "old").write_text("old")
    with pytest.raises(ZeroDivisionError), staged(tmp_path) as stage:
        (stage / "old").write_text("new")
        1 / 0  # noqa: B018
    assert [file.read_text() for file in tmp_path.iterdir()] == ["old"]
    with pytest.raises(ZeroDivisionError), staged(tmp_path / "made" / "deep"):
        1 / 0  # noqa: B018
    assert not (tmp_path / "made").exists()


def test_a_failure_does_not_take_what_another_run_has_written(tmp_path):
    with pytest.raises(ZeroDivisionError), staged(tmp_path / "made"):
        write(tmp_path / "made", "done", ["file"])
        1 / 0  # noqa: B018
    assert state(tmp_path) == {"made/file": "done"}


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
    assert caught.value.filename == str(target)
    assert state(tmp_path) == before
    assert (tmp_path / "out").exists() == (tmp_path / "tables").exists() == bool(earlier)


@pytest.mark.parametrize("moved", range(len(NAMES) + 1))
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
    assert done.returncode == (-signal.SIGKILL if moved < len(NAMES) else 0)
    expected = {name: "new" if ORDER.index(name) < moved else "old" for name in NAMES}
    assert {name: (tmp_path / name).read_text() for name in NAMES} == expected
    hidden = list(tmp_path.rglob(".alignment-*"))
    assert bool(hidden) == (moved < len(NAMES))
    write(tmp_path, "next")  # a run of the same minute might still be at work
    assert list(tmp_path.rglob(".alignment-*")) == hidden
    for path in hidden:
        os.utime(path, (0, time.time() - 8 * 86_400))
    write(tmp_path, "next")
    assert state(tmp_path) == dict.fromkeys(NAMES, "next")


def test_a_link_that_looks_left_behind_is_not_followed(tmp_path):
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").write_text("kept")
    (tmp_path / ".alignment-x").symlink_to(tmp_path / "precious")
    os.utime(tmp_path / ".alignment-x", (0, 0), follow_symlinks=False)
    write(tmp_path, "new", ["file"])
    assert (tmp_path / "precious" / "file").read_text() == "kept"


def test_a_folder_on_another_file_system_is_written_to(tmp_path):
    elsewhere = Path("/dev/shm") / f"alignment-{os.getpid()}"
    try:
        elsewhere.mkdir()
    except OSError as error:
        pytest.skip(f"no other file system: {error}")
    try:
        if elsewhere.stat().st_dev == tmp_path.stat().st_dev:
            pytest.skip("no other file system")
        (tmp_path / "fig").symlink_to(elsewhere)
        write(tmp_path, "old")
        write(tmp_path, "new")
        assert set(state(elsewhere).values()) == {"new"} and len(state(elsewhere)) == 2
    finally:
        subprocess.run(["rm", "-r", str(elsewhere)], check=True)


@pytest.mark.parametrize("planted", ["folder", "pipe"])
def test_what_is_no_file_is_not_replaced(planted, tmp_path):
    write(tmp_path, "old")
    (tmp_path / "a").unlink()
    (tmp_path / "a").mkdir() if planted == "folder" else os.mkfifo(tmp_path / "a")
    before = state(tmp_path)
    with pytest.raises(OSError, match=r"a folder is in the way|it is not a file"):
        write(tmp_path, "new")
    assert state(tmp_path) == before and len(list(tmp_path.iterdir())) == 3


def test_a_link_is_replaced_and_put_back_but_not_followed(tmp_path):
    write(tmp_path, "old", ["behind"])
    (tmp_path / "a").symlink_to("behind")
    (tmp_path / "r.json").mkdir()  # the last file cannot be moved
    with pytest.raises(IsADirectoryError):
        write(tmp_path, "new")
    assert (tmp_path / "a").readlink() == Path("behind")
    write(tmp_path, "new", ["a"])
    assert state(tmp_path) == {"a": "new", "behind": "old"}


def test_a_pipe_that_is_named_is_written_into(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    reader = subprocess.Popen(["cat", str(tmp_path / "pipe")], stdout=subprocess.PIPE, text=True)
    write_whole(tmp_path / "pipe", b"texts")
    assert reader.communicate(timeout=20)[0] == "texts"


def test_four_at_once_leave_one_whole_file(tmp_path):
    script = (
        "import sys; from alignment.engines.files import write_whole\n"
        f"for _ in range(30): write_whole({str(tmp_path / 'file')!r}, b'x' * 1000)"
    )
    runs = [subprocess.Popen([sys.executable, "-c", script], cwd=ROOT) for _ in range(4)]
    assert [run.wait() for run in runs] == [0] * 4
    assert state(tmp_path) == {"file": "x" * 1000}
