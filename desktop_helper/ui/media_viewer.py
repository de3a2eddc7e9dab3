"""A window to look at what was attached to a message: pictures in their true size, files as their text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QImage, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.grounding import GroundedPicture
from desktop_helper.core.i18n import tr
from desktop_helper.core.image_tokens import image_tokens, padded_size
from desktop_helper.core.library import Spot
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart
from desktop_helper.qt.media_source import MediaSource
from desktop_helper.services.file_names import file_name, with_suffix
from desktop_helper.services.picture_words import size_and_cost
from desktop_helper.ui import dialog_folder
from desktop_helper.ui.announce import announce
from desktop_helper.ui.attachment_frame import drag_out
from desktop_helper.ui.box_words import described
from desktop_helper.ui.companion import Companion
from desktop_helper.ui.dragged_name import DraggedName
from desktop_helper.ui.elided_label import ElidedLabel
from desktop_helper.ui.icons import IconButton
from desktop_helper.ui.passage import recolour, show_passage
from desktop_helper.ui.picture_canvas import PictureCanvas
from desktop_helper.ui.text_copier import TextCopier
from desktop_helper.ui.text_safety import reveal, reveal_overrides, tooltip, wrappable
from desktop_helper.ui.theme import SPACE_1, SPACE_2, SPACE_3, SPACE_4, Theme, set_role

_BAR_PX = 46
_LEAST = QSize(620, 320)
_TEXT_SIZE = QSize(640, 720)
_MOST_SHOWN = 1_000_000  # characters; more would keep the window from doing anything else


class MediaViewer(Companion):
    """One at a time for a chat.

    Args:
        source: where the bytes are.
        chat: its window.
        copier: copies the text in pictures.

    Signals:
        asked: a `MediaPart` that the next question is about.
        area_asked: the same about a part of it, an `image_parts.Area`.
        detail_asked: a `MediaPart` that is to be sent at full detail.

    Attributes:
        detail_possible: whether that can be done with a part.
    """

    asked = Signal(object)
    area_asked = Signal(object, object)
    detail_asked = Signal(object)

    def __init__(self, source: MediaSource, chat: QWidget, copier: TextCopier) -> None:
        super().__init__(chat)
        self.detail_possible: Callable[[MediaPart], bool] = lambda _part: False
        self._source, self._copier = source, copier
        self._media: tuple[MediaPart, ...] = ()
        self._place, self._note = 0, ""
        self._spot: Spot | GroundedPicture | None = None
        self._part: MediaPart | None = None  # with its bytes, as soon as they are there
        self._image = QImage()
        self._opening = CancelToken()
        self.canvas, self.text, self._problem = PictureCanvas(), QPlainTextEdit(), QLabel()
        self._name, self._size, self._zoom = (
            DraggedName(self._drag),
            ElidedLabel(at=Qt.TextElideMode.ElideRight),
            QPushButton(),
        )
        self._pages = QStackedWidget()
        self._build()
        self.canvas.zoomed.connect(self._show_zoom)
        self.canvas.selected.connect(self._ask_about)
        self.canvas.describe = self._describe
        copier.progressed.connect(self._show_line)
        copier.copied.connect(lambda copied: self._show_line(copied.sentence))
        copier.failed.connect(lambda error: self._show_line(str(error)))
        Theme.current().changed.connect(self._restyle)
        self._restyle()

    def open(self, media: tuple[MediaPart, ...], place: int, spot: Spot | GroundedPicture | None = None) -> None:
        """Show one of the attachments of a message, and a place in its text or boxes in it."""
        self._media, self._place, self._spot, self._note = media, place, spot, ""
        self._step(0)
        if not self.isVisible():
            part = media[place]
            self.take_room(self._wanted_size(part), _LEAST, exactly=isinstance(part, ImagePart))
        self.come_up()

    def go_on(self, before: tuple[MediaPart, ...], media: tuple[MediaPart, ...]) -> None:
        """If `before` is what is shown: more of it has been read, and this is what there is now."""
        if self._media is not before:
            return
        part, self._media = self._media[self._place], media
        place = next((place for place, one in enumerate(media) if one is part), None)
        if place is None:  # it was only to be seen meanwhile
            self._place = next((place for place, one in enumerate(media) if isinstance(one, ImagePart)), 0)
            self._step(0)
        else:
            self._place = place
            self._show_ways()

    def tell(self, note: str) -> None:
        """Something about the one that is shown, until another one is."""
        self._note = note
        self._show_size()
        announce(self, note)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc steps back; Page Up and Page Down show the others; R chooses a part, D sends in full detail."""
        if event.key() == Qt.Key.Key_Escape and self.canvas.selecting:
            self._choosing.click()
        elif event.key() == Qt.Key.Key_Escape:
            self.close()
        elif event.key() == Qt.Key.Key_R and self._choosing.isVisible():
            self._choosing.click()
        elif event.key() == Qt.Key.Key_D and self._detail.isVisible():
            self._detail.click()
        elif event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self._step(-1 if event.key() == Qt.Key.Key_PageUp else 1)
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Forget what was shown: pictures are large."""
        self._opening.cancel()
        self._choose_part(False)
        self._copier.stop()
        self._media, self._part, self._spot, self._image = (), None, None, QImage()
        self.canvas.set_image(QImage())
        self.text.clear()
        super().closeEvent(event)

    def _build(self) -> None:
        self.text.setReadOnly(True)
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        set_role(self.text, "bare")
        self.text.setAccessibleName(tr("Text of the file"))
        self._problem.setWordWrap(True)
        self._problem.setTextFormat(Qt.TextFormat.PlainText)
        self._problem.setAlignment(Qt.AlignmentFlag.AlignCenter)
        set_role(self._problem, "dim")
        page = QWidget()
        inner = QVBoxLayout(page)
        inner.setContentsMargins(SPACE_4, SPACE_3, SPACE_4, SPACE_3)
        inner.addWidget(self.text)
        for widget in (self.canvas, page, self._problem):
            self._pages.addWidget(widget)
        self._text_page = page
        line = QFrame()
        set_role(line, "hairline")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._build_bar())
        layout.addWidget(line)
        layout.addWidget(self._pages, 1)
        self.setMinimumSize(_LEAST)

    def _build_bar(self) -> QWidget:
        bar = QWidget()
        bar.setFixedHeight(_BAR_PX)
        row = QHBoxLayout(bar)
        row.setContentsMargins(SPACE_3, 0, SPACE_2, 0)
        row.setSpacing(2)
        set_role(self._name, "heading")
        set_role(self._size, "secondary")
        set_role(self._zoom, "quiet")
        self._zoom.setToolTip(tr("True size (1)"))
        self._zoom.clicked.connect(lambda: self.canvas.zoom_to(1.0))
        row.addWidget(self._name)
        row.addSpacing(SPACE_2)
        row.addWidget(self._size)
        row.addStretch(1)
        row.addWidget(self._zoom)
        row.addSpacing(SPACE_1)
        self._others = self._buttons(
            row, ("chevron-left", tr("Previous (Page Up)"), lambda: self._step(-1)),
            ("chevron-right", tr("Next (Page Down)"), lambda: self._step(1)),
        )  # fmt: skip
        self._zooms = self._buttons(
            row, ("minus", tr("Smaller (-)"), lambda: self.canvas.zoom_by(-1)),
            ("plus", tr("Larger (+)"), lambda: self.canvas.zoom_by(1)),
            ("expand", tr("All of it (0)"), self.canvas.fit),
        )  # fmt: skip
        self._choosing = IconButton("region", tr("Ask about a part of it, in full detail (R)"), checkable=True)
        self._choosing.clicked.connect(self._choose_part)
        (self._detail,) = self._buttons(row, ("detail", tr("Send at full detail (D)"), self._send_in_detail))
        row.insertWidget(row.count() - 2, self._choosing)
        (self._read,) = self._buttons(row, ("read-text", tr("Copy the text in it (Ctrl+Shift+C)"), self._copy_text))
        self._deeds = self._buttons(
            row, ("chat", tr("Ask about it again (Ctrl+Enter)"), self._ask),
            ("copy", tr("Copy (Ctrl+C)"), self._copy), ("save", tr("Save as… (Ctrl+S)"), self._choose_file),
        )  # fmt: skip
        deeds = (("Ctrl+Return", self._ask), ("Ctrl+C", self._copy), ("Ctrl+S", self._choose_file))
        for keys, do in (*deeds, ("Ctrl+Shift+C", self._copy_text)):
            QShortcut(QKeySequence(keys), self, do)
        return bar

    def _buttons(self, row: QHBoxLayout, *wanted: tuple[str, str, object]) -> list[IconButton]:
        made = []
        for icon, label, do in wanted:
            button = IconButton(icon, label)
            button.clicked.connect(do)
            row.addWidget(button)
            made.append(button)
        row.addSpacing(SPACE_1)
        return made

    def _step(self, by: int) -> None:
        """Show the attachment so many places further, if there is one."""
        place = self._place + by
        if not 0 <= place < len(self._media):
            return
        self._place, self._part, self._image = place, None, QImage()
        self._note = "" if by else self._note
        part = self._media[place]
        name = reveal(part.name)
        self.setWindowTitle(name)
        self._name.set_full_text(name)
        self._name.setToolTip(tooltip(name, tr("Drag it to another program")))
        self._choose_part(False)
        self._detail.hide()
        self._show_size()
        self._say(tr("reading…"))
        self._show_ways()
        for button in (*self._deeds, self._read):
            button.setEnabled(False)
        self._opening.cancel()
        self._copier.stop()
        self._opening = self._source.open(part, self._show, lambda error: self._say(str(error)))

    def _show_ways(self) -> None:
        self._others[0].setEnabled(self._place > 0)
        self._others[1].setEnabled(self._place + 1 < len(self._media))
        for button in self._others:
            button.setVisible(len(self._media) > 1)

    def _show(self, part: MediaPart, image: QImage) -> None:
        self._part, self._image = part, image
        for button in self._deeds:
            button.setEnabled(True)
        if isinstance(part, FilePart):
            rest = len(part.text) - _MOST_SHOWN
            shown = wrappable(reveal_overrides(part.text[:_MOST_SHOWN]))
            note = tr("… and {count} more characters: save the file to read them.", count=f"{rest:,}")
            self.text.setPlainText(f"{shown}\n\n{note}" if rest > 0 else shown)
            self._turn_to(self._text_page, self.text)
            show_passage(self.text, part, self._spot if isinstance(self._spot, Spot) else None)
        elif image.isNull():
            self._say(tr("This picture cannot be read."))
        else:
            self._show_size()
            self._detail.setVisible(self.detail_possible(part))
            self._read.setEnabled(True)
            self._turn_to(self.canvas, self.canvas)
            self.canvas.set_image(image)
            said = f"{reveal(part.name)}, {self._size.full_text}"
            if isinstance(self._spot, GroundedPicture) and self._spot.part.sha256 == part.sha256:
                said = f"{said}. {described(self._spot.boxes)}"
                self.canvas.show_boxes(self._spot.boxes, self._spot.chosen)
            self.canvas.setAccessibleDescription(said)
            self._show_zoom(self.canvas.zoom)

    def _say(self, sentence: str) -> None:
        self._problem.setText(sentence)
        self._turn_to(self._problem, self)

    def _turn_to(self, page: QWidget, focus: QWidget) -> None:
        self._pages.setCurrentWidget(page)
        picture = page is self.canvas
        self._zoom.setVisible(picture)
        self._choosing.setVisible(picture)
        for button in (*self._zooms, self._read):
            button.setVisible(picture)
        if self.focusWidget() not in (*self._others, *self._deeds, self._read):
            focus.setFocus()

    def _show_zoom(self, zoom: float) -> None:
        self._zoom.setText(f"{zoom * 100:.0f} %")

    def _show_size(self) -> None:
        """Of what the model gets, what it costs, and how large it was before."""
        part = self._media[self._place]
        size = size_and_cost(part) if isinstance(part, ImagePart) else ""
        self._show_line(" · ".join(filter(None, (self._note, size))))

    def _show_line(self, line: str) -> None:
        self._size.set_full_text(line)
        self._size.setToolTip(tooltip(line))

    def _choose_part(self, choosing: bool) -> None:
        self._choosing.setChecked(choosing)
        self.canvas.set_selecting(choosing)
        if choosing:
            self._show_line(tr("Drag over a part; Enter takes what is in sight."))
            announce(self, self._size.full_text)
            self.canvas.setFocus()
        elif self._media:
            self._show_size()

    def _describe(self, area: QRectF) -> str:
        """A part that is being drawn: how large it will be, and what it will cost."""
        part = self._media[self._place]
        if not isinstance(part, ImagePart) or not self._image.width():
            return ""
        full = part.full_size or (part.width, part.height)
        width = max(1, round(area.width() / self._image.width() * full[0]))
        height = max(1, round(area.height() / self._image.height() * full[1]))
        tokens = f"{image_tokens(*padded_size(width, height)):,}"
        return tr("{size} · {count} tokens", size=f"{width} × {height}", count=tokens)

    def _ask_about(self, area: QRectF) -> None:
        part, width, height = self._part, self._image.width(), self._image.height()
        if part is not None and width and height:
            self.close()
            shares = (area.x() / width, area.y() / height, area.width() / width, area.height() / height)
            self.area_asked.emit(part, shares)

    def _send_in_detail(self) -> None:
        if self._part is not None:
            part = self._part
            self.close()
            self.detail_asked.emit(part)

    def _ask(self) -> None:
        if self._part is not None:
            part = self._part
            self.close()
            self.asked.emit(part)

    def _copy(self) -> None:
        marked = self.text.textCursor().selection().toPlainText() if self._part is not None else ""
        if isinstance(self._part, FilePart):
            QGuiApplication.clipboard().setText(marked or self._part.text)
        elif not self._image.isNull():
            QGuiApplication.clipboard().setImage(self._image)

    def _copy_text(self) -> None:
        if isinstance(self._part, ImagePart) and not self._image.isNull():
            self._show_line(tr("Reading the text"))
            self._copier.copy_parts((self._part,))

    def _choose_file(self) -> None:
        if self._part is None:
            return
        proposed = dialog_folder.start(file_name(self._part))
        chosen, _filter = QFileDialog.getSaveFileName(self, tr("Save as"), proposed)
        dialog_folder.remember([chosen])
        if chosen:
            path = with_suffix(Path(chosen), proposed)
            self._source.save(self._part, path, self._saved, lambda error: self._say(str(error)))

    def _saved(self, path: Path) -> None:
        self._show_line(tr("Saved as {name}", name=reveal(path.name)))

    def _drag(self) -> None:
        if self._part is not None:
            drag_out(self._name, self._part, self._source)

    def _wanted_size(self, part: MediaPart) -> QSize:
        """As large as the picture."""
        if isinstance(part, ImagePart):
            return QSize(part.width, part.height) / self.devicePixelRatioF() + QSize(0, _BAR_PX + 1)
        return _TEXT_SIZE

    def _restyle(self) -> None:
        self.text.setFont(Theme.current().mono_font())
        recolour(self.text)
