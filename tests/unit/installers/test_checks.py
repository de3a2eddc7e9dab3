"""The environment without Qt really has none, and what runs beside another check is told as if it ran behind it."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from installers.checks import run_again, run_together, without_qt
from installers.environment import DEV

LOCK = """\
# made by hand
pygments==2.0 \\
    --hash=sha256:01
    # via pytest
pyside6-essentials==6.11.3 ; python_full_version < '3.12' \\
    --hash=sha256:02 \\
    --hash=sha256:03
    # via desktop-helper (pyproject.toml)
pytest-qt==4.5.0 \\
    --hash=sha256:04
pytest==9.0 \\
    --hash=sha256:05
    # via
    #   pytest-qt
"""


def test_whole_entries_are_left_out() -> None:
    left = without_qt(LOCK)
    assert "sha256:02" not in left
    assert "sha256:03" not in left
    assert "sha256:04" not in left
    assert "sha256:01" in left
    assert "sha256:05" in left


def test_the_real_lock_file_loses_exactly_what_brings_qt() -> None:
    before = DEV.read_text(encoding="utf-8").splitlines()
    after = set(without_qt(DEV.read_text(encoding="utf-8")).splitlines())
    lost = {line.split("==")[0] for line in before if line[:1].isalnum() and line not in after}
    assert lost == {"pyside6-essentials", "shiboken6", "pytest-qt"}


def saying(word: str, code: int, seconds: float = 0.0) -> list[str]:
    program = (
        f"import sys, time; time.sleep({seconds}); print({word!r}, flush=True); time.sleep({seconds}); sys.exit({code})"
    )
    return [sys.executable, "-c", program]


@pytest.mark.parametrize(("one", "other", "failed"), [(0, 0, []), (3, 0, ["a"]), (0, 3, ["b"]), (3, 3, ["a", "b"])])
def test_both_are_run_and_judged(capfd: pytest.CaptureFixture[str], one: int, other: int, failed: list[str]) -> None:
    assert run_together([("a", saying("first", one))], ("b", saying("läst", other))) == failed
    said = capfd.readouterr()
    assert said.out.split() == ["first", "läst"]
    assert ("== b: passed" in said.err) == (other == 0)


def test_they_run_at_the_same_time(capfd: pytest.CaptureFixture[str]) -> None:
    begin = time.monotonic()
    shown = [("a", saying("first", 0, 0.4)), ("b", saying("second", 0, 0.4))]
    assert run_together(shown, ("c", saying("last", 0, 0.9))) == []
    assert time.monotonic() - begin < 3.1, "one after the other they take 3.4 s"
    assert capfd.readouterr().out.split() == ["first", "second", "last"]


def test_a_failure_ends_no_other_check() -> None:
    shown = [("a", saying("first", 3)), ("b", saying("second", 0)), ("c", saying("third", 3))]
    assert run_together(shown, ("d", saying("last", 3))) == ["a", "c", "d"]


@pytest.mark.parametrize(("second_time", "failed"), [("passes", []), ("fails", ["a"])])
def test_only_what_failed_is_asked_again(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], second_time: str, failed: list[str]
) -> None:
    tests = tmp_path / "test_it.py"
    tests.write_text(
        "import pathlib\n"
        "asked = pathlib.Path(__file__).with_name('asked')\n"
        "def test_good(): asked.open('a').write('good ')\n"
        "def test_bad():\n"
        "    asked.open('a').write('bad ')\n"
        f"    assert asked.read_text().count('bad') == 2 and {second_time == 'passes'}\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-o", f"cache_dir={tmp_path / 'memory'}", str(tests)]
    assert run_together([("a", command)], ("b", saying("last", 0))) == ["a"]
    assert run_again(["a"], {"a": command}) == failed
    assert (tmp_path / "asked").read_text().split() == ["good", "bad", "bad"]
    assert "a: once more what failed" in capfd.readouterr().err


def test_other_checks_have_one_chance(capfd: pytest.CaptureFixture[str]) -> None:
    assert run_again(["a"], {"a": saying("again", 0)}) == ["a"]
    assert not capfd.readouterr().out


def test_a_run_that_broke_before_its_tests_is_not_saved_by_a_second_one(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("import no_such_module\n")
    command = [sys.executable, "-m", "pytest", "-q", "-o", f"cache_dir={tmp_path / 'memory'}", str(tmp_path)]
    assert run_again(["a"], {"a": command}) == ["a"]


def test_a_run_that_breaks_off_is_not_saved_by_what_failed_in_an_earlier_one(tmp_path: Path) -> None:
    tests = tmp_path / "test_it.py"
    command = [sys.executable, "-m", "pytest", "-q", "-o", f"cache_dir={tmp_path / 'memory'}", "--cache-clear"]
    check = "a", [*command, str(tests)]
    tests.write_text("def test_bad():\n    assert False\n")
    assert run_together([check], ("b", saying("last", 0))) == ["a"]
    tests.write_text("import os\ndef test_bad(): pass\ndef test_worse():\n    os._exit(3)\n")
    assert run_together([check], ("b", saying("last", 0))) == ["a"]
    assert run_again(["a"], dict([check])) == ["a"]
