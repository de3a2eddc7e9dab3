"""Where icons, themes, translations and provider files are."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path


@cache
def resource_root() -> Path:
    """The folder `resources`: inside a frozen build or an installed wheel, else beside the package in the checkout."""
    package = Path(__file__).resolve().parent.parent
    frozen = getattr(sys, "_MEIPASS", None)
    candidates = ([Path(frozen) / "resources"] if frozen else []) + [
        package / "_resources",
        package.parent / "resources",
    ]
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"resources are missing beside {package}")


def resource(*names: str) -> Path:
    """Path of a resource, e.g. `resource("icons", "send.svg")`."""
    return resource_root().joinpath(*names)
