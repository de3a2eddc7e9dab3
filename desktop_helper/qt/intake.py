"""Files, pasted pictures and captured frames on their way into a message.

Everything untrusted goes through the converter process; a captured frame is our own pixels and is encoded on a thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.clip_span import AS_A_WHOLE, Cut
from desktop_helper.core.coming import Coming
from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.image_parts import USUAL, Wish
from desktop_helper.core.image_tokens import REMOTE_VIDEO_TOKENS
from desktop_helper.core.messages import MediaPart
from desktop_helper.core.native_video import NativeVideo
from desktop_helper.core.protocols import ConvertOptions, Frame
from desktop_helper.qt.background import Background
from desktop_helper.services.container import Services
from desktop_helper.services.file_origins import USUAL_SETTING, Setting
from desktop_helper.services.providers import readable_tokens

Done = Callable[[tuple[MediaPart, ...]], None]
Colour = tuple[int, int, int]
Failed = Callable[[HelperError], None]
Told = Callable[[Progress | Coming], None]
Picture = bytes | QImage  # from the clipboard or a drag: a file's bytes, or pixels


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Intake:
    """Starts conversions; `done` or `failed` is called on the user interface's thread, and `told` before that.

    Args:
        background: where the work runs.
        services: for the converter.
        max_image_tokens, max_video_tokens: asked for each file, since the model may have been changed meanwhile.
        paper: the colour behind what is transparent, which the theme may have changed.
        video: how the model's server takes videos whole, asked in the same way.
    """

    background: Background
    services: Services
    max_image_tokens: Callable[[], int]
    max_video_tokens: Callable[[], int] = lambda: REMOTE_VIDEO_TOKENS
    paper: Callable[[], Colour] = lambda: (255, 255, 255)
    video: Callable[[], NativeVideo | None] = lambda: None

    def expect(self, paths: Sequence[Path] = ()) -> None:
        """Files are about to come, maybe these: the process that reads them gets ready."""
        converter, names = self.services.converter, [path.name for path in paths]
        self.background.run(lambda _cancel: converter.warm(names), _ignore, _ignore)

    def file(
        self,
        path: Path,
        done: Done,
        failed: Failed,
        wish: Wish = USUAL,
        *,
        setting: Setting = USUAL_SETTING,
        password: str = "",
        told: Told | None = None,
        check: Callable[[], None] = lambda: None,
    ) -> CancelToken:
        """Convert a file of any supported kind, or what is in a folder; unless `check`, on another thread, raises."""
        options, limit = self.options(wish=wish, most_tokens=setting.detail), self.readable_tokens()
        options = replace(
            options,
            pages=setting.pages,
            password=password,
            members=setting.members,
            as_pictures=setting.as_pictures,
        )
        converter = self.services.converter

        def convert(cancel: CancelToken) -> tuple[MediaPart, ...]:
            check()
            if path.is_dir():
                from desktop_helper.services import folder_reading

                return folder_reading.read(path, converter, options, limit, cancel)
            if told is None:
                return converter.convert_file(path, options, cancel)
            tell = _Teller(self.background, cancel, told)
            return converter.convert_file(path, options, cancel, tell, on_coming=tell)

        return self.background.run(convert, done, failed)

    def pasted(
        self,
        picture: Picture | Callable[[], bytes],
        name: str,
        done: Done,
        failed: Failed,
        wish: Wish = USUAL,
        *,
        most_tokens: int | None = None,
    ) -> CancelToken:
        """Convert a picture from the clipboard or from a drag without a file, or what makes its file on a thread."""
        options = self.options(wish=wish, most_tokens=most_tokens)
        return self.background.run(
            lambda cancel: self.services.converter.convert_bytes(_encoded(picture), name, options, cancel), done, failed
        )

    def clip(
        self,
        take: Callable[[CancelToken], bytes],
        name: str,
        done: Done,
        failed: Failed,
        told: Told,
    ) -> CancelToken:
        """Convert a video that is only in memory. `take` is called on another thread and may wait for it."""
        options, converter = self.options(), self.services.converter

        def convert(cancel: CancelToken) -> tuple[MediaPart, ...]:
            tell = _Teller(self.background, cancel, told)
            return converter.convert_bytes(take(cancel), name, options, cancel, tell, on_coming=tell)

        return self.background.run(convert, done, failed)

    def frame(self, frame: Frame, name: str, done: Done, failed: Failed) -> CancelToken:
        """Encode pixels that we captured."""
        limit = self.max_image_tokens()

        def encode(_cancel: CancelToken) -> tuple[MediaPart, ...]:
            from desktop_helper.services.pictures import encode as encode_picture

            return (encode_picture(frame, name, limit),)

        return self.background.run(encode, done, failed)

    def options(self, cut: Cut = AS_A_WHOLE, wish: Wish = USUAL, *, most_tokens: int | None = None) -> ConvertOptions:
        """What the model allows now, or less of each picture."""
        video_tokens, paper = self.max_video_tokens(), self.paper()
        image_tokens = min(filter(None, (self.max_image_tokens(), most_tokens)))
        return ConvertOptions(
            image_tokens, max_video_tokens=video_tokens, cut=cut, wish=wish, paper=paper, video=self.video()
        )

    def readable_tokens(self) -> int:
        """How much the model can read; 0 if nobody knows."""
        try:
            return readable_tokens(self.services.active_profile())
        except HelperError:
            return 0


class _Teller:
    """Brings what the converter tells to the user interface's thread.

    Of the steps that wait to be shown only the last one is: a process that a file has taken over may tell any number.
    """

    def __init__(self, background: Background, cancel: CancelToken, told: Told) -> None:
        self._background, self._cancel, self._told = background, cancel, told
        self._lock = threading.Lock()
        self._step: Progress | None = None

    def __call__(self, news: Progress | Coming) -> None:
        if isinstance(news, Coming):
            self._background.tell(self._cancel, lambda: self._told(news))
            return
        with self._lock:
            waiting, self._step = self._step is not None, news
        if not waiting:
            self._background.tell(self._cancel, self._tell_step)

    def _tell_step(self) -> None:
        with self._lock:
            step, self._step = self._step, None
        if step is not None:
            self._told(step)


def _ignore(_outcome: object) -> None:
    """If it cannot be started, the first file says so."""


def _encoded(picture: Picture | Callable[[], bytes]) -> bytes:
    """As a file. A screen full of pixels takes a second: not on the user interface's thread."""
    if isinstance(picture, bytes):
        return picture
    if not isinstance(picture, QImage):
        return picture()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")  # type: ignore[call-overload]  # PySide6's stub wants bytes, Qt takes a C string
    return bytes(data.data())
