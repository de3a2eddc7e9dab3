"""The plugs, but for tools (`core.tools`). Suites in tests/contract run over every one that is registered.

A plug module ends in one declaration: `BACKEND`, `HANDLER`, `SOURCE`, `TOOL` or `COMMAND` (the last in `cli.command`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from desktop_helper.core.availability import Availability
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.clip_span import AS_A_WHOLE, Cut
from desktop_helper.core.coming import Coming, unseen
from desktop_helper.core.documents import ReadTexts
from desktop_helper.core.events import Progress, StreamEvent
from desktop_helper.core.geometry import Rect
from desktop_helper.core.hosts import is_this_machine
from desktop_helper.core.image_parts import USUAL, Wish
from desktop_helper.core.image_tokens import REMOTE_MAX_TOKENS, REMOTE_VIDEO_TOKENS, video_tokens
from desktop_helper.core.messages import ChatRequest, MediaPart
from desktop_helper.core.native_video import NativeVideo
from desktop_helper.core.pages import USUAL_PAGES, Ranges
from desktop_helper.core.price import Price

if TYPE_CHECKING:
    from desktop_helper.core.recording import RecordingSpec

# --- models ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ModelProfile:
    """Who answers: one entry of the settings, joined with its provider file.

    Args:
        name: the profile's name in the settings, e.g. `zai`.
        provider: the provider file's name, e.g. `zai`, `custom` or `local`.
        backend: name of the `BackendPlug` that reaches it.
        title: the model's name as shown, e.g. `GLM-4.6V Flash`.
        model: the id that the server knows.
        base_url: of the OpenAI-compatible endpoint; empty for a local model.
        gguf, mmproj: files of a local model.
        api_key_env: environment variable that holds the key, if the user named one.
        ca_file: certificate of an authority that vouches for the server, beside those of the system; empty for none.
        context_tokens: how much the model can read, or None if unknown.
        max_image_tokens: pictures above this are made smaller before they are sent.
        price: what it costs; None if nobody knows, or nobody asks for money.
        quirks: the provider file's `[quirks]` table; each backend documents the keys it knows.
    """

    name: str
    provider: str
    backend: str
    title: str
    model: str
    base_url: str = ""
    gguf: Path | None = None
    mmproj: Path | None = None
    api_key_env: str = ""
    ca_file: str = ""
    context_tokens: int | None = None
    max_image_tokens: int = REMOTE_MAX_TOKENS
    price: Price | None = None
    quirks: Mapping[str, Any] = field(default_factory=dict)

    @property
    def max_video_tokens(self) -> int:
        """What the pictures of one video may cost together."""
        return video_tokens(self.max_image_tokens, self.context_tokens)

    @property
    def is_local(self) -> bool:
        """Whether nothing leaves this machine: a GGUF, or a server on a loopback address."""
        return not self.base_url or is_this_machine(self.host)

    @property
    def host(self) -> str:
        """Host name of the server, empty for a GGUF."""
        from urllib.parse import urlsplit

        return urlsplit(self.base_url).hostname or ""


@dataclass(frozen=True, slots=True)
class BackendTools:
    """What a backend is handed, so that it need not make clients or know where keys are kept.

    Args:
        http_client: makes an `httpx2.Client` that reaches only `profile.base_url` and writes the egress ledger.
        api_key: reads the profile's key when a request is sent; empty string if there is none.
        log_dir: folder for the log files of child processes.
        cache_dir: folder for what can be made again.
    """

    http_client: Callable[[ModelProfile], Any]
    api_key: Callable[[ModelProfile], str]
    log_dir: Path
    cache_dir: Path


class Backend(Protocol):
    """A way to reach one model. Used from any thread, also from several at once.

    One that can only do one thing at a time lets the others wait.
    """

    def stream(self, request: ChatRequest, cancel: CancelToken) -> Iterator[StreamEvent]:
        """Answer. Blocks between events; ends with exactly one `Finished` or `Failed`; raises nothing of its own.

        After `cancel`, it stops within a second and ends with `Finished(CANCELLED)`.
        """
        ...

    def prepare(self, request: ChatRequest | None, cancel: CancelToken) -> None:
        """Get ready, since a question will come soon: load the model, and read the pictures that `request` begins with.

        Blocks like `stream`, and is called like it. Reaches no server, tells nothing and raises nothing: what is wrong
        will be said when the question is asked.
        """
        ...

    def answer_now(self) -> bool:
        """End the reasoning of the running answer: the answer follows. Any thread. False if that is not possible."""
        ...

    def probe(self, cancel: CancelToken) -> str:
        """Check that the model can be reached and the key is right, as cheaply as possible.

        Returns one sentence for the user. Raises `HelperError`.
        """
        ...

    def close(self) -> None:
        """Free connections and child processes. May be called twice."""
        ...


def _nothing() -> None:
    """For backends that have nothing heavy to import."""


def _never(profile: ModelProfile) -> bool:
    """For backends that cannot end a reasoning."""
    return False


def _no_details() -> tuple[tuple[str, Availability], ...]:
    """For backends about which there is nothing more to say."""
    return ()


@dataclass(frozen=True, slots=True)
class BackendPlug:
    """`BACKEND` of a module in `desktop_helper.backends`, which has the same name.

    Importing that module and asking for `availability` must not import heavy packages.

    Args:
        name: of the module.
        availability: whether this kind works here.
        create: a backend for one model; quick, reaches nothing.
        warm_up: imports what the first question needs; called on a thread of its own while files are read.
        details: more lines for `doctor`, name and state; asked only if it is available, and may take seconds.
        for_users: a way to reach a model; False for one that developers use, which is then listed nowhere.
        can_answer_now: whether `Backend.answer_now` may do something for a model.
        quirks: names that it knows in the `[quirks]` of a provider file, which others are told by; None if any may do.
        check_quirks: raises `HelperError(CONFIG)` for quirks with values that it cannot use.
    """

    name: str
    availability: Callable[[], Availability]
    create: Callable[[ModelProfile, BackendTools], Backend]
    warm_up: Callable[[], None] = _nothing
    details: Callable[[], tuple[tuple[str, Availability], ...]] = _no_details
    for_users: bool = True
    can_answer_now: Callable[[ModelProfile], bool] = _never
    quirks: Callable[[], tuple[str, ...] | None] = lambda: None
    check_quirks: Callable[[Mapping[str, Any]], object] = lambda _quirks: None


# --- attachments ----------------------------------------------------------------------------------------------------


def _ignore(progress: Progress) -> None:
    """For callers that show no progress."""


@dataclass(frozen=True, slots=True)
class ConvertOptions:
    """Limits that the model sets on what a file becomes, and whom to tell how far the work is.

    Args:
        max_image_tokens: for one picture.
        on_progress: may be called often.
        max_video_tokens: for all pictures of one video.
        cut: which part of a video, and how many pictures of it, if not as many as the model allows.
        wish: what of a picture, if not all of it in one.
        pages: of a document, if not the first ones.
        video: how the server takes videos whole; None if it does not.
        password: that opens the file. It is nowhere kept, and in no log.
        paper: the colour behind what is transparent: red, green and blue.
        hears: sound is listened to elsewhere: `core.speech.unheard` holds its place.
        members: paths of the files that are wanted of a folder or an archive; None for as many as usual.
        as_pictures: text is drawn as dense pictures of pages (`core.dense_text`).
        on_coming: shown pictures before all of them are made, of kinds of which that takes long.
    """

    max_image_tokens: int = REMOTE_MAX_TOKENS
    on_progress: Callable[[Progress], None] = _ignore
    max_video_tokens: int = REMOTE_VIDEO_TOKENS
    cut: Cut = AS_A_WHOLE
    wish: Wish = USUAL
    pages: Ranges = USUAL_PAGES
    password: str = field(default="", repr=False)
    paper: tuple[int, int, int] = (255, 255, 255)
    hears: bool = False
    members: tuple[str, ...] | None = None
    as_pictures: bool = False
    video: NativeVideo | None = None
    on_coming: Callable[[Coming], None] = unseen

    @property
    def video_tokens(self) -> int:
        """What the pictures of one video may cost together: what the model allows, or less if that was asked for."""
        return min(filter(None, (self.max_video_tokens, self.cut.most_tokens)))


@dataclass(frozen=True, slots=True)
class AttachmentHandler:
    """`HANDLER` of a module in `desktop_helper.attachments`: files of one kind to parts of a message.

    `convert` runs in the converter process (untrusted files are never parsed beside the window). It raises
    `HelperError(SOURCE, ...)`, which names the file, for one that cannot be read or holds nothing.

    Args:
        name: of the kind, e.g. `image`.
        suffixes: lower-case file endings with the dot.
        matches: whether the first bytes (up to 4096) and the file name are of this kind; an empty file alone is not.
        convert: the bytes and the name to parts, in reading order.
        priority: the handler with the highest one that matches is used (text matches nearly everything, so it is last).
        convert_file: the same for an open file of any size, for kinds that need not read all of it; else `convert` gets
            the whole file if that is small enough.
        has_pages: whether some of them can be chosen; `options.pages` of other kinds is refused.
        page_texts: reads what pages or parts say, without pictures, many of them in a second; for kinds of which there
            is too much to be sent. `convert` leaves a `core.documents.Reference` then.
        packages: that are imported when a file of this kind is about to come, since that takes a while.
        title: what people call such files when several kinds are counted up; without one it is `name`.
    """

    name: str
    suffixes: tuple[str, ...]
    matches: Callable[[bytes, str], bool]
    convert: Callable[[bytes, str, ConvertOptions], tuple[MediaPart, ...]]
    availability: Callable[[], Availability]
    priority: int = 0
    convert_file: Callable[[BinaryIO, str, ConvertOptions], tuple[MediaPart, ...]] | None = None
    has_pages: bool = False
    page_texts: ReadTexts | None = None
    packages: tuple[str, ...] = ()
    title: Callable[[], str] | None = None


# --- capture --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Screen:
    """One monitor. `index` counts from 1 as the command line does; `rect` is in physical pixels."""

    index: int
    name: str
    rect: Rect
    primary: bool = False


@dataclass(frozen=True, slots=True)
class WindowInfo:
    """A window on the desktop, for "ask about a window". `title` is untrusted."""

    window_id: int
    title: str
    rect: Rect


@dataclass(frozen=True, slots=True)
class Frame:
    """Raw pixels.

    `data` holds `height` rows of `width` pixels without padding, 4 bytes each: blue, green, red, and one
    that means nothing (X servers leave it 0, others 255).
    """

    data: bytes | bytearray | memoryview = field(repr=False)
    rect: Rect

    @property
    def width(self) -> int:
        """Pixels per row."""
        return self.rect.width

    @property
    def height(self) -> int:
        """Rows."""
        return self.rect.height


class Capturer(Protocol):
    """Takes pictures of the desktop. Belongs to the thread that made it."""

    def screens(self) -> list[Screen]:
        """The monitors now; asks the system again after a change."""
        ...

    def windows(self) -> list[WindowInfo]:
        """Visible windows that can be captured, topmost first; empty where the system does not tell."""
        ...

    def grab(self, rect: Rect) -> Frame:
        """The pixels of `rect`. Raises `HelperError(CAPTURE, ...)`."""
        ...

    def close(self) -> None:
        """Free the connection to the display."""
        ...


def _always() -> bool:
    """For sources that every session may have."""
    return True


@dataclass(frozen=True, slots=True)
class CaptureSource:
    """`SOURCE` of a module in `desktop_helper.capture`. The available one with the highest priority is used.

    Args:
        name: of the module.
        availability: whether it works here; may ask the system.
        create: a capturer; quick, opens nothing.
        suits: whether it is meant for this kind of session; those that are not are no faults worth a word.
        live: pictures are quick and nobody hears of them, so they may be taken at any time, and many a second.
        stills: single pictures can be taken; what cannot is there to record with.
        record: a capturer for one recording, for sources that must know more about it than `create` tells.
    """

    name: str
    availability: Callable[[], Availability]
    create: Callable[[], Capturer]
    suits: Callable[[], bool] = _always
    priority: int = 0
    live: bool = True
    stills: bool = True
    record: Callable[[RecordingSpec], Capturer] | None = None

    def capturer_for(self, spec: RecordingSpec) -> Capturer:
        """A capturer that records `spec`; opens nothing."""
        return self.create() if self.record is None else self.record(spec)


# --- sound ----------------------------------------------------------------------------------------------------------

# Gets what was heard, on any thread: when that ended, by the clock of `time.monotonic`, and the samples, 48,000 a
# second, for each a float of four bytes for the left and one for the right.
Hear = Callable[[float, bytes], None]


class SoundInput(Protocol):
    """What is heard, until it is closed."""

    @property
    def fault(self) -> str:
        """Why no more will come, in the system's words; empty while that is not so."""
        ...

    def close(self) -> None:
        """Nothing is heard any more when this returns."""
        ...


@dataclass(frozen=True, slots=True)
class SoundSource:
    """`SOUND` of a module in `desktop_helper.capture`: what a recording can hear.

    Args:
        name: of the module.
        availability: whether there is something to hear with; opens nothing, may ask the system.
        open: listens from now on. Raises `HelperError(CAPTURE)`.
    """

    name: str
    availability: Callable[[], Availability]
    open: Callable[[Hear], SoundInput]
