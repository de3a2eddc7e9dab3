"""The engine for local models: compiled on this machine for minutes, so `run` does it beside the running app."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from desktop_helper.core.i18n import tr
from installers import engine_kinds, system_needs, system_packages
from installers.environment import LOCAL, Build, Environment
from installers.steps import ROOT, SETUP_FOLDER, StepFailed, clean_environment, say

BACKGROUND_COMMAND = "build-engine"
LOG = SETUP_FOLDER / "engine.log"
_FAILED = SETUP_FOLDER / "engine-failed"


def is_built(environment: Environment) -> bool:
    """Whether the engine is there, and for what the user wants to compute on."""
    return environment.has(LOCAL) and engine_kinds.built_kind(environment) == engine_kinds.wanted_kind()


def build(environment: Environment, *, sudo: bool) -> None:
    """Build and install it now, unless it is there. Raises `StepFailed`."""
    if is_built(environment):
        return
    kind = engine_kinds.wanted_kind()
    system_packages.ensure(system_needs.COMPILER, sudo=sudo)
    engine_kinds.check_toolkit(kind)
    install(environment, LOCAL, _title(kind), LOG)
    _FAILED.unlink(missing_ok=True)


def install(environment: Environment, requirements: Path, title: str, log: Path | None = None) -> None:
    """Install a lock file that has the engine in it, so that the engine is of the kind that is wanted."""
    kind = engine_kinds.wanted_kind()
    options = engine_kinds.build_options(kind)
    switches = engine_kinds.built_kind(environment) != kind
    if switches:
        options.append(f"--reinstall-package={engine_kinds.PACKAGE}")
    how = Build(tuple(options), engine_kinds.build_environment(kind))
    environment.install(requirements, title, log, how, again=switches)
    engine_kinds.mark_built(environment, kind)


def build_in_background(environment: Environment) -> None:
    """Start building it at the lowest priority in a process that outlives this one, unless it is there or under way.

    Never fails: without the engine everything but local models works.
    """
    if is_built(environment) or environment.is_busy() or os.environ.get("CI"):
        return
    if system_needs.missing(system_needs.COMPILER):
        say(tr("Local models need a C++ compiler; everything else works. To add them: {command}", command=_setup()))
        return
    if _FAILED.exists() and _FAILED.read_bytes() == _attempt():
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
        _FAILED.write_bytes(_attempt())
        return 1
    return 0


def _attempt() -> bytes:
    """What must change before a failed build is tried again by itself."""
    return LOCAL.read_bytes() + engine_kinds.wanted_kind().encode()


def _title(kind: str) -> str:
    if kind == engine_kinds.default_kind():
        return tr("Building the engine for local models, once; this takes about six minutes")
    return tr("Building the engine for local models for {kind}, once; this may take half an hour", kind=kind)


def _setup() -> str:
    return "python3 installers/from_source.py setup"
