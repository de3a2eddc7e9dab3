"""Which model answers: shown in the header, the tray's tooltip and the welcome page; chosen from the header's menu."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.image_tokens import REMOTE_MAX_TOKENS, REMOTE_VIDEO_TOKENS
from desktop_helper.core.native_video import NativeVideo, native_video
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.qt.background import Background
from desktop_helper.services import practice
from desktop_helper.services.container import Services
from desktop_helper.ui.chat_window import ChatWindow


class ModelChoice(QObject):
    """Keeps every place that names the model in step with the settings.

    Signals:
        changed: who answers now, as title, host and whether it is on this machine.
    """

    changed = Signal(str, str, bool)

    def __init__(self, services: Services, background: Background, window: ChatWindow) -> None:
        super().__init__(window)
        self._services = services
        self._background = background
        self._window = window
        self._unasked: ModelProfile | None = None
        self._asking = CancelToken()
        window.shown.connect(self._on_shown)
        window.header.profile_chosen.connect(self.choose)

    def refresh(self) -> None:
        """Show what the settings say now."""
        settings = self._services.settings.current
        titles = self._titles()
        self._window.header.set_profiles(titles, self._services.active_name())
        self._window.messages.models = titles
        try:
            profile = self._services.active_profile()
        except HelperError as error:
            self._window.header.show_problem(str(error))
            self._window.welcome.show_practice("")
            self._window.welcome.show_setup(str(error))
            return
        about = practice.notice() if practice.is_practice(profile) else ""
        self._window.header.show_profile(profile, local_only=settings.privacy.local_only, about=about)
        self._window.welcome.show_practice(about)
        self.changed.emit(profile.title, profile.host, profile.is_local)
        self._ask_for_key(profile)

    def choose(self, name: str) -> None:
        """Make `name` the active profile."""
        try:
            self._services.settings.update(lambda settings: replace(settings, active_profile=name))
        except HelperError as error:
            self._window.composer.show_error(error)
        self.refresh()

    def max_image_tokens(self) -> int:
        """How large a picture the active model takes."""
        try:
            return self._services.active_profile().max_image_tokens
        except HelperError:
            return REMOTE_MAX_TOKENS

    def max_video_tokens(self) -> int:
        """What the pictures of a video may cost together."""
        try:
            return self._services.active_profile().max_video_tokens
        except HelperError:
            return REMOTE_VIDEO_TOKENS

    def native_video(self) -> NativeVideo | None:
        """How its server takes videos whole; None if it does not."""
        try:
            return native_video(self._services.active_profile().quirks)
        except HelperError:
            return None

    def _on_shown(self) -> None:
        if self._unasked is not None:
            self._ask_for_key(self._unasked)

    def _ask_for_key(self, profile: ModelProfile) -> None:
        """Say on the welcome page that a key is missing. A keyring may take its time, so it is asked elsewhere.

        While nobody sees the page, the keyring stays unloaded: it is a tenth of the idle app's memory.
        """
        self._asking.cancel()  # a slow answer about another model must not come after this one's
        self._unasked = None if self._window.isVisible() else profile
        if self._unasked is not None:
            return
        welcome = self._window.welcome
        if not profile.quirks.get("needs_key"):
            welcome.show_setup("")
            return
        provider = str(profile.quirks.get("provider_title", profile.provider))
        reason = tr(
            "{title} needs a key of {provider}, or choose another model.", title=profile.title, provider=provider
        )
        self._asking = self._background.run(
            lambda _cancel: bool(self._services.secrets.get(profile.name, profile.api_key_env)),
            done=lambda found: welcome.show_setup("" if found else reason),
            failed=lambda error: welcome.show_setup(str(error)),
        )

    def _titles(self) -> dict[str, str]:
        titles = {}
        for name in self._services.settings.current.profiles:
            try:
                profile: ModelProfile = self._services.profile(name)
            except HelperError:
                titles[name] = name
            else:
                provider = profile.quirks.get("provider_title", profile.provider)
                titles[name] = profile.title if provider == profile.title else f"{profile.title} · {provider}"
        if practice.NAME not in titles and practice.is_offered(self._services):
            titles[practice.NAME] = tr("Practice model · shows how the app works")
        shared = Counter(titles.values())  # e.g. of model files of one name in two folders
        return {name: f"{title} · {name}" if shared[title] > 1 else title for name, title in titles.items()}
