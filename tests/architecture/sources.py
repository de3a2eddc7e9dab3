"""The files that the architecture tests look at."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "desktop_helper"
CODE_FOLDERS = ("desktop_helper", "installers", "training")


def code_files() -> list[Path]:
    """Every Python file of the product, its installers and the training of its practice model."""
    return sorted(path for folder in CODE_FOLDERS for path in (ROOT / folder).rglob("*.py"))


def files_of_tests() -> list[Path]:
    """Every Python file of the tests."""
    return sorted((ROOT / "tests").rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    """The parsed source of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def shown(path: Path) -> str:
    """A path as messages name it."""
    return path.relative_to(ROOT).as_posix()


def tracked_files() -> list[Path]:
    """Every file that is under version control, or would be; in an exported tree without git, every file."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        hidden = {".git", ".venv", ".venv-headless", ".venv-setup", "build", "dist"}
        return [path for path in ROOT.rglob("*") if path.is_file() and hidden.isdisjoint(path.relative_to(ROOT).parts)]
    return [ROOT / name for name in listing.splitlines() if (ROOT / name).is_file()]
