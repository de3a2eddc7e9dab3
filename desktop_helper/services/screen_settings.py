"""Tables of the settings about pictures, videos and sounds; `services.settings` has all of them together."""

from __future__ import annotations

from dataclasses import dataclass, field

COUNTDOWN_S, RECORDED_FPS = (0, 10), (1, 120)
LAST_SECONDS, LAST_FPS = (5, 120), (1, 15)
WATCH_QUESTIONS, WATCH_MINUTES = (1, 1000), (1, 1440)


@dataclass(frozen=True, slots=True)
class CaptureSettings:
    """Pictures of the screen.

    Args:
        adjust_first: a region that was drawn is held, to be changed; with Shift it is taken at once.
        ask_first: it is held for the question, which is typed right there, and answered there; the same with Shift.
        folder: where the last one was saved; empty for the system's folder of pictures.
    """

    adjust_first: bool = False
    ask_first: bool = False
    folder: str = ""


@dataclass(frozen=True, slots=True)
class RecordingSettings:
    """Videos of the screen, as the tray and the hotkeys record them.

    Args:
        countdown: seconds before one begins.
        max_minutes, max_mb: end it; 0 is no limit.
        fps: pictures a second.
        pointer: the mouse pointer and its clicks are in the picture.
        microphone, system_sound: what is heard and what is played is in the video.
        keep_days: after that many days the file is deleted; 0 keeps it for ever. Questions keep the frames they showed.
        folder: where they go; empty for the app's own. In a folder of the user's nothing is deleted.
    """

    countdown: int = field(default=3, metadata={"range": COUNTDOWN_S})
    max_minutes: int = field(default=10, metadata={"range": (0, 1440)})
    max_mb: int = field(default=1000, metadata={"range": (0, 1_000_000)})
    fps: int = field(default=30, metadata={"range": RECORDED_FPS})
    pointer: bool = True
    microphone: bool = False
    system_sound: bool = False
    keep_days: int = field(default=30, metadata={"range": (0, 36_500)})
    folder: str = ""


@dataclass(frozen=True, slots=True)
class SpeechSettings:
    """How what is said in videos and sounds is written down.

    Args:
        model: a file for whisper.cpp, e.g. `ggml-base.bin`; empty leaves sound out, and says so.
        language: two letters, e.g. `en` or `zh`; `auto` lets the model find out.
    """

    model: str = ""
    language: str = "auto"


@dataclass(frozen=True, slots=True)
class LastSecondsSettings:
    """What is kept of the screen in memory, for questions about what has just happened.

    Args:
        keep: whether anything is.
        seconds: how much.
        fps: how often to look; what has not changed costs next to nothing.
    """

    keep: bool = False
    seconds: int = field(default=30, metadata={"range": LAST_SECONDS})
    fps: int = field(default=5, metadata={"range": LAST_FPS})


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """How a region was watched the last time.

    Args:
        question: what is asked.
        rule: when, see `core.watch.Rule`.
        questions, minutes, tokens: what ends it, see `services.watch_budget.Limits`.
    """

    question: str = ""
    rule: str = field(default="rest", metadata={"choices": ("rest", "change")})
    questions: int = field(default=10, metadata={"range": WATCH_QUESTIONS})
    minutes: int = field(default=60, metadata={"range": WATCH_MINUTES})
    tokens: int = field(default=200_000, metadata={"range": (0, 1_000_000_000)})
