"""Every check of the project, in the order in which they fail fastest."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from desktop_helper.core.i18n import tr
from installers.environment import DEV, Environment
from installers.steps import ROOT, SETUP_FOLDER, clean_environment, say

HEADLESS = Environment(ROOT / ".venv-headless")
_QT_PACKAGES = ("pyside6-essentials", "shiboken6", "pytest-qt")
_WITHOUT_QT = ("tests/unit", "tests/contract")
_WIDGETS = ("tests/ui",)
_WHOLE_PROCESSES = ("tests/architecture", "tests/e2e")
_BENCHES = ROOT / "tests" / "bench"
# `test -m slow` runs the rest: tests that try every case and take minutes.
# What asks for the time is asked alone: beside other tests it would be told how busy the machine is.
_BESIDE_OTHERS, _ALONE = "not slow and not timed", "timed and not slow"
_FOLLOWING_S = 0.5
# A run that breaks off remembers nothing: those that failed in an earlier one would get the second chance for it.
_FORGET = "--cache-clear"
# pytest-timeout interrupts Python only. Whoever waits in a library for ever is shown, and the run ends, after the
# longest time that a test of these runs may take.
_HANGS_S = 420
Check = tuple[str, Sequence[str]]


def run_all(environment: Environment, pytest_arguments: Sequence[str]) -> int:
    """Run every check, or only pytest with the given arguments. Returns the exit code.

    A run of pytest comes last, so that its closing line is the last line of a good run.
    """
    python = str(environment.python)
    if pytest_arguments:
        command = [python, "-m", "pytest", *pytest_arguments]
        return subprocess.run(command, env=clean_environment(), check=False).returncode
    headless = str(_install_headless().python)
    bin_folder = environment.python.parent
    shown = [
        ("ruff check", [python, "-m", "ruff", "check", "."]),
        ("ruff format", [python, "-m", "ruff", "format", "--check", "."]),
        ("import rules", [str(bin_folder / "lint-imports"), "--no-logo"]),
        ("mypy --strict", [python, "-m", "mypy"]),
        _pytest("pytest without Qt", headless, _BESIDE_OTHERS, "-q", *_WITHOUT_QT),
        _pytest("pytest of widgets", python, _BESIDE_OTHERS, "-q", *_WIDGETS),
    ]
    beside = _pytest("pytest", python, _BESIDE_OTHERS, "--durations=10", *_WHOLE_PROCESSES)
    times = _pytest("pytest of times", python, _ALONE, "-q", "tests")
    failed = run_together(shown, beside)
    if not _passes(*times):
        failed.append(times[0])
    failed = run_again(failed, dict([*shown, beside, times]))
    if failed:
        say(f"Failed: {', '.join(failed)}")
    return 1 if failed else 0


def _pytest(name: str, python: str, marked: str, *words: str) -> Check:
    """A run of pytest that remembers by itself what failed: two of them run at once."""
    settings = (
        f"cache_dir=.pytest_cache/{name.replace(' ', '-')}",
        f"faulthandler_timeout={_HANGS_S}",
        "faulthandler_exit_on_timeout=true",
    )
    told = [word for setting in settings for word in ("-o", setting)]
    return name, [python, "-m", "pytest", "-m", marked, *told, _FORGET, *words]


def run_again(failed: Sequence[str], checks: Mapping[str, Sequence[str]]) -> list[str]:
    """Give the tests that failed a second chance, alone. Returns the names of the checks in which one failed twice.

    Real windows, keys and clocks lose a race now and then while other tests keep the processors busy. What failed once
    has been printed, and whoever sees a name there again and again has something to mend. Checks without tests have
    one chance.
    """
    only = ["--last-failed", "--last-failed-no-failures=none"]
    again = {name: [*(word for word in checks[name] if word != _FORGET), *only] for name in failed}
    return [
        name
        for name, command in again.items()
        if "pytest" not in command or not _passes(f"{name}: once more what failed", command)
    ]


def run_together(shown: Sequence[Check], beside: Check) -> list[str]:
    """Run checks in turn, and one `beside` them that mostly waits for windows. Returns the names of those that failed.

    What that one prints comes when the others are over, so that its closing line is the last one.
    """
    name, command = beside
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "output.txt"
        with written.open("wb") as output:
            process = subprocess.Popen(command, cwd=ROOT, env=clean_environment(), stdout=output, stderr=output)
        try:
            failed = [check for check, argv in shown if not _passes(check, argv)]
            say(f"\n== {name} (began {time.monotonic() - start:.0f} s ago)")
            _follow(process, written)
        finally:
            process.kill()  # it is over, unless somebody interrupts us
            process.wait()
    say(f"== {name}: {'passed' if process.returncode == 0 else 'FAILED'} in {time.monotonic() - start:.1f} s")
    return failed if process.returncode == 0 else [*failed, name]


def _follow(process: subprocess.Popen[bytes], written: Path) -> None:
    """Print what a process has written into a file and goes on to write, until it is over."""
    with written.open(encoding="utf-8", errors="replace") as text:
        running = True
        while running:
            running = process.poll() is None
            sys.stdout.write(text.read())
            sys.stdout.flush()
            if running:
                time.sleep(_FOLLOWING_S)


def run_benches(environment: Environment, names: Sequence[str]) -> int:
    """Run `tests/bench/bench_*.py`, or those whose names contain one of `names`. Returns the exit code."""
    scripts = [
        script
        for script in sorted(_BENCHES.glob("bench_*.py"))
        if not names or any(name in script.stem for name in names)
    ]
    if not scripts:
        known = ", ".join(script.stem.removeprefix("bench_") for script in sorted(_BENCHES.glob("bench_*.py")))
        say(f"There is no such bench. Known: {known}")
        return 2
    modules = {script.stem: [str(environment.python), "-m", f"tests.bench.{script.stem}"] for script in scripts}
    failed = [name for name, command in modules.items() if not _passes(name, command)]
    return 1 if failed else 0


def without_qt(lock: str) -> str:
    """The text of a lock file without the packages that bring or need Qt."""
    blocks = re.split(r"(?m)^(?=[a-zA-Z0-9])", lock)
    return "".join(
        block for block in blocks if not block.lower().startswith(tuple(f"{name}==" for name in _QT_PACKAGES))
    )


def _install_headless() -> Environment:
    lock = SETUP_FOLDER / "requirements-headless.lock"
    lock.parent.mkdir(exist_ok=True)
    lock.write_text(without_qt(DEV.read_text(encoding="utf-8")), encoding="utf-8")
    HEADLESS.install(lock, tr("Installing the environment without Qt"))
    return HEADLESS


def _passes(name: str, command: Sequence[str]) -> bool:
    say(f"\n== {name}")
    start = time.monotonic()
    try:
        code = subprocess.run(command, cwd=ROOT, env=clean_environment(), check=False).returncode
    except OSError as error:
        say(f"{command[0]}: {error.strerror}")
        code = 1
    say(f"== {name}: {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - start:.1f} s")
    return code == 0
