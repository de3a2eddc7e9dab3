"""Finds uv, or installs the pinned one into an environment of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from desktop_helper.core.i18n import tr
from installers import system_needs
from installers.steps import ROOT, SETUP_FOLDER, clean_environment, run_step

_PINNED = ROOT / "installers" / "requirements-uv.lock"
_OLDEST = (0, 11)  # the first that knows `system-certs`
_CA_BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")


def find(log: Path) -> str:
    """Path of a uv that is new enough: the user's, else our own, installed now if need be."""
    found = _present()
    if found is None:
        _install(log)
    return found or str(_own())


def needs() -> tuple[system_needs.Need, ...]:
    """What the system must have so that `find` succeeds."""
    return () if _present() else (system_needs.PYTHON_VENV,)


def environment() -> dict[str, str]:
    """What uv runs with: this machine's certificates, a cache that can be written, and never a Python of its own."""
    variables = clean_environment() | {"UV_SYSTEM_CERTS": "1", "UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1"}
    cache = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) / "uv"
    if not _can_be_written(cache):
        variables.setdefault("UV_CACHE_DIR", str(SETUP_FOLDER / "uv-cache"))
    return variables


def _present() -> str | None:
    candidates = (shutil.which("uv"), str(_own()))
    return next((path for path in candidates if path and _version(path) >= _OLDEST), None)


def _can_be_written(folder: Path) -> bool:
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    return os.access(existing, os.W_OK)


def _own() -> Path:
    folder = SETUP_FOLDER / "uv"
    return folder / "Scripts" / "uv.exe" if sys.platform == "win32" else folder / "bin" / "uv"


def _version(program: str) -> tuple[int, ...]:
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return ()
    found = re.search(r"(\d+)\.(\d+)\.(\d+)", answer)
    return tuple(int(part) for part in found.groups()) if found else ()


def _install(log: Path) -> None:
    folder = SETUP_FOLDER / "uv"
    making = [sys.executable, "-m", "venv", "--clear", str(folder)]
    run_step(tr("Making {folder}", folder=folder.relative_to(ROOT)), making, log, clean_environment())
    pip = [str(_own().with_name("python")), "-m", "pip", "install", "--disable-pip-version-check", "--no-deps"]
    run_step(tr("Installing uv"), [*pip, "--require-hashes", "-r", str(_PINNED)], log, _pip_environment())


def _pip_environment() -> dict[str, str]:
    variables = clean_environment() | {"PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}
    bundle = next((path for path in _CA_BUNDLES if os.path.exists(path)), None)
    if bundle and "PIP_CERT" not in variables:
        # An older pip brings certificates of its own and does not know an authority that the system trusts.
        variables["PIP_CERT"] = bundle
    return variables
