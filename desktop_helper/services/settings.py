"""What the user chose: one TOML file, meant to be read and edited by people, and the typed values behind it.

Values are frozen; change them with `dataclasses.replace`, e.g.
`store.update(lambda s: replace(s, general=replace(s.general, theme="dark")))`. Only what differs from the defaults is
written; comments, order and keys that this version does not know stay in the file.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import languages
from desktop_helper.services.screen_settings import (
    CaptureSettings,
    LastSecondsSettings,
    RecordingSettings,
    SpeechSettings,
    WatchSettings,
)

if TYPE_CHECKING:
    from desktop_helper.core.messages import Sampling

ACCENTS = ("own", "system", "teal", "green", "violet", "pink", "orange", "graphite")
TEXT_SIZES = (80, 200)
OPACITY = (40, 100)  # percent; what is less cannot be read
CURRENCIES = ("USD", "CNY", "EUR", "GBP")
VIDEO_WAYS = ("auto", "whole", "frames")

FIRST_PROFILE = "zai"  # of a new user, who has chosen none

DEFAULT_HOTKEYS = {
    "region": "Ctrl+Shift+X",
    "chat": "Ctrl+Shift+Space",
    "screen": "",
    "screens": "",
    "window": "",
    "repeat": "",
    "text": "",
    "record": "",
    "record-screen": "",
    "record-window": "",
    "just-happened": "",
    "watch": "",
    "new": "",
    "quit": "",
}


@dataclass(frozen=True, slots=True)
class General:
    """Language and look. `auto` follows the system.

    Args:
        accent: `own` is the app's, `system` the desktop's.
        text_size: percent of what the system's own text size comes to.
    """

    language: str = field(default="auto", metadata={"choices": ("auto", *languages())})
    theme: str = field(default="auto", metadata={"choices": ("auto", "light", "dark")})
    contrast: str = field(default="auto", metadata={"choices": ("auto", "normal", "high")})
    accent: str = field(default="own", metadata={"choices": ACCENTS})
    motion: str = field(default="auto", metadata={"choices": ("auto", "full", "reduced")})
    text_size: int = field(default=100, metadata={"range": TEXT_SIZES})


@dataclass(frozen=True, slots=True)
class ProfileSettings:
    """One way to reach a model. The key itself is in `services.secrets`, never here.

    Args:
        provider: name of a provider file, or `custom`, or `local`.
        model: the id that the server knows; empty for the provider's first one.
        base_url: instead of the provider's own.
        gguf, mmproj: files of a local model.
        api_key_env: environment variable that holds the key, if the user keeps it there.
        context: tokens that a local model gets room for; 0 takes what fits.
        gpu_layers: of a local model on the graphics card; -1 takes what fits.
        vision_on_cpu: read pictures without the graphics card.
        keep_warm_minutes: how long a local model keeps its memory without a question; 0 is as long as the app runs.
        save_states: keep what a local model has read of conversations on disk.
        video: `auto` sends videos whole where a server's makers say that it reads them, `whole` also where it is only
            known to; `frames` never.
        ca_file: certificate of an authority that vouches for the server, beside those that the system trusts.
    """

    provider: str
    model: str = ""
    base_url: str = ""
    gguf: str = ""
    mmproj: str = ""
    api_key_env: str = ""
    context: int = field(default=0, metadata={"range": (0, 10_000_000)})
    gpu_layers: int = field(default=-1, metadata={"range": (-1, 10_000)})
    vision_on_cpu: bool = False
    keep_warm_minutes: float = field(default=10, metadata={"range": (0, 10_080)})  # a week
    save_states: bool = False
    ca_file: str = ""
    video: str = field(default="auto", metadata={"choices": VIDEO_WAYS})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a window was on one screen, in its logical pixels; `x` and `y` from the screen's upper left corner."""

    x: int = field(metadata={"range": (-100_000, 100_000)})
    y: int = field(metadata={"range": (-100_000, 100_000)})
    width: int = field(metadata={"range": (1, 100_000)})
    height: int = field(metadata={"range": (1, 100_000)})
    maximized: bool = False


@dataclass(frozen=True, slots=True)
class WindowSettings:
    """The chat window.

    Args:
        pinned: the compact size stays above the others; full_pinned: the full size does.
        width, height, x, y: what earlier versions wrote: its place on the desktop. Read once, then None.
        expand_thinking: show what the model thought.
        size: `compact` floats, `full` has the history beside the conversation.
        opacity: of the compact size, in percent.
        hide_on_escape: Esc hides the compact size when no answer runs.
        history_shown, history_width: of the list of conversations, which only the full size has.
        screen: the one that the window was on last; see `qt.screens.screen_key`.
        compact, full: the place of each size on each screen, also on those that are gone now.
    """

    pinned: bool = True
    width: int | None = None
    height: int | None = None
    x: int | None = None
    y: int | None = None
    expand_thinking: bool = False
    size: str = field(default="compact", metadata={"choices": ("compact", "full")})
    opacity: int = field(default=100, metadata={"range": OPACITY})
    hide_on_escape: bool = True
    full_pinned: bool = False
    history_shown: bool = True
    history_width: int = field(default=310, metadata={"range": (200, 800)})
    screen: str = ""
    compact: dict[str, Place] = field(default_factory=dict)
    full: dict[str, Place] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Privacy:
    """`local_only` makes every connection beyond this machine fail."""

    local_only: bool = False


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """Downloaded models.

    Args:
        endpoint: the server that models come from; empty for `HF_ENDPOINT`, or Hugging Face.
        folder: where they are kept; empty for the folder `models` beside the history.
        practice: offer the practice model, which comes with the app.
    """

    endpoint: str = ""
    folder: str = ""
    practice: bool = True


