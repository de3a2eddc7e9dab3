"""Installs system packages through the package manager of a Linux distribution, where it may."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop_helper.core.i18n import tr
from installers.steps import SETUP_FOLDER, StepFailed, run_step, say
from installers.system_needs import PYTHON_VENV, Need, missing


@dataclass(frozen=True)
class PackageManager:
    """How one family of distributions installs packages."""

    name: str
    update: tuple[str, ...]
    install: tuple[str, ...]

    def line(self, packages: Sequence[str]) -> str:
        """The command that a user types."""
        update = f"sudo {' '.join(self.update)} && " if self.update else ""
        return f"{update}sudo {' '.join(self.install)} {' '.join(packages)}"


APT = PackageManager("apt", ("apt-get", "update"), ("apt-get", "install", "-y", "--no-install-recommends"))
DNF = PackageManager("dnf", (), ("dnf", "install", "-y"))
PACMAN = PackageManager("pacman", (), ("pacman", "-Sy", "--needed", "--noconfirm"))
_FAMILIES = {
    **dict.fromkeys(("debian", "ubuntu"), APT),
    **dict.fromkeys(("fedora", "rhel", "centos"), DNF),
    **dict.fromkeys(("arch", "archlinux"), PACMAN),
}


def package_manager(os_release: str) -> PackageManager | None:
    """The package manager of the distribution that the text of an /etc/os-release describes, if we know it."""
    fields = dict(line.split("=", 1) for line in os_release.splitlines() if "=" in line)
    names = f"{fields.get('ID', '')} {fields.get('ID_LIKE', '')}".replace('"', "").replace("'", "").lower().split()
    return next((_FAMILIES[name] for name in names if name in _FAMILIES), None)


def ensure(lacking: Sequence[Need], *, sudo: bool) -> None:
    """Install what is lacking if we may: as root, or through sudo if `sudo`; else `StepFailed` has the line to run."""
    if not lacking:
        return
    manager = _this_manager()
    if manager is None:
        names = ", ".join(need.probe for need in lacking)
        raise StepFailed(tr("This system lacks {names}; install them with its package manager.", names=names))
    packages = packages_for(lacking, manager)
    is_root = os.geteuid() == 0 if sys.platform != "win32" else False
    if not is_root and not (sudo and shutil.which("sudo")):
        raise StepFailed(
            tr("System packages are missing. Run this once, then try again:\n\n    {line}", line=manager.line(packages))
        )
    _install(manager, packages, [] if is_root else ["sudo"])
    still = missing(lacking)
    if still and lacking != [PYTHON_VENV]:
        names = ", ".join(need.probe for need in still)
        raise StepFailed(
            tr("{packages} were installed, but {names} are still missing.", packages=packages, names=names)
        )


def recommend(lacking: Sequence[Need], why: str, *, sudo: bool) -> None:
    """Like `ensure`, but only says what to run if it may not or cannot install."""
    try:
        ensure(lacking, sudo=sudo)
    except StepFailed as failure:
        say(f"{why} {failure}")


def packages_for(needs: Iterable[Need], manager: PackageManager) -> list[str]:
    """Package names under `manager`, each once, in the order of the needs."""
    return list(dict.fromkeys(getattr(need, manager.name) for need in needs))


def _this_manager() -> PackageManager | None:
    try:
        text = Path("/etc/os-release").read_text(encoding="utf-8")
    except OSError:
        return None
    return package_manager(text)


def _install(manager: PackageManager, packages: Sequence[str], prefix: list[str]) -> None:
    log = SETUP_FOLDER / "system.log"
    environment = dict(os.environ) | {"DEBIAN_FRONTEND": "noninteractive"}
    if prefix:
        # sudo asks for the password on the terminal, which the log would swallow.
        subprocess.run(["sudo", "-v"], check=False)
    if manager.update:
        try:
            run_step(tr("Reading the list of packages"), [*prefix, *manager.update], log, environment)
        except StepFailed as failure:
            say(str(failure))  # one broken source among several need not stop us
    title = tr("Installing {packages}", packages=" ".join(packages))
    run_step(title, [*prefix, *manager.install, *packages], log, environment)
