"""What must not be in the repository, and what must be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, shown, tracked_files

LOCKS = ("requirements.lock", "requirements-local.lock", "requirements-dev.lock")
# Put together here, so that this file does not hold what it forbids.
REGISTRIES = ("pypi." + "org", "pythonhosted." + "org", "npmjs." + "org", "--index" + "-url", "--extra-index" + "-url")
MACHINE_PATHS = re.compile(r"/(?:ro[o]t|wo[r]k|ho[m]e/[a-z]+)/")
MARKS = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")


def texts() -> list[Path]:
    """The files that hold text and are ours to write."""
    names = (".py", ".md", ".toml", ".lock", ".txt", ".svg", ".cfg", ".desktop", ".sh", "run")
    return [path for path in tracked_files() if path.name.endswith(names)]


def test_no_registry_and_no_machine_is_named() -> None:
    wrong = []
    for path in texts():
        text = path.read_text(encoding="utf-8").replace("--no-emit-index-url", "")
        found = [host for host in REGISTRIES if host in text] + MACHINE_PATHS.findall(text)
        wrong += [f"{shown(path)}: {name}" for name in found]
    assert not wrong


def test_nothing_is_left_for_later() -> None:
    sources = [path for path in texts() if path.suffix == ".py"]
    assert not [shown(path) for path in sources if MARKS.search(path.read_text(encoding="utf-8"))]


def pins(lock: str) -> set[str]:
    """`name==version ; marker` of every package of a lock file."""
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    return {line.rstrip(" \\") for line in lines if re.match(r"[a-zA-Z0-9]", line)}


def test_each_lock_file_contains_the_smaller_ones() -> None:
    base, local, dev = (names_and_versions(lock) for lock in LOCKS)
    assert base <= local <= dev


def names_and_versions(lock: str) -> set[str]:
    return {pin.split(" ;")[0] for pin in pins(lock)}


@pytest.mark.parametrize("lock", [*LOCKS, "installers/requirements-uv.lock", "training/requirements.lock"])
def test_every_pin_has_hashes(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    blocks = re.split(r"(?m)^(?=[a-zA-Z0-9])", text)[1:]
    assert blocks
    assert not [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block]


def test_qt_is_pinned_to_a_version_that_does_not_abort() -> None:
    """PySide6 6.12.0 drops references to None; Python 3.12 made None immortal."""
    for lock in LOCKS:
        old = [pin for pin in pins(lock) if pin.startswith("pyside6-essentials==6.12") and "< '3.12'" in pin]
        assert not old
        assert any("pyside6-essentials==6.11" in pin and "< '3.12'" in pin for pin in pins(lock))


def test_ci_runs_the_readme_command() -> None:
    command = "python3 installers/from_source.py test"
    assert command in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert command in (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_bench_can_be_run_by_name() -> None:
    """`from_source.py bench` runs `bench_*.py`, and `_*.py` are helpers: another name would be forgotten."""
    scripts = [path.name for path in (ROOT / "tests" / "bench").glob("*.py")]
    assert not [name for name in scripts if not name.startswith(("bench_", "_"))]
