"""What works on this machine, what does not, why, and what to do: for `doctor` and for the window's status page.

Nothing is sent, and no backend is made.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from desktop_helper.core import registry
from desktop_helper.core.availability import AVAILABLE, Availability
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.core.known_servers import KnownServers
from desktop_helper.core.protocols import BackendPlug, CaptureSource
from desktop_helper.ocr import models as ocr_models
from desktop_helper.services import hotkey_support, practice, whisper_file
from desktop_helper.services.abilities_words import last_test
from desktop_helper.services.chord import Chord, ChordError, conflicts, parse
from desktop_helper.services.model_store.sizes import size_text
from desktop_helper.services.providers import unused_certificate

if TYPE_CHECKING:
    from desktop_helper.services.container import Services

Finding = tuple[str, Availability]
_LITTLE_BYTES = 100 << 20  # less free than that, and the next recording or model does not fit


class Checkup:
    """Looks at everything that may be missing or wrong.

    Args:
        services: what is looked at.
        commands: advice about commands and options is wanted, too.
    """

    def __init__(self, services: Services, *, commands: bool) -> None:
        self._services = services
        self._commands = commands

    def findings(self) -> Iterator[Finding]:
        """One after the other: some take a second."""
        services = self._services
        yield "settings", self._settings()
        for warning in services.settings.warnings:
            yield "settings", Availability(ok=False, reason=warning, fix=tr("Correct it or delete it."))
        yield "model", self._model()
        yield "keyring", self._checked(services.secrets.availability)
        yield "history", self._history()
        yield "disk", self._checked(self._disk)
        yield "display", self._display()
        yield "hotkeys", self._checked(hotkey_support.availability)
        yield from self._bad_hotkeys()
        yield "reading text", self._checked(ocr_models.availability)
        yield "speech", self._checked(lambda: whisper_file.availability(services.settings.current.speech.model))
        for kind, plugs in (
            ("backend", services.plugs.backends),
            ("attachment", services.plugs.handlers),
            ("capture", services.plugs.sources),
            ("sound", services.plugs.sounds),
            ("tool", services.plugs.tools),
        ):
            for plug in plugs():
                if isinstance(plug, CaptureSource) and not plug.suits():
                    continue
                if isinstance(plug, BackendPlug) and not plug.for_users:
                    continue
                state = self._checked(plug.availability)
                yield f"{kind} {plug.name}", state
                if state.ok and isinstance(plug, BackendPlug):
                    yield from self._details(plug)
        yield from self._broken_modules()
        yield from self._bad_providers()
        for problem in services.quick_actions.problems:
            yield "quick actions", Availability(ok=not problem.fatal, reason=problem.message)

    def sounds(self) -> dict[str, Availability]:
        """What recordings can hear, by name."""
        return {plug.name: self._checked(plug.availability) for plug in self._services.plugs.sounds()}

    def _details(self, plug: BackendPlug) -> Iterator[Finding]:
        """What a backend has to say beyond that it works."""
        found: list[Finding] = []

        def ask() -> Availability:
            found.extend(plug.details())
            return AVAILABLE

        state = self._checked(ask)
        yield from found
        if not state.ok:
            yield f"backend {plug.name}: details", state

    @staticmethod
    def _broken_modules() -> Iterator[Finding]:
        for module, fault in registry.broken().items():
            reason = tr("It cannot be loaded ({fault}).", fault=fault)
            yield module, Availability(ok=False, reason=reason, fix=tr("Correct it or delete it."))

    def _bad_providers(self) -> Iterator[Finding]:
        """Provider files that cannot be read, name a backend which is not there, or tell it what it does not know."""
        backends = {plug.name: plug for plug in self._services.plugs.backends()}
        for name in self._services.providers.names():
            for warning in self._services.provider_warnings(name):
                yield f"provider {name}", Availability(ok=False, reason=warning, fix=tr("Correct it or delete it."))
            try:
                spec = self._services.providers.get(name)
                if (plug := backends.get(spec.backend)) is not None:
                    for quirks in ({}, *(model.quirks for model in spec.models)):
                        plug.check_quirks({"provider_title": spec.title, **spec.quirks, **quirks})
            except HelperError as error:
                yield f"provider {name}", self._off(error)
                continue
            if plug is None:
                reason = tr("There is no backend called “{name}”.", name=spec.backend)
                fix = tr("There are these: {names}.", names=", ".join(sorted(backends)))
                yield f"provider {name}", Availability(ok=False, reason=reason, fix=fix)

    def _checked(self, availability: Callable[[], Availability]) -> Availability:
        """A plug whose check fails is off; it must not keep the others from being listed."""
        try:
            return availability()
        except HelperError as error:
            return self._off(error)
        except Exception as error:  # noqa: BLE001 - plugs ask foreign code about the machine
            return Availability(ok=False, reason=tr("The check failed ({fault}).", fault=type(error).__name__))

    def _settings(self) -> Availability:
        def check() -> Availability:
            self._services.settings.load()
            path = self._services.paths.settings_file
            where = str(path) if path.is_file() else tr("No settings file yet, so the defaults hold.")
            return Availability(ok=True, reason=where)

        return self._checked(check)

    def _model(self) -> Availability:
        """Whether the chosen model is completely set up. Nothing is sent."""

        def check() -> Availability:
            profile = self._services.active_profile()
            if practice.is_practice(profile):
                return Availability(ok=True, reason=practice.notice())
            if profile.gguf is not None:
                missing = [path for path in (profile.gguf, profile.mmproj) if path is not None and not path.is_file()]
                if missing:
                    reason = tr("The model file {path} is missing.", path=missing[0])
                    return Availability(ok=False, reason=reason, fix=tr("Choose the model files in Settings."))
                return Availability(ok=True, reason=str(profile.gguf))
            title = f"{profile.title}, {profile.base_url}"
            if (unused := unused_certificate(profile)) is not None:
                return self._off(unused)
            known = KnownServers(self._services.paths.servers_dir).get(profile.base_url, profile.model)
            if profile.quirks.get("needs_key") and not self._services.secrets.get(profile.name, profile.api_key_env):
                fix = tr(
                    "Enter the key in Settings, or set {variable}.", variable=profile.api_key_env or "--api-key-env"
                )
                return Availability(ok=False, reason=tr("{model}: there is no key.", model=title), fix=fix)
            return Availability(ok=True, reason=sentences(f"{title}.", said) if (said := last_test(known)) else title)

        return self._checked(check)

    def _history(self) -> Availability:
        def check() -> Availability:
            self._services.history.latest()
            return Availability(ok=True, reason=str(self._services.paths.history_file))

        return self._checked(check)

    def _disk(self) -> Availability:
        """Room for the next answer, recording and model."""
        wanted = self._services.paths.data_dir
        folder = next((one for one in (wanted, *wanted.parents) if one.exists()), wanted)  # a drive may be missing
        free = shutil.disk_usage(folder).free
        room = tr("{size} are free in {folder}.", size=size_text(free), folder=folder)
        if free >= _LITTLE_BYTES:
            return Availability(ok=True, reason=room)
        return Availability(ok=False, reason=room, fix=tr("Free some space: answers can be lost when none is left."))

    def _bad_hotkeys(self) -> Iterator[Finding]:
        """What the settings say that is no key, or has another use already; which are taken, only the app knows."""
        chords: dict[str, Chord] = {}
        fix = tr("Choose another key in Settings.")
        settings, _broken = self._services.settings.load_or_defaults()
        for name, text in settings.hotkeys.items():
            try:
                chords |= {name: parse(text)} if text.strip() else {}
            except ChordError as error:
                yield f"hotkey {name}", Availability(ok=False, reason=str(error), fix=fix)
        for name, earlier in conflicts(chords).items():
            reason = tr("{chord} is the key of “{name}” already.", chord=chords[name], name=earlier)
            yield f"hotkey {name}", Availability(ok=False, reason=reason, fix=fix)

    @staticmethod
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

    def _off(self, error: HelperError) -> Availability:
        shown = error.for_command_line if self._commands else error
        return Availability(ok=False, reason=shown.message, fix=shown.fix)
