"""Installs system packages through the package manager of a Linux distribution, where it may."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from desktop_helper.core.i18n import tr
from installers.steps import SETUP_FOLDER, StepFailed, run_step, say
from installers.system_needs import Need, missing

_LOG = SETUP_FOLDER / "system.log"


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


def ensure(required: Iterable[Need], recommended: Iterable[Need] = (), *, sudo: bool) -> None:
    """Install what the system lacks of both if we may: as root, or through sudo if `sudo`.

    If we may not, or an installation fails, only what is required counts.

    Raises:
        StepFailed: Something required is missing; its text has the one line to run.
    """
    needed, useful = missing(required), missing(recommended)
    if not needed and not useful:
        return
    manager = _this_manager()
    prefix = _prefix(sudo)
    if manager is None or prefix is None:
        _say_what_to_run(manager, needed, useful)
        return
    if manager.update:
        _try(tr("Reading the list of packages"), [*prefix, *manager.update])
    if needed:
        _install(manager, prefix, needed)
    if useful:
        packages = packages_for(useful, manager)
        _try(tr("Installing {packages}", packages=" ".join(packages)), [*prefix, *manager.install, *packages])


def refuse(needs: Sequence[Need]) -> NoReturn:
    """Raise `StepFailed` with the one line that installs `needs`, for what we never install ourselves."""
    raise StepFailed(_what_to_run(_this_manager(), needs))


def packages_for(needs: Iterable[Need], manager: PackageManager) -> list[str]:
    """Package names under `manager`, each once, in the order of the needs."""
    return list(dict.fromkeys(getattr(need, manager.name) for need in needs))


def _this_manager() -> PackageManager | None:
    try:
        text = Path("/etc/os-release").read_text(encoding="utf-8")
    except OSError:
        return None
    return package_manager(text)


def _prefix(sudo: bool) -> list[str] | None:
    """What stands before a command that installs; None if we may not install."""
    if sys.platform == "win32":
        return None
    if os.geteuid() == 0:
        return ["env", "DEBIAN_FRONTEND=noninteractive"]
    if not sudo or not shutil.which("sudo"):
        return None
    # Asks for the password on the terminal now: later the output goes to the log.
    subprocess.run(["sudo", "-v"], check=False)
    return ["sudo", "env", "DEBIAN_FRONTEND=noninteractive"]


def _say_what_to_run(manager: PackageManager | None, needed: list[Need], useful: list[Need]) -> None:
    text = _what_to_run(manager, [*needed, *useful])
    if needed:
        raise StepFailed(text)
    say(text)


def _what_to_run(manager: PackageManager | None, lacking: Sequence[Need]) -> str:
    names = ", ".join(dict.fromkeys(need.probe for need in lacking))
    if manager is None:
        return tr("This system lacks {names}: install them with its package manager.", names=names)
    line = manager.line(packages_for(lacking, manager))
    return tr("This system lacks {names}. This installs them:\n\n    {line}\n", names=names, line=line)


def _install(manager: PackageManager, prefix: list[str], needs: list[Need]) -> None:
    packages = " ".join(packages_for(needs, manager))
    run_step(tr("Installing {packages}", packages=packages), [*prefix, *manager.install, *packages.split()], _LOG)
    still = missing(needs)
    if still:
        names = ", ".join(need.probe for need in still)
        raise StepFailed(
            tr("{packages} were installed, but {names} are still missing.", packages=packages, names=names), _LOG
        )


def _try(title: str, command: list[str]) -> None:
    try:
        run_step(title, command, _LOG)
    except StepFailed as failure:
        say(str(failure))
