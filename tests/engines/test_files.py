"""Files: whole or not at all, whatever ends a run, and however it is killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, python

from alignment.engines.files import staged, write_whole

NAMES = ("a", "fig/b", "fig/c", "d")


def state(folder):
    """Return {name: text} of all files of a folder, hidden ones included."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_text() for path in files}


def write(folder, text, names=NAMES):
    with staged(folder) as stage:
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
        with staged(tmp_path / "made") as other:
            (other / "file").write_text("done")
        1 / 0  # noqa: B018
    assert (tmp_path / "made" / "file").read_text() == "done"


@pytest.mark.parametrize("earlier", [NAMES, NAMES[:2], ()])
@pytest.mark.parametrize("moved", range(len(NAMES)))
def test_a_file_that_cannot_be_moved_takes_none_with_it(earlier, moved, tmp_path, monkeypatch):
    write(tmp_path, "old", earlier)
    whole, replace, calls = state(tmp_path), Path.replace, []

    def failing(path, target):
        calls.append(path)
        if len(calls) == moved + 1:
            raise PermissionError(1, "Operation not permitted", str(path))
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(PermissionError) as caught:
        write(tmp_path, "new")
    assert caught.value.filename == str(tmp_path / sorted(NAMES)[moved])
    assert state(tmp_path) == whole
    assert (tmp_path / "fig").exists() == bool(earlier)


@pytest.mark.parametrize("moved", [0, 1, 2])
def test_files_for_elsewhere_are_moved_with_the_others_or_not_at_all(moved, tmp_path):
    there = tmp_path / "tables" / "pairs.csv"
    script = (
        "import os; from pathlib import Path; from alignment.engines.files import staged\n"
        "replace, calls = Path.replace, []\n"
        "def dying(path, target):\n"
        "    if os.environ['TEXT'] == 'new' and len(calls) == int(os.environ['MOVED']):\n"
        "        os.kill(os.getpid(), 9)\n"
        "    calls.append(path); return replace(path, target)\n"
        "Path.replace = dying\n"
        f"with staged({str(tmp_path / 'out')!r}, {{'pairs': Path({str(there)!r})}}) as stage:\n"
        "    for name in ('a', 'pairs'): (stage / name).write_text(os.environ['TEXT'])\n"
    )
    assert python(script, TEXT="old", MOVED="0").returncode == 0
    whole = state(tmp_path)
    assert whole == {"out/a": "old", "tables/pairs.csv": "old"}
    done = python(script, TEXT="new", MOVED=str(moved))
    assert done.returncode == (-signal.SIGKILL if moved < 2 else 0)
    write(tmp_path / "out", "next", ["other"])
    after = state(tmp_path)
    assert after.pop("out/other") == "next"
    assert after == (whole if moved < 2 else dict.fromkeys(whole, "new"))
    assert not list(tmp_path.rglob(".alignment-*"))


@pytest.mark.parametrize("earlier", [NAMES, NAMES[:2], ()])
@pytest.mark.parametrize("moved", range(len(NAMES) + 1))
def test_what_a_killed_run_was_moving_is_put_back_by_the_next(earlier, moved, tmp_path):
    write(tmp_path, "old", earlier)
    whole = state(tmp_path)
    done = python(
        "import os, sys; from pathlib import Path; from alignment.engines.files import staged\n"
        "replace, calls = Path.replace, []\n"
        "def dying(path, target):\n"
        f"    if len(calls) == {moved}: os.kill(os.getpid(), 9)\n"
        "    calls.append(path); return replace(path, target)\n"
        "Path.replace = dying\n"
        f"with staged({str(tmp_path)!r}) as stage:\n"
        "    (stage / 'fig').mkdir()\n"
        f"    for name in {NAMES}: (stage / name).write_text('new')\n"
        f"    if {moved} == len({NAMES}): os.kill(os.getpid(), 9)\n"
    )
    assert done.returncode == -signal.SIGKILL and state(tmp_path) != whole
    write(tmp_path, "next", ["other"])
    assert state(tmp_path) == whole | {"other": "next"}


def test_a_running_stage_and_that_of_another_user_are_left_alone(tmp_path):
    with staged(tmp_path) as stage:
        (stage / "file").write_text("whole")
        write(tmp_path, "other", ["other"])
        planted = tmp_path / ".alignment-planted"
        planted.mkdir()
        (planted / "lock").write_text("x")
        os.chown(planted, 12345, -1) if os.getuid() == 0 else planted.rename(tmp_path / "mine")
        write(tmp_path, "other", ["other"])
    assert (tmp_path / "file").read_text() == "whole"
    assert planted.exists() or os.getuid()


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
    (tmp_path / "d").unlink()
    (tmp_path / "d").mkdir() if planted == "folder" else os.mkfifo(tmp_path / "d")
    whole = state(tmp_path)
    with pytest.raises(OSError, match=r"a folder is in the way|it is not a file"):
        write(tmp_path, "new")
    assert state(tmp_path) == whole and len(list(tmp_path.iterdir())) == 3


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


def test_a_planted_link_has_nothing_removed_behind_it(tmp_path, monkeypatch):
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").write_text("kept")
    monkeypatch.setattr("os.urandom", bytes)  # its name cannot be guessed
    (tmp_path / "pairs").mkdir()
    (tmp_path / "pairs" / ".alignment-00000000").symlink_to(tmp_path / "precious")
    with (
        pytest.raises(FileExistsError, match="is a link"),
        staged(tmp_path / "out", {".pairs": tmp_path / "pairs" / "p.csv"}) as stage,
    ):
        (stage / ".pairs").write_text("new")
    assert (tmp_path / "precious" / "file").read_text() == "kept"
    assert not (tmp_path / "out").exists()
