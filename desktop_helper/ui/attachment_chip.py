"""One attachment in the composer: thumbnail, name, size; loading, ready or refused; removable."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QMenu, QSizePolicy, QWidget

from desktop_helper.core.clips import extent
from desktop_helper.core.documents import ChosenBy, Unit, is_only_for_later, reference_of
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart, is_note
from desktop_helper.services.picture_words import is_in_parts, pictures_of, size_and_cost, size_text
from desktop_helper.ui.chip_deeds import ChipDeed, menu_of
from desktop_helper.ui.elided_label import ElidedLabel
from desktop_helper.ui.icons import IconButton, pixmap
from desktop_helper.ui.overlay_keys import chord
from desktop_helper.ui.text_safety import reveal, tooltip
from desktop_helper.ui.theme import SPACE_1, Theme, set_role

THUMBNAIL = QSize(36, 28)
COPY_TEXT = "Ctrl+Shift+C"
_GROWTH = 2  # of the thumbnail with the largest text: its picture is kept that sharp
NAME_WIDTH = 180  # pixels before the middle of a name is left out
REASON_WIDTH = 180  # the same for why a file is refused; all of it stands above the text field


class AttachmentChip(QFrame):
    """Shows what will be sent with the next question.

    Signals:
        removed: the user took it back.
        settled: it is not loading any more, but ready or refused.
        dragged: the mouse pulls it to a point of its parent.
        deeds_changed: something else can be done with it.
        text_requested: what can be read in its pictures, a tuple of `ImagePart`, is to be copied.
    """

    removed = Signal()
    settled = Signal()
    dragged = Signal(QPoint)
    deeds_changed = Signal()
    text_requested = Signal(tuple)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.parts: tuple[MediaPart, ...] = ()
        self.loading = True
        self.error: HelperError | None = None
        self.deeds: dict[str, ChipDeed] = {}
        self._buttons: dict[str, IconButton] = {}
        self._keys = ""
        self._pressed_at: QPoint | None = None
        self._dragging = False
        set_role(self, "card")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme = Theme.current()
        self._name, self._picture = ElidedLabel(name, theme.icon_px(NAME_WIDTH)), _Thumbnail()
        self._detail = ElidedLabel(tr("reading…"), theme.icon_px(REASON_WIDTH), at=Qt.TextElideMode.ElideRight)
        set_role(self._detail, "secondary")
        self.remove_button = remove = IconButton("close", tr("Remove {name}", name=reveal(name)), size=18, icon_px=12)
        remove.clicked.connect(self.removed)
        self._row = layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_1, SPACE_1, SPACE_1, SPACE_1)
        layout.setSpacing(6)
        for widget in (self._picture, self._name, self._detail, remove):
            layout.addWidget(widget)
        self.name = ""
        self.set_name(name)

    def set_name(self, name: str) -> None:
        """Show `name`, shortened in the middle; the whole of it is the tooltip."""
        self.name = name = reveal(name)  # of a file or a window, so anybody's
        self._name.set_full_text(name)
        self._name.setToolTip(tooltip(name))
        self.setAccessibleName(name)

    def set_loading(self) -> None:
        """It is being read once more; what it was stays until then."""
        self.loading = True
        self._detail.set_full_text(tr("reading…"))

    def set_ready(self, parts: tuple[MediaPart, ...]) -> None:
        """The file has become parts of a message."""
        self.parts, self.loading, self.error = parts, False, None
        set_role(self, "card")
        set_role(self._detail, "secondary")
        self._detail.set_full_text(_describe(parts))
        picture = next((part for part in parts if isinstance(part, ImagePart)), None)
        if picture is not None:
            self._picture.set_picture(picture.data)
        self._say_more()
        self.settled.emit()

    def offer(self, key: str, deed: ChipDeed, *, first: bool = False) -> None:
        """Let the user do something with it; `key` tells it from other deeds. The first one is what Enter does."""
        self.withdraw(key)
        self.deeds = {key: deed} | self.deeds if first else self.deeds | {key: deed}
        if deed.icon:
            told = ", ".join(filter(None, (self.name, deed.keys)))
            button = IconButton(deed.icon, f"{deed.label} ({told})", size=18, icon_px=12)
            button.clicked.connect(deed.do)
            self._buttons[key] = button
            self._row.insertWidget(self._row.count() - 1, button)
        self.deeds_changed.emit()

    def withdraw(self, key: str) -> None:
        """It cannot be done any more."""
        if self.deeds.pop(key, None) is None:
            return
        if (button := self._buttons.pop(key, None)) is not None:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.deeds_changed.emit()

    @property
    def buttons(self) -> list[IconButton]:
        """Those on it, in their order."""
        return [*self._buttons.values(), self.remove_button]

    @property
    def pictures(self) -> tuple[ImagePart, ...]:
        """Those in which text may be read; the frames of a video repeat each other."""
        return tuple(part for part in self.parts if isinstance(part, ImagePart) and part.moment is None)

    @property
    def is_clip(self) -> bool:
        """Whether it is a video, whose frames go."""
        return any(isinstance(part, ImagePart) and part.moment is not None for part in self.parts)

    @property
    def note(self) -> str:
        """What was left out of the file, in a sentence; empty if nothing was."""
        return sentences(*self.notes)

    @property
    def notes(self) -> tuple[str, ...]:
        """The same, by parts; each once."""
        notes = [
            _said(part)
            for part in self.parts
            if isinstance(part, FilePart) and is_note(part) and not is_only_for_later(part)
        ]
        return tuple(dict.fromkeys(notes))

    def set_failed(self, error: HelperError) -> None:
        """The file cannot be used; it stays visible, with the reason, until it is removed or the question is sent."""
        reason = reveal(_without_name(error.message, self.name))
        self.error, self.loading = error, False
        set_role(self, "error")
        self._detail.set_full_text(reason)
        self.setAccessibleDescription(reason)
        set_role(self._detail, "bad")
        self._picture.set_icon("warning", "bad")
        self.setToolTip(tooltip(str(error)))
        self.settled.emit()

    def show_place(self, number: int, count: int) -> None:
        """Say where it stands among the others, counted from 1, and how that is changed."""
        if self.error is not None:
            return  # why it is refused says more
        place = tr("{number} of {count}.", number=number, count=count)
        keys = tr("Delete removes it; drag it or press Alt+Left or Alt+Right to change the order.")
        if self.deeds:
            first = next(iter(self.deeds.values()))
            keys = sentences(tr("Enter or a double click: {deed}.", deed=first.label.rstrip("….")), keys)
        self._keys = keys
        self.setAccessibleDescription(sentences(place, _more(self.parts), keys))
        self._say_more()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete and Backspace remove the focused chip, Enter does what can be done with it first."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        elif self._copies(event):
            self._copy_text()
        elif (deed := self._meant(event)) is not None:
            deed.do()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.hasFocus() and self.deeds:
            self._do_first()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Its keys go before those of the window, of which one copies the answer."""
        if event.type() == QEvent.Type.ShortcutOverride and self._takes(event):
            event.accept()
            return True
        return super().event(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """All that can be done with it."""
        self.menu().popup(event.globalPos())

    def menu(self) -> QMenu:
        """The same as by the keys. It goes when it closes."""
        copy = {"text": ChipDeed(tr("Copy the text in it"), self._copy_text, keys=COPY_TEXT)} if self.pictures else {}
        return menu_of(self, self.deeds | copy, self.removed.emit)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The same as Enter."""
        if event.button() == Qt.MouseButton.LeftButton and self.deeds:
            self._do_first()

    def _copy_text(self) -> None:
        self.text_requested.emit(self.pictures)

    def _copies(self, event: QKeyEvent) -> bool:
        return chord(event) == COPY_TEXT and bool(self.pictures)

    def _takes(self, event: QEvent) -> bool:
        return isinstance(event, QKeyEvent) and (self._copies(event) or self._meant(event) is not None)

    def _meant(self, event: QKeyEvent) -> ChipDeed | None:
        """The deed whose keys these are."""
        keys = chord(event)
        return next((deed for deed in self.deeds.values() if deed.keys and deed.keys == keys), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """It may become a drag to another place in the row."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at, self._dragging = event.position().toPoint(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go where the mouse goes."""
        at = event.position().toPoint()
        if self._pressed_at is None:
            return
        if not self._dragging:
            if (at - self._pressed_at).manhattanLength() < QApplication.startDragDistance():
                return
            self._dragging = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self.dragged.emit(self.mapToParent(at))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Stay there."""
        self._pressed_at, self._dragging = None, False
        self.unsetCursor()

    def _say_more(self) -> None:
        if self.error is None:
            self.setToolTip(tooltip(*filter(None, (_more(self.parts), self.note or self._keys))))

    def _do_first(self) -> None:
        next(iter(self.deeds.values())).do()


def notes(chips: Sequence[AttachmentChip]) -> list[str]:
    """What was left out of them, a sentence each. Several videos share one: their chips tell their frames."""
    told = [chip.note for chip in chips if chip.note and not chip.is_clip]
    clips = [chip.note for chip in chips if chip.note and chip.is_clip]
    if len(clips) > 1:
        return [*told, tr("Of {count} videos some frames each are attached, with their times.", count=len(clips))]
    return [*told, *clips]


class _Thumbnail(QWidget):
    """A small picture with rounded corners, or an icon."""

    def __init__(self) -> None:
        super().__init__()
        self._image: QPixmap | None = None
        self._icon = ("file", "dim")
        Theme.current().changed.connect(self._fit)
        self._fit()

    def set_picture(self, data: bytes) -> None:
        # Our own PNG or JPEG, already checked and bounded by whoever made the part.
        image = QImage.fromData(data)
        size = THUMBNAIL * _GROWTH * self.devicePixelRatioF()
        scaled = image.scaled(
            size, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
        )
        self._image = QPixmap.fromImage(scaled)
        self.update()

    def set_icon(self, name: str, role: str) -> None:
        self._icon = (name, role)
        self._image = None
        self.update()

    def _fit(self) -> None:
        theme = Theme.current()
        self.setFixedSize(theme.icon_px(THUMBNAIL.width()), theme.icon_px(THUMBNAIL.height()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        path = QPainterPath()
        path.addRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        if self._image is None:
            painter.fillPath(path, Theme.current().color("sunken"))
            side = Theme.current().icon_px(16)
            drawn = pixmap(*self._icon, side, self.devicePixelRatioF())
            painter.drawPixmap((self.width() - side) // 2, (self.height() - side) // 2, drawn)
            return
        painter.setClipPath(path)
        source = QRectF(self._image.rect())
        share = min(source.width() / self.width(), source.height() / self.height())
        middle = source.center()
        source.setSize(QSizeF(self.width() * share, self.height() * share))
        source.moveCenter(middle)
        painter.drawPixmap(QRectF(self.rect()), self._image, source)
        painter.setClipping(False)
        painter.setPen(QPen(Theme.current().color("line"), 1))  # else a white page has no edge
        painter.drawPath(path)


def _describe(parts: tuple[MediaPart, ...]) -> str:
    pictures = [part for part in parts if isinstance(part, ImagePart)]
    if pictures and (moment := pictures[0].moment) is not None:
        count, total = len(pictures), f"{moment.frames:,}"
        return tr("{time} · {count} of {total} frames", time=extent(moment), count=count, total=total)
    if is_in_parts(parts) and (full := pictures[0].full_size) is not None:
        return tr("{size} in {count} parts", size=f"{full[0]} × {full[1]}", count=len(pictures) - 1)
    if len(pictures) > 1:
        paged = isinstance(next(part for part in parts if not is_note(part)), ImagePart)
        return tr("{count} pages", count=len(pictures)) if paged else tr("{count} pictures", count=len(pictures))
    if pictures:
        return size_text(pictures[0])
    texts = [part for part in parts if isinstance(part, FilePart)]
    said = [part for part in texts if not is_note(part)] or texts
    return _size(sum(len(part.data) for part in said)) if said else ""


def _more(parts: tuple[MediaPart, ...]) -> str:
    """What a single picture costs, and what it was."""
    pictures = pictures_of(parts)
    return size_and_cost(pictures[0]) if len(pictures) == 1 and pictures[0].moment is None else ""


def _size(count: int) -> str:
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count //= 1000
    return f"{count} GB"


def _said(note: FilePart) -> str:
    """What a note says. Of a large document, other pages go than those that are attached now."""
    reference = reference_of(note)
    if reference is None or reference.by is ChosenBy.USER:
        return note.text
    if reference.unit is Unit.PART:
        return tr("{name} is long; the parts that your question is about are chosen when you ask.", name=reference.name)
    told = {"name": reference.name, "count": reference.pages}
    return tr("{name} has {count} pages; those that your question is about are chosen when you ask.", **told)


def _without_name(message: str, name: str) -> str:
    """Why a file is refused, where its name stands beside it already."""
    short = message.removeprefix(name).strip().rstrip(".。")
    return short or tr("cannot be read")
