"""The engine for local models: compiled on this machine for minutes, so `run` does it beside the running app."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from desktop_helper.core.i18n import tr
from installers import system_needs, system_packages
from installers.environment import LOCAL, Environment
from installers.steps import ROOT, SETUP_FOLDER, StepFailed, clean_environment, say

BACKGROUND_COMMAND = "build-engine"
LOG = SETUP_FOLDER / "engine.log"
_FAILED = SETUP_FOLDER / "engine-failed"


def build(environment: Environment, *, sudo: bool) -> None:
    """Build and install it now. Raises `StepFailed`."""
    if environment.has(LOCAL):
        return
    system_packages.ensure(system_needs.COMPILER, sudo=sudo)
    title = tr("Building the engine for local models, once; this takes about six minutes")
    environment.install(LOCAL, title, LOG)
    _FAILED.unlink(missing_ok=True)


def build_in_background(environment: Environment) -> None:
    """Start building it at the lowest priority in a process that outlives this one, unless it is there or under way.

    Never fails: without the engine everything but local models works.
    """
    if environment.has(LOCAL) or environment.is_busy() or os.environ.get("CI"):
        return
    if system_needs.missing(system_needs.COMPILER):
        say(tr("Local models need a C++ compiler; everything else works. To add them: {command}", command=_setup()))
        return
    if _FAILED.exists() and _FAILED.read_bytes() == LOCAL.read_bytes():
        say(
            tr(
                "The engine for local models could not be built (log: {log}). To try again: {command}",
                log=LOG,
                command=_setup(),
            )
        )
        return
    say(tr("The engine for local models is being built in the background, about six minutes (log: {log}).", log=LOG))
    nice = ["nice", "-n", "19"] if shutil.which("nice") else []
    script = str(ROOT / "installers" / "from_source.py")
    with LOG.open("ab") as log:
        subprocess.Popen(
            [*nice, sys.executable, script, BACKGROUND_COMMAND],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=ROOT,
            env=clean_environment(),
            start_new_session=sys.platform != "win32",
            creationflags=getattr(subprocess, "DETACHED_PROCESS", 0),
        )


def background_main(environment: Environment) -> int:
    """What the background process does."""
    try:
        build(environment, sudo=False)
    except StepFailed as failure:
        say(str(failure))
        _FAILED.write_bytes(LOCAL.read_bytes())
        return 1
    return 0


def _setup() -> str:
    return "python3 installers/from_source.py setup"
