"""A window to look at what was attached to a message: pictures in their true size, files as their text."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QImage, QKeyEvent, QKeySequence, QMouseEvent, QShortcut
from PySide6.QtWidgets import (
    QApplication,
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
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart
from desktop_helper.qt.media_source import MediaSource
from desktop_helper.qt.screens import screen_of
from desktop_helper.services.file_names import file_name
from desktop_helper.ui import dialog_folder
from desktop_helper.ui.attachment_frame import drag_out
from desktop_helper.ui.elided_label import ElidedLabel
from desktop_helper.ui.icons import IconButton
from desktop_helper.ui.picture_canvas import PictureCanvas
from desktop_helper.ui.text_copier import TextCopier
from desktop_helper.ui.text_safety import reveal, reveal_overrides, tooltip, wrappable
from desktop_helper.ui.theme import SPACE_1, SPACE_2, SPACE_3, SPACE_4, Theme, set_role

_BAR_PX = 46
_LEAST = QSize(500, 320)
_TEXT_SIZE = QSize(640, 720)
_SCREEN_SHARE = 0.8
_MOST_SHOWN = 1_000_000  # characters; more would keep the window from doing anything else


class MediaViewer(QWidget):
    """One at a time for a chat; comes and goes with its window, and closes for itself.

    Args:
        source: where the bytes are.
        chat: its window.
        copier: copies the text in pictures.

    Signals:
        asked: a `MediaPart` that the next question is about.
    """

    asked = Signal(object)

    def __init__(self, source: MediaSource, chat: QWidget, copier: TextCopier) -> None:
        super().__init__(chat, Qt.WindowType.Window)
        self._source, self._chat, self._copier = source, chat, copier
        self._media: tuple[MediaPart, ...] = ()
        self._place = 0
        self._part: MediaPart | None = None  # with its bytes, as soon as they are there
        self._image = QImage()
        self._opening = CancelToken()
        self._wanted = False
        set_role(self, "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.canvas, self.text, self._problem = PictureCanvas(), QPlainTextEdit(), QLabel()
        self._name, self._size, self._zoom = _NameLabel(self._drag), QLabel(), QPushButton()
        self._pages = QStackedWidget()
        self._build()
        self.canvas.zoomed.connect(self._show_zoom)
        copier.progressed.connect(self._size.setText)
        copier.copied.connect(lambda copied: self._size.setText(copied.sentence))
        copier.failed.connect(lambda error: self._size.setText(str(error)))
        chat.installEventFilter(self)
        Theme.current().changed.connect(self._restyle)
        self._restyle()

    def open(self, media: tuple[MediaPart, ...], place: int) -> None:
        """Show one of the attachments of a message."""
        self._media, self._place, self._wanted = media, place, True
        self._step(0)
        if not self.isVisible():
            self._take_room(media[place])
        self.show()
        self.raise_()
        self.activateWindow()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Step aside with the chat, e.g. when the screen is looked at, and come back with it."""
        if watched is self._chat and self._wanted:
            if event.type() == QEvent.Type.Hide:
                self.hide()
            elif event.type() == QEvent.Type.Show:
                self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
                self.show()
                self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, False)
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes; Page Up and Page Down show the others."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self._step(-1 if event.key() == Qt.Key.Key_PageUp else 1)
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Forget what was shown: pictures are large."""
        self._wanted = False
        self._opening.cancel()
        self._copier.stop()
        self._media, self._part, self._image = (), None, QImage()
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
        part = self._media[place]
        name = reveal(part.name)
        self.setWindowTitle(name)
        self._name.set_full_text(name)
        self._name.setToolTip(tooltip(name, tr("Drag it to another program")))
        self._size.setText(f"{part.width} × {part.height}" if isinstance(part, ImagePart) else "")
        self._say(tr("reading…"))
        self._others[0].setEnabled(place > 0)
        self._others[1].setEnabled(place + 1 < len(self._media))
        for button in self._others:
            button.setVisible(len(self._media) > 1)
        for button in (*self._deeds, self._read):
            button.setEnabled(False)
        self._opening.cancel()
        self._copier.stop()
        self._opening = self._source.open(part, self._show, lambda error: self._say(str(error)))

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
        elif image.isNull():
            self._say(tr("This picture cannot be read."))
        else:
            self._size.setText(f"{image.width()} × {image.height()}")
            self._read.setEnabled(True)
            self.canvas.setAccessibleDescription(f"{reveal(part.name)}, {self._size.text()}")
            self._turn_to(self.canvas, self.canvas)
            self.canvas.set_image(image)
            self._show_zoom(self.canvas.zoom)

    def _say(self, sentence: str) -> None:
        self._problem.setText(sentence)
        self._turn_to(self._problem, self)

    def _turn_to(self, page: QWidget, focus: QWidget) -> None:
        self._pages.setCurrentWidget(page)
        picture = page is self.canvas
        self._zoom.setVisible(picture)
        for button in (*self._zooms, self._read):
            button.setVisible(picture)
        if self.focusWidget() not in (*self._others, *self._deeds, self._read):
            focus.setFocus()

    def _show_zoom(self, zoom: float) -> None:
        self._zoom.setText(f"{zoom * 100:.0f} %")

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
            self._size.setText(tr("Reading the text"))
            self._copier.copy_parts((self._part,))

    def _choose_file(self) -> None:
        if self._part is None:
            return
        proposed = dialog_folder.start(file_name(self._part))
        chosen, _filter = QFileDialog.getSaveFileName(self, tr("Save as"), proposed)
        dialog_folder.remember([chosen])
        if chosen:
            self._source.save(self._part, Path(chosen), self._saved, lambda error: self._say(str(error)))

    def _saved(self, path: Path) -> None:
        self._size.setText(tr("Saved as {name}", name=reveal(path.name)))

    def _drag(self) -> None:
        if self._part is not None:
            drag_out(self._name, self._part, self._source)

    def _take_room(self, part: MediaPart) -> None:
        """As large as the picture, as far as the screen goes."""
        screen = screen_of(self._chat).availableGeometry()
        wanted = _TEXT_SIZE
        if isinstance(part, ImagePart):
            wanted = QSize(part.width, part.height) / self.devicePixelRatioF() + QSize(0, _BAR_PX + 1)
        size = wanted.boundedTo(screen.size() * _SCREEN_SHARE).expandedTo(_LEAST)
        self.resize(size)
        self.move(screen.center() - QPoint(size.width() // 2, size.height() // 2))

    def _restyle(self) -> None:
        self.text.setFont(Theme.current().mono_font())


class _NameLabel(ElidedLabel):
    """The name of what is shown; it can be dragged to another program."""

    def __init__(self, drag: object) -> None:
        super().__init__()
        self._drag = drag
        self._pressed: QPoint | None = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        moved = self._pressed is not None and event.position().toPoint() - self._pressed
        if moved and moved.manhattanLength() >= QApplication.startDragDistance() and callable(self._drag):
            self._pressed = None
            self._drag()
