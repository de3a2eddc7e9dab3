"""Private virtual environments in the checkout, filled from the hashed lock files with uv.

Each lock file that is installed leaves a stamp in the environment, so that a later start only compares a hash.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from desktop_helper.core.i18n import tr
from installers import uv_tool
from installers.file_lock import held, is_held
from installers.steps import ROOT, SETUP_FOLDER, StepFailed, clean_environment, run_step, say

BASE = ROOT / "requirements.lock"
LOCAL = ROOT / "requirements-local.lock"
DEV = ROOT / "requirements-dev.lock"
# Each lock file contains these too, version for version (tests/architecture checks it).
_CONTAINS = {DEV: (LOCAL, BASE), LOCAL: (BASE,)}

_PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==", re.MULTILINE)

_PROGRAM = """\
import sys

from desktop_helper.__main__ import main

raise SystemExit(main(sys.argv[1:]))
"""


@dataclass(frozen=True)
class Build:
    """How uv is to build packages that have no wheel: more options for it, and variables."""

    options: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Environment:
    """One virtual environment."""

    folder: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")

    def has(self, requirements: Path) -> bool:
        """Whether exactly this lock file is installed."""
        try:
            stamp = self._stamp(requirements).read_text(encoding="ascii")
        except OSError:
            return False
        return stamp == self._fingerprint(requirements)

    def is_busy(self) -> bool:
        """Whether a process is installing into it."""
        return is_held(self._lock)

    def install(
        self,
        requirements: Path,
        title: str,
        log: Path | None = None,
        build: Build | None = None,
        *,
        again: bool = False,
    ) -> None:
        """Make the environment and install a lock file, unless it is there already.

        Args:
            requirements: The lock file.
            title: What the user is told while it runs.
            log: Where the output goes, if not to the usual file.
            build: How to build what has to be built.
            again: Install it even if it is there.

        Raises:
            StepFailed: Something could not be installed.
        """
        if self.has(requirements) and not again:
            return
        with held(self._lock, self._say_that_we_wait):
            if again or not self.has(requirements):  # whom we waited for may have done it
                self._install(requirements, title, log or SETUP_FOLDER / f"install{self.folder.name}.log", build)

    @property
    def _lock(self) -> Path:
        return SETUP_FOLDER / f"{self.folder.name}.lock"

    def _install(self, requirements: Path, title: str, log: Path, build: Build | None) -> None:
        uv = uv_tool.find(log)
        environment = uv_tool.environment() | dict(build.variables if build else {})
        if not self._is_sound():
            making = [uv, "venv", "--clear", "--python", sys.executable, str(self.folder)]
            run_step(tr("Making {folder}", folder=self.folder.name), making, log, environment)
        command = [uv, "pip", "install", "--no-deps", "--require-hashes", "--python", str(self.python)]
        run_step(title, [*command, *(build.options if build else ()), "-r", str(requirements)], log, environment)
        leftovers = sorted(self._installed() - self._wanted(requirements))
        if leftovers:
            removing = [uv, "pip", "uninstall", "--python", str(self.python), *leftovers]
            run_step(tr("Removing packages that are not needed any more"), removing, log, environment)
        self._link_checkout()
        for lock in (requirements, *_CONTAINS.get(requirements, ())):
            self._stamp(lock).write_text(self._fingerprint(lock), encoding="ascii")

    def _wanted(self, requirements: Path) -> set[str]:
        """Names in this lock file and in those that were installed before: the app's must not remove the engine."""
        locks = {requirements, *(lock for lock in (BASE, LOCAL, DEV) if self._stamp(lock).exists())}
        return {_plain(name) for lock in locks for name in _PINNED.findall(lock.read_text(encoding="utf-8"))}

    def _installed(self) -> set[str]:
        return {_plain(entry.name.partition("-")[0]) for entry in self._site_packages().glob("*.dist-info")}

    def _say_that_we_wait(self) -> None:
        say(tr("Another installation into {folder} is running; waiting for it.", folder=self.folder.name))

    def _stamp(self, requirements: Path) -> Path:
        return self.folder / f"installed-{requirements.stem}"

    def _fingerprint(self, requirements: Path) -> str:
        # The interpreter behind the link changes when the system is upgraded, the checkout when it is moved.
        parts = (requirements.read_bytes(), str(self.python.resolve()).encode(), str(ROOT).encode())
        return hashlib.sha256(b"\0".join(parts)).hexdigest()

    def _is_sound(self) -> bool:
        """Whether the environment's interpreter runs and is the version that its packages are for."""
        try:
            settings = (self.folder / "pyvenv.cfg").read_text(encoding="utf-8")
            command = [str(self.python), "-c", "import sys; print('%d.%d.' % sys.version_info[:2])"]
            version = subprocess.run(
                command, capture_output=True, text=True, check=True, env=clean_environment()
            ).stdout.strip()
        except (OSError, subprocess.CalledProcessError):
            return False
        return any(
            line.partition("=")[2].strip().startswith(version)
            for line in settings.splitlines()
            if line.startswith("version")
        )

    def _site_packages(self) -> Path:
        packages = next(self.folder.glob("Lib/site-packages"), None) or next(
            self.folder.glob("lib/python3.*/site-packages"), None
        )
        if packages is None:
            raise StepFailed(tr("{folder} has no site-packages; delete it and try again.", folder=self.folder))
        return packages

    def _link_checkout(self) -> None:
        """Let the environment import the checkout, and give it the program `desktop-helper`."""
        (self._site_packages() / "desktop-helper-checkout.pth").write_text(f"{ROOT}\n", encoding="utf-8")
        if sys.platform == "win32":
            script = self.python.with_name("desktop-helper.cmd")
            script.write_text(f'@"{self.python}" -m desktop_helper %*\r\n', encoding="utf-8")
            return
        script = self.python.with_name("desktop-helper")
        script.write_text(f"#!{self.python}\n{_PROGRAM}", encoding="utf-8")
        script.chmod(0o755)


def _plain(name: str) -> str:
    """A package's name in the one spelling that lock files use."""
    return re.sub(r"[-_.]+", "-", name).lower()
