"""The window in which a part of a video is chosen, and how many of its frames a question gets."""

from __future__ import annotations

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QImage, QKeyEvent, QResizeEvent, Qt
from PySide6.QtWidgets import QLabel, QProgressBar, QWidget

from desktop_helper.core.clip_span import Cut, Ends
from desktop_helper.core.clips import clock, fine_clock
from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import MediaPart
from desktop_helper.qt.background import Background
from desktop_helper.qt.clip_player import ClipPlayer
from desktop_helper.services import clip_choice
from desktop_helper.services.clip_looks import ClipAbout, ClipLooks, Look
from desktop_helper.ui.announce import announce
from desktop_helper.ui.choice_window import ChoiceWindow, head, name_label, plain
from desktop_helper.ui.text_safety import reveal
from desktop_helper.ui.theme import SPACE_2, set_role
from desktop_helper.ui.trim.budget_row import BudgetRow
from desktop_helper.ui.trim.ends_row import EndsRow
from desktop_helper.ui.trim.preview import Preview
from desktop_helper.ui.trim.timeline import Timeline

PAUSE_MS = 350  # of moving handles before frames are chosen anew
_RESIZED_MS = 200
_SIZE = QSize(860, 660)
_LARGEST = (1920, 1440)  # pixels of the picture that is looked at
_BEFORE_S = 0.001  # earlier than a picture is the one before it


