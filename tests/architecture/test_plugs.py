"""Plugs: every module declares one, is found under its name, and is cheap to look at."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import pytest

from desktop_helper.bootstrap import BACKENDS, COMMANDS, HANDLERS, SOUNDS, SOURCES, TOOLS
from desktop_helper.core import registry
from tests.architecture.sources import ROOT

FORMATS = ("desktop_helper.services.export", "FORMAT")
NOT_PLUGS = {"desktop_helper.cli.command", "desktop_helper.services.export.format"}  # what plugs there declare
HEAVY = ("PySide6", "openai", "httpx2", "keyring", "cv2", "numpy", "PIL", "pymupdf", "llama_cpp", "Xlib", "mss")


@pytest.mark.parametrize(("package", "attribute"), [BACKENDS, HANDLERS, SOURCES, TOOLS, COMMANDS, FORMATS])
def test_every_module_declares_a_plug(package: str, attribute: str) -> None:
    names = []
    for module in sorted(set(registry.module_names(package)) - NOT_PLUGS):
        name = module.rpartition(".")[2]
        plug = registry.load(package, name, attribute)
        if plug is None and (package, attribute) == SOURCES:
            plug = registry.load(package, name, SOUNDS[1])  # what records also has sound
        assert plug is not None, f"{module} lacks {attribute} = ...; a helper's name begins with an underscore"
        names.append(plug.name)
    assert not [name for name, count in Counter(names).items() if count > 1]


@pytest.mark.parametrize(("package", "attribute"), [BACKENDS, COMMANDS, FORMATS, SOUNDS])
def test_plugs_that_are_asked_for_by_name_have_that_of_their_module(package: str, attribute: str) -> None:
    for plug in registry.discover(package, attribute):
        same = registry.load(package, plug.name, attribute)
        assert same is plug, f"the module of {plug.name!r} must be called {package}.{plug.name}"


def test_looking_at_plugs_loads_nothing_heavy() -> None:
    """A command line that needs one of them must not wait for what the others need."""
    code = (
        "import sys\nfrom desktop_helper.core import registry\n"
        f"for kind in {(HANDLERS, SOURCES, SOUNDS, TOOLS, COMMANDS)!r}:\n    list(registry.discover(*kind))\n"
        f"for plug in registry.discover(*{BACKENDS!r}):\n    plug.availability()\n"
        f"print(*[name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
