"""What looks at the screen for longer than one picture, made when it is first wanted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from desktop_helper.core.errors import HelperError
from desktop_helper.qt.background import Background
from desktop_helper.services.container import Services
from desktop_helper.ui.area_desk import AreaDesk
from desktop_helper.ui.tray import Tray

if TYPE_CHECKING:
    from desktop_helper.ui.chat import Chat
    from desktop_helper.ui.last_seconds.desk import LastSecondsDesk
    from desktop_helper.ui.recording.desk import RecordingDesk
    from desktop_helper.ui.region_picker import RegionPicker
    from desktop_helper.ui.watch.desk import WatchDesk


class Desks:
    """Belongs to the shell.

    Args:
        services, background, tray: for the desks.
        chat: made on first use.
        pick: lets the user choose an area for a desk, in a mode of the region picker.
        come_back: shows the windows again that stepped aside for the choice.
        tell: says what went wrong behind the user's back.
    """

    def __init__(
        self,
        services: Services,
        background: Background,
        tray: Tray,
        chat: Callable[[], Chat],
        pick: Callable[[str, AreaDesk], None],
        come_back: Callable[[], None],
        tell: Callable[[HelperError], None],
    ) -> None:
        self._services, self._background, self._tray, self._chat = services, background, tray, chat
        self._pick, self._come_back, self._tell = pick, come_back, tell
        self._recording: RecordingDesk | None = None
        self._last_seconds: LastSecondsDesk | None = None
        self._watch: WatchDesk | None = None
        tray.last_seconds.toggled.connect(lambda wanted: self.last_seconds().set_wanted(wanted))

    def actions(self) -> dict[str, Callable[[], None]]:
        """Those of the shell that begin here."""
        return {
            "record": lambda: self.record("region"),
            "record-screen": lambda: self.record("screen"),
            "record-window": lambda: self.record("window"),
            "just-happened": lambda: self.last_seconds().ask(),
            "watch": self.watch,
        }

    def heed(self, picker: RegionPicker) -> None:
        """What is recorded goes on when its overlay has gone, before which `hold` was called."""
        picker.hidden.connect(self._go_on)

    def hold(self, then: Callable[[], None]) -> None:
        """The overlay is to be opened by `then`, and is not to be in what is recorded."""
        if self._recording is None:
            then()
        else:
            self._recording.hold(then)

    def refusal(self, action: str) -> HelperError | None:
        """Why one of `actions` cannot do anything now."""
        return self.last_seconds().refusal() if action == "just-happened" else None

    def record(self, mode: str) -> None:
        """Let the user choose what to record; while something is recorded, end that."""
        if self._recording is None:
            from desktop_helper.ui.recording.desk import RecordingDesk

            self._recording = RecordingDesk(self._services, self._background, self._tray, self._chat, self._come_back)
        if not self._recording.stop():
            self._pick(mode, self._recording)

    def watch(self) -> None:
        """Let the user choose what to watch; while something is watched, end that."""
        if self._watch is None:
            from desktop_helper.ui.watch.desk import WatchDesk

            self._watch = WatchDesk(
                self._services, self._background, self._tray, self._chat, self._come_back, self._tell
            )
        if not self._watch.stop():
            self._pick("region", self._watch)

    def last_seconds(self) -> LastSecondsDesk:
        """Made on first use, which is at the start for those who want them to be kept."""
        if self._last_seconds is None:
            from desktop_helper.ui.last_seconds.desk import LastSecondsDesk

            self._last_seconds = LastSecondsDesk(self._services, self._background, self._tray, self._chat, self._tell)
        return self._last_seconds

    def apply_settings(self) -> None:
        """The settings have changed, or the app has started."""
        settings = self._services.settings.current.last_seconds
        if self._last_seconds is not None or settings.keep:
            self.last_seconds().apply_settings()
        else:
            self._tray.show_last_seconds(wanted=False, kept=False, seconds=settings.seconds)

    def _go_on(self) -> None:
        if self._recording is not None:
            self._recording.go_on()

    def close(self) -> None:
        """The app is left."""
        for desk in (self._recording, self._last_seconds, self._watch):
            if desk is not None:
                desk.close()
