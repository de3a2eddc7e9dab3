"""One attachment in the composer: thumbnail, name, size; loading, ready or refused; removable."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QMenu, QSizePolicy, QWidget

from desktop_helper.core import clips
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.coming import Coming
from desktop_helper.core.documents import ChosenBy, Unit, is_fact, notes_for_now, reference_of, references
from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart, is_note
from desktop_helper.services.picture_words import is_in_parts, pictures_of, size_and_cost, size_text
from desktop_helper.ui.chip_deeds import ChipDeed, menu_of
from desktop_helper.ui.chip_thumbnail import Thumbnail
from desktop_helper.ui.chip_words import ChipWords
from desktop_helper.ui.elided_label import ElidedLabel
from desktop_helper.ui.icons import IconButton
from desktop_helper.ui.notices import Line, Weight
from desktop_helper.ui.overlay_keys import chord
from desktop_helper.ui.text_safety import reveal, tooltip
from desktop_helper.ui.theme import RADIUS_CONTROL, SPACE_1, Theme, set_role

COPY_TEXT = "Ctrl+Shift+C"
NAME_WIDTH = 180  # pixels before the middle of a name is left out
REASON_WIDTH = 180  # the same for why a file is refused; all of it stands above the text field
_LINE = 2  # pixels of the line that says how far the reading is
_MOST_TOLD = 300  # characters of what is being done, which may be anything


class AttachmentChip(QFrame):
    """Shows what will be sent with the next question.

    Signals:
        removed: the user took it back.
        settled: it is not loading any more, but ready or refused.
        came: while it is loading, there is more to see of it.
        dragged, dropped: the mouse pulls it to a point of its parent, and has let it go there.
        deeds_changed: something else can be done with it.
        text_requested: what can be read in its pictures, a tuple of `ImagePart`, is to be copied.
    """

    removed = Signal()
    settled = Signal()
    came = Signal()
    dragged = Signal(QPoint)
    dropped = Signal()
    deeds_changed = Signal()
    text_requested = Signal(tuple)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.parts: tuple[MediaPart, ...] = ()
        self.loading = True
        self.coming: tuple[ImagePart, ...] = ()  # what there is to see while it is loading
        self._share, self._told = 0.0, ""  # how much has been read, and what is being done
        self.error: HelperError | None = None
        self.deeds: dict[str, ChipDeed] = {}
        self._reading: CancelToken | None = None
        self._buttons: dict[str, IconButton] = {}
        self._keys = ""
        self._pressed_at: QPoint | None = None
        self._dragging = False
        set_role(self, "card")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme = Theme.current()
        self._name, self._picture = ElidedLabel(name, theme.icon_px(NAME_WIDTH)), Thumbnail()
        self._detail = ElidedLabel(tr("reading…"), at=Qt.TextElideMode.ElideRight, between=" · ")
        set_role(self._detail, "secondary")
        self.remove_button = remove = IconButton("close", tr("Remove {name}", name=reveal(name)), size=18, icon_px=12)
        remove.clicked.connect(self.removed)
        self._row = layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_1, SPACE_1, SPACE_1, SPACE_1)
        layout.setSpacing(6)
        layout.addWidget(self._picture)
        layout.addLayout(ChipWords(self._name, self._detail, layout.spacing()))
        layout.addWidget(remove)
        self.name = ""
        self.set_name(name)

    def set_name(self, name: str) -> None:
        """Show `name`, shortened in the middle; the whole of it is the tooltip."""
        self.name = name = reveal(name)  # of a file or a window, so anybody's
        self._name.set_full_text(name)
        self._name.setToolTip(tooltip(name))
        self.setAccessibleName(name)

    def set_loading(self, reading: CancelToken) -> None:
        """It is being read, perhaps once more; what it was stays until then.

        Who read it before is not waited for: what was asked for last is what comes, and nothing comes after that.
        """
        self._stop_reading()
        self._detail.set_limit(None)
        self.loading, self._reading, self.coming = True, reading, ()
        self._share, self._told = 0.0, ""
        self._detail.set_full_text(tr("reading…"))

    def tell(self, news: Progress | Coming) -> None:
        """How far the reading is, or what there is to see already."""
        if not self.loading:
            return
        if isinstance(news, Progress):
            self._share, self._told = news.fraction or 0.0, news.message[:_MOST_TOLD]
            self._say_more()
            self.update()
            return
        self.coming = (*self.coming, news.part)
        if len(self.coming) == 1:
            self._picture.set_picture(news.part.data)
            self._detail.set_full_text(_so_far(news))
        self.came.emit()

    def set_ready(self, parts: tuple[MediaPart, ...]) -> None:
        """The file has become parts of a message."""
        self._stop_reading()
        self.parts, self.loading, self.error = parts, False, None
        self._detail.set_limit(None)
        self.coming, self._told = (), ""
        set_role(self, "card")
        set_role(self._detail, "secondary")
        self._detail.set_full_text(_describe(parts))
        picture = next((part for part in parts if isinstance(part, ImagePart)), None)
        if picture is not None:
            self._picture.set_picture(picture.data)
        else:
            self._picture.set_icon("file", "dim")
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
        return clips.are_one_video(self.parts)

    @property
    def note(self) -> str:
        """How the file goes and what is missing of it, in one piece; empty if there is nothing to say."""
        return sentences(*self.notes)

    @property
    def notes(self) -> tuple[str, ...]:
        """The same by sentences, each once."""
        return tuple(line for line, _weight in self.lines)

    @property
    def lines(self) -> tuple[Line, ...]:
        """The same with what each of them is."""
        return lines_of(self.parts)

    def set_failed(self, error: HelperError) -> None:
        """The file cannot be used; it stays visible, with the reason, until it is removed or the question is sent."""
        self._stop_reading()
        reason = reveal(_without_name(error.message, self.name))
        self.parts, self.error, self.loading, self.coming = (), error, False, ()
        set_role(self, "error")
        self._detail.set_limit(Theme.current().icon_px(REASON_WIDTH))
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
        about = self._detail.full_text if self.loading else _more(self.parts)
        self.setAccessibleDescription(sentences(place, about, keys))
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
        dropped, self._pressed_at, self._dragging = self._dragging, None, False
        self.unsetCursor()
        if dropped:
            self.dropped.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """While it is loading, its lower edge says how far that is."""
        super().paintEvent(event)
        if self.loading and self._share:
            room = self.width() - 2 * RADIUS_CONTROL
            done = QRectF(RADIUS_CONTROL, self.height() - _LINE, room * self._share, _LINE)
            QPainter(self).fillRect(done, Theme.current().color("accent"))

    def _stop_reading(self) -> None:
        reading, self._reading = self._reading, None
        if reading is not None:
            reading.cancel()

    def _say_more(self) -> None:
        if self.error is None:
            told = self._told or self.note or self._keys
            self.setToolTip(tooltip(*filter(None, (_more(self.parts), told))))

    def _do_first(self) -> None:
        next(iter(self.deeds.values())).do()


def lines_of(parts: tuple[MediaPart, ...]) -> tuple[Line, ...]:
    """What is to be said of an attachment, and what each sentence of it is."""
    return tuple({_said(part): Weight.FACT if is_fact(part) else Weight.WARN for part in notes_for_now(parts)}.items())


def _so_far(coming: Coming) -> str:
    """What is known of a file that is still being read."""
    moment = coming.part.moment
    if moment is not None and (moment.duration or moment.part):
        return tr("{about} · reading…", about=clips.extent(moment))
    if coming.pages > 1:
        return tr("{about} · reading…", about=tr("{count} pages", count=f"{coming.pages:,}"))
    return tr("reading…")


def _describe(parts: tuple[MediaPart, ...]) -> str:
    pictures = [part for part in parts if isinstance(part, ImagePart)]
    if clips.are_one_video(parts):
        return clips.told(pictures)
    if is_in_parts(parts) and (full := pictures[0].full_size) is not None:
        return tr("{size} in {count} parts", size=f"{full[0]} × {full[1]}", count=len(pictures) - 1)
    if pictures and not isinstance(next(part for part in parts if not is_note(part)), ImagePart):
        return tr("{count} pictures", count=len(pictures))  # among other things
    if len(pictures) > 1:
        return _pages(parts, len(pictures))
    if pictures:
        return size_text(pictures[0])
    texts = [part for part in parts if isinstance(part, FilePart)]
    said = [part for part in texts if not is_note(part)] or texts
    size = next((one.size for one in references(parts) if one.holds is not None), 0) or _of_longer(parts)
    if size:
        return _size(size)  # what is attached is not what it is
    return _size(sum(len(part.data) for part in said)) if said else ""


def _of_longer(parts: tuple[MediaPart, ...]) -> int:
    """Bytes of a text of which only the beginning is attached; 0 of all others."""
    found = next(iter(references(parts)), None)
    return found.size if found is not None and not found.whole else 0


def _pages(parts: tuple[MediaPart, ...], count: int) -> str:
    """How many of how many."""
    known = next((found for part in parts if isinstance(part, FilePart) and (found := reference_of(part))), None)
    if known is None or known.pages <= count:
        return tr("{count} pages", count=count)
    return tr("{chosen} of {count} pages", chosen=f"{count:,}", count=f"{known.pages:,}")


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
    if reference is None or reference.by is ChosenBy.USER or reference.holds is not None:
        return note.text
    if reference.unit is Unit.PART:
        return tr("{name} is long; the parts that your question is about are chosen when you ask.", name=reference.name)
    told = {"name": reference.name, "count": reference.pages}
    return tr("{name} has {count} pages; those that your question is about are chosen when you ask.", **told)


def _without_name(message: str, name: str) -> str:
    """Why a file is refused, where its name stands beside it already."""
    short = message.removeprefix(name).strip().rstrip(".。")
    return short or tr("cannot be read")
