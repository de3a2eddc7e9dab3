"""`desktop-helper doctor`: what works on this machine, what does not, why, and what to do."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from desktop_helper.cli._terminal import one_line, prepare
from desktop_helper.cli.command import Command, SettingsUse
from desktop_helper.core import registry
from desktop_helper.core.availability import AVAILABLE, Availability
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.core.protocols import BackendPlug, CaptureSource
from desktop_helper.ocr import models as ocr_models
from desktop_helper.services import hotkey_support

if TYPE_CHECKING:
    from desktop_helper.services.container import Services

Finding = tuple[str, Availability]


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help=tr("print JSON"))


def _run(arguments: argparse.Namespace, services: Services) -> int:
    prepare()
    findings = list(_findings(services))
    if arguments.json:
        described = [
            {"name": name, "ok": state.ok, "reason": state.reason, "fix": state.fix} for name, state in findings
        ]
        print(json.dumps(described, ensure_ascii=False, indent=2))
        return 0
    width = max(len(name) for name, _ in findings)
    for name, state in findings:
        mark = "ok " if state.ok else "off"
        print(f"{mark}  {name:<{width}}  {one_line(sentences(state.reason, state.fix))}".rstrip())
    return 0


def _findings(services: Services) -> Iterator[Finding]:
    yield "settings", _settings(services)
    for warning in services.settings.warnings:
        yield "settings", Availability(ok=False, reason=warning, fix=tr("Correct it or delete it."))
    yield "model", _model(services)
    yield "keyring", _checked(services.secrets.availability)
    yield "history", _history(services)
    yield "display", _display()
    yield "hotkeys", _checked(hotkey_support.availability)
    yield "reading text", _checked(ocr_models.availability)
    for kind, plugs in (
        ("backend", services.plugs.backends),
        ("attachment", services.plugs.handlers),
        ("capture", services.plugs.sources),
        ("tool", services.plugs.tools),
    ):
        for plug in plugs():
            if isinstance(plug, CaptureSource) and not plug.suits():
                continue
            state = _checked(plug.availability)
            yield f"{kind} {plug.name}", state
            if state.ok and isinstance(plug, BackendPlug):
                yield from _details(plug)
    yield from _broken_modules()
    yield from _bad_providers(services)
    for problem in services.quick_actions.problems:
        yield "quick actions", Availability(ok=not problem.fatal, reason=problem.message)


def _details(plug: BackendPlug) -> Iterator[Finding]:
    """What a backend has to say beyond that it works."""
    found: list[Finding] = []

    def ask() -> Availability:
        found.extend(plug.details())
        return AVAILABLE

    state = _checked(ask)
    yield from found
    if not state.ok:
        yield f"backend {plug.name}: details", state


def _broken_modules() -> Iterator[Finding]:
    for module, fault in registry.broken().items():
        reason = tr("It cannot be loaded ({fault}).", fault=fault)
        yield module, Availability(ok=False, reason=reason, fix=tr("Correct it or delete it."))


def _bad_providers(services: Services) -> Iterator[Finding]:
    """Provider files that cannot be read, or that name a backend which is not there."""
    backends = {plug.name for plug in services.plugs.backends()}
    for name in services.providers.names():
        try:
            backend = services.providers.get(name).backend
        except HelperError as error:
            yield f"provider {name}", _off(error)
            continue
        if backend not in backends:
            reason = tr("There is no backend called “{name}”.", name=backend)
            fix = tr("There are these: {names}.", names=", ".join(sorted(backends)))
            yield f"provider {name}", Availability(ok=False, reason=reason, fix=fix)


def _checked(availability: Callable[[], Availability]) -> Availability:
    """A plug whose check fails is off; it must not keep the others from being listed."""
    try:
        return availability()
    except HelperError as error:
        return _off(error)
    except Exception as error:  # noqa: BLE001 - plugs ask foreign code about the machine
        return Availability(ok=False, reason=tr("The check failed ({fault}).", fault=type(error).__name__))


def _settings(services: Services) -> Availability:
    def check() -> Availability:
        services.settings.load()
        path = services.paths.settings_file
        where = str(path) if path.is_file() else tr("No settings file yet, so the defaults hold.")
        return Availability(ok=True, reason=where)

    return _checked(check)


def _model(services: Services) -> Availability:
    """Whether the chosen model is completely set up. Nothing is sent."""

    def check() -> Availability:
        profile = services.active_profile()
        if profile.gguf is not None:
            missing = [path for path in (profile.gguf, profile.mmproj) if path is not None and not path.is_file()]
            if missing:
                reason = tr("The model file {path} is missing.", path=missing[0])
                return Availability(ok=False, reason=reason, fix=tr("Choose the model files in Settings."))
            return Availability(ok=True, reason=str(profile.gguf))
        title = f"{profile.title}, {profile.base_url}"
        if profile.quirks.get("needs_key") and not services.secrets.get(profile.name, profile.api_key_env):
            fix = tr("Enter the key in Settings, or set {variable}.", variable=profile.api_key_env or "--api-key-env")
            return Availability(ok=False, reason=tr("{model}: there is no key.", model=title), fix=fix)
        return Availability(ok=True, reason=title)

    return _checked(check)


def _history(services: Services) -> Availability:
    def check() -> Availability:
        services.history.latest()
        return Availability(ok=True, reason=str(services.paths.history_file))

    return _checked(check)


def _display() -> Availability:
    if sys.platform != "linux":
        return AVAILABLE
    found = [name for name in ("WAYLAND_DISPLAY", "DISPLAY") if os.environ.get(name)]
    if found:
        return Availability(ok=True, reason=", ".join(f"{name}={os.environ[name]}" for name in found))
    return Availability(
        ok=False,
        reason=tr("There is no display, so there is no window, no tray icon and no picture of the screen."),
        fix=tr("“desktop-helper ask” works without one."),
    )


def _off(error: HelperError) -> Availability:
    return Availability(ok=False, reason=error.message, fix=error.for_command_line.fix)


def _settings_use(arguments: argparse.Namespace) -> SettingsUse:
    return SettingsUse.OWN


COMMAND = Command("doctor", tr("say what works here and what does not, and why"), _configure, _run, _settings_use)
