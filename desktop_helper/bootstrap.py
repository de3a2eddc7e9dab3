"""The composition root: the only module that knows which packages hold the plugs.

The command line must never load Qt, so the window's modules are imported inside `run_app`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_helper.core import registry, trace
from desktop_helper.core.i18n import set_language
from desktop_helper.services.container import Plugs, Services
from desktop_helper.services.paths import Paths

if TYPE_CHECKING:
    from desktop_helper.cli.command import Command

BACKENDS = ("desktop_helper.backends", "BACKEND")
HANDLERS = ("desktop_helper.attachments", "HANDLER")
SOURCES = ("desktop_helper.capture", "SOURCE")
SOUNDS = ("desktop_helper.capture", "SOUND")
TOOLS = ("desktop_helper.tools", "TOOL")
COMMANDS = ("desktop_helper.cli", "COMMAND")


def build_services(paths: Paths | None = None) -> Services:
    """The services over every plug that the packages hold."""
    return Services(
        paths or Paths.default(),
        Plugs(
            backends=lambda: list(registry.discover(*BACKENDS)),
            backend=lambda name: registry.load(BACKENDS[0], name, BACKENDS[1]),
            handlers=lambda: list(registry.discover(*HANDLERS)),
            sources=lambda: list(registry.discover(*SOURCES)),
            tools=lambda: list(registry.discover(*TOOLS)),
            sounds=lambda: list(registry.discover(*SOUNDS)),
        ),
    )


def run_command(argv: list[str]) -> int:
    """Run `desktop-helper NAME ...` and return its exit code."""
    from desktop_helper.cli import _main

    services = build_services()
    try:
        return _main.run(argv, services, lambda name: registry.load(COMMANDS[0], name, COMMANDS[1]), _all_commands)
    finally:
        services.close()


def raise_running() -> bool:
    """Bring an instance that already runs to the front. Asked before Qt is loaded, so a second start is quick.

    Raises `HelperError` if it runs but does not answer: a start that shows nothing would leave the user guessing.
    """
    from desktop_helper.services.instance import NotRunningError, send_command

    try:
        send_command(Paths.default().socket_path, {"command": "raise"})
    except NotRunningError:
        return False
    return True


def run_app(started_us: int) -> int:
    """Start in the tray, or bring the running instance to the front. Returns the exit code."""
    services = build_services()
    try:
        # A broken file must not keep the window from opening: it says what is wrong there.
        set_language(services.settings.load_or_defaults()[0].general.language)
        from desktop_helper.qt import source_reading, x_display

        x_display.check()
        source_reading.switch_off()
        with trace.span("start:imports"):
            from desktop_helper.ui.app import run

        return run(services, started_us)
    finally:
        services.close()


def _all_commands() -> list[Command]:
    return list(registry.discover(*COMMANDS))