class TrimWindow(ChoiceWindow):
    """One video; it is made for it and goes with it.

    Args:
        looks: its pictures; closed with the window.
        background: waits for them.
        name: its file's. Untrusted.
        cut: what was chosen before.
        limits: tokens that the model allows a video, and that it can read; 0 if nobody knows.
        chat: the chat's window.

    Signals:
        choice_wanted: frames for a `Cut` are wanted.
        asked: a `Cut` is what the question is to be about.
    """

    choice_wanted = Signal(object)
    asked = Signal(object)

    def __init__(
        self, looks: ClipLooks, background: Background, name: str, cut: Cut, limits: tuple[int, int], chat: QWidget
    ) -> None:
        super().__init__(chat, tr("Ask about it"), tr("Cancel"))
        allowed, self._limit = limits
        self._player, self._name = ClipPlayer(looks, background, self), reveal(name)
        self._ends, self._before = Ends(0.0), cut
        self._known = False  # how long it is
        self._chosen_for: Cut | None = None
        self._snapping = False
        self._frame_s = 0.04  # about as long as a picture is seen
        self._look: Look | None = None
        self.preview, self.row, self.timeline = Preview(), EndsRow(), Timeline()
        self.budget = BudgetRow(cut, allowed)
        self._about, self._told, self._bar = QLabel(), QLabel(), QProgressBar()
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._resized = QTimer(self, singleShot=True, interval=_RESIZED_MS)
        self.setWindowTitle(tr("Trim {name}", name=self._name))
        self._build()
        self._connect()
        for widget in (self.timeline, self.row):  # until it is known how long the video is
            widget.setEnabled(False)
        self._tell(tr("reading…"))
        self.take_room(_SIZE, self.minimumSizeHint())
        self._player.open()

    @property
    def cut(self) -> Cut:
        """What is chosen now."""
        span = self._ends.span if self._known else self._before.span
        return Cut(span, self.budget.most_frames, self.budget.most_tokens, self.budget.evenly.isChecked())

    @property
    def ends(self) -> Ends:
        """Handles, and the place that is looked at."""
        return self._ends

    def show_choice(self, parts: tuple[MediaPart, ...], cut: Cut) -> None:
        """These are the frames that were chosen for `cut`."""
        self._chosen_for = cut
        if cut != self.cut:
            return  # others are on their way
        self._bar.hide()
        said = clip_choice.sentence(parts, self._limit)
        self._tell(said)
        announce(self, said)
        times = [part.moment.at for part in clip_choice.frames_of(parts) if part.moment]
        self.timeline.set_marks(times, valid=True)

    def show_progress(self, progress: Progress) -> None:
        """How far the choosing is."""
        if self.cut != self._chosen_for:
            self._tell(progress.message)
            self._bar.setRange(0, 0 if progress.fraction is None else 100)
            self._bar.setValue(round((progress.fraction or 0) * 100))
            self._bar.show()

    def show_problem(self, error: HelperError) -> None:
        """Frames could not be chosen."""
        self._bar.hide()
        self._tell(str(error), "bad")
        announce(self, str(error), urgent=True)

    # --- events ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """I and O set the ends, Page Up and Page Down go by the chosen frames."""
        key = event.key() if self._known else Qt.Key.Key_unknown
        if key in (Qt.Key.Key_I, Qt.Key.Key_BracketLeft):
            self._start_here()
        elif key in (Qt.Key.Key_O, Qt.Key.Key_BracketRight):
            self._end_here()
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            at = self.timeline.neighbour(-1 if key == Qt.Key.Key_PageUp else 1)
            if at is not None:
                self._set(self._ends.look(at))
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size of the picture."""
        super().resizeEvent(event)
        self._resized.start()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The video is let go."""
        super().closeEvent(event)
        self._pause.stop()
        self._resized.stop()
        self._player.close()

    # --- parts ---

    def _build(self) -> None:
        keep = self._bar.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self._bar.setSizePolicy(keep)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("Choosing frames"))
        self._bar.hide()
        self.take_button.setToolTip(tr("Ask about this part (Ctrl+Enter)"))
        self.cancel_button.setToolTip(tr("Leave the video as it was (Esc)"))
        below = (self.row, self.timeline, self.budget, self._bar, self.foot(plain(self._told, "secondary")))
        self.lay_out(head(name_label(self._name), self._about), self.preview, below, gap=SPACE_2)

    def _connect(self) -> None:
        player, timeline, row = self._player, self.timeline, self.row
        player.opened.connect(self._on_opened)
        player.shown.connect(self._on_shown)
        player.thumbnail.connect(timeline.set_picture)
        player.failed.connect(self._on_failed)
        timeline.looked.connect(lambda at: self._set(self._ends.look(at)))
        timeline.start_dragged.connect(lambda at: self._set(self._ends.drag_start(at)))
        timeline.end_dragged.connect(lambda at: self._set(self._ends.drag_end(at)))
        timeline.slots_changed.connect(self._want_thumbnails)
        for stepped in (timeline.stepped, row.stepped):
            stepped.connect(self._step)
        row.start_here.connect(self._start_here)
        row.end_here.connect(self._end_here)
        row.start_typed.connect(lambda at: self._set(self._ends.set_start(at).look(at)))
        row.end_typed.connect(lambda at: self._set(self._ends.set_end(at).look(at)))
        self.budget.changed.connect(self._on_changed)
        self._pause.timeout.connect(self._want_choice)
        self._resized.timeout.connect(self._look_again)

    # --- what happens ---

    def _on_opened(self, about: ClipAbout) -> None:
        self._known = True
        for widget in (self.timeline, self.row):
            widget.setEnabled(True)
        self.timeline.setFocus()
        size = f"{about.width} × {about.height}"
        self._about.setText(f"{clock(about.duration)} · {size}")
        self.timeline.set_shape(about.width, about.height)
        if about.frames and about.duration:
            self._frame_s = about.duration / about.frames
        self._ends = Ends.around(self._before.span, about.duration)
        self._show_ends()
        self._look_again()
        self._want_thumbnails()
        self._pause.start()

    def _on_shown(self, look: Look, image: QImage) -> None:
        self._look = look
        self.preview.show_picture(image)
        if self._snapping:
            self._snapping = False
            self._ends = self._ends.look(look.at)
            self._show_ends()
        self.preview.setAccessibleDescription(fine_clock(self._ends.at))

    def _on_failed(self, error: HelperError) -> None:
        if not self.preview.has_picture:
            self.preview.say(str(error))
        self._tell(str(error), "bad")

    def _set(self, ends: Ends) -> None:
        before, self._ends = self._ends, ends
        self._show_ends()
        if ends.at != before.at:
            self._player.look(ends.at)
        if ends.span != before.span:
            self._on_changed()

    def _show_ends(self) -> None:
        self.timeline.set_ends(self._ends)
        self.row.show_ends(self._ends)

    def _start_here(self) -> None:
        self._set(self._ends.set_start(self._ends.at))
        announce(self, tr("The part begins at {at}.", at=fine_clock(self._ends.start)))

    def _end_here(self) -> None:
        self._set(self._ends.set_end(self._ends.at))
        announce(self, tr("The part ends at {at}.", at=fine_clock(self._ends.end)))

    def _step(self, by: int) -> None:
        """To the next picture, or the one before; by a guess while those are not known."""
        look, at = self._look, self._ends.at + by * self._frame_s
        if look is not None and self._player.idle:
            if by > 0 and look.until is None:
                return
            at = (look.until or 0.0) if by > 0 else look.at - _BEFORE_S
        ends = self._ends.look(at)
        self._snapping = ends != self._ends
        self._set(ends)

    def _on_changed(self) -> None:
        """Frames must be chosen anew, when the hand rests."""
        self.timeline.set_marks(self.timeline.marks, valid=self.cut == self._chosen_for)
        self._pause.start()

    def _want_choice(self) -> None:
        if self._known:
            self.choice_wanted.emit(self.cut)

    def _want_thumbnails(self) -> None:
        if self._known:
            times, ratio = self.timeline.slot_times(), self.devicePixelRatioF()
            side = round(self.timeline.height() * ratio)
            self._player.set_rooms(self._room(), (side * 2, side))
            self._player.want_thumbnails(times, self._ends.duration / (2 * len(times)))

    def _look_again(self) -> None:
        if self._known:
            self._player.set_rooms(self._room(), self._player.thumbnail_room)
            self._player.look(self._ends.at)

    def _room(self) -> tuple[int, int]:
        size = self.preview.size() * self.devicePixelRatioF()
        return max(160, min(_LARGEST[0], size.width())), max(120, min(_LARGEST[1], size.height()))

    def take(self) -> None:
        """The part, as it is now."""
        self.close_with(lambda: self.asked.emit(self.cut))

    def _tell(self, sentence: str, role: str = "secondary") -> None:
        self._told.setText(reveal(sentence))
        set_role(self._told, role)
