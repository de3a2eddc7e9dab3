"""Pictures among the attachments: looked at, sent in full detail when they were made smaller, or a part of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.document_places import page_of
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.image_parts import Area, Wish, parts
from desktop_helper.core.messages import ImagePart, MediaPart
from desktop_helper.core.names import printable
from desktop_helper.core.protocols import Frame
from desktop_helper.qt.background import Background
from desktop_helper.qt.intake import Done, Failed, Intake, Picture
from desktop_helper.services.picture_words import is_in_parts, pictures_of, what_was_made_smaller
from desktop_helper.ui.attachment_chip import AttachmentChip
from desktop_helper.ui.chat_window import ChatWindow
from desktop_helper.ui.chip_deeds import ChipDeed
from desktop_helper.ui.pages_desk import KNOWN, PagesDesk

if TYPE_CHECKING:
    from desktop_helper.ui.media_viewer import MediaViewer

LOOK, DETAIL = "look", "detail"
Original = Path | Picture | Frame


@dataclass(slots=True)
class _Known:
    """What an attachment was made of, and what it was when it was made smaller; `reading` while it is read again."""

    original: Original
    usual: tuple[MediaPart, ...] = ()
    reading: CancelToken | None = None


class DetailDesk(QObject):
    """Belongs to the chat.

    Args:
        background: makes files of pixels.
        window: the chat's, with its composer.
        intake: reads originals again that came from no file.
        pages: reads files again.
        viewer: makes the viewer when it is needed.

    Signals:
        cut_out(MediaPart, tuple): from a picture, what has become an attachment of its own.
    """

    cut_out = Signal(object, object)

    def __init__(
        self,
        background: Background,
        window: ChatWindow,
        intake: Intake,
        pages: PagesDesk,
        viewer: Callable[[], MediaViewer],
    ) -> None:
        super().__init__(window)
        self._background, self._intake, self._pages = background, intake, pages
        self._chat, self._composer = window, window.composer
        self._make_viewer = viewer
        self._known: dict[AttachmentChip, _Known] = {}
        self._looked_at: tuple[AttachmentChip, tuple[MediaPart, ...]] | None = None  # while it is being read
        self._composer.chip_added.connect(self._watch)
        window.drag_entered.connect(intake.expect)
        self._composer.attach_requested.connect(intake.expect)

    def know(self, chip: AttachmentChip, original: Original) -> None:
        """The chip is being made of this."""
        self._known[chip] = _Known(original)

    def attend(self, viewer: MediaViewer) -> None:
        """What is wanted in the viewer is done here."""
        viewer.detail_possible = lambda part: self._chip_in_detail(part) is not None
        viewer.detail_asked.connect(self._detail_of)
        viewer.area_asked.connect(self._ask_about)

    # --- chips ---

    def _watch(self, chip: AttachmentChip) -> None:
        chip.came.connect(partial(self._on_came, chip))
        chip.settled.connect(partial(self._on_settled, chip))
        chip.removed.connect(partial(self._on_removed, chip))
        chip.destroyed.connect(lambda: self._known.pop(chip, None))

    def _on_came(self, chip: AttachmentChip) -> None:
        """What there is can be looked at before the rest."""
        self._offer_look(chip)
        self._look_further(chip, chip.coming)

    def _on_settled(self, chip: AttachmentChip) -> None:
        known = self._known.get(chip)
        if chip.error is not None or not chip.parts:
            chip.withdraw(LOOK)
            chip.withdraw(DETAIL)
            self._let_go(chip)
            return
        self._offer_look(chip)
        self._look_further(chip, chip.parts)
        if known is None:
            return
        known.reading = None
        if is_in_parts(chip.parts):
            chip.offer(DETAIL, ChipDeed(tr("Send it smaller, in one picture"), partial(self._smaller, chip)))
        elif (picture := what_was_made_smaller(chip.parts)) is None:
            chip.withdraw(DETAIL)
            if isinstance(known.original, Frame):
                del self._known[chip]  # all of its pixels are there, and they are many
        else:
            self._keep_as_file(chip, known)
            if self._is_possible(picture):
                chip.offer(DETAIL, ChipDeed(tr("Send at full detail"), partial(self._in_full, chip), "detail"))

    def _offer_look(self, chip: AttachmentChip) -> None:
        if LOOK not in chip.deeds:
            chip.offer(LOOK, ChipDeed(tr("Look at it"), partial(self._look_at, chip)))

    def _on_removed(self, chip: AttachmentChip) -> None:
        known = self._known.get(chip)
        if known is not None and known.reading is not None:
            known.reading.cancel()
        self._let_go(chip)

    def _let_go(self, chip: AttachmentChip) -> None:
        """Nothing more will come of it: what had come of it, or it was before, need not be kept."""
        if self._looked_at is not None and self._looked_at[0] is chip:
            self._looked_at = None
        if (known := self._known.get(chip)) is not None:
            known.usual, known.reading = (), None

    def _is_possible(self, picture: ImagePart) -> bool:
        full = picture.full_size
        return full is not None and bool(parts(*full, self._intake.max_image_tokens()))

    def _keep_as_file(self, chip: AttachmentChip, known: _Known) -> None:
        """Pixels take ten times the room."""
        frame = known.original
        if not isinstance(frame, Frame):
            return

        def done(data: bytes) -> None:
            known.original = data

        self._background.run(lambda _cancel: _png(frame), done, _ignore)

    # --- what is done ---

    def _look_at(self, chip: AttachmentChip) -> None:
        media = chip.coming or chip.parts
        pictures = [number for number, part in enumerate(media) if isinstance(part, ImagePart)]
        self._make_viewer().open(media, pictures[0] if pictures else 0)
        self._looked_at = (chip, media) if chip.coming else None

    def _look_further(self, chip: AttachmentChip, media: tuple[MediaPart, ...]) -> None:
        """More has been read of what the viewer shows."""
        if self._looked_at is not None and self._looked_at[0] is chip:
            self._make_viewer().go_on(self._looked_at[1], media)
            self._looked_at = (chip, media) if chip.loading else None

    def _in_full(self, chip: AttachmentChip) -> None:
        known = self._known[chip]
        known.usual = chip.parts
        failed = partial(self._not_in_full, chip)
        known.reading = self._read(chip, Wish(in_full=True), chip.set_ready, failed)
        chip.set_loading(known.reading)

    def _not_in_full(self, chip: AttachmentChip, error: HelperError) -> None:
        """It stays what it was."""
        known = self._known.get(chip)
        if known is not None and self._composer.holds(chip):
            chip.set_ready(known.usual)
            self._composer.show_error(error)

    def _smaller(self, chip: AttachmentChip) -> None:
        usual = self._known[chip].usual
        if usual:
            chip.set_ready(usual)
        elif (setting := self._pages.setting(chip)) is not None:  # it was read in full detail before a restart
            self._pages.change(chip, setting)

    def _detail_of(self, part: MediaPart) -> None:
        chip = self._chip_in_detail(part)
        if chip is not None:
            self._in_full(chip)
        self._chat.ask()

    def _ask_about(self, part: MediaPart, area: Area) -> None:
        """A part of a picture becomes an attachment of its own, from the original where that is at hand."""
        holder = next((chip for chip in self._composer.chips if any(one is part for one in chip.parts)), None)
        name = tr("{name}, a part", name=part.name)
        chip = self._composer.add_chip(name)

        def done(made: tuple[MediaPart, ...]) -> None:
            cut = tuple(replace(one, name=name) for one in pictures_of(made))  # what the page says is not asked about
            self.cut_out.emit(part, cut)
            chip.set_ready(cut)

        page = None if holder is None else self._page_in(holder, part)
        wish = Wish(area=area)
        if holder is not None and page is not None:
            reading = self._read(holder, wish, done, chip.set_failed, page)
        else:
            reading = self._intake.pasted(part.data, name, done, chip.set_failed, wish)
        chip.set_loading(reading)
        chip.removed.connect(reading.cancel)
        self._chat.ask()

    def _read(self, chip: AttachmentChip, wish: Wish, done: Done, failed: Failed, page: int = 0) -> CancelToken:
        original = self._known[chip].original
        if isinstance(original, Path):
            return self._pages.read_as(chip, wish, done, failed, page)
        if isinstance(original, Frame):
            return self._intake.pasted(partial(_png, original), chip.name, done, failed, wish)
        return self._intake.pasted(original, chip.name, done, failed, wish)

    def _page_in(self, chip: AttachmentChip, part: MediaPart) -> int | None:
        """Which page of its original it is; 0 if that is one picture, and None if it cannot be found there."""
        known = self._known.get(chip)
        if known is None:
            return None
        if is_in_parts(chip.parts) or what_was_made_smaller(chip.parts) is part:
            return 0 if part is pictures_of(chip.parts)[0] else None
        found, original = page_of(part.name), known.original
        if found is None or not isinstance(original, Path) or original.suffix.lower() not in KNOWN:
            return None
        return found[1] if found[0] == printable(original.name) else None

    def _chip_in_detail(self, part: MediaPart) -> AttachmentChip | None:
        """The chip whose picture this is, if it can be sent in full detail."""
        for chip in self._composer.chips:
            known = self._known.get(chip)
            if known is not None and what_was_made_smaller(chip.parts) is part and DETAIL in chip.deeds:
                return chip
        return None


def _png(frame: Frame) -> bytes:
    from desktop_helper.services.pictures import to_png

    return to_png(frame)


def _ignore(_error: HelperError) -> None:
    """The pixels stay what they were."""
