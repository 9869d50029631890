"""The package: a wheel that holds everything, and runs where it is installed."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from itertools import chain

import pytest
from conftest import ROOT

PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
MODULES = ("cross_lingual_alignment.py", "concepts.py")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built of a copy: a build leaves its folders beside the source."""
    pytest.importorskip("setuptools", minversion="77")
    source, out = (tmp_path_factory.mktemp(name) for name in ("source", "wheel"))
    for name in (*MODULES, "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "alignment", source / "alignment", ignore=ignore)
    offline = ("--no-deps", "--no-build-isolation", "--no-index")
    subprocess.run([*PIP, "wheel", *offline, "-w", out, source], check=True)
    return next(out.glob("*.whl"))


def test_the_wheel_holds_every_module_and_what_figures_and_pages_are_made_with(wheel):
    kinds = {".py", ".mplstyle", ".html", ".css", ".js"}
    parts = [path for path in (ROOT / "alignment").rglob("*") if path.suffix in kinds]
    assert {path.suffix for path in parts} == kinds
    expected = {path.relative_to(ROOT).as_posix() for path in parts} | set(MODULES)
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert packed == expected


def test_it_runs_where_it_is_installed(wheel, tmp_path):
    site = tmp_path / "site"
    subprocess.run([*PIP, "install", "--no-deps", "--no-index", "-t", site, wheel], check=True)
    environment = os.environ | {"PYTHONPATH": str(site)}
    script = (site / "bin" / "cross-lingual-alignment",)
    for command, status in ((("-m", "cross_lingual_alignment", "--help"), 0), (script, 2)):
        command = [sys.executable, *command, *["--modle"] * (status == 2)]
        options = {"cwd": tmp_path, "env": environment, "capture_output": True, "text": True}
        done = subprocess.run(command, **options)
        assert done.returncode == status, done.stderr
        assert ("--trust-remote-code" in done.stdout) == (status == 0)


def test_every_dependency_is_pinned_at_a_version_that_is_allowed():
    wanted = [*PROJECT["dependencies"], *chain(*PROJECT["optional-dependencies"].values())]
    bounds = dict(re.findall(r"^(\w[\w-]*)[^;>\n]*>=([\d.]+)", "\n".join(wanted), re.MULTILINE))
    files = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("requirements*.txt"))
    pinned = dict(re.findall(r"^(\w[\w-]*)[^;=\n]*==([\d.]+)", files, re.MULTILINE))
    assert set(bounds) == set(pinned)
    for name, bound in bounds.items():
        assert _numbers(bound) <= _numbers(pinned[name]), name


def _numbers(text):
    return tuple(map(int, text.split(".")))


def test_no_pinned_version_has_a_known_hole():
    audit = (sys.executable, "-m", "pip_audit", "--requirement", ROOT / "requirements-dev.txt")
    flags = ("--no-deps", "--disable-pip", "--progress-spinner=off", "--timeout=5", "--format=json")
    done = subprocess.run([*audit, *flags], capture_output=True, text=True)
    if not done.stdout:
        pytest.skip(f"no advisory database: {done.stderr.strip().splitlines()[-1]}")
    pinned = json.loads(done.stdout)["dependencies"]
    holes = {package["name"]: package["vulns"] for package in pinned if package.get("vulns")}
    assert not holes, holes
    unknown = [package["skip_reason"] for package in pinned if "skip_reason" in package]
    if len(unknown) == len(pinned):
        pytest.skip(f"no advisory database: {unknown[0]}")
