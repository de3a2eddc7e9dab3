"""What import-linter cannot say. Its contracts are in pyproject.toml and run with every `from_source.py test`."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import PACKAGE, ROOT, code_files, shown, tree

QT_ROOMS = ("qt", "ui")
QT_FILES = ("bootstrap.py", "__main__.py")


def imported(path: Path) -> Iterator[str]:
    """Full names of the modules that a file imports, wherever in it."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def foreign(path: Path) -> set[str]:
    """Top-level names of what a file imports from outside the standard library."""
    return {name.split(".")[0] for name in imported(path)} - sys.stdlib_module_names


def test_core_imports_only_the_standard_library() -> None:
    wrong = {shown(path): foreign(path) - {"desktop_helper"} for path in (PACKAGE / "core").rglob("*.py")}
    assert not {path: names for path, names in wrong.items() if names}


def test_core_does_not_reach_up() -> None:
    wrong = [
        f"{shown(path)}: {name}"
        for path in (PACKAGE / "core").rglob("*.py")
        for name in imported(path)
        if name.startswith("desktop_helper.") and not name.startswith("desktop_helper.core")
    ]
    assert not wrong


def test_set_up_runs_before_anything_is_installed() -> None:
    allowed = ("installers", "desktop_helper.core")
    wrong = [
        f"{shown(path)}: {name}"
        for path in (ROOT / "installers").rglob("*.py")
        for name in imported(path)
        if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith(allowed)
    ]
    assert not wrong


def test_qt_stays_in_its_rooms() -> None:
    rooms = [PACKAGE / room for room in QT_ROOMS]
    files = [PACKAGE / name for name in QT_FILES]
    outside = [
        path for path in code_files() if path not in files and not any(path.is_relative_to(room) for room in rooms)
    ]
    assert not [shown(path) for path in outside if foreign(path) & {"PySide6", "shiboken6"}]


def test_the_command_line_never_loads_qt() -> None:
    code = (
        "import sys; from desktop_helper.__main__ import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(*[name for name in sys.modules if name.startswith(('PySide6', 'shiboken6', 'openai', 'cv2', 'numpy'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == ""