@dataclass(frozen=True, slots=True)
class HistorySettings:
    """How long conversations are kept; 0 is for ever. Pinned ones are kept whatever is said here.

    Args:
        keep_days: after that many days without a change a conversation goes into the trash, and a day later for good.
        keep_media_days: after that many days its pictures and files are deleted; its words stay.
        read_pictures: read the text in the pictures of questions, so that the search finds it.
    """

    keep_days: int = field(default=0, metadata={"range": (0, 36_500)})
    keep_media_days: int = field(default=0, metadata={"range": (0, 36_500)})
    read_pictures: bool = True


@dataclass(frozen=True, slots=True)
class SpendingSettings:
    """What may be spent in a month without a question; 0 is no limit. Models on this machine cost nothing.

    Args:
        monthly_cost: of the answers whose price is known, in `currency`.
        currency: three letters; prices in others are not counted.
        monthly_tokens: read and written, by all servers together.
    """

    monthly_cost: float = field(default=0, metadata={"range": (0, 1_000_000)})
    currency: str = field(default="USD", metadata={"choices": CURRENCIES})
    monthly_tokens: int = field(default=0, metadata={"range": (0, 1_000_000_000_000)})


@dataclass(frozen=True, slots=True)
class AnswerDefaults:
    """How to answer unless a request says otherwise. None leaves it to the model or its server."""

    thinking: str = field(default="auto", metadata={"choices": ("off", "auto", "on")})
    thinking_budget: int | None = None
    effort: str | None = None
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    seed: int | None = None
    system: str = ""

    def sampling(self) -> Sampling:
        """The same as a backend takes it."""
        from desktop_helper.core.messages import Sampling, Thinking

        return Sampling(
            thinking=Thinking(self.thinking),
            thinking_budget=self.thinking_budget,
            effort=self.effort,
            max_tokens=self.max_tokens,
            temperature=self.temperature,
            top_p=self.top_p,
            seed=self.seed,
        )


def _default_profiles() -> dict[str, ProfileSettings]:
    return {FIRST_PROFILE: ProfileSettings(provider="zai", model="glm-4.6v-flash")}


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything. `Settings()` is what a new user has.

    `active_profile` is empty while nobody has chosen, which a file must say: in one that names none, it is the first
    profile. `services.practice.active_name` says who answers then.
    """

    general: General = General()
    active_profile: str = ""
    profiles: dict[str, ProfileSettings] = field(default_factory=_default_profiles)
    hotkeys: dict[str, str] = field(default_factory=lambda: dict(DEFAULT_HOTKEYS))
    window: WindowSettings = WindowSettings()
    privacy: Privacy = Privacy()
    answer: AnswerDefaults = AnswerDefaults()
    models: ModelFiles = ModelFiles()
    history: HistorySettings = HistorySettings()
    capture: CaptureSettings = field(default_factory=CaptureSettings)
    recording: RecordingSettings = field(default_factory=RecordingSettings)
    speech: SpeechSettings = field(default_factory=SpeechSettings)
    last_seconds: LastSecondsSettings = field(default_factory=LastSecondsSettings)
    watch: WatchSettings = field(default_factory=WatchSettings)
    spending: SpendingSettings = SpendingSettings()


class SettingsStore:
    """Reads and writes the settings file. May be used from any thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._stood_in_for: HelperError | None = None
        self._current: Settings | None = None
        self._warnings: tuple[str, ...] = ()

    @property
    def current(self) -> Settings:
        """The settings as last read or saved; reads the file the first time. Raises as `load` does."""
        with self._lock:
            return self._current if self._current is not None else self.load()

    @property
    def warnings(self) -> tuple[str, ...]:
        """A sentence for each name in the file, as last read, that nothing reads: it may be misspelt."""
        with self._lock:
            return self._warnings

    @property
    def stood_in_for(self) -> HelperError | None:
        """What is wrong with the file if `current` are defaults in its place: not what the user has chosen."""
        with self._lock:
            return self._stood_in_for

    def load(self) -> Settings:
        """Read the file; without one, the defaults.

        Raises `HelperError(CONFIG)` that names the line if the file is broken; the file stays as it is.
        """
        from desktop_helper.services import settings_file

        with self._lock:
            self._current, self._warnings = settings_file.read_with_warnings(self.path)
            self._stood_in_for = None
            return self._current

    def load_or_defaults(self) -> tuple[Settings, HelperError | None]:
        """For a window, which must open even so: a broken file says what is wrong, and what was last read holds.

        If nothing was, these are the defaults, but local only: nobody knows any more what the user allowed.
        Saving is refused (as `save` says) until the file is mended, so the user's work in it is not overwritten.
        """
        with self._lock:
            try:
                return self.load(), None
            except HelperError as error:
                if self._current is None:
                    self._current, self._stood_in_for = Settings(privacy=Privacy(local_only=True)), error
                return self._current, error

    def save(self, settings: Settings) -> None:
        """Write `settings`.

        Raises `HelperError`: CONFIG if the present file is broken or `settings` are not valid, STORAGE if the disk
        refuses. The file then stays as it was.
        """
        with self._lock:
            self._write(settings)

    def update(self, change: Callable[[Settings], Settings]) -> Settings:
        """Read the file again, apply `change`, save. What was edited by hand meanwhile is kept."""
        with self._lock:
            changed = change(self.load())
            self._write(changed)
            return changed

    def _write(self, settings: Settings) -> None:
        from desktop_helper.services import settings_file

        settings_file.write(self.path, settings)
        self._current = settings
