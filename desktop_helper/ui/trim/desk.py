"""Videos among the attachments: lets a part of them be chosen, and puts what was chosen into their place."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.clip_span import AS_A_WHOLE, Cut
from desktop_helper.core.clips import are_one_video
from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import MediaPart
from desktop_helper.qt.background import Background
from desktop_helper.qt.intake import Intake
from desktop_helper.services import memory_file
from desktop_helper.services.container import Services
from desktop_helper.services.memory_file import MemoryFile
from desktop_helper.services.storage_errors import storage_error
from desktop_helper.ui.attachment_chip import AttachmentChip
from desktop_helper.ui.chat_window import ChatWindow
from desktop_helper.ui.chip_deeds import ChipDeed

if TYPE_CHECKING:
    from desktop_helper.services.clip_origins import Origin
    from desktop_helper.ui.trim.window import TrimWindow

DEED = "trim"
_FILMS = (".mp4", ".mkv", ".webm", ".mov", ".avi", ".m4v")  # most likely
Parts = tuple[MediaPart, ...]


@dataclass(slots=True)
class _Clip:
    """What an attachment was made of; `reading` while it is being made.

    `shown` is what of it the attachment is meanwhile. One that is in memory only has `data` and no path.
    """

    path: Path
    cut: Cut = AS_A_WHOLE
    shown: Cut = AS_A_WHOLE
    reading: CancelToken | None = None
    name: str = ""
    data: bytes | None = field(default=None, repr=False)


@dataclass(slots=True, eq=False)
class _Job:
    """Frames that are being chosen; for the window, or for a chip that waits for them."""

    cut: Cut
    token: CancelToken
    chip: AttachmentChip | None = None


class TrimDesk(QObject):
    """One window at a time. Nothing of a video is decoded in this process.

    Args:
        services: converter, settings, and where videos came from.
        background: waits for the converter.
        window: the chat's, with its composer.
        intake: knows what the model allows.

    Signals:
        made_in_memory: parts of a video that is in memory only, as they are.
    """

    made_in_memory = Signal(tuple)
    _told = Signal(object, object)

    def __init__(self, services: Services, background: Background, window: ChatWindow, intake: Intake) -> None:
        super().__init__(window)
        self._services, self._background = services, background
        self._chat, self._composer, self._intake = window, window.composer, intake
        self._clips: dict[AttachmentChip, _Clip] = {}
        self._window: TrimWindow | None = None
        self._chip: AttachmentChip | None = None  # that the window is about
        self._clip = _Clip(Path())  # of that chip, which may be gone meanwhile
        self._file: MemoryFile | None = None  # that the window looks at, if it is no other
        self._job: _Job | None = None
        self._latest: tuple[Cut, Parts] | None = None
        self._told.connect(self._show_progress)
        self._composer.chip_added.connect(self._watch)

    @property
    def window(self) -> TrimWindow | None:
        """The one that is open."""
        return self._window

    def know(self, chip: AttachmentChip, path: Path, reading: CancelToken) -> None:
        """The chip is being read from a file, which may be a video."""
        self._clips[chip] = _Clip(path, reading=reading)
        if path.suffix.lower() in _FILMS:
            self._offer(chip)  # who has just recorded something need not wait until all of it has been looked through

    def know_in_memory(self, chip: AttachmentChip, name: str, data: bytes) -> None:
        """The chip was made of a video that is in memory, and stays there. Where that is no file, all of it goes."""
        if memory_file.is_possible():
            self._clips[chip] = _Clip(Path(), name=name, data=data)

    def open(self, chip: AttachmentChip) -> None:
        """Let the user choose."""
        from desktop_helper.ui.trim.window import TrimWindow

        if self._window is not None and self._chip is chip:
            self._window.come_up()
            return
        self.close()
        clip = self._clips[chip]
        try:
            looks = self._services.look_at_clip(self._path_of(clip), clip.name)
        except HelperError as error:
            self._let_go()
            self._composer.show_error(error)
            return
        self._chip, self._clip, self._latest = chip, clip, None
        limits = self._intake.max_video_tokens(), self._intake.readable_tokens()
        self._window = window = TrimWindow(looks, self._background, chip.name, clip.cut, limits, self._chat)
        window.choice_wanted.connect(self._choose)
        window.asked.connect(self._on_asked)
        window.left.connect(self._on_left)
        if not chip.loading:
            self._show(clip.cut, chip.parts)
        window.come_up()

    def close(self) -> None:
        """Close the window, as if it had been left."""
        if self._window is not None:
            self._window.close()

    def cut_of(self, chip: AttachmentChip) -> Cut | None:
        """What of a video an attachment is; None if it cannot be read again."""
        clip = self._clips.get(chip)
        return None if clip is None else clip.cut

    def change(self, chip: AttachmentChip, cut: Cut) -> None:
        """Choose its frames anew."""
        self.close()
        self._clip = clip = self._clips[chip]
        self._stop_reading()
        clip.cut = cut
        self._start(cut, chip)

    def restore(self, chip: AttachmentChip, cut: Cut, parts: Parts) -> None:
        """It is what it was."""
        self.close()
        self._clip = clip = self._clips[chip]
        self._stop_reading()
        clip.cut = cut
        chip.set_ready(parts)

    # --- chips ---

    def _watch(self, chip: AttachmentChip) -> None:
        chip.settled.connect(partial(self._on_settled, chip))
        chip.removed.connect(partial(self._on_removed, chip))
        chip.destroyed.connect(lambda: self._clips.pop(chip, None))

    def _on_settled(self, chip: AttachmentChip) -> None:
        clip, parts = self._clips.get(chip), chip.parts
        if chip.error is not None or not are_one_video(parts):
            chip.withdraw(DEED)
        elif clip is None:  # it was attached before
            origins = self._services.clip_origins
            self._background.run(lambda _cancel: origins.find(parts), partial(self._found, chip), _ignore)
        else:
            clip.shown = clip.cut
            if clip.data is None:
                self._remember(clip, parts)
            self._offer(chip)
            if chip is self._chip and self._window is not None and clip.reading is not None:
                self._show(clip.cut, parts)
            clip.reading = None

    def _on_removed(self, chip: AttachmentChip) -> None:
        clip = self._clips.get(chip)
        if clip is not None and clip.reading is not None:
            clip.reading.cancel()

    def _found(self, chip: AttachmentChip, origin: Origin | None) -> None:
        if origin is not None and self._composer.holds(chip):
            self._clips[chip] = _Clip(origin.path, origin.cut, origin.cut)
            self._offer(chip)

    def _offer(self, chip: AttachmentChip) -> None:
        if DEED not in chip.deeds:
            chip.offer(DEED, ChipDeed(tr("Trim…"), partial(self.open, chip), "trim"), first=True)

    def _remember(self, clip: _Clip, parts: Parts) -> None:
        from desktop_helper.services.clip_origins import Origin

        origins, origin = self._services.clip_origins, Origin(clip.path.absolute(), clip.cut)
        self._background.run(lambda _cancel: origins.remember(parts, origin), _ignore, _ignore)

    # --- frames ---

    def _choose(self, cut: Cut) -> None:
        """Frames for `cut` are to be shown, unless they are already or are on their way."""
        if self._latest is not None and self._latest[0] == cut:
            self._stop_choosing()
            self._show(*self._latest)
        elif not self._is_coming(cut):
            self._stop_choosing()
            self._stop_reading()
            self._start(cut)

    def _is_coming(self, cut: Cut) -> bool:
        """Whether the chip, or an earlier wish, will bring these frames."""
        if self._clip.reading is not None and self._clip.cut == cut:
            return True
        return self._job is not None and self._job.cut == cut

    def _start(self, cut: Cut, chip: AttachmentChip | None = None) -> None:
        """Have the converter choose, for the window, or for a chip that waits."""
        clip, options = self._clip, self._intake.options(cut)
        job = _Job(cut, CancelToken(), chip)
        told, converter = partial(self._told.emit, job), self._services.converter

        def choose(cancel: CancelToken) -> Parts:
            if clip.data is not None:
                return converter.convert_bytes(clip.data, clip.name, options, cancel, told)
            return converter.convert_file(clip.path, options, cancel, told)

        job.token = self._background.run(
            choose,
            done=partial(self._on_chosen, job),
            failed=partial(self._on_failed, job),
        )
        if chip is None:
            self._job = job
        else:
            clip.reading = job.token
            chip.set_loading(job.token)

    def _on_chosen(self, job: _Job, parts: Parts) -> None:
        self._job = None if self._job is job else self._job
        if job.chip is None:
            self._show(job.cut, parts)
        elif self._composer.holds(job.chip):
            self._fill(job.chip, parts)

    def _on_failed(self, job: _Job, error: HelperError) -> None:
        self._job = None if self._job is job else self._job
        if job.chip is not None and self._composer.holds(job.chip):
            self._stay(job.chip, error)
        elif self._window is not None:
            self._window.show_problem(error)

    def _show(self, cut: Cut, parts: Parts) -> None:
        self._latest = cut, parts
        if self._window is not None:
            self._window.show_choice(parts, cut)

    def _show_progress(self, job: _Job, progress: Progress) -> None:
        if job.chip is not None and self._composer.holds(job.chip):
            job.chip.tell(progress)
        elif job is self._job and self._window is not None:
            self._window.show_progress(progress)

    def _stop_choosing(self) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.token.cancel()

    def _stop_reading(self) -> None:
        """Of the chip: nobody waits any more for what it was to become."""
        reading, self._clip.reading = self._clip.reading, None
        if reading is not None:
            reading.cancel()

    # --- the window's end ---

    def _on_asked(self, cut: Cut) -> None:
        """The chip becomes what was chosen, as soon as that is known; if it was sent already, there is another one."""
        chip, clip, job, latest = self._chip, self._clip, self._job, self._latest
        window, self._window, self._job = self._window, None, None
        if window is not None:
            window.deleteLater()
        if chip is None or not self._composer.holds(chip):
            chip = self._composer.add_chip(clip.name or clip.path.name)
            self._clip = clip = self._clips[chip] = _Clip(clip.path, cut, cut, name=clip.name, data=clip.data)
        if latest is not None and latest[0] == cut:
            self._stop_reading()
            clip.cut = cut
            self._fill(chip, latest[1])
        elif job is not None and job.cut == cut:
            job.chip, clip.cut, clip.reading = chip, cut, job.token
            chip.set_loading(job.token)
        elif clip.reading is None or clip.cut != cut:
            self._stop_reading()
            clip.cut = cut
            self._start(cut, chip)
        if job is not None and job.chip is None:
            job.token.cancel()
        self._let_go()
        self._chat.ask()

    def _on_left(self) -> None:
        """All stays as it was; what was not read to its end for the window's sake is read again."""
        self._stop_choosing()
        window, self._window = self._window, None
        if window is not None:
            window.deleteLater()
        chip, self._chip = self._chip, None
        if chip is not None and self._composer.holds(chip) and chip.loading and self._clip.reading is None:
            self._start(self._clip.cut, chip)
        self._let_go()

    def _let_go(self) -> None:
        """The window is gone, or never came."""
        file, self._file, self._chip, self._clip = self._file, None, None, _Clip(Path())
        if file is not None:
            file.close()

    def _path_of(self, clip: _Clip) -> Path:
        """Where the process that looks at it can open it. Raises `HelperError(STORAGE)`."""
        if clip.data is None:
            return clip.path
        try:
            self._file = MemoryFile("clip", clip.data)
        except OSError as error:
            raise storage_error(Path(clip.name), error) from error
        return self._file.path

    def _stay(self, chip: AttachmentChip, error: HelperError) -> None:
        """What could be read before stays."""
        clip = self._clips.get(chip)
        if clip is None or not chip.parts:
            chip.set_failed(error)
            return
        clip.cut = clip.shown
        chip.set_ready(chip.parts)
        self._composer.show_error(error)

    def _fill(self, chip: AttachmentChip, parts: Parts) -> None:
        clip = self._clips.get(chip)
        if clip is not None and clip.data is not None:
            self.made_in_memory.emit(parts)
        chip.set_ready(parts)


def _ignore(_outcome: object) -> None:
    """Another part of this video cannot be chosen later; nothing else is lost."""
